using HoiAm.Dispatch.Retrying;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Breaking;

/// <summary>What a try says about the server behind a hook.</summary>
internal enum HookSign : byte
{
    /// <summary>Nothing: our own side ended the try.</summary>
    None,

    /// <summary>It lives: it answered, if only to refuse.</summary>
    Alive,

    /// <summary>It does not answer, or answers that it cannot.</summary>
    Failing,
}

/// <summary>
/// One lane's breaker. Opens after a run of failures over at least two callbacks (one callback that the server chokes on must not shut off
/// the others), then lets one probe through after growing pauses. A value without clock or lock: the lane owns both.
/// </summary>
internal struct Breaker
{
    private long _firstId;
    private bool _several;
    private TimeSpan _pause;

    /// <summary>Failures since the last sign of life.</summary>
    public int Streak { get; private set; }

    /// <summary>True while tries are deferred.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Tick from which the next probe may leave; of no meaning while closed.</summary>
    public long ProbeAt { get; private set; }

    /// <summary>Reads a try's end: time-outs, failures on the way there, 429 and 5xx speak against the server; any other answer for it.</summary>
    public static HookSign Read(AttemptOutcome outcome, int httpStatus) => outcome switch
    {
        AttemptOutcome.Delivered or AttemptOutcome.Redirected => HookSign.Alive,
        AttemptOutcome.HttpStatus => httpStatus is 429 or >= 500 ? HookSign.Failing : HookSign.Alive,
        AttemptOutcome.None or AttemptOutcome.Interrupted or AttemptOutcome.Blocked or AttemptOutcome.BadUrl => HookSign.None,
        _ => HookSign.Failing,
    };

    /// <summary>True when the server asks for less, or is not reached: what the adaptive bound reacts to.</summary>
    public static bool IsOverload(AttemptOutcome outcome, int httpStatus) =>
        Read(outcome, httpStatus) == HookSign.Failing && (outcome != AttemptOutcome.HttpStatus || httpStatus is 429 or 503);

    /// <summary>Notes a failure; true when it opened the breaker.</summary>
    public bool Fail(long callbackId, long now, double u, int threshold)
    {
        if (Streak == 0)
        {
            _firstId = callbackId;
            _several = false;
        }

        _several |= callbackId != _firstId;
        Streak = Streak == int.MaxValue ? Streak : Streak + 1;
        if (IsOpen || !_several || Streak < threshold)
        {
            return false;
        }

        IsOpen = true;
        _pause = Defaults.ProbeFirst;
        ProbeAt = now + RetryPlan.WithJitter(_pause, u).Ticks;
        return true;
    }

    /// <summary>Notes that a probe failed: the next one waits twice as long, or longer where the server asked for it.</summary>
    public void FailProbe(long now, double u, TimeSpan? retryAfter)
    {
        _pause = _pause * 2 < Defaults.ProbeMax ? _pause * 2 : Defaults.ProbeMax;
        var wait = retryAfter is { } asked && asked > _pause ? (asked < Defaults.RetryAfterMax ? asked : Defaults.RetryAfterMax) : _pause;
        ProbeAt = now + RetryPlan.WithJitter(wait, u).Ticks;
    }

    /// <summary>Notes a sign of life; true when it closed the breaker.</summary>
    public bool Live()
    {
        var wasOpen = IsOpen;
        Streak = 0;
        IsOpen = false;
        return wasOpen;
    }

    /// <summary>Lets the next probe leave at once, because somebody has just reached the hook by hand.</summary>
    public void ProbeNow(long now) => ProbeAt = now;
}
