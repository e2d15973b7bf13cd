using System.Data.Common;
using HoiAm.Ledger.Relaying;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Queries;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Relaying;

/// <summary>
/// Looks now and then whether the message of a callback that came too early is there by now: a relayed send adopts its own at once, but a
/// message may also be registered by an administrator, or turn uncertain and be known by its RequestId alone. Forgets old answers on the way.
/// </summary>
internal sealed class EarlyCallbacks(RelayLedger ledger, LedgerQueries queries, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private const int PageSize = 500;
    private const int PausesPerLook = 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pauseMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_pruneEvery = TimeSpan.FromHours(1);
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>One look through everything that waits.</summary>
    public async Task<int> SweepAsync()
    {
        var found = 0;
        for (var after = 0L; ;)
        {
            (long Last, List<long> Matchable) page;
            using (var connection = queries.Open())
            {
                page = RelayBook.Look(connection, after, PageSize);
            }

            if (page.Last == 0)
            {
                return found;
            }

            found += page.Matchable.Count == 0 ? 0 : await ledger.RetryEarlyAsync(page.Matchable).ConfigureAwait(false);
            after = page.Last;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        var nextPrune = time.GetUtcNow();
        while (!_stop.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                await SweepAsync().ConfigureAwait(false);
                if (time.GetUtcNow() >= nextPrune)
                {
                    await ledger.PruneAsync().ConfigureAwait(false);
                    nextPrune = time.GetUtcNow() + s_pruneEvery;
                }
            }
            catch (Exception error) when (error is DbException or StoreUnavailableException)
            {
                log.LogWarning("Early callbacks cannot be looked through now: {Reason}", error.Message);
            }

            // Many callbacks that nobody will ever claim must not keep the store busy.
            var pause = time.GetElapsedTime(began) * PausesPerLook;
            pause = pause < s_pause ? s_pause : pause > s_pauseMax ? s_pauseMax : pause;
            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
