using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Delivery;

/// <summary>
/// Takes up what the last run left: pauses, what waits on disk, and the callbacks that lanes had in memory. Those were perhaps sent and
/// not recorded; they are sent again, with the same bytes and the same id.
/// </summary>
internal sealed class Recovery(MessageLedger ledger, LedgerQueries queries, Dispatcher dispatcher)
{
    private const int PageSize = 1_000;

    /// <summary>Feeds the lanes; gives how many callbacks were live and how many wait on disk.</summary>
    public async Task<(int Live, long Parked)> RunAsync()
    {
        FaultPoints.Hit("in-recovery");

        // All of them before the first one is sent: what becomes live from here on reaches its lane by itself, and must not be found twice.
        // They fit, because they were in the lanes' seats when the process ended.
        var live = await ReadLiveAsync().ConfigureAwait(false);
        var backlogs = await ledger.ParkedAsync().ConfigureAwait(false);
        Pause();
        await FeedAsync(live).ConfigureAwait(false);
        dispatcher.Start(backlogs.Select(b => new ParkedBacklog(b.Hook, b.Count, b.NextDue)));
        foreach (var (hook, _, due) in backlogs)
        {
            if (due <= DateTimeOffset.UnixEpoch)
            {
                // Somebody asked for these; one is enough for the lane to look, and a full page makes it look again.
                dispatcher.NoteReplays(hook, 1);
            }
        }

        return (live.Count, backlogs.Sum(b => b.Count));
    }

    /// <summary>Feeds callbacks to their lanes; those without a seat go to disk.</summary>
    public async Task FeedAsync(IReadOnlyList<DueCallback> live)
    {
        var unseated = new List<long>();
        foreach (var callback in live)
        {
            if (dispatcher.TryReserve(callback.Hook))
            {
                dispatcher.Enqueue(callback);
            }
            else
            {
                unseated.Add(callback.Id);
            }
        }

        for (var i = 0; i < unseated.Count; i += PageSize)
        {
            await ledger.ParkAsync(unseated.GetRange(i, Math.Min(PageSize, unseated.Count - i))).ConfigureAwait(false);
        }
    }

    private async Task<List<DueCallback>> ReadLiveAsync()
    {
        var live = new List<DueCallback>();
        while (true)
        {
            var page = await ledger.LiveAsync(live.Count == 0 ? 0 : live[^1].Id, PageSize).ConfigureAwait(false);
            if (page.Count == 0)
            {
                return live;
            }

            live.AddRange(page);
        }
    }

    private void Pause()
    {
        using var connection = queries.Open();
        foreach (var hook in connection.Query(
            "SELECT id, account, url, host_key FROM hook WHERE paused <> 0",
            r => new Hook(r.GetInt32(0), r.GetInt32(1), r.GetString(2), r.GetString(3))))
        {
            dispatcher.Pause(hook);
        }
    }
}
