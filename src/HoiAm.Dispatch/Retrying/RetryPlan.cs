using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Retrying;

/// <summary>The retry rule (contract section 2, protocol G 1 to 6), without clock, state or randomness of its own.</summary>
public static class RetryPlan
{
    /// <summary>What an HTTP status means under a rule: 2xx acknowledges (<c>non-200</c>: only 200), 408 and 504 are time-outs.</summary>
    public static AttemptOutcome Judge(RetryOn on, int status) => status switch
    {
        200 => AttemptOutcome.Delivered,
        > 200 and < 300 => on == RetryOn.Non200 ? AttemptOutcome.HttpStatus : AttemptOutcome.Delivered,
        >= 300 and < 400 => AttemptOutcome.Redirected,
        408 or 504 => AttemptOutcome.TimedOut,
        _ => AttemptOutcome.HttpStatus,
    };

    /// <summary>Decides what follows a try.</summary>
    /// <param name="policy">The account's rule.</param>
    /// <param name="outcome">How the try ended.</param>
    /// <param name="httpStatus">The answer's status, 0 without one.</param>
    /// <param name="retryAfter">What the answer asked for; it can only lengthen the pause, and by no more than 24 h.</param>
    /// <param name="tries">Tries used in this sequence, this one included; 1 or more.</param>
    /// <param name="u">A random number, 0 to 1 (exclusive), that sets the jitter.</param>
    public static RetryVerdict Next(RetryPolicy policy, AttemptOutcome outcome, int httpStatus, TimeSpan? retryAfter, int tries, double u)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (outcome == AttemptOutcome.Delivered)
        {
            return RetryVerdict.Delivered;
        }

        if (outcome == AttemptOutcome.Blocked)
        {
            return RetryVerdict.GivenUp(ExhaustedReason.Blocked);
        }

        if (!IsRetried(policy.On, outcome, httpStatus))
        {
            return RetryVerdict.GivenUp(ExhaustedReason.Refused);
        }

        return tries > policy.MaxRetries
            ? RetryVerdict.GivenUp(ExhaustedReason.Retries)
            : RetryVerdict.After(Pause(policy.Delays, tries, retryAfter, u));
    }

    /// <summary>True when the rule tries again after such an end, tries permitting.</summary>
    public static bool IsRetried(RetryOn on, AttemptOutcome outcome, int httpStatus)
    {
        // An address that is not allowed or cannot be read does not become better by asking again, whatever the rule says.
        if (outcome is AttemptOutcome.Delivered or AttemptOutcome.Blocked or AttemptOutcome.BadUrl)
        {
            return false;
        }

        return on switch
        {
            RetryOn.TimeoutOnly => outcome == AttemptOutcome.TimedOut,
            RetryOn.Non200 => true,
            _ => outcome switch
            {
                AttemptOutcome.HttpStatus => httpStatus is 404 or 408 or 425 or 429 or (>= 500 and <= 599),
                AttemptOutcome.Redirected => false,
                _ => true,
            },
        };
    }

    private static TimeSpan Pause(IReadOnlyList<TimeSpan> delays, int tries, TimeSpan? retryAfter, double u)
    {
        var pause = delays.Count == 0 ? TimeSpan.Zero : Clamp(delays[Math.Clamp(tries - 1, 0, delays.Count - 1)]);
        if (retryAfter is { } asked && Clamp(asked) > pause)
        {
            pause = Clamp(asked);
        }

        return WithJitter(pause, u);
    }

    /// <summary>Adds up to a tenth, so that what failed together does not come back together; it never shortens.</summary>
    internal static TimeSpan WithJitter(TimeSpan pause, double u) =>
        pause + TimeSpan.FromTicks((long)(pause.Ticks * Defaults.JitterShare * (u is >= 0 and < 1 ? u : 0)));

    private static TimeSpan Clamp(TimeSpan value) =>
        value < TimeSpan.Zero ? TimeSpan.Zero : value > Defaults.RetryAfterMax ? Defaults.RetryAfterMax : value;
}
