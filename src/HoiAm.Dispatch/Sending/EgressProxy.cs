using System.Globalization;
using System.Net;
using System.Text;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// An HTTP proxy that outgoing calls go through. The hub resolves and judges the hook's name itself and asks the proxy for a tunnel to the
/// very address that it judged, so the guard holds as it does without a proxy. What it cannot see is whether the proxy goes where it was told.
/// </summary>
public sealed class EgressProxy
{
    private const int AnswerBytesMax = 8 * 1024;
    private readonly string? _authorization;

    private EgressProxy(string host, int port, string? authorization) => (Host, Port, _authorization) = (host, port, authorization);

    /// <summary>Name or address of the proxy; the operator's own choice, so it is not judged.</summary>
    public string Host { get; }

    /// <summary>Its port, 1 to 65535.</summary>
    public int Port { get; }

    /// <summary>Reads <c>http://[user:password@]host:port</c>; null with what is accepted.</summary>
    /// <param name="text">As the operator wrote it.</param>
    /// <param name="fault">What is wrong; never the text itself, which may hold a password.</param>
    public static EgressProxy? Parse(string? text, out string fault)
    {
        fault = "must be an address like http://proxy.internal:3128, with http:// and nothing after the port";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/" || uri.Fragment.Length > 0
            || uri.Host.Length == 0)
        {
            return null;
        }

        var authorization = uri.UserInfo.Length == 0 ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo)));
        return new EgressProxy(uri.IdnHost.Trim('[', ']'), uri.Port, authorization);
    }

    /// <summary>Asks on a new connection for a tunnel to an address.</summary>
    internal async Task TunnelAsync(Stream stream, IPAddress address, int port, CancellationToken cancel)
    {
        var target = new IPEndPoint(address, port).ToString();
        var request = $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{(_authorization is null ? "" : $"Proxy-Authorization: {_authorization}\r\n")}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancel).ConfigureAwait(false);
        var answer = await ReadHeadAsync(stream, cancel).ConfigureAwait(false);
        var status = answer.StartsWith("HTTP/1.", StringComparison.Ordinal) && answer.Length >= 12
            && int.TryParse(answer.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
        if (status is < 200 or > 299)
        {
            throw new ConnectFailure(ConnectFault.Broken, string.Create(CultureInfo.InvariantCulture, $"The egress proxy refused the connection with {status}."));
        }
    }

    // Byte by byte: what follows the head already belongs to the hook.
    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancel)
    {
        var head = new byte[AnswerBytesMax];
        for (var length = 0; length < head.Length; length++)
        {
            if (await stream.ReadAsync(head.AsMemory(length, 1), cancel).ConfigureAwait(false) == 0)
            {
                break;
            }

            if (head.AsSpan(0, length + 1).EndsWith("\r\n\r\n"u8))
            {
                return Encoding.ASCII.GetString(head, 0, length + 1);
            }
        }

        throw new ConnectFailure(ConnectFault.Broken, "The egress proxy did not answer as a proxy does.");
    }
}
