using System.Net;
using System.Net.Sockets;

namespace HoiAm.Dispatch.Tests.Support;

/// <summary>A server that answers every TLS hello with plain text.</summary>
internal sealed class TlsRefuser : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TlsRefuser()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync();
                var hello = new byte[4_096];
                await socket.ReceiveAsync(hello);
                await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
                socket.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception)
        {
            // Stopped.
        }
    }
}
