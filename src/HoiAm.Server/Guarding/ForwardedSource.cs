using System.Net;
using HoiAm.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Guarding;

/// <summary>
/// Puts the real caller in the place of a trusted proxy, from <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>. The list is read from its
/// end, the part that the proxy next to us wrote: it goes back over proxies that are trusted too and stops at the first address that is
/// not. From anybody else the headers mean nothing, so that nobody can choose the address under which he is counted.
/// </summary>
internal sealed class ForwardedSource(AddressRanges proxies)
{
    private const int HopsMax = 16;

    /// <summary>Reads <c>--trusted-proxies</c>.</summary>
    /// <exception cref="StartupException">An entry is no address and no range.</exception>
    public static AddressRanges Proxies(string? option)
    {
        var texts = (option ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var text in texts)
        {
            if (AddressRanges.Parse(text, out var fault) is null)
            {
                throw new StartupException($"--trusted-proxies: '{text}' {fault}.");
            }
        }

        return AddressRanges.Of(texts);
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!proxies.IsEmpty && proxies.Contains(context.Connection.RemoteIpAddress))
        {
            Apply(context);
        }

        return next(context);
    }

    private void Apply(HttpContext context)
    {
        var headers = context.Request.Headers;
        var hops = headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var oldest = Math.Max(0, hops.Length - HopsMax);
        for (var i = hops.Length - 1; i >= oldest && ParseHop(hops[i]) is { } address; i--)
        {
            context.Connection.RemoteIpAddress = address;
            if (!proxies.Contains(address))
            {
                break;
            }
        }

        // The last value is the nearest proxy's own; several of them count from the end like the addresses.
        var schemes = headers["X-Forwarded-Proto"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (schemes.Length > 0)
        {
            context.Request.Scheme = schemes[^1].Equals("https", StringComparison.OrdinalIgnoreCase) ? "https" : "http";
        }
    }

    // Some proxies write the port too: 203.0.113.7:4711 or [2001:db8::1]:4711.
    private static IPAddress? ParseHop(string hop)
    {
        var text = hop.Trim('"');
        var end = text.IndexOf(']', StringComparison.Ordinal);
        if (text.StartsWith('[') && end > 0)
        {
            text = text[1..end];
        }
        else if (text.Count(c => c == ':') == 1)
        {
            text = text[..text.IndexOf(':', StringComparison.Ordinal)];
        }

        return IPAddress.TryParse(text, out var address) ? AddressRanges.Plain(address) : null;
    }
}
