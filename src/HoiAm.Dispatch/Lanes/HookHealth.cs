using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Lanes;

/// <summary>How a hook is doing.</summary>
public enum HookState : byte
{
    /// <summary>It answers.</summary>
    Healthy = 0,

    /// <summary>It answers late, or its bound was lowered.</summary>
    Slow = 1,

    /// <summary>Its last tries failed.</summary>
    Failing = 2,

    /// <summary>Its breaker is open: tries are deferred.</summary>
    Open = 3,

    /// <summary>An administrator holds it.</summary>
    Paused = 4,
}

/// <summary>One hook at one moment, for people.</summary>
public sealed record HookHealth
{
    /// <summary>Which hook.</summary>
    public required Hook Hook { get; init; }

    /// <summary>The state that matters most.</summary>
    public required HookState State { get; init; }

    /// <summary>Callbacks in memory, those under way included.</summary>
    public required int Live { get; init; }

    /// <summary>Callbacks waiting on disk, as far as the lane knows.</summary>
    public required long Parked { get; init; }

    /// <summary>Tries under way.</summary>
    public required int InFlight { get; init; }

    /// <summary>Tries that ended in the last minute, estimated.</summary>
    public required double RatePerMinute { get; init; }

    /// <summary>Half of the tries took no longer, in ms; null without tries.</summary>
    public required int? P50Ms { get; init; }

    /// <summary>99 of 100 tries took no longer, in ms; null without tries.</summary>
    public required int? P99Ms { get; init; }

    /// <summary>Failures since the last sign of life.</summary>
    public required int ConsecutiveFailures { get; init; }

    /// <summary>Bound on tries under way now.</summary>
    public required int ConcurrencyLimit { get; init; }

    /// <summary>What went wrong last; null when nothing did.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>When a callback was last acknowledged.</summary>
    public DateTimeOffset? LastDeliveredAt { get; init; }

    /// <summary>When an open breaker probes next; null while it is closed.</summary>
    public DateTimeOffset? NextProbeAt { get; init; }
}

/// <summary>All hooks together.</summary>
/// <param name="Hooks">Hooks with a lane.</param>
/// <param name="InFlight">Tries under way.</param>
/// <param name="Live">Callbacks in memory.</param>
/// <param name="Parked">Callbacks waiting on disk.</param>
/// <param name="Open">Hooks whose breaker is open.</param>
/// <param name="Paused">Hooks that are paused.</param>
/// <param name="Behind">Hooks that are neither and have more waiting than a minute's work.</param>
public readonly record struct DeliveryTotals(int Hooks, int InFlight, long Live, long Parked, int Open, int Paused, int Behind);

/// <summary>What waits on disk for one hook when the hub starts.</summary>
/// <param name="Hook">Which hook.</param>
/// <param name="Count">How many are parked.</param>
/// <param name="EarliestDue">When the first of them is due.</param>
public readonly record struct ParkedBacklog(Hook Hook, long Count, DateTimeOffset EarliestDue);
