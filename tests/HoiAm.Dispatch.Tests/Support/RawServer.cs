using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HoiAm.Dispatch.Tests.Support;

/// <summary>A TCP server that answers as scripted: each request's head is kept, and the script gets the stream, the request's number and its connection's.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Exchange, Task> _script;
    private readonly Lock _lock = new();
    private readonly List<string> _heads = [];
    private readonly List<string> _bodies = [];
    private readonly Action<Socket>? _onAccept;
    private int _connections;

    public RawServer(Func<Exchange, Task> script, Action<Socket>? onAccept = null)
    {
        _script = script;
        _onAccept = onAccept;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}";

    public int Connections => Volatile.Read(ref _connections);

    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (_lock)
            {
                return [.. _heads];
            }
        }
    }

    public IReadOnlyList<string> Bodies
    {
        get
        {
            lock (_lock)
            {
                return [.. _bodies];
            }
        }
    }

    /// <summary>A server that gives the same answer to every request.</summary>
    public static RawServer Always(string answer) => new(exchange => exchange.WriteAsync(answer));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                var number = Interlocked.Increment(ref _connections);
                _onAccept?.Invoke(socket);
                _ = ServeAsync(socket, number, _stop.Token);
            }
        }
        catch (Exception)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket, int connection, CancellationToken stop)
    {
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            for (var onConnection = 1; ; onConnection++)
            {
                var head = await ReadHeadAsync(stream, stop);
                if (head is null)
                {
                    return;
                }

                var body = await ReadBodyAsync(stream, head, stop);
                int number;
                lock (_lock)
                {
                    _heads.Add(head);
                    _bodies.Add(body);
                    number = _heads.Count;
                }

                var exchange = new Exchange(socket, stream, number, connection, onConnection, stop);
                await _script(exchange);
                if (exchange.IsClosed)
                {
                    return;
                }
            }
        }
        catch (Exception)
        {
            // The client went away, or the test is over.
        }
    }

    private static async Task<string?> ReadHeadAsync(NetworkStream stream, CancellationToken stop)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static async Task<string> ReadBodyAsync(NetworkStream stream, string head, CancellationToken stop)
    {
        var line = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var length = line is null ? 0 : int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, stop);
        return Encoding.UTF8.GetString(body);
    }

    /// <summary>One request to answer.</summary>
    internal sealed class Exchange(Socket socket, NetworkStream stream, int number, int connection, int onConnection, CancellationToken stop)
    {
        /// <summary>Number of the request, from 1, over all connections.</summary>
        public int Number => number;

        /// <summary>Number of the connection, from 1.</summary>
        public int Connection => connection;

        /// <summary>Number of the request on its connection, from 1.</summary>
        public int OnConnection => onConnection;

        public bool IsClosed { get; private set; }

        public CancellationToken Stop => stop;

        public async Task WriteAsync(string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop);

        public async Task WriteAsync(byte[] bytes) => await stream.WriteAsync(bytes, stop);

        /// <summary>Waits until the test is over.</summary>
        public Task HangAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);

        /// <summary>Closes in good order.</summary>
        public void Close()
        {
            IsClosed = true;
            socket.Shutdown(SocketShutdown.Both);
        }

        /// <summary>Closes with a reset.</summary>
        public void Reset()
        {
            IsClosed = true;
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
    }
}
