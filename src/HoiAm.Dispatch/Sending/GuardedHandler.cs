using System.Net;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// The guard that hooks have, under every client of providers: the address that is connected to is the one that was judged, no redirect is
/// followed and no proxy is asked. A refused address fails with a sentence that says why, as the innermost exception.
/// </summary>
internal sealed class GuardedHandler : HttpMessageHandler
{
    // A kept connection that the provider closes in the same moment makes a send uncertain, so none is kept for long.
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(5);

    private readonly HttpMessageInvoker _invoker;

    /// <summary>Makes a handler with connections of its own.</summary>
    public GuardedHandler(bool allowPrivate, TimeProvider clock, SemaphoreSlim resolutions) => _invoker = new HttpMessageInvoker(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = new GuardedConnector(allowPrivate, clock, resolutions, proxy: null).ConnectAsync,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        MaxResponseHeadersLength = Defaults.ResponseHeadersKiBMax,
        PooledConnectionIdleTimeout = s_idle,
        PooledConnectionLifetime = Defaults.ConnectionLifetime,
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>Until a connection has to stand, whatever else the caller allows.</summary>
    public static TimeSpan ConnectTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _invoker.SendAsync(request as CallbackRequest ?? Wrap(request), cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _invoker.Dispose();
        }

        base.Dispose(disposing);
    }

    // What an ordinary client sends becomes what the connector knows. The content goes on with the answer; disposing this request would
    // dispose it for whoever sends it again.
    private static CallbackRequest Wrap(HttpRequestMessage request)
    {
        var guarded = new CallbackRequest(request.Method, request.RequestUri!)
        {
            ConnectTimeout = ConnectTimeout,
            Content = request.Content,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var header in request.Headers.NonValidated)
        {
            guarded.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return guarded;
    }
}
