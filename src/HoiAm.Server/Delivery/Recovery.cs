using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;
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
    public async Task<(int Live, long Parked)> RunAsync(long newestId)
    {
        FaultPoints.Hit("in-recovery");
        Dictionary<int, Hook> hooks;
        HashSet<long> live;
        long parked;
        using (var connection = queries.Open())
        {
            // Which ones are live is read before the first lane moves: a lane makes parked and held callbacks live too, and those must not
            // be fed to it a second time.
            live = [.. connection.Query("SELECT id FROM callback WHERE state = 0 AND id <= @p0", r => r.GetInt64(0), newestId)];
            var rows = connection.Query(
                "SELECT id, account, url, host_key, paused FROM hook",
                r => (Hook: new Hook(r.GetInt32(0), r.GetInt32(1), r.GetString(2), r.GetString(3)), Paused: r.GetInt64(4) != 0));
            hooks = rows.ToDictionary(r => r.Hook.Id, r => r.Hook);
            foreach (var (hook, paused) in rows)
            {
                if (paused)
                {
                    dispatcher.Pause(hook);
                }
            }

            var backlogs = connection.Query(
                "SELECT hook, COUNT(*), MIN(due_at) FROM parked GROUP BY hook",
                r => (Hook: r.GetInt32(0), Count: r.GetInt64(1), Due: r.GetInt64(2)));
            parked = backlogs.Sum(b => b.Count);
            dispatcher.Start(backlogs.Where(b => hooks.ContainsKey(b.Hook))
                .Select(b => new ParkedBacklog(hooks[b.Hook], b.Count, DateTimeOffset.FromUnixTimeMilliseconds(b.Due))));
            foreach (var (hook, count) in connection.Query(
                "SELECT hook, COUNT(*) FROM parked WHERE due_at = 0 GROUP BY hook", r => (r.GetInt32(0), r.GetInt64(1))))
            {
                if (hooks.TryGetValue(hook, out var known))
                {
                    dispatcher.NoteReplays(known, count);
                }
            }
        }

        return (await FeedLiveAsync(hooks, live, newestId).ConfigureAwait(false), parked);
    }

    // Only what was live before this start: callbacks that are committed or taken from disk meanwhile reach their lanes by themselves.
    private async Task<int> FeedLiveAsync(Dictionary<int, Hook> hooks, HashSet<long> live, long newestId)
    {
        var after = 0L;
        while (true)
        {
            List<CallbackRow> page;
            using (var connection = queries.Open())
            {
                page = LedgerQueries.Live(connection, after, newestId, PageSize);
            }

            if (page.Count == 0)
            {
                return live.Count;
            }

            var unseated = new List<long>();
            foreach (var row in page.Where(row => live.Contains(row.Id)))
            {
                if (hooks.TryGetValue(row.Hook, out var hook) && dispatcher.TryReserve(hook))
                {
                    dispatcher.Enqueue(CallbackRow.ToDue(row, hook));
                }
                else
                {
                    unseated.Add(row.Id);
                }
            }

            if (unseated.Count > 0)
            {
                await ledger.ParkAsync(unseated).ConfigureAwait(false);
            }

            after = page[^1].Id;
        }
    }
}
