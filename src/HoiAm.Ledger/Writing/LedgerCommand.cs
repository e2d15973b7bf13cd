namespace HoiAm.Ledger.Writing;

/// <summary>One thing that is to be written. It may be applied more than once, when its group had to be taken back.</summary>
public abstract class LedgerCommand
{
    /// <summary>The span that asked for it; null when nobody listens.</summary>
    internal System.Diagnostics.Activity? Cause { get; } = Tracing.HubTrace.Cause;

    /// <summary>Does it inside the group's transaction.</summary>
    internal abstract void Apply(GroupContext group);

    /// <summary>Tells what it is going to look up, for stores that fetch it for the whole group at once.</summary>
    internal virtual void Announce(GroupKeys keys)
    {
    }

    /// <summary>Called off the writer's thread after the commit that made it true.</summary>
    internal abstract void Complete();

    /// <summary>Called off the writer's thread when it was not written.</summary>
    internal abstract void Fail(Exception error);

    /// <summary>True when it is kept for the next group while the store is away, instead of failing.</summary>
    internal virtual bool Persists => false;

    /// <summary>Rough bytes that it adds to the group.</summary>
    internal virtual int Weight => 256;
}
