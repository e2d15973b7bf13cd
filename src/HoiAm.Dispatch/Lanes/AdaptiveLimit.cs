namespace HoiAm.Dispatch.Lanes;

/// <summary>
/// How many tries of one hook may be under way: halved when the server is overloaded or not reached, raised by one after as many successes
/// as the bound is wide. Tries that began before the last cut do not cut again, or one hiccup under eight tries would cut three times.
/// </summary>
internal struct AdaptiveLimit(int start)
{
    private int _successes;
    private long _cutAt = long.MinValue;

    /// <summary>The bound now, 1 or more.</summary>
    public int Current { get; private set; } = Math.Max(1, start);

    /// <summary>Takes over a changed bound of the account: a lane at its full width widens at once, a lowered one keeps climbing.</summary>
    public void Follow(int before, int after) => Current = Math.Max(1, Current >= before ? after : Math.Min(Current, after));

    /// <summary>Notes a sign of overload of a try that began at <paramref name="startedAt"/>.</summary>
    public void Cut(long startedAt, long now)
    {
        if (startedAt < _cutAt)
        {
            return;
        }

        Current = Math.Max(1, Current / 2);
        _successes = 0;
        _cutAt = now;
    }

    /// <summary>Notes a success; <paramref name="max"/> is the account's bound.</summary>
    public void Raise(int max)
    {
        if (Current >= max)
        {
            Current = Math.Max(1, max);
            return;
        }

        if (++_successes >= Current)
        {
            _successes = 0;
            Current++;
        }
    }
}
