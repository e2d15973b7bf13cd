namespace HoiAm.Testing;

/// <summary>A clock that stands still until a test moves it; timers fire inside <see cref="Advance"/>, in order of their due time.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private const int FiresMax = 10_000;
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now;
    private TimeSpan _wrong;

    public ManualTimeProvider(DateTimeOffset? start = null) => _now = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now + _wrong;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now.UtcTicks;
        }
    }

    /// <summary>Sets the wall clock forward or back. The steady clock and the timers do not notice.</summary>
    public void SetWallClock(TimeSpan by)
    {
        lock (_lock)
        {
            _wrong += by;
        }
    }

    /// <summary>
    /// Moves the clock forward and fires each timer at its own due time. After some thousands the rest of the way is one jump, as after a
    /// machine slept: what repeats every second would otherwise do so millions of times in a month.
    /// </summary>
    public void Advance(TimeSpan by) => AdvanceFiring(by, FiresMax);

    /// <summary>
    /// Moves the clock forward in one jump, as when a machine slept: what is due fires once, at the end. For long waits in which what repeats
    /// every second would run hundreds of thousands of times and prove nothing by it.
    /// </summary>
    public void Leap(TimeSpan by) => AdvanceFiring(by, 0);

    private void AdvanceFiring(TimeSpan by, int firesMax)
    {
        var until = new DateTimeOffset(GetTimestamp(), TimeSpan.Zero) + by;
        var fired = 0;
        while (true)
        {
            ManualTimer? next;
            lock (_lock)
            {
                next = _timers.Where(t => t.Due <= until).MinBy(t => t.Due);
                if (next is null)
                {
                    _now = until;
                    return;
                }

                if (++fired > firesMax)
                {
                    _now = until;
                }
                else if (next.Due > _now)
                {
                    _now = next.Due;
                }

                next.Rearm(_now);
            }

            next.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : owner._now + dueTime;
                _period = period;
            }

            return true;
        }

        public void Rearm(DateTimeOffset now) =>
            Due = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? DateTimeOffset.MaxValue : now + _period;

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
