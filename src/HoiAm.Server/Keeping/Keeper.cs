using System.Data.Common;
using System.Diagnostics;
using HoiAm.Ledger;
using HoiAm.Ledger.Postgres;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Observability;
using HoiAm.Server.Queries;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Keeping;

/// <summary>
/// Forgets: masks texts some time after hand-over, and deletes what was kept long enough. What may go is looked for beside the writer; the
/// writer gets it in small pages with pauses between them, so that reports never wait long behind it. Nothing needs to be remembered over a
/// restart: each round begins with what is oldest. Where the store can drop whole weeks, messages, reports and callbacks go that way instead.
/// </summary>
internal sealed class Keeper(
    MessageLedger ledger,
    LedgerQueries queries,
    PostgresWeeks? weeks,
    KeepTimes times,
    KeepTexts texts,
    Func<int> waiting,
    HubMetrics metrics,
    TimeProvider time,
    ILogger log)
    : IAsyncDisposable
{
    public static readonly TimeSpan RoundEvery = TimeSpan.FromHours(1);
    public static readonly TimeSpan MaskEvery = TimeSpan.FromSeconds(30);

    private const int BusyAt = 1_000;
    private static readonly TimeSpan s_pauseMin = TimeSpan.FromMilliseconds(20);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.WhenAll(
        Task.Run(() => RepeatAsync("Masking texts", MaskEvery, texts.RunAsync)), Task.Run(() => RepeatAsync("Deleting what is old", RoundEvery, RoundAsync)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RepeatAsync(string what, TimeSpan every, Func<CancellationToken, Task> once)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(every, time, _stop.Token).ConfigureAwait(false);
                await once(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error) when (error is StoreUnavailableException or DbException)
            {
                log.LogWarning("{What} is put off: {Reason}", what, error.Message);
            }
            catch (Exception error)
            {
                log.LogError(error, "{What} failed", what);
            }
        }
    }

    /// <summary>Deletes everything that is older than it may be.</summary>
    public async Task RoundAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var singly = weeks is null ? long.MaxValue : await weeks.FirstWeekAsync(stop).ConfigureAwait(false);
        foreach (var step in Steps.Of(queries.Layout, singly))
        {
            if (step.Age(times) is { } age)
            {
                await DropAsync(step, now - age, stop).ConfigureAwait(false);
                if (weeks is not null && PostgresWeeks.Has(step.Table))
                {
                    await DropWeeksAsync(weeks, step.Table, now - age, stop).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task DropWeeksAsync(PostgresWeeks all, string table, DateTimeOffset before, CancellationToken stop)
    {
        var count = await all.DropAsync(table, before, stop).ConfigureAwait(false);
        metrics.Dropped(table, count);
        if (count == 0 || table != "message")
        {
            return;
        }

        var begun = Stopwatch.GetTimestamp();
        for (var step = 0L; await all.SweepAsync(step, before, stop).ConfigureAwait(false) is not null; step++)
        {
            await PauseAsync(Stopwatch.GetElapsedTime(begun), stop).ConfigureAwait(false);
            begun = Stopwatch.GetTimestamp();
        }
    }

    private async Task DropAsync(Step step, DateTimeOffset before, CancellationToken stop)
    {
        var after = 0L;
        while (!stop.IsCancellationRequested)
        {
            List<long> page;
            using (var connection = queries.Open())
            {
                page = step.Find(connection, after, before);
            }

            if (page.Count == 0)
            {
                return;
            }

            var begun = Stopwatch.GetTimestamp();
            var count = await step.Drop(ledger, page, before.ToUnixTimeMilliseconds()).ConfigureAwait(false);
            metrics.Dropped(step.Table, count);

            // A page that is not done yet (a message with very many recipients) comes again; one of which nothing may go is passed over.
            after = count > 0 && step.MayRepeat ? after : page[^1];
            await PauseAsync(Stopwatch.GetElapsedTime(begun), stop).ConfigureAwait(false);
        }
    }

    // At most a fifth of the time, and none while reports queue.
    private async Task PauseAsync(TimeSpan took, CancellationToken stop)
    {
        do
        {
            await Task.Delay(took * 4 > s_pauseMin ? took * 4 : s_pauseMin, TimeProvider.System, stop).ConfigureAwait(false);
        }
        while (waiting() > BusyAt);
    }
}
