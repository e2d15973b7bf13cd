using System.Data.Common;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Server.Cluster;

namespace HoiAm.Server.Queries;

/// <summary>Reads beside the path of a report: stories, lists, pulls. Never waits for the writer.</summary>
internal sealed class LedgerQueries(HubStore store)
{
    private const string MessageColumns =
        """
        m.id, m.smsid, m.leg, m.account, m.kind, m.vendor, m.created_at, m.request_id, m.vendor_request_id, m.referent_id, m.callback_url,
        m.oa_id, m.temp_id, m.extra, m.total, m.state, m.finals, m.successes, m.rejections, m.handed_over, m.presumed, m.contradictions,
        m.charged, m.last_report, m.last_callback, m.r_address, m.r_state, m.r_telco, m.r_flags, m.r_price, m.r_charged, m.r_statuses,
        m.r_segments, m.r_event_at, m.r_partner_id, m.r_error_info
        """;

    private const string CallbackColumns =
        """
        c.id, c.message, c.previous, c.account, c.hook, c.state, c.reason, c.created_at, c.event_at, c.due_at, c.tries, c.attempts,
        c.replay, c.format, c.query, c.log, c.body, h.url
        """;

    /// <summary>How the store's ids tell the time.</summary>
    public IdLayout Layout => store.Layout;

    /// <summary>Nodes that share a limit.</summary>
    public int Nodes => store.Nodes;

    /// <summary>A connection for a call that reads several things.</summary>
    public DbConnection Open() => store.OpenReader();

    /// <summary>Messages with an SMSID, first leg first.</summary>
    public static List<MessageRow> BySmsId(DbConnection connection, string smsId) =>
        [.. ByReference(connection, ReferenceKind.SmsId, 0, smsId).Where(m => m.SmsId == smsId).OrderBy(m => m.Leg)];

