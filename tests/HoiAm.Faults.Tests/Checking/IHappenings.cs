using HoiAm.Faults.Hooks;
using HoiAm.Faults.Injecting;

namespace HoiAm.Faults.Checking;

/// <summary>How far what happened between two calls of a callback explains that they bear the same number.</summary>
internal enum Excuse
{
    /// <summary>Not at all: the second one is a double send.</summary>
    None,

    /// <summary>The first one was broken off, so it may be made again unless its hook had acknowledged it.</summary>
    BrokenOff,

    /// <summary>Whoever made the first one was gone, or taken for dead, before it was recorded.</summary>
    Unrecorded,
}

/// <summary>What was done to the hub in a run.</summary>
internal interface IHappenings
{
    /// <summary>Moments at which a process was gone.</summary>
    IReadOnlyList<Death> Deaths { get; }

    /// <summary>Episodes by kind.</summary>
    IReadOnlyDictionary<FaultKind, int> Episodes { get; }

    /// <summary>Broken promises that were seen while it went on.</summary>
    IReadOnlyList<string> Findings { get; }

    /// <summary>What was injected beside deaths, for people.</summary>
    string Injected { get; }

    /// <summary>What the time between two calls of a callback explains.</summary>
    Excuse Between(HookCall before, HookCall now);
}
