namespace HoiAm.Server.Reconciling;

/// <summary>
/// Keeps questions to one provider apart, evenly and with a fifth to spare: requests do not take equally long to arrive, and what leaves
/// evenly must not arrive too closely. One a second is counted from the end of the one before.
/// </summary>
internal sealed class Pace(int perSecond, TimeProvider time)
{
    private readonly TimeSpan _gap = TimeSpan.FromMilliseconds(1_200.0 / perSecond);
    private readonly Lock _lock = new();

    // The run before this one may have asked a moment ago.
    private long _last = time.GetTimestamp();

    /// <summary>Questions that may be under way at once.</summary>
    public int AtOnce { get; } = perSecond > 1 ? 8 : 1;

    /// <summary>Returns when the next question may leave.</summary>
    public async Task WaitAsync(CancellationToken stop)
    {
        var wait = TimeSpan.Zero;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (time.GetElapsedTime(_last, now) is var since && since < _gap)
            {
                wait = _gap - since;
            }

            _last = now + Ticks(wait);
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Tells that an answer is there, or will never be.</summary>
    public void Done()
    {
        if (AtOnce > 1)
        {
            return;
        }

        lock (_lock)
        {
            _last = Math.Max(_last, time.GetTimestamp());
        }
    }

    private long Ticks(TimeSpan wait) => (long)(wait.TotalSeconds * time.TimestampFrequency);
}
