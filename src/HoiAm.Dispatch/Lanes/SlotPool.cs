using System.Collections.Concurrent;

namespace HoiAm.Dispatch.Lanes;

/// <summary>
/// A bound that many lanes share. Taking and giving back are one atomic operation each; only when it is used up do lanes queue, in order.
/// </summary>
internal sealed class SlotPool(int max)
{
    private readonly ConcurrentQueue<Lane> _waiters = new();
    private int _used;

    /// <summary>Slots taken now.</summary>
    public int Used => Volatile.Read(ref _used);

    /// <summary>True when lanes wait, so that a lane that works on and on should give way.</summary>
    public bool HasWaiters => !_waiters.IsEmpty;

    /// <summary>Takes a slot.</summary>
    public bool TryTake()
    {
        // Never above the bound, not even for a moment: a passing overshoot would make a release look as if there were no room to wake for.
        var used = Volatile.Read(ref _used);
        while (used < max)
        {
            var seen = Interlocked.CompareExchange(ref _used, used + 1, used);
            if (seen == used)
            {
                return true;
            }

            used = seen;
        }

        return false;
    }

    /// <summary>Queues a lane that got no slot. The caller has to try once more afterwards: a slot may have become free in between.</summary>
    public void Wait(Lane lane) => _waiters.Enqueue(lane);

    /// <summary>Gives a slot back without waking anybody; <see cref="Kick"/> has to follow outside of all locks.</summary>
    public void Return() => Interlocked.Decrement(ref _used);

    /// <summary>Wakes waiting lanes while there is room. Never to be called under a lane's lock: it takes those of others.</summary>
    public void Kick()
    {
        while (Volatile.Read(ref _used) < max && _waiters.TryDequeue(out var lane))
        {
            lane.Wake(this);
        }
    }
}
