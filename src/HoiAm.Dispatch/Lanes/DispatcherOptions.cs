using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Lanes;

/// <summary>Bounds of the delivery engine; the defaults and their reasons are in <see cref="Defaults"/>.</summary>
public sealed record DispatcherOptions
{
    /// <summary>Callbacks in memory over all lanes.</summary>
    public int SeatsTotal { get; init; } = Defaults.SeatsTotal;

    /// <summary>Callbacks in memory per lane.</summary>
    public int SeatsPerLane { get; init; } = Defaults.SeatsPerLane;

    /// <summary>Tries under way per host and port.</summary>
    public int HostConcurrencyMax { get; init; } = Defaults.HostConcurrencyMax;

    /// <summary>Tries under way over all healthy lanes beyond each lane's own first one.</summary>
    public int ExtraSlots { get; init; } = Defaults.ExtraSlots;

    /// <summary>Tries under way over all lanes whose last tries failed.</summary>
    public int DoubtfulSlots { get; init; } = Defaults.DoubtfulSlots;

    /// <summary>Lanes above which idle ones are let go.</summary>
    public int LanesMax { get; init; } = Defaults.LanesMax;

    /// <summary>Told when a hook takes callbacks again after some had been given up. Runs on the pool and must not block.</summary>
    public Action<Hook>? OnRecovered { get; init; }

    /// <summary>Seed of the jitter; null draws one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Told when the engine meets an exception of its own or of the ledger; nothing is lost by it.</summary>
    public Action<string, Exception>? OnInternalError { get; init; }

    /// <summary>Runs work items; tests run them one by one on their own thread.</summary>
    internal Action<IThreadPoolWorkItem>? Schedule { get; init; }
}
