namespace HoiAm.Bench.Fill;

/// <summary>A wall clock that is set by hand; waiting goes by the real one.</summary>
internal sealed class PastClock(DateTimeOffset begin) : TimeProvider
{
    private long _ticks = begin.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
