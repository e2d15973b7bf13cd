using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using HoiAm.Client.Transport;

namespace HoiAm.Client.Feed;

/// <summary>Which hub, whose keys, how patient.</summary>
public sealed class CallbackFeedOptions
{
    /// <summary>The path behind <see cref="Address"/>.</summary>
    public const string Path = "/api/v1/callbacks";

    /// <summary>The hub, for example <c>http://127.0.0.1:8620</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>ApiKey of the account.</summary>
    public required string ApiKey { get; init; }

    /// <summary>SecretKey of the account.</summary>
    public required string SecretKey { get; init; }

    /// <summary>Time for one attempt. Default 30 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts in all, 1 to 10. Default 3: a page may be asked for as often as one likes.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Pause before the second attempt; it doubles. Default 0.5 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause; a hub that asks for a longer one ends the call. Default 30 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The hub, never the keys.</summary>
    public override string ToString() => $"CallbackFeedOptions {{ Address = {Address} }}";
}

/// <summary>
/// Pulls an account's callbacks from a HoiAm hub, of every kind, in the order of their making, whatever became of their delivery
/// (<c>GET /api/v1/callbacks</c>). The place is yours: keep <see cref="CallbackFeedReply.Next"/> once a page is handled, and a crash in
/// between only repeats that page. Thread-safe. Whatever the hub answers is a reply; thrown are only
/// <see cref="OperationCanceledException"/> for your own token and <see cref="ArgumentException"/>.
/// </summary>
public sealed class CallbackFeedClient
{
    /// <summary>Most callbacks of one page.</summary>
    public const int LimitMax = 1_000;

    private readonly HttpClient _http;
    private readonly CallbackFeedOptions _options;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Stays yours; its base address is not used.</param>
    /// <param name="options">Which hub, whose keys.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public CallbackFeedClient(HttpClient http, CallbackFeedOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        ServerAddress.Check(options.Address, nameof(options.Address));
        ArgumentException.ThrowIfNullOrWhiteSpace(options.ApiKey);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.SecretKey);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.AttemptTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxAttempts, 10);
        (_http, _options) = (http, options);
    }

    /// <summary>Asks for one page.</summary>
    /// <param name="after"><see cref="CallbackFeedReply.Next"/> of an earlier page, or the id of a callback; null for the beginning.</param>
    /// <param name="limit">Callbacks on the page, 1 to 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is none of these.</exception>
    public async Task<CallbackFeedReply> GetPageAsync(string? after = null, int limit = 100, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        for (var attempts = 1; ; attempts++)
        {
            var attempt = await AskAsync(after, limit, cancellationToken).ConfigureAwait(false);
            var reply = CallbackFeedReply.Of(attempt, attempts, after);
            if (!reply.MayPass || attempts >= _options.MaxAttempts
                || Backoff.Next(attempts, attempt.RetryAfter, _options.RetryDelay, _options.MaxRetryDelay) is not { } pause)
            {
                return reply;
            }

            await Task.Delay(pause, _options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks for page after page until nothing is left. Only pages with callbacks come, and last, if one does, the reply that is no page.
    /// </summary>
    /// <param name="after"><see cref="CallbackFeedReply.Next"/> of an earlier page, or the id of a callback; null for the beginning.</param>
    /// <param name="limit">Callbacks on a page, 1 to 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<CallbackFeedReply> GetPagesAsync(
        string? after = null, int limit = 100, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var page = await GetPageAsync(after, limit, cancellationToken).ConfigureAwait(false);
            if (!page.IsPage || page.Items.Length > 0)
            {
                yield return page;
            }

            if (!page.IsPage || !page.HasMore)
            {
                yield break;
            }

            after = page.Next;
        }
    }

    private async Task<Attempt> AskAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?limit={limit}") + (after is null ? "" : "&after=" + Uri.EscapeDataString(after));
        using var request = new HttpRequestMessage(HttpMethod.Get, ServerAddress.Join(_options.Address, CallbackFeedOptions.Path + query));
        var keys = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.ApiKey}:{_options.SecretKey}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", keys);
        request.Headers.Accept.ParseAdd("application/json");
        return await Attempt.RunAsync(_http, request, _options.AttemptTimeout, _options.Time, cancellationToken).ConfigureAwait(false);
    }
}
