namespace HoiAm.Server.Ingest;

/// <summary>
/// Pushes back on intake while healthy lanes are behind: intake outruns delivery, and what does not fit in memory costs three times as
/// much on disk. A report is held back by at most a quarter of a second, and never because of a dead hook.
/// </summary>
internal sealed class IntakePacer(Func<int> backlog, TimeProvider time)
{
    /// <summary>Callbacks in healthy lanes above which intake is held back. Default 8,192: about a second's work.</summary>
    public const int BacklogMax = 8_192;

    private const int StepMs = 5;
    private const int WaitMaxMs = 250;

    public ValueTask WaitAsync(CancellationToken cancel) => backlog() <= BacklogMax ? ValueTask.CompletedTask : new(HoldAsync(cancel));

    private async Task HoldAsync(CancellationToken cancel)
    {
        for (var waited = 0; waited < WaitMaxMs && backlog() > BacklogMax; waited += StepMs)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(StepMs), time, cancel).ConfigureAwait(false);
        }
    }
}
