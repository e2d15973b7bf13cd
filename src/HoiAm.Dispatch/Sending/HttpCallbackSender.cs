using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using HoiAm.Dispatch.Retrying;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// Makes tries over HTTP/1.1. The steps of one try:
/// <list type="number">
/// <item>The URL's exact characters become the request line; headers are added, signed where the account has secrets.</item>
/// <item>A connection is reused or opened by <see cref="GuardedConnector"/>; the time runs until the end of the answer's headers.</item>
/// <item>The status gives the verdict. No redirect is followed.</item>
/// <item>A small part of the body is read for people, then the rest is dropped.</item>
/// </list>
/// A GET on a reused connection that breaks before any answer is made once more at once on a new connection, within the same time and
/// without counting: servers close idle connections, and the request may well have crossed that close on the way (RFC 9112, 9.3.1).
/// </summary>
public sealed partial class HttpCallbackSender : ICallbackSender, IDisposable
{
    private static readonly UriCreationOptions s_asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private static readonly string s_userAgent = "HoiAm/" + typeof(HttpCallbackSender).Assembly.GetName().Version!.ToString(3);

    private readonly TimeProvider _clock;
    private readonly TimeLimits _limits;
    private readonly SemaphoreSlim _resolutions = new(Defaults.ResolutionsMax);
    private readonly EgressProxy? _proxy;
    private readonly HttpMessageInvoker _strict;
    private readonly HttpMessageInvoker _lenient;

    // Connections of accounts with certificates of their own; they go when the account's settings do.
    private readonly ConditionalWeakTable<HookIdentity, OwnInvokers> _own = [];

    /// <summary>Makes a sender with its own connections.</summary>
    /// <param name="clock">Time.</param>
    /// <param name="proxy">Through which all calls go; null for none. The environment's proxies are never taken.</param>
    public HttpCallbackSender(TimeProvider clock, EgressProxy? proxy = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        _proxy = proxy;
        _limits = new TimeLimits(clock);
        _strict = NewInvoker(allowPrivate: false, identity: null);
        _lenient = NewInvoker(allowPrivate: true, identity: null);
    }

    /// <inheritdoc />
    public async ValueTask<Attempt> SendAsync(DueCallback callback, HookPolicy policy, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ArgumentNullException.ThrowIfNull(policy);
        var at = _clock.GetUtcNow();
        var began = _clock.GetTimestamp();
        if (!TryUri(callback, out var uri))
        {
            return Failed(callback, at, began, AttemptOutcome.BadUrl, "The hook's URL cannot be used.");
        }

        var limit = _limits.Rent();
        try
        {
            await using var stopping = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit).ConfigureAwait(false);
            limit.CancelAfter(policy.Retry.Timeout);
            var attempt = await TryAsync(callback, policy, uri, at, began, limit, mayRepeat: callback.Format == CallbackFormat.EsmsGet).ConfigureAwait(false);
            return attempt.Outcome != AttemptOutcome.Delivered && stop.IsCancellationRequested && limit.IsCancellationRequested && attempt.HttpStatus == 0
                ? Failed(callback, at, began, AttemptOutcome.Interrupted, "The hub stopped while the try was under way; it does not count.")
                : attempt;
        }
        finally
        {
            _limits.Return(limit);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _strict.Dispose();
        _lenient.Dispose();
        foreach (var (_, own) in _own)
        {
            own.Dispose();
        }

        _limits.Dispose();
        _resolutions.Dispose();
    }

    private async ValueTask<Attempt> TryAsync(
        DueCallback callback, HookPolicy policy, Uri uri, DateTimeOffset at, long began, CancellationTokenSource limit, bool mayRepeat)
    {
        using var request = NewRequest(callback, policy, uri, at);
        HttpResponseMessage response;
        try
        {
            response = await InvokerFor(policy).SendAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            var (outcome, sentence) = Read(failure, request, policy, limit.IsCancellationRequested);
            if (mayRepeat && outcome == AttemptOutcome.ConnectionReset && NoAnswerException.IsIn(failure) && !request.BeganConnecting
                && !limit.IsCancellationRequested)
            {
                return await TryAsync(callback, policy, uri, at, began, limit, mayRepeat: false).ConfigureAwait(false);
            }

            return Failed(callback, at, began, outcome, sentence);
        }

        using (response)
        {
            var durationMs = DurationMs(began);
            var status = (int)response.StatusCode;
            var outcome = RetryPlan.Judge(policy.Retry.On, status);
            return new Attempt
            {
                Number = callback.Attempts + 1,
                At = at,
                DurationMs = durationMs,
                Outcome = outcome,
                HttpStatus = status,
                Error = outcome == AttemptOutcome.Delivered ? null : Sentence(outcome, status),
                RetryAfter = outcome == AttemptOutcome.Delivered ? null : ReadRetryAfter(response),
                ResponseSnippet = await SnippetAsync(response, limit).ConfigureAwait(false),
            };
        }
    }

