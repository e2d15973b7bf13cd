using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Storage;

namespace HoiAm.Ledger.Relaying;

/// <summary>The rows behind relay mode: sends that are open, and callbacks that came before their message.</summary>
public static class RelayBook
{
    private const string Columns = "id, account, operation, state, at, tries, repeatable, sends, detail, answer";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    // Facts have required members, so nothing of them may be left out.
    private static readonly JsonSerializerOptions s_facts = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Open sends that a person should see: uncertain ones, and intents that are older than a call can take.</summary>
    public static List<RelayRecord> Uncertain(DbConnection connection, int account, DateTimeOffset intentsBefore, long after, int limit) => connection.Query(
        $"""
        SELECT {Columns} FROM relay
        WHERE id > @p0 AND (@p1 = 0 OR account = @p1) AND (state = 1 OR state = 3 OR (state = 0 AND at < @p2)) ORDER BY id LIMIT @p3
        """,
        Read,
        after,
        account,
        intentsBefore,
        limit);

    /// <summary>One record; null when it is settled or never was.</summary>
    public static RelayRecord? Find(DbConnection connection, long id) =>
        connection.Query($"SELECT {Columns} FROM relay WHERE id = @p0", Read, id).FirstOrDefault();

    /// <summary>Callbacks that match no message yet, oldest first.</summary>
    public static List<(long Id, long AtMs, UpstreamCallback Callback)> Early(DbConnection connection, long after, int limit) => connection.Query(
        "SELECT id, at, account, facts, meaning, raw, query FROM early_callback WHERE id > @p0 ORDER BY id LIMIT @p1", ReadEarly, after, limit);

    /// <summary>A page of waiting callbacks: its last id, and those of them whose message or open send is there by now.</summary>
    public static (long Last, List<long> Matchable) Look(DbConnection connection, long after, int limit)
    {
        var page = connection.Query(
            "SELECT id, account, sms_id, request_id FROM early_callback WHERE id > @p0 ORDER BY id LIMIT @p1",
            r => (Id: r.GetInt64(0), Account: r.GetInt32(1), SmsId: r.GetString(2), RequestId: r.GetString(3)),
            after,
            limit);
        var matchable = page.Where(e => IsReferred(connection, e.SmsId) || (e.RequestId.Length > 0 && (IsReferred(connection, e.RequestId)
            || ByKey(connection, e.Account, e.RequestId).Any(r => r.State is RelayState.Uncertain or RelayState.Confirmed))));
        return (page.Count == 0 ? 0 : page[^1].Id, [.. matchable.Select(e => e.Id)]);
    }

    private static bool IsReferred(DbConnection connection, string smsId) =>
        connection.Scalar("SELECT COUNT(*) FROM reference WHERE key = @p0", ReferenceKey.Of(ReferenceKind.SmsId, 0, smsId)) > 0;

    /// <summary>
    /// What a stop left half done is uncertain from now on; gives how many there were. With a node, only what dead nodes left to it: others
    /// may have calls under way. Without one, all, since no other hub writes to the store.
    /// </summary>
    public static int AfterStop(DbConnection connection, int node = 0)
    {
        const string Mark = "UPDATE relay SET state = 1, detail = @p0 WHERE state = 0";
        const string Why = "The hub stopped before the upstream's answer was stored.";
        return node == 0
            ? connection.Execute(Mark, Why)
            : connection.Execute(
                Mark + " AND (owner IN (SELECT number FROM node WHERE owner = @p1 AND number <> @p1) OR owner NOT IN (SELECT number FROM node))", Why, node);
    }

    // Message by message: a list of all that are final would be a walk through the whole history, while nobody else can write.
    internal const string ForgetSettled =
        "DELETE FROM outbox WHERE state = 4 AND EXISTS (SELECT 1 FROM message m WHERE m.id = outbox.message AND m.state >= 4)";

    /// <summary>Forgets answers whose RequestId has had its 24 hours, and handovers that a report settled.</summary>
    public static int Prune(DbConnection connection, DateTimeOffset before)
    {
        connection.Execute(ForgetSettled);
        connection.Execute("DELETE FROM relay_key WHERE relay IN (SELECT id FROM relay WHERE state = 2 AND at < @p0)", before);
        return connection.Execute("DELETE FROM relay WHERE state = 2 AND at < @p0", before);
    }

