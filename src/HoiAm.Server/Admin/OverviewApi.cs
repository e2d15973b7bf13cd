using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary><c>GET /admin/v1/overview</c>: what is so now, beside the time series of <c>/stats</c>. Every look-up has an index and a bound.</summary>
internal sealed class OverviewApi(HubDirectory directory, LedgerQueries queries, Dispatcher dispatcher, LedgerWriter writer)
{
    private const int CountMax = 1_000;
    private const int HooksMax = 500;

    public void Map(AdminRoutes routes) => routes.Get("/overview", OverviewAsync, scoped: true);

    private Task<IResult> OverviewAsync(AdminCall call)
    {
        var account = Filters.Account(call, directory.Current);
        var hooks = dispatcher.Snapshot().Where(h => account == 0 || h.Hook.Account == account).ToList();
        using var connection = queries.Open();
        var oldest = account == 0 ? Oldest(connection) : Oldest(connection, account);
        return Task.FromResult(Answers.Ok(new
        {
            backlog = hooks.Sum(h => h.Live + h.Parked),
            inFlight = hooks.Sum(h => h.InFlight),
            oldestPendingAt = oldest is { } at ? Answers.Time(at) : null,
            hooks = new
            {
                total = hooks.Count,
                healthy = hooks.Count(h => h.State == HookState.Healthy),
                slow = hooks.Count(h => h.State == HookState.Slow),
                failing = hooks.Count(h => h.State == HookState.Failing),
                open = hooks.Count(h => h.State == HookState.Open),
                paused = hooks.Count(h => h.State == HookState.Paused),
            },
            exhausted = Capped(connection, 
                "SELECT 1 FROM (SELECT account FROM callback WHERE state <> 0 AND state <> 3 AND state = 4 ORDER BY id DESC LIMIT 20000) AS newest WHERE (@p1 = 0 OR account = @p1)", account),
            orphans = account == 0 ? Capped(connection, "SELECT 1 FROM orphan", account) : (long?)null,
            approvals = Capped(connection, "SELECT 1 FROM message WHERE state = 1 AND (@p1 = 0 OR account = @p1)", account),
            countsStopAt = CountMax,
            store = writer.Unavailable is { } reason ? reason : "ok",
        }));
    }

    // Ids grow with time, so the smallest open id is the oldest; each of the three states has its index.
    private static long? Oldest(System.Data.Common.DbConnection connection)
    {
        var ids = new[]
        {
            connection.ScalarOrNull("SELECT MIN(id) FROM callback WHERE state = 0"),
            connection.ScalarOrNull("SELECT MIN(id) FROM callback WHERE state <> 0 AND state <> 3 AND state = 1"),
            connection.ScalarOrNull("SELECT MIN(id) FROM callback WHERE state <> 0 AND state <> 3 AND state = 2"),
        };
        return ids.Min() is { } id ? connection.ScalarOrNull("SELECT created_at FROM callback WHERE id = @p0", id) : null;
    }

    // One account's: the first live one, and what is due first at each of its hooks.
    private static long? Oldest(System.Data.Common.DbConnection connection, int account)
    {
        var times = new List<long?>
        {
            connection.ScalarOrNull("SELECT created_at FROM callback WHERE state = 0 AND account = @p0 ORDER BY id LIMIT 1", account),
        };
        foreach (var hook in connection.Query("SELECT id FROM hook WHERE account = @p0 LIMIT @p1", r => r.GetInt32(0), account, HooksMax))
        {
            times.Add(connection.ScalarOrNull(
                "SELECT c.created_at FROM parked p JOIN callback c ON c.id = p.callback WHERE p.hook = @p0 ORDER BY p.due_at LIMIT 1", hook));
        }

        return times.Min();
    }

    private static long Capped(System.Data.Common.DbConnection connection, string sql, int account) =>
        connection.Scalar($"SELECT COUNT(*) FROM ({sql} LIMIT @p0) AS few", CountMax, account);
}
