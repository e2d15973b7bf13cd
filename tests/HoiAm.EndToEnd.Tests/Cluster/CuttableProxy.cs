using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>A link that a test can cut without closing anything: bytes just stop coming, as when a switch dies.</summary>
internal sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile bool _isCut;

    public CuttableProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Cut() => _isCut = true;

    /// <summary>Lets new connections through; the old ones end, as they do when both sides find the other gone.</summary>
    public void Mend()
    {
        _isCut = false;
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Mend();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_stop.Token);
                _ = ServeAsync(near);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(near);
        _sockets.Add(far);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
            if (!_isCut)
            {
                near.Dispose();
                far.Dispose();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            near.Dispose();
            far.Dispose();
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16_384];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer.AsMemory());
                if (count == 0)
                {
                    return;
                }

                // Swallowed: the sender believes it went out.
                if (!_isCut)
                {
                    await to.SendAsync(buffer.AsMemory(0, count));
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Mended or over.
        }
    }
}