    /// <summary>Messages indexed under a reference, newest first; the caller checks the text.</summary>
    public static List<MessageRow> ByReference(DbConnection connection, ReferenceKind kind, int scope, string text) =>
        connection.Query(
            $"SELECT {MessageColumns} FROM reference f JOIN message m ON m.id = f.message WHERE f.key = @p0 ORDER BY f.message DESC LIMIT 1000",
            ReadMessage,
            ReferenceKey.Of(kind, scope, text));

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
            """
            SELECT address, state, telco, flags, price, charged, statuses, segments, event_at, partner_id, error_info, idx
            FROM recipient WHERE message = @p0 ORDER BY idx
            """,
            r => ReadRecipient(r, 0, r.GetInt32(11)),
            message.Id);

    /// <summary>A message's reports, oldest first, along their chain.</summary>
    public static List<ReportRow> Reports(DbConnection connection, MessageRow message)
    {
        var rows = new List<ReportRow>();
        for (var id = message.LastReport; id != 0 && rows.Count < 20_000;)
        {
            if (connection.Query("SELECT id, message, previous, at, source, vendor, status, effect, address, raw FROM report WHERE id = @p0", ReadReport, id) is not [var row])
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
            "SELECT id, at, source, vendor, address, referent_id, request_id, status_code, status, raw FROM orphan WHERE id > @p0 ORDER BY id LIMIT @p1",
            r => new OrphanRow
            {
                Id = r.GetInt64(0),
                AtMs = r.GetInt64(1),
                Report = new IncomingReport
                {
                    Source = (ReportSource)r.GetInt32(2),
                    Vendor = r.GetInt32(3),
                    Address = r.GetString(4),
                    ReferentId = r.TextOrNull(5),
                    RequestId = r.TextOrNull(6),
                    StatusCode = (int?)r.LongOrNull(7),
                    Status = (ReportedStatus)r.GetInt32(8),
                    Raw = (byte[])r.GetValue(9),
                },
            },
            after,
            limit);

    private static MessageRow ReadMessage(DbDataReader r) => new()
    {
        Id = r.GetInt64(0),
        SmsId = r.GetString(1),
        Leg = r.GetInt32(2),
        Account = r.GetInt32(3),
        Kind = (MessageKind)r.GetInt32(4),
        Vendor = r.GetInt32(5),
        CreatedAtMs = r.GetInt64(6),
        RequestId = r.TextOrNull(7),
        VendorRequestId = r.TextOrNull(8),
        ReferentId = r.TextOrNull(9),
        CallbackUrl = r.TextOrNull(10),
        OaId = r.TextOrNull(11),
        TempId = r.TextOrNull(12),
        Extra = r.TextOrNull(13),
        Total = r.GetInt32(14),
        State = (RecipientState)r.GetInt32(15),
        Finals = r.GetInt32(16),
        Successes = r.GetInt32(17),
        Rejections = r.GetInt32(18),
        HandedOver = r.GetInt32(19),
        Presumed = r.GetInt32(20),
        Contradictions = r.GetInt32(21),
        Charged = r.GetInt64(22),
        LastReport = r.GetInt64(23),
        LastCallback = r.GetInt64(24),
        First = ReadRecipient(r, 25, 0),
    };

    private static RecipientRow ReadRecipient(DbDataReader r, int at, int index)
    {
        var flags = r.GetInt32(at + 3);
        return new RecipientRow
        {
            Address = r.GetString(at),
            Index = index,
            State = (RecipientState)r.GetInt32(at + 1),
            TelcoId = (byte)r.GetInt32(at + 2),
            HandedOver = (flags & 1) != 0,
            Presumed = (flags & 2) != 0,
            Seen = (flags & 4) != 0,
            Price = r.GetInt64(at + 4),
            Charged = r.GetInt64(at + 5),
            SeenStatuses = r.GetInt64(at + 6),
            Segments = r.GetInt32(at + 7),
            EventAtMs = r.GetInt64(at + 8),
            PartnerId = r.TextOrNull(at + 9),
            ErrorInfo = r.TextOrNull(at + 10),
        };
    }

    private static ReportRow ReadReport(DbDataReader r) => new()
    {
        Id = r.GetInt64(0),
        MessageId = r.GetInt64(1),
        Previous = r.GetInt64(2),
        AtMs = r.GetInt64(3),
        Source = (ReportSource)r.GetInt32(4),
        Vendor = r.GetInt32(5),
        StatusCode = (int?)r.LongOrNull(6),
        Effect = (ReportEffect)r.GetInt32(7),
        Address = r.GetString(8),
        Raw = (byte[])r.GetValue(9),
    };

    private static StoredCallback ReadCallback(DbDataReader r) => new(ReadCallbackRow(r), r.TextOrNull(17));

    private static CallbackRow ReadCallbackRow(DbDataReader r) => new()
    {
        Id = r.GetInt64(0),
        MessageId = r.GetInt64(1),
        Previous = r.GetInt64(2),
        Account = r.GetInt32(3),
        Hook = r.GetInt32(4),
        State = (CallbackState)r.GetInt32(5),
        Reason = (ExhaustedReason)r.GetInt32(6),
        CreatedAtMs = r.GetInt64(7),
        EventAtMs = r.GetInt64(8),
        DueAtMs = r.GetInt64(9),
        Tries = r.GetInt32(10),
        Attempts = r.GetInt32(11),
        IsReplay = r.GetInt64(12) != 0,
        Format = (CallbackFormat)r.GetInt32(13),
        Query = r.GetString(14),
        Log = r.IsDBNull(15) ? null : (byte[])r.GetValue(15),
        Body = r.IsDBNull(16) ? null : (byte[])r.GetValue(16),
    };
}

/// <summary>A callback and its hook's URL; null when it had no hook.</summary>
internal sealed record StoredCallback(CallbackRow Row, string? HookUrl)
{
    /// <summary>The whole URL as it goes on the wire; null when there is no hook.</summary>
    public string? Url => HookUrl is null ? null : HookUrl + Row.Query;
}
