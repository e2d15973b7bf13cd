using System.Data.Common;
using HoiAm.Ledger;
using HoiAm.Ledger.Rows;

namespace HoiAm.Server.Keeping;

/// <summary>How one table forgets.</summary>
/// <param name="Table">Its name, as the metric shows it.</param>
/// <param name="Age">How old its rows may get; null for ever.</param>
/// <param name="Find">The next candidates after a key, oldest first; empty when there are no more.</param>
/// <param name="Drop">Deletes of these what may go; gives how many rows went.</param>
/// <param name="MayRepeat">True when candidates that were deleted in part are found again.</param>
internal sealed record Step(
    string Table,
    Func<KeepTimes, TimeSpan?> Age,
    Func<DbConnection, long, DateTimeOffset, List<long>> Find,
    Func<MessageLedger, List<long>, long, Task<int>> Drop,
    bool MayRepeat = false);

/// <summary>The tables that forget, messages first: what hangs on them is then found by its own age.</summary>
internal static class Steps
{
    private const int Page = 500;
    private const int MessagePage = 100;

    /// <summary>All of them, for ids of a layout.</summary>
    /// <param name="ids">How ids tell the time.</param>
    /// <param name="until">Messages, reports and callbacks are only looked for below this id: from here on they go by the week.</param>
    public static IReadOnlyList<Step> Of(IdLayout ids, long until) =>
    [
        // What has work to do is passed over here already, so that a page is not made of such rows alone.
        new("message", t => t.Messages, (c, after, before) => ById(
            ids,
            until,
            c,
            """
            SELECT m.id FROM message m WHERE m.id > @p0 AND m.id < @p1 AND m.created_at < @p2
              AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message = m.id) ORDER BY m.id LIMIT @p3
            """,
            after,
            before,
            MessagePage), (l, ids, ms) => l.DropMessagesAsync(ids, ms), MayRepeat: true),
        new("report", t => Shorter(t.Reports, t.Messages), (c, after, before) => ById(
            ids, until, c, "SELECT id FROM report WHERE id > @p0 AND id < @p1 AND at < @p2 ORDER BY id LIMIT @p3", after, before, Page),
            (l, ids, ms) => l.DropReportsAsync(ids[0], ids[^1], ms)),
        new("callback", t => Shorter(t.Callbacks, t.Messages), (c, after, before) => ById(
            ids, until, c, "SELECT id FROM callback WHERE id > @p0 AND id < @p1 AND created_at < @p2 AND state >= 3 ORDER BY id LIMIT @p3", after, before, Page),
            (l, ids, ms) => l.DropCallbacksAsync(ids[0], ids[^1], ms)),
        new("orphan", t => t.Orphans, (c, after, before) => ById(
            ids, long.MaxValue, c, "SELECT id FROM orphan WHERE id > @p0 AND id < @p1 AND at < @p2 ORDER BY id LIMIT @p3", after, before, Page),
            (l, ids, ms) => l.DropOrphansAsync(ids, ms)),
        ByAge("audit", t => t.Audit),
        ByAge("charge", t => t.Charges),
        new("otp", _ => TimeSpan.FromDays(1), (c, after, before) => after > 0 ? [] : First(c, "SELECT COUNT(*) FROM otp WHERE expires_at < @p0", before),
            (l, _, ms) => l.WriteAsync(c => c.Execute("DELETE FROM otp WHERE expires_at < @p0", ms))),
        new("stat", t => t.Stats, (c, after, before) => [.. c.Query(
                "SELECT DISTINCT minute FROM stat WHERE minute > @p0 AND minute < @p1 ORDER BY minute LIMIT 10",
                r => r.GetInt64(0),
                after,
                before.ToUnixTimeSeconds() / 60)],
            (l, minutes, _) => l.WriteAsync(c => c.Execute("DELETE FROM stat WHERE minute >= @p0 AND minute <= @p1", minutes[0], minutes[^1]))),
    ];

    // Rows whose numbers grow with time but do not tell it.
    private static Step ByAge(string table, Func<KeepTimes, TimeSpan?> age) => new(
        table,
        age,
        (c, after, before) => c.Query($"SELECT id, at FROM {table} WHERE id > @p0 ORDER BY id LIMIT @p1", r => (Id: r.GetInt64(0), At: r.GetInt64(1)), after, Page)
            .TakeWhile(r => r.At < before.ToUnixTimeMilliseconds()).Select(r => r.Id).ToList(),
        (l, ids, ms) => l.WriteAsync(c => c.Execute($"DELETE FROM {table} WHERE id >= @p0 AND id <= @p1 AND at < @p2", ids[0], ids[^1], ms)));

    // Ids carry the second of their making: the range of ids needs no index, the time itself decides.
    private static List<long> ById(IdLayout ids, long until, DbConnection connection, string sql, long after, DateTimeOffset before, int limit) =>
        connection.Query(sql, r => r.GetInt64(0), after, Math.Min(ids.FirstAt(before.AddHours(1)), until), before, limit);

    private static List<long> First(DbConnection connection, string sql, DateTimeOffset before) => connection.Scalar(sql, before) > 0 ? [1] : [];

    private static TimeSpan? Shorter(TimeSpan? own, TimeSpan? messages) => own is null || messages < own ? messages ?? own : own;
}
