namespace HoiAm.Dispatch.Lanes;

/// <summary>Spreads tries evenly: at least a minute divided by the cap apart, so that no window of a minute ever holds more than the cap.</summary>
internal struct Pacer
{
    private long _interval;

    /// <summary>Tick from which the next try may begin.</summary>
    public long NextAt { get; private set; }

    /// <summary>True when a cap is set.</summary>
    public readonly bool IsSet => _interval > 0;

    /// <summary>Takes over the account's cap; null or less than 1 is no cap.</summary>
    public void Set(int? perMinute)
    {
        _interval = perMinute is { } cap and > 0 ? (TimeSpan.TicksPerMinute + cap - 1) / cap : 0;
        if (_interval == 0)
        {
            NextAt = 0;
        }
    }

    /// <summary>True when a try may begin now.</summary>
    public readonly bool IsOpen(long now) => _interval == 0 || now >= NextAt;

    /// <summary>Notes that a try begins now.</summary>
    public void Note(long now)
    {
        if (_interval > 0)
        {
            NextAt = now + _interval;
        }
    }
}
