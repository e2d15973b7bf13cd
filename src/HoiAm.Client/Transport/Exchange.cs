using System.Net;
using System.Text;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Client.Transport;

/// <summary>What an answer's body says, whatever call it is of.</summary>
internal readonly record struct Heard(bool Parsed, bool IsSuccess, string Code, string Message);

/// <summary>The plan of one call.</summary>
/// <param name="Wire">What goes out, the same on every attempt.</param>
/// <param name="Limit">Its rate limit.</param>
/// <param name="IsSend">It does something: an unknown end is uncertain.</param>
/// <param name="IsRepeatable">It may be sent again after an unknown end: a query, or a send with a RequestId.</param>
/// <param name="Hold">How long it must be held back at this moment; null when it may go.</param>
internal sealed record CallPlan(EsmsWireRequest Wire, SlidingLimit? Limit, bool IsSend, bool IsRepeatable, Func<TimeSpan?>? Hold = null);

/// <summary>How one call ended.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Heard">What the last answer says.</param>
/// <param name="Last">The last attempt; null when there was none.</param>
/// <param name="Attempts">How many.</param>
/// <param name="IsUncertain">Nobody knows whether it was done.</param>
/// <param name="WasUncertain">An attempt before the last one ended unknown.</param>
/// <param name="RetryAfter">What the last answer asks for.</param>
internal sealed record CallEnd(EsmsOutcome Outcome, Heard Heard, Attempt? Last, int Attempts, bool IsUncertain, bool WasUncertain, TimeSpan? RetryAfter)
{
    public string RawBody => Last is { Body.Length: > 0 } last ? Encoding.UTF8.GetString(last.Body) : "";
}

/// <summary>Makes one call with as many attempts as are safe.</summary>
internal sealed class Exchange(HttpClient http, EsmsClientOptions options)
{
    public async Task<CallEnd> RunAsync(CallPlan plan, Func<byte[], Heard> read, CancellationToken cancellationToken)
    {
        var uncertain = false;
        for (var attempts = 1; ; attempts++)
        {
            if (plan.Limit is { } limit)
            {
                await limit.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            if (plan.Hold?.Invoke() is { } wait)
            {
                return new CallEnd(EsmsOutcome.Withheld, new Heard(false, false, "", "The hours of this call are closed."), null, attempts - 1, uncertain, uncertain, wait);
            }

            var attempt = await SendAsync(plan.Wire, cancellationToken).ConfigureAwait(false);
            var end = Judge(plan, attempt, read, attempts, uncertain);
            uncertain = end.IsUncertain;
            if (attempts >= options.MaxAttempts
                || !MayRepeat(plan, end)
                || Backoff.Next(attempts, attempt.RetryAfter, options.RetryDelay, options.MaxRetryDelay) is not { } pause)
            {
                return end;
            }

            await Task.Delay(pause, options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Attempt> SendAsync(EsmsWireRequest wire, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(wire.Method), ServerAddress.Join(options.AddressOf(wire.Host), wire.PathAndQuery));
        if (wire.ContentType is { } type)
        {
            request.Content = new ReadOnlyMemoryContent(wire.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type == "application/json" ? type : type + "; charset=utf-8");
        }

        return await Attempt.RunAsync(http, request, options.AttemptTimeout, options.Time, cancellationToken).ConfigureAwait(false);
    }

    private static CallEnd Judge(CallPlan plan, Attempt attempt, Func<byte[], Heard> read, int attempts, bool wasUncertain)
    {
        var heard = attempt.Kind == AttemptKind.Answered ? read(attempt.Body) : new Heard(false, false, "", attempt.Fault);
        var outcome = OutcomeOf(attempt, heard);

        // 124 of sends, 199 of registrations: a repeat that is refused as known proves that an earlier attempt, whose answer was lost, was accepted.
        if (wasUncertain && heard.Code is "124" or "199")
        {
            outcome = EsmsOutcome.AcceptedEarlier;
        }

        var settled = outcome is EsmsOutcome.Accepted or EsmsOutcome.AcceptedEarlier or EsmsOutcome.Refused;
        var unknown = outcome is EsmsOutcome.TimedOut or EsmsOutcome.Unavailable or EsmsOutcome.Unreadable || attempt.Kind == AttemptKind.Broken;
        var uncertain = plan.IsSend && !settled && (wasUncertain || unknown);
        return new CallEnd(outcome, heard, attempt, attempts, uncertain, wasUncertain, attempt.RetryAfter);
    }

    private static EsmsOutcome OutcomeOf(Attempt attempt, Heard heard) => attempt switch
    {
        { Kind: AttemptKind.TimedOut } => EsmsOutcome.TimedOut,
        { Kind: AttemptKind.NotSent or AttemptKind.Broken } => EsmsOutcome.Unreachable,
        { Kind: AttemptKind.TooLong } => EsmsOutcome.Unreadable,
        { Status: HttpStatusCode.TooManyRequests } => EsmsOutcome.RateLimited,
        _ when heard.Code == "160" => EsmsOutcome.RateLimited,
        { Status: HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError } => EsmsOutcome.Unavailable,
        _ when heard is { Parsed: true, IsSuccess: true } && attempt.Status < HttpStatusCode.Ambiguous => EsmsOutcome.Accepted,
        _ when heard.Parsed || attempt.Status >= HttpStatusCode.Ambiguous => EsmsOutcome.Refused,
        _ => EsmsOutcome.Unreadable,
    };

    // What never arrived, and what was refused for its rate, may always go again. Everything else only when a repeat is recognised.
    private static bool MayRepeat(CallPlan plan, CallEnd end) => end.Outcome switch
    {
        EsmsOutcome.RateLimited => true,
        EsmsOutcome.Unreachable when end.Last?.Kind == AttemptKind.NotSent => true,
        EsmsOutcome.Unreachable or EsmsOutcome.TimedOut or EsmsOutcome.Unavailable or EsmsOutcome.Unreadable => plan.IsRepeatable,
        _ => false,
    };
}
