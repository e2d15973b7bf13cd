using System.Net;

namespace HoiAm.Bench;

/// <summary>Outgoing GETs, tuned as far as SocketsHttpHandler goes: no proxy, cookies, redirects, tracing or URL rewriting.</summary>
internal sealed class HookClient : IDisposable
{
    private static readonly UriCreationOptions s_asGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpMessageInvoker _invoker;

    internal HookClient(int connections)
    {
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = connections,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
            ConnectTimeout = TimeSpan.FromSeconds(5),
        });
    }

    /// <summary>True when the hook answered 2xx.</summary>
    internal async ValueTask<bool> GetAsync(string url, CancellationToken cancel)
    {
        _ = Uri.TryCreate(url, s_asGiven, out var uri);
        using var request = new HttpRequestMessage(HttpMethod.Get, uri) { Version = HttpVersion.Version11 };
        try
        {
            using var response = await _invoker.SendAsync(request, cancel);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _invoker.Dispose();
}

/// <summary>A time-out that is re-armed for each call instead of allocated: one per sender.</summary>
internal sealed class CallTimeout : IDisposable
{
    private readonly TimeSpan _limit = TimeSpan.FromSeconds(10);
    private CancellationTokenSource _source = new();

    internal CancellationToken Start()
    {
        if (!_source.TryReset())
        {
            _source.Dispose();
            _source = new CancellationTokenSource();
        }

        _source.CancelAfter(_limit);
        return _source.Token;
    }

    public void Dispose() => _source.Dispose();
}