    /// <summary>Notes what is passed on; false when it is known already.</summary>
    internal static bool Know(DbConnection connection, int account, string said, long nowMs, long untilMs) => connection.Execute(
        """
        INSERT INTO passed_on (account, said, known_until) VALUES (@p0, @p1, @p3)
        ON CONFLICT (account, said) DO UPDATE SET known_until = @p3 WHERE passed_on.known_until <= @p2
        """,
        account,
        said,
        nowMs,
        untilMs) > 0;

    internal static void ForgetPassedOn(DbConnection connection, long nowMs) =>
        connection.Execute("DELETE FROM passed_on WHERE known_until <= @p0", nowMs);

    internal static List<RelayRecord> ByKey(DbConnection connection, int account, string requestId) => connection.Query(
        $"SELECT {Columns} FROM relay WHERE id IN (SELECT relay FROM relay_key WHERE account = @p0 AND request_id = @p1) ORDER BY id DESC",
        Read,
        account,
        requestId);

    internal static void Insert(DbConnection connection, long id, RelayIntent intent, long nowMs)
    {
        connection.Execute(
            "INSERT INTO relay (id, account, operation, state, at, tries, repeatable, sends) VALUES (@p0, @p1, @p2, @p3, @p4, 1, @p5, @p6)",
            id,
            intent.Account,
            intent.Operation,
            (int)RelayState.Intent,
            nowMs,
            intent.IsRepeatable,
            JsonSerializer.Serialize(intent.Sends, s_json));
        foreach (var key in intent.All.Select(s => s.UpstreamRequestId).Distinct(StringComparer.Ordinal))
        {
            connection.Execute("INSERT INTO relay_key (account, request_id, relay) VALUES (@p0, @p1, @p2)", intent.Account, key, id);
        }
    }

    internal static void Set(DbConnection connection, long id, RelayState state, string? detail, byte[]? answer = null) => connection.Execute(
        "UPDATE relay SET state = @p1, detail = @p2, answer = @p3 WHERE id = @p0", id, (int)state, detail, answer);

    internal static void Delete(DbConnection connection, long id)
    {
        connection.Execute("DELETE FROM relay_key WHERE relay = @p0", id);
        connection.Execute("DELETE FROM relay WHERE id = @p0", id);
    }

    internal static void Park(DbConnection connection, long id, long atMs, UpstreamCallback callback) => connection.Execute(
        """
        INSERT INTO early_callback (id, at, account, sms_id, request_id, facts, meaning, raw, query)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)
        """,
        id,
        atMs,
        callback.Account,
        callback.Facts.SmsId,
        callback.Facts.RequestId,
        JsonSerializer.Serialize(callback.Facts, s_facts),
        (int)callback.Meaning,
        callback.Raw,
        callback.Query);

    internal static bool IsParked(DbConnection connection, UpstreamCallback callback) => connection.Scalar(
        "SELECT COUNT(*) FROM early_callback WHERE account = @p0 AND sms_id = @p1 AND raw = @p2",
        callback.Account,
        callback.Facts.SmsId,
        callback.Raw) > 0;

    internal static List<(long Id, long AtMs, UpstreamCallback Callback)> EarlyOf(DbConnection connection, int account, string smsId) => connection.Query(
        "SELECT id, at, account, facts, meaning, raw, query FROM early_callback WHERE account = @p0 AND sms_id = @p1 ORDER BY id", ReadEarly, account, smsId);

    internal static (long Id, long AtMs, UpstreamCallback Callback)? EarlyById(DbConnection connection, long id) => connection.Query(
        "SELECT id, at, account, facts, meaning, raw, query FROM early_callback WHERE id = @p0", ReadEarly, id) is [var row] ? row : null;

    internal static void DeleteEarly(DbConnection connection, long id) => connection.Execute("DELETE FROM early_callback WHERE id = @p0", id);

    private static RelayRecord Read(DbDataReader r) => new(
        r.GetInt64(0),
        r.GetInt32(1),
        r.GetString(2),
        (RelayState)r.GetInt32(3),
        r.GetInt64(4),
        r.GetInt32(5),
        r.GetInt64(6) != 0,
        JsonSerializer.Deserialize<List<RelayedSend>>(r.GetString(7), s_json)!,
        r.TextOrNull(8),
        r.IsDBNull(9) ? null : (byte[])r.GetValue(9));

    private static (long, long, UpstreamCallback) ReadEarly(DbDataReader r) => (r.GetInt64(0), r.GetInt64(1), new UpstreamCallback(
        r.GetInt32(2),
        JsonSerializer.Deserialize<Model.CallbackFacts>(r.GetString(3), s_facts)!,
        (Model.ReportedStatus)r.GetInt32(4),
        r.GetString(5),
        r.TextOrNull(6)));
}
