using System.Data.Common;
using System.Globalization;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Server.Cluster;

namespace HoiAm.Server.Queries;

/// <summary>Reads beside the path of a report: stories, lists, pulls. Never waits for the writer.</summary>
internal sealed class LedgerQueries(HubStore store)
{
    private const string MessageColumns = StoredRows.MessageColumns;

    private const string CallbackColumns = $"{StoredRows.CallbackColumns}, h.url";

    // SQLite takes up to 32,766 values in a statement; a long list also costs more to plan than it saves.
    private const int ValuesMax = 200;

    /// <summary>How the store's ids tell the time.</summary>
    public IdLayout Layout => store.Layout;

    /// <summary>Nodes that share a limit.</summary>
    public int Nodes => store.Nodes;

    /// <summary>A connection for a call that reads several things.</summary>
    public DbConnection Open() => store.OpenReader();

    /// <summary>Messages with an SMSID, first leg first.</summary>
    public static List<MessageRow> BySmsId(DbConnection connection, string smsId) => [.. BySmsIds(connection, [smsId])[smsId]];

    /// <summary>Messages with any of these SMSIDs, first legs first.</summary>
    public static ILookup<string, MessageRow> BySmsIds(DbConnection connection, IReadOnlyCollection<string> smsIds)
    {
        var wanted = smsIds.ToHashSet(StringComparer.Ordinal);
        return ByReferences(connection, wanted.Select(id => ReferenceKey.Of(ReferenceKind.SmsId, 0, id)))
            .Where(m => wanted.Contains(m.SmsId))
            .OrderBy(m => m.Leg)
            .ToLookup(m => m.SmsId, StringComparer.Ordinal);
    }

    /// <summary>
    /// Messages indexed under any of these references, each once, newest first; the caller checks the texts. One statement for many of them: a
    /// customer may ask for 200 at once, and a search looks under a key of every account.
    /// </summary>
    public static List<MessageRow> ByReferences(DbConnection connection, IEnumerable<long> keys)
    {
        var found = new Dictionary<long, MessageRow>();
        foreach (var some in keys.Distinct().Select(key => (object)key).Chunk(ValuesMax))
        {
            var places = string.Join(", ", Enumerable.Range(0, some.Length).Select(i => "@p" + i.ToString(CultureInfo.InvariantCulture)));
            var rows = connection.Query(
                $"""
                SELECT {MessageColumns}
                FROM (SELECT DISTINCT message FROM reference WHERE key IN ({places}) ORDER BY message DESC LIMIT 1000) f JOIN message m ON m.id = f.message
                """,
                ReadMessage,
                some);
            rows.ForEach(m => found[m.Id] = m);
        }

        return [.. found.Values.OrderByDescending(m => m.Id)];
    }

    /// <summary>The keys under which a message that bears this id can be found: as its SMSID, a customer's RequestId, or either of a vendor's.</summary>
    public static IEnumerable<long> KeysOfId(string id, IEnumerable<int> accounts, IEnumerable<int> vendors) =>
    [
        ReferenceKey.Of(ReferenceKind.SmsId, 0, id),
        .. accounts.Select(a => ReferenceKey.Of(ReferenceKind.Request, a, id)),
        .. vendors.Select(v => ReferenceKey.Of(ReferenceKind.Referent, v, id)),
        .. vendors.Select(v => ReferenceKey.Of(ReferenceKind.VendorRequest, v, id)),
    ];

    /// <summary>Messages indexed under a reference, newest first; the caller checks the text.</summary>
    public static List<MessageRow> ByReference(DbConnection connection, ReferenceKind kind, int scope, string text) =>
        ByReferences(connection, [ReferenceKey.Of(kind, scope, text)]);

    /// <summary>True when a message goes to this address, be it one of many.</summary>
    public static bool IsTo(DbConnection connection, MessageRow message, string address) => message.Total > 1
        ? Recipients(connection, message).Any(r => r.Address == address)
        : message.First.Address == address;

