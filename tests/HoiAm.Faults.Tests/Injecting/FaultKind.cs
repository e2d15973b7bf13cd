namespace HoiAm.Faults.Injecting;

/// <summary>What can be done to a running hub, with the word that --mix has for it.</summary>
internal enum FaultKind
{
    /// <summary>kill −9 at a random moment.</summary>
    Kill,

    /// <summary>The process kills itself at a named point of its own code.</summary>
    Point,

    /// <summary>SIGTERM and a start: not a fault, and nothing may repeat.</summary>
    Stop,

    /// <summary>Writes fail with ENOSPC, the first one half done.</summary>
    Full,

    /// <summary>Writes fail with EROFS.</summary>
    ReadOnly,

    /// <summary>Syncs fail with EIO.</summary>
    SyncFail,

    /// <summary>Syncs take long.</summary>
    SyncSlow,

    /// <summary>The wall clock jumps a day ahead or back, and back again.</summary>
    Clock,

    /// <summary>Names cannot be resolved.</summary>
    Names,

    /// <summary>Hooks misbehave.</summary>
    Hooks,

    /// <summary>PostgreSQL: SIGKILL to every process of the database, and a start.</summary>
    Crash,

    /// <summary>PostgreSQL: the database shuts down at once, as its administrator's <c>restart -m immediate</c> does.</summary>
    Restart,

    /// <summary>PostgreSQL: the database stands still; connections stay, and nobody answers.</summary>
    Freeze,

    /// <summary>PostgreSQL: no connections left for the hub, and those that it has are ended.</summary>
    Connections,

    /// <summary>PostgreSQL: somebody holds a lock on a table that every group needs.</summary>
    Locked,

    /// <summary>PostgreSQL: one node's connections are reset, new ones refused.</summary>
    Refuse,

    /// <summary>PostgreSQL: everything between one node and the database takes long.</summary>
    Slow,

    /// <summary>PostgreSQL: the link of one node holds everything back, and lets it through late.</summary>
    Stall,

    /// <summary>PostgreSQL: the link of one node swallows everything, or only the answers.</summary>
    Blackhole,

    /// <summary>PostgreSQL: one node stands still, as a virtual machine does that is moved.</summary>
    Suspend,
}

/// <summary>Which faults make sense for which store.</summary>
internal static class FaultKinds
{
    /// <summary>Of the embedded store; hooks, which have a dozen ways to misbehave, three times.</summary>
    public static readonly IReadOnlyList<FaultKind> Embedded = [.. Enum.GetValues<FaultKind>().Where(k => k <= FaultKind.Hooks), FaultKind.Hooks, FaultKind.Hooks, FaultKind.Point];

    /// <summary>Of PostgreSQL. Kills and the death of the database come twice as often as the rest.</summary>
    public static readonly IReadOnlyList<FaultKind> Postgres =
    [
        FaultKind.Kill, FaultKind.Kill, FaultKind.Point, FaultKind.Point, FaultKind.Stop, FaultKind.Clock, FaultKind.Names, FaultKind.Hooks, FaultKind.Hooks,
        FaultKind.Crash, .. Enum.GetValues<FaultKind>().Where(k => k >= FaultKind.Crash),
    ];
}
