using HoiAm.Dispatch.Lanes;

namespace HoiAm.Server.Ingest;

/// <summary>
/// Pushes back on intake while healthy lanes are behind: intake outruns delivery, and what does not fit in memory costs three times as
/// much on disk. A report is held back by at most a quarter of a second, and never because of a dead hook.
/// </summary>
internal sealed class IntakePacer(Dispatcher dispatcher, TimeProvider time)
{
    /// <summary>Callbacks in healthy lanes above which intake is held back. Default 8,192: about a second's work.</summary>
    public const int BacklogMax = 8_192;

    private const int StepMs = 5;
    private const int WaitMaxMs = 250;
    private static readonly TimeSpan s_fresh = TimeSpan.FromMilliseconds(50);
    private long _countedAt;
    private long _healthy;

    public ValueTask WaitAsync(CancellationToken cancel) =>
        dispatcher.Live <= BacklogMax || !IsBehind() ? ValueTask.CompletedTask : new(HoldAsync(cancel));

    private async Task HoldAsync(CancellationToken cancel)
    {
        for (var waited = 0; waited < WaitMaxMs && IsBehind(); waited += StepMs)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(StepMs), time, cancel).ConfigureAwait(false);
        }
    }

    // The sum over the lanes is only taken when there is much in memory at all, and then at most twenty times a second.
    private bool IsBehind()
    {
        var counted = Volatile.Read(ref _countedAt);
        if (counted == 0 || time.GetElapsedTime(counted) > s_fresh)
        {
            Volatile.Write(ref _countedAt, time.GetTimestamp());
            Volatile.Write(ref _healthy, dispatcher.Snapshot().Where(h => h.State == HookState.Healthy).Sum(h => (long)h.Live));
        }

        return Volatile.Read(ref _healthy) > BacklogMax;
    }
}