    /// <summary>One message by number; null when there is none.</summary>
    public static MessageRow? ById(DbConnection connection, long id) =>
        connection.Query($"SELECT {MessageColumns} FROM message m WHERE m.id = @p0", ReadMessage, id).FirstOrDefault();

    /// <summary>Messages by id, downwards from a cursor, within an id range and of one account or all.</summary>
    public static List<MessageRow> Page(DbConnection connection, MessageFilter filter, long before, int limit) =>
        connection.Query(
            $"""
            SELECT {MessageColumns} FROM message m
            WHERE m.id < @p0 AND m.id >= @p1 {Approval(filter)} AND (@p2 = 0 OR m.account = @p2) AND m.created_at >= @p3 AND m.created_at < @p4
              AND (@p5 < 0 OR m.state = @p5 OR (@p5 >= 100 AND m.state >= 4
                AND CASE WHEN m.rejections = m.total THEN 102 WHEN m.successes = m.total THEN 100 WHEN m.successes > 0 THEN 104
                    WHEN m.total = 1 AND m.r_state = 7 THEN 103 ELSE 101 END = @p5))
            ORDER BY m.id DESC LIMIT @p6
            """,
            ReadMessage,
            Math.Min(before, filter.IdTo),
            filter.IdFrom,
            filter.Account,
            filter.FromMs,
            filter.ToMs,
            filter.State,
            limit);

    // What waits for approval has an index, which is used only where its own condition stands in the query.
    private static string Approval(MessageFilter filter) => filter.State == (int)RecipientState.PendingApproval ? "AND m.state = 1" : "";

    /// <summary>Recipients of a message in their order.</summary>
    public static List<RecipientRow> Recipients(DbConnection connection, MessageRow message) => message.Total == 1
        ? [message.First]
        : connection.Query(
            $"SELECT {StoredRows.RecipientColumns} FROM recipient r WHERE r.message = @p0 ORDER BY r.idx",
            r => StoredRows.Recipient(new ReaderRow(r)),
            message.Id);

    /// <summary>A message's reports, oldest first, along their chain.</summary>
    public static List<ReportRow> Reports(DbConnection connection, MessageRow message)
    {
        var rows = new List<ReportRow>();
        for (var id = message.LastReport; id != 0 && rows.Count < 20_000;)
        {
            if (connection.Query($"SELECT {StoredRows.ReportColumns} FROM report WHERE id = @p0", r => StoredRows.Report(new ReaderRow(r)), id) is not [var row])
            {
                break;
            }

            rows.Add(row);
            id = row.Previous;
        }

        rows.Reverse();
        return rows;
    }

    /// <summary>A message's callbacks, oldest first, along their chain.</summary>
    public static List<StoredCallback> Callbacks(DbConnection connection, MessageRow message)
    {
        var rows = new List<StoredCallback>();
        for (var id = message.LastCallback; id != 0 && rows.Count < 1_000;)
        {
            if (Callback(connection, id) is not { } row)
            {
                break;
            }

            rows.Add(row);
            id = row.Row.Previous;
        }

        rows.Reverse();
        return rows;
    }

    /// <summary>One callback; null when there is none.</summary>
    public static StoredCallback? Callback(DbConnection connection, long id) =>
        connection.Query($"SELECT {CallbackColumns} FROM callback c LEFT JOIN hook h ON h.id = c.hook WHERE c.id = @p0", ReadCallback, id).FirstOrDefault();

    /// <summary>Callbacks that fit a filter, newest first below a cursor.</summary>
    public static List<StoredCallback> Page(DbConnection connection, CallbackFilter filter, long before, int limit) =>
        connection.Query(
            $"SELECT {CallbackColumns} FROM callback c LEFT JOIN hook h ON h.id = c.hook WHERE c.id < @p0 {filter.Sql} ORDER BY c.id DESC LIMIT @p5",
            ReadCallback,
            before,
            filter.Account,
            filter.FromMs,
            filter.ToMs,
            filter.HostPattern,
            limit);

