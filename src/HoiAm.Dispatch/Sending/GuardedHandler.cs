using System.Net;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// The guard that hooks have, for clients of providers: the address that is connected to is the one that was judged, no redirect is
/// followed and no proxy is asked. A refused address fails with a sentence that says why, as the innermost exception.
/// </summary>
public sealed class GuardedHandler : HttpMessageHandler
{
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _resolutions = new(Defaults.ResolutionsMax);
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Makes a handler with connections of its own.</summary>
    /// <param name="allowPrivate">True lets the address be loopback or private.</param>
    /// <param name="clock">The clock of the time-outs.</param>
    public GuardedHandler(bool allowPrivate, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = new GuardedConnector(allowPrivate, clock, _resolutions, proxy: null).ConnectAsync,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            MaxResponseHeadersLength = Defaults.ResponseHeadersKiBMax,
            PooledConnectionIdleTimeout = Defaults.ConnectionIdle,
            PooledConnectionLifetime = Defaults.ConnectionLifetime,
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Why no connection came about, as one sentence; null when something else went wrong.</summary>
    public static string? Explain(Exception? failure) => ConnectFailure.In(failure)?.Message;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var guarded = new CallbackRequest(request.Method, request.RequestUri!)
        {
            ConnectTimeout = s_connect,
            Content = request.Content,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var header in request.Headers.NonValidated)
        {
            guarded.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        // The content goes on with the answer; disposing this request would dispose it for whoever sends it again.
        return await _invoker.SendAsync(guarded, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _invoker.Dispose();
            _resolutions.Dispose();
        }

        base.Dispose(disposing);
    }
}
