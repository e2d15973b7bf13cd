using System.Net;
using System.Net.Sockets;
using HoiAm.Dispatch.Sending;
using HoiAm.Server.Guarding;
using HoiAm.Server.Keeping;
using HoiAm.Server.Observability;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Hosting;

/// <summary>What can be known to be unusable before anything is written.</summary>
internal static class StartupChecks
{
    /// <summary>Checks addresses and switches; throws with one sentence that says what to change.</summary>
    public static void Options(HubOptions options)
    {
        foreach (var url in Urls(options))
        {
            var address = Parse(url);
            if (options.Sandbox && !options.SandboxAnywhere && !IsLoopback(address.Host))
            {
                throw new StartupException(
                    $"The sandbox has published keys, so it only starts on a loopback address, not on {url}; leave --sandbox out, or add --sandbox-anywhere.");
            }

            Free(address, url);
        }

        if (options.PublicUrl is { } publicUrl
            && (!Uri.TryCreate(publicUrl, UriKind.Absolute, out var uri) || (uri.Scheme != "http" && uri.Scheme != "https")))
        {
            throw new StartupException($"--public-url must be an absolute http or https URL, not '{publicUrl}'.");
        }

        _ = ForwardedSource.Proxies(options.TrustedProxies);
        _ = KeepTimes.Of(options.Keep);
        _ = TraceExport.Address(options);
        if (options.EgressProxy is { } proxy && EgressProxy.Parse(proxy, out var fault) is null)
        {
            throw new StartupException($"--egress-proxy {fault}.");
        }

        if (options.AdminToken is { } token && token.Length is < 8 or > 128)
        {
            throw new StartupException("--admin-token must have 8 to 128 characters.");
        }
    }

    public static string[] Urls(HubOptions options) =>
        options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } urls
            ? urls
            : throw new StartupException("--urls is empty; give an address like http://127.0.0.1:8620.");

    /// <summary>Where the hub will be reached, when that is sure before it listens: a loopback address with a port of its own.</summary>
    public static string? KnownAddress(HubOptions options)
    {
        var url = Urls(options)[0];
        var address = Parse(url);
        return address.Port != 0 && IsLoopback(address.Host) ? url.TrimEnd('/') : null;
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new StartupException($"--urls must hold addresses like http://127.0.0.1:8620, not '{url}'.");
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // A port in use is found before the data folder is touched.
    private static void Free(BindingAddress binding, string url)
    {
        if (binding.Port == 0 || binding.IsUnixPipe || binding.IsNamedPipe)
        {
            return;
        }

        var address = IPAddress.TryParse(binding.Host.Trim('[', ']'), out var literal) ? literal
            : binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : IPAddress.IPv6Any;
        try
        {
            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any))
            {
                probe.DualMode = true;
            }

            if (!OperatingSystem.IsWindows())
            {
                probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            }

            probe.Bind(new IPEndPoint(address, binding.Port));
            probe.Listen(1);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied or SocketError.AddressNotAvailable)
        {
            throw new StartupException(error.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"The address {url} is in use by another program; stop it, or give another one with --urls.",
                SocketError.AccessDenied => $"The address {url} needs more rights; give a port above 1023 with --urls.",
                _ => $"The address {url} is not one of this machine; give another one with --urls.",
            });
        }
    }
}
