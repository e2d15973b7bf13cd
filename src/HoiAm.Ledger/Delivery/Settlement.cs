using HoiAm.Ledger.Counting;

namespace HoiAm.Ledger.Delivery;

/// <summary>What the delivery engine tells the ledger about one callback: the try that was made, if any, and where the callback stands now.</summary>
public sealed class Settlement
{
    /// <summary>Which callback.</summary>
    public required long CallbackId { get; init; }

    /// <summary>The try that was made; null when the callback is only put back (parked) or expired without a try.</summary>
    public Attempt? Attempt { get; init; }

    /// <summary>Live (a retry stays in memory), Parked, Delivered or Exhausted.</summary>
    public required CallbackState State { get; init; }

    /// <summary>Why it was given up, with <see cref="CallbackState.Exhausted"/>.</summary>
    public ExhaustedReason Reason { get; init; }

    /// <summary>When it is due again, with Live and Parked.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>What its counts belong to.</summary>
    public StatTag Tag { get; init; }

    /// <summary>Milliseconds from the callback's making to this verdict; −1 where that tells nothing, as after a replay.</summary>
    public long WaitedMs { get; init; } = -1;

    /// <summary>Tries used in this sequence, after this one.</summary>
    public int Tries { get; init; }
}
