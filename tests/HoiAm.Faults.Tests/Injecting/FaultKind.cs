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
}
