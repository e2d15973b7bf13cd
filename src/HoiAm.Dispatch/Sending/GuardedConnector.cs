using System.Net;
using System.Net.Sockets;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// Opens connections. Resolves the name once, judges every address it is about to connect to, and connects to exactly that address: a DNS
/// answer that changes between check and use cannot lead inside.
/// </summary>
internal sealed class GuardedConnector(bool allowPrivate, TimeProvider clock, SemaphoreSlim resolutions, EgressProxy? proxy)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var request = (CallbackRequest)context.InitialRequestMessage;
        request.BeganConnecting = true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = clock.CreateTimer(static source => Expire((CancellationTokenSource)source!), limit, request.ConnectTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            var host = context.DnsEndPoint.Host;
            var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await ResolveAsync(host, limit.Token).ConfigureAwait(false);
            var stream = await FirstAsync(Judge(addresses), context.DnsEndPoint.Port, request.ConnectTimeout, limit.Token).ConfigureAwait(false);
            request.Connected = true;
            return stream;
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new ConnectFailure(ConnectFault.TimedOut, "No connection within the time allowed.", late);
        }
    }

    private static void Expire(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection was made in the same moment.
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancel)
    {
        // A resolver that does not answer holds a pool thread for each name; only a few may be in that state at once.
        await resolutions.WaitAsync(cancel).ConfigureAwait(false);
        var asked = Dns.GetHostAddressesAsync(host, CancellationToken.None);
        _ = asked.ContinueWith(
            static (_, gate) => ((SemaphoreSlim)gate!).Release(), resolutions, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            var addresses = await asked.WaitAsync(cancel).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw new ConnectFailure(ConnectFault.Unresolved, "The host's name has no address.");
        }
        catch (SocketException unknown)
        {
            var sentence = unknown.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData
                ? "The host's name has no address."
                : "The host's name could not be resolved.";
            throw new ConnectFailure(ConnectFault.Unresolved, sentence, unknown);
        }
    }

    private List<IPAddress> Judge(IPAddress[] addresses)
    {
        var allowed = new List<IPAddress>(addresses.Length);
        string? why = null;
        foreach (var address in addresses)
        {
            if (AddressGuard.Refusal(address, allowPrivate) is { } refusal)
            {
                why ??= refusal;
            }
            else
            {
                allowed.Add(address);
            }
        }

        return allowed.Count > 0
            ? allowed
            : throw new ConnectFailure(ConnectFault.Blocked, $"The host's address is {why}, which is not allowed for this account.");
    }

    private async Task<Stream> FirstAsync(List<IPAddress> addresses, int port, TimeSpan allowed, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        for (var i = 0; ; i++)
        {
            // What is left is shared among the addresses left, so that one that swallows packets does not use up the time of the next.
            var share = (allowed - clock.GetElapsedTime(began)) / (addresses.Count - i);
            try
            {
                return await OpenAsync(addresses[i], port, share, cancel).ConfigureAwait(false);
            }
            catch (ConnectFailure) when (i + 1 < addresses.Count && !cancel.IsCancellationRequested)
            {
                // The next address may be better.
            }
        }
    }

    private async Task<Stream> OpenAsync(IPAddress address, int port, TimeSpan allowed, CancellationToken cancel)
    {
        var socket = proxy is null
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var share = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            using var timer = clock.CreateTimer(
                static source => Expire((CancellationTokenSource)source!), share, allowed > TimeSpan.Zero ? allowed : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            if (proxy is null)
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), share.Token).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }

            await socket.ConnectAsync(proxy.Host, proxy.Port, share.Token).ConfigureAwait(false);
            var tunnel = new NetworkStream(socket, ownsSocket: true);
            await proxy.TunnelAsync(tunnel, address, port, share.Token).ConfigureAwait(false);
            return tunnel;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw failure.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => new ConnectFailure(ConnectFault.Refused, "Nobody listens at the host's address and port.", failure),
                SocketError.TimedOut => new ConnectFailure(ConnectFault.TimedOut, "No connection within the time allowed.", failure),
                SocketError.NetworkUnreachable or SocketError.HostUnreachable =>
                    new ConnectFailure(ConnectFault.Broken, "The host's address cannot be reached from here.", failure),
                _ => new ConnectFailure(ConnectFault.Broken, "The connection could not be made.", failure),
            };
        }
        catch (IOException failure)
        {
            socket.Dispose();
            throw new ConnectFailure(ConnectFault.Broken, "The egress proxy closed the connection.", failure);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            socket.Dispose();
            throw new ConnectFailure(ConnectFault.TimedOut, "No connection within the time allowed.", late);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