    /// <summary>Ids that fit a filter, upwards from a cursor to an end: the order in which a bulk replay goes.</summary>
    public static List<long> Ids(DbConnection connection, CallbackFilter filter, long after, long upTo, int limit) =>
        connection.Query(
            $"SELECT c.id FROM callback c LEFT JOIN hook h ON h.id = c.hook WHERE c.id > @p0 AND c.id <= @p6 {filter.Sql} ORDER BY c.id LIMIT @p5",
            r => r.GetInt64(0),
            after,
            filter.Account,
            filter.FromMs,
            filter.ToMs,
            filter.HostPattern,
            limit,
            upTo);

    /// <summary>How many callbacks fit a filter, up to an id.</summary>
    public static long Count(DbConnection connection, CallbackFilter filter, long upTo) =>
        connection.Scalar(
            $"SELECT COUNT(*) FROM callback c LEFT JOIN hook h ON h.id = c.hook WHERE c.id <= @p0 {filter.Sql}",
            upTo,
            filter.Account,
            filter.FromMs,
            filter.ToMs,
            filter.HostPattern);

    /// <summary>One account's callbacks in the order of their making, after a cursor.</summary>
    public List<StoredCallback> Feed(DbConnection connection, int account, long after, int limit)
    {
        // Asked before anything else: what is found from here on is complete up to it.
        var horizon = store.Horizon(connection);

        // The feed is filled in batches; read its mark first, so that what is entered meanwhile is neither missed nor seen twice.
        var upto = connection.Scalar("SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'feed_upto'");
        var rows = connection.Query(
            $"""
            SELECT {CallbackColumns} FROM feed f JOIN callback c ON c.id = f.callback LEFT JOIN hook h ON h.id = c.hook
            WHERE f.account = @p0 AND f.callback > @p1 AND f.callback <= @p2 ORDER BY f.callback LIMIT @p3
            """,
            ReadCallback,
            account,
            after,
            upto,
            limit);
        if (rows.Count < limit)
        {
            rows.AddRange(connection.Query(
                $"""
                SELECT {CallbackColumns} FROM callback c LEFT JOIN hook h ON h.id = c.hook
                WHERE c.id > @p1 AND c.id <= @p3 AND c.account = @p0 ORDER BY c.id LIMIT @p2
                """,
                ReadCallback,
                account,
                Math.Max(after, upto),
                limit - rows.Count,
                horizon));
        }

        return rows;
    }

    /// <summary>SMSIDs of messages by number.</summary>
    public static Dictionary<long, string> SmsIds(DbConnection connection, IEnumerable<long> messages)
    {
        var known = new Dictionary<long, string>();
        foreach (var id in messages.Distinct())
        {
            foreach (var smsId in connection.Query("SELECT smsid FROM message WHERE id = @p0", r => r.GetString(0), id))
            {
                known[id] = smsId;
            }
        }

        return known;
    }

    /// <summary>One of them; null when there is none.</summary>
    public static OrphanRow? Orphan(DbConnection connection, long id) => id <= 0 ? null : Orphans(connection, id - 1, 1).FirstOrDefault(o => o.Id == id);

    /// <summary>Reports that match no message yet, oldest first.</summary>
    public static List<OrphanRow> Orphans(DbConnection connection, long after, int limit) =>
        connection.Query(
            $"SELECT {StoredRows.OrphanColumns} FROM orphan WHERE id > @p0 ORDER BY id LIMIT @p1",
            r => StoredRows.Orphan(new ReaderRow(r)),
            after,
            limit);

    private static MessageRow ReadMessage(DbDataReader r) => StoredRows.Message(new ReaderRow(r));

    private static StoredCallback ReadCallback(DbDataReader r) =>
        new(StoredRows.Callback(new ReaderRow(r)), r.TextOrNull(StoredRows.CallbackWidth));
}

/// <summary>A callback and its hook's URL; null when it had no hook.</summary>
internal sealed record StoredCallback(CallbackRow Row, string? HookUrl)
{
    /// <summary>The whole URL as it goes on the wire; null when there is no hook.</summary>
    public string? Url => HookUrl is null ? null : HookUrl + Row.Query;
}
