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
        Addresses(options);

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

    private static void Addresses(HubOptions options)
    {
        var ports = new HashSet<(string Host, int Port)>();
        foreach (var url in Urls(options))
        {
            var address = Parse(url);
            if (options.Sandbox && !options.SandboxAnywhere && !IsLoopback(address.Host))
            {
                throw new StartupException(
                    $"The sandbox has published keys, so it only starts on a loopback address, not on {url}; leave --sandbox out, or add --sandbox-anywhere.");
            }

            var host = address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" : address.Host;
            if (!ports.Add((host, address.Port)) && address.Port != 0)
            {
                throw new StartupException($"--urls cannot hold '{url}': the address is named twice.");
            }

            Free(address, url);
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
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new StartupException($"--urls must hold addresses like http://127.0.0.1:8620, not '{url}'.");
        }

        // What the web server itself would refuse, but only once the store is made.
        var fault = address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase)
                ? "the hub speaks plain http; let a proxy in front of it end TLS, and give an http address"
            : !address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase) ? "give an http address"
            : address.IsUnixPipe || address.IsNamedPipe ? null
            : address.Port is < 0 or > 65535 ? "a port is a number from 0 to 65535"
            : address.PathBase.Length > 0 ? "leave the path out"
            : address.Port == 0 && address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? "for any free port write http://127.0.0.1:0"
            : null;
        return fault is null ? address : throw new StartupException($"--urls cannot hold '{url}': {fault}.");
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
