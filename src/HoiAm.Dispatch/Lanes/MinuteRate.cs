namespace HoiAm.Dispatch.Lanes;

/// <summary>Events in the last minute, from two counters: the running minute whole and the one before in proportion.</summary>
internal struct MinuteRate
{
    private long _minute;
    private int _count;
    private int _before;

    /// <summary>Counts one.</summary>
    public void Add(long now)
    {
        Turn(now);
        _count++;
    }

    /// <summary>The estimate for the minute that ends now.</summary>
    public double Read(long now)
    {
        Turn(now);
        var gone = now % TimeSpan.TicksPerMinute / (double)TimeSpan.TicksPerMinute;
        return _count + (_before * (1 - gone));
    }

    private void Turn(long now)
    {
        var minute = now / TimeSpan.TicksPerMinute;
        if (minute == _minute)
        {
            return;
        }

        _before = minute == _minute + 1 ? _count : 0;
        _count = 0;
        _minute = minute;
    }
}