    private static async ValueTask<string?> SnippetAsync(HttpResponseMessage response, CancellationTokenSource limit)
    {
        var content = response.Content;
        if (response.StatusCode == HttpStatusCode.NoContent || content.Headers.ContentLength == 0)
        {
            return null;
        }

        limit.CancelAfter(Defaults.SnippetTime);
        return await Snippet.ReadAsync(content, limit.Token).ConfigureAwait(false);
    }

    private TimeSpan? ReadRetryAfter(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Retry-After", out var values)
            ? RetryAfterHeader.Parse(values.ToString(), _clock.GetUtcNow())
            : null;

    private static bool TryUri(DueCallback callback, out Uri uri)
    {
        var url = callback.Hook.Url;
        var host = url.IndexOf("://", StringComparison.Ordinal) + 3;

        // A URL may end with its host, a request line may not: the empty path is sent as the slash that RFC 9110, 4.2.3 makes it equal to.
        var text = url.IndexOf('/', host) < 0 ? string.Concat(url, "/", callback.Query) : string.Concat(url, callback.Query);
        if (host > 2 && Uri.TryCreate(text, in s_asWritten, out var read) && (read.Scheme == Uri.UriSchemeHttp || read.Scheme == Uri.UriSchemeHttps))
        {
            uri = read;
            return Ascii.IsValid(text) && !text.AsSpan().ContainsAnyInRange('\0', ' ');
        }

        uri = null!;
        return false;
    }

    private static CallbackRequest NewRequest(DueCallback callback, HookPolicy policy, Uri uri, DateTimeOffset at)
    {
        var hasBody = callback.Format != CallbackFormat.EsmsGet;
        var request = new CallbackRequest(hasBody ? HttpMethod.Post : HttpMethod.Get, uri)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ConnectTimeout = policy.Retry.ConnectTimeout < policy.Retry.Timeout ? policy.Retry.ConnectTimeout : policy.Retry.Timeout,
        };
        var id = callback.PublicId;
        var headers = request.Headers;
        headers.TryAddWithoutValidation("User-Agent", s_userAgent);
        headers.TryAddWithoutValidation("X-HoiAm-Callback-Id", id);
        headers.TryAddWithoutValidation("X-HoiAm-Attempt", (callback.Attempts + 1).ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("X-HoiAm-Event-Time", callback.EventTime.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (hasBody)
        {
            request.Content = new ByteArrayContent(callback.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType(callback.Format));
            if (callback.Format == CallbackFormat.Vendor && policy.ApiKey is { } key)
            {
                headers.TryAddWithoutValidation("API-KEY", key);
            }
        }

        foreach (var (name, value) in policy.Headers)
        {
            headers.TryAddWithoutValidation(name, value);
        }

        if (policy.SigningSecrets.Count > 0)
        {
            var seconds = at.ToUnixTimeSeconds();
            var payload = hasBody ? callback.Body : Encoding.ASCII.GetBytes(uri.PathAndQuery);
            headers.TryAddWithoutValidation("webhook-id", id);
            headers.TryAddWithoutValidation("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
            headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Sign(policy.SigningSecrets, id, seconds, payload));
        }

        return request;
    }

    private static string ContentType(CallbackFormat format) => format switch
    {
        CallbackFormat.EsmsPostForm => "application/x-www-form-urlencoded",
        CallbackFormat.CloudEvents => "application/cloudevents+json; charset=utf-8",
        _ => "application/json; charset=utf-8",
    };
}
