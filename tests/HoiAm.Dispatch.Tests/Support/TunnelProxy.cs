using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HoiAm.Dispatch.Tests.Support;

/// <summary>An HTTP proxy that knows CONNECT and nothing else; keeps the heads of what it was asked.</summary>
internal sealed class TunnelProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _answer;
    private readonly List<string> _heads = [];

    public TunnelProxy(string answer = "HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (_heads)
            {
                return [.. _heads];
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var near = client.GetStream();
                var head = new StringBuilder();
                var one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await near.ReadAsync(one) > 0)
                {
                    head.Append((char)one[0]);
                }

                lock (_heads)
                {
                    _heads.Add(head.ToString());
                }

                await near.WriteAsync(Encoding.ASCII.GetBytes(_answer));
                if (!_answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal))
                {
                    return;
                }

                using var target = new TcpClient();
                await target.ConnectAsync(IPEndPoint.Parse(head.ToString().Split(' ')[1]));
                var far = target.GetStream();
                await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
            }
        }
        catch (Exception)
        {
            // One of the two went away.
        }
    }
}
