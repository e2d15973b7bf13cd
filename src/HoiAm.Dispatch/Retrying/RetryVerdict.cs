using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Retrying;

/// <summary>What follows a try.</summary>
public enum RetryStep : byte
{
    /// <summary>Acknowledged: nothing follows.</summary>
    Delivered = 0,

    /// <summary>Another try after <see cref="RetryVerdict.Delay"/>.</summary>
    Retry = 1,

    /// <summary>Given up; see <see cref="RetryVerdict.Reason"/>.</summary>
    Exhausted = 2,
}

/// <summary>What follows a try, and when or why.</summary>
/// <param name="Step">Which of the three.</param>
/// <param name="Delay">Pause before the next try, jitter included; zero unless there is one.</param>
/// <param name="Reason">Why it was given up; None unless it was.</param>
public readonly record struct RetryVerdict(RetryStep Step, TimeSpan Delay, ExhaustedReason Reason)
{
    internal static RetryVerdict Delivered => new(RetryStep.Delivered, TimeSpan.Zero, ExhaustedReason.None);

    internal static RetryVerdict After(TimeSpan delay) => new(RetryStep.Retry, delay, ExhaustedReason.None);

    internal static RetryVerdict GivenUp(ExhaustedReason reason) => new(RetryStep.Exhausted, TimeSpan.Zero, reason);
}
