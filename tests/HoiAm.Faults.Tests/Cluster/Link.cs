using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HoiAm.Faults.Cluster;

/// <summary>What a link does with what goes through it.</summary>
internal enum LinkMode
{
    Passes,

    /// <summary>Connections are reset, new ones too.</summary>
    Refuses,

    /// <summary>Everything takes a while.</summary>
    Slow,

    /// <summary>Nothing comes through now; all of it does later, even when its sender has given up.</summary>
    Stalls,

    /// <summary>What is sent is gone, and nobody is told.</summary>
    Swallows,

    /// <summary>What is asked arrives, and the answer is gone.</summary>
    SwallowsAnswers,
}

/// <summary>The way from one node to the database, on which a run can lay its hand.</summary>
internal sealed class Link : IAsyncDisposable
{
    private const int BlockBytes = 16_384;
    private const int StepMs = 10;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile LinkMode _mode;
    private volatile int _delayMs;

    /// <summary>Leads to a port of loopback.</summary>
    public Link(int target)
    {
        _target = target;
        _listener.Start(256);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where the node connects to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Behaves so from now on; <paramref name="delayMs"/> is each way's, when it is slow.</summary>
    public void Set(LinkMode mode, int delayMs = 0)
    {
        var before = _mode;
        _delayMs = delayMs;
        _mode = mode;

        // Where bytes are missing nothing can go on: the connection is found dead by both sides.
        if (mode == LinkMode.Refuses || before is LinkMode.Swallows or LinkMode.SwallowsAnswers)
        {
            foreach (var socket in _sockets.Keys)
            {
                Reset(socket);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        Set(LinkMode.Refuses);
        await _accepting.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var near = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
                if (_mode == LinkMode.Refuses)
                {
                    Reset(near);
                }
                else
                {
                    _ = ServeAsync(near);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The end, or a connection that was gone before it was taken.
            }
        }
    }

    private async Task ServeAsync(Socket near)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        _sockets[near] = _sockets[far] = true;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target).ConfigureAwait(false);
            await Task.WhenAll(CopyAsync(near, far, isAnswer: false), CopyAsync(far, near, isAnswer: true)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One side broke: the other is told, as soon as anything comes through.
            await PassableAsync(isAnswer: false).ConfigureAwait(false);
        }

        foreach (var socket in (Socket[])[near, far])
        {
            _sockets.TryRemove(socket, out _);
            Reset(socket);
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[BlockBytes];
        while (true)
        {
            var count = await from.ReceiveAsync(buffer.AsMemory()).ConfigureAwait(false);
            if (_mode == LinkMode.Slow)
            {
                await Hub.Pause.ForAsync(_delayMs).ConfigureAwait(false);
            }

            if (_mode == LinkMode.Stalls)
            {
                await PassableAsync(isAnswer).ConfigureAwait(false);
            }

            if (IsSwallowed(isAnswer))
            {
                if (count == 0)
                {
                    await PassableAsync(isAnswer).ConfigureAwait(false);
                }

                continue;
            }

            if (count == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            await to.SendAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
        }
    }

    private bool IsSwallowed(bool isAnswer) => _mode == LinkMode.Swallows || (isAnswer && _mode == LinkMode.SwallowsAnswers);

    private async Task PassableAsync(bool isAnswer)
    {
        while ((_mode == LinkMode.Stalls || IsSwallowed(isAnswer)) && !_stop.IsCancellationRequested)
        {
            await Hub.Pause.ForAsync(StepMs).ConfigureAwait(false);
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }

        socket.Dispose();
    }
}
