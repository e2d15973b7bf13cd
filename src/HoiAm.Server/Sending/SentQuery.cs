using System.Data.Common;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Sending;

namespace HoiAm.Server.Sending;

/// <summary>GetSmsSentData: one row a receiver, by the time of the send call, oldest first.</summary>
internal static class SentQuery
{
    private const string Range =
        "m.id >= @p0 AND m.id < @p1 AND m.account = @p2 AND m.created_at >= @p3 AND m.created_at < @p4 AND m.kind IN (@p5, @p6)";

    public static (long Total, List<SentDataRow> Rows) Page(DbConnection connection, IdLayout ids, int account, ListSent list)
    {
        // The last second belongs to the range. Ids grow with time, so the range of ids costs no index of its own.
        var to = list.To.AddSeconds(1);
        var slack = TimeSpan.FromMinutes(30);
        object?[] range =
        [
            ids.FirstAt(list.From - slack),
            ids.FirstAt(to + slack),
            account,
            list.From,
            to,
            (int)list.Kind,
            (int)(list.Kind == MessageKind.Zns ? MessageKind.ZnsByUid : list.Kind),
        ];
        var total = connection.Scalar($"SELECT SUM(m.total) FROM message m WHERE {Range}", range);
        var rows = connection.Query(
            $"""
            SELECT m.id, m.smsid, m.extra, m.created_at, COALESCE(r.idx, 0), COALESCE(r.address, m.r_address), COALESCE(r.state, m.r_state),
                   COALESCE(r.price, m.r_price), COALESCE(r.charged, m.r_charged)
            FROM message m LEFT JOIN recipient r ON r.message = m.id AND m.total > 1
            WHERE {Range} ORDER BY m.id, r.idx LIMIT @p7 OFFSET @p8
            """,
            r => Read(r, list.Kind),
            [.. range, list.Take, list.Skip]);
        return (total, rows);
    }

    private static SentDataRow Read(DbDataReader r, MessageKind kind)
    {
        var facts = SentFacts.Read(r.TextOrNull(2));
        var state = (RecipientState)r.GetInt32(6);
        return new SentDataRow(
            facts.Campaign ?? "",
            facts.Content ?? "",
            r.GetString(5),
            r.GetString(1),
            ReportFold.FromUnits(state.IsFinal() ? r.GetInt64(8) : r.GetInt64(7)),
            state == RecipientState.Delivered ? 1 : state.IsFinal() ? 0 : 2,
            (int)(state == RecipientState.Rejected ? SendStatus.Rejected : state.IsFinal() ? SendStatus.Finished : state.PendingStatus()),
            DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(r.GetInt64(3), facts.SendAtMs)),
            r.GetInt64(0) + r.GetInt64(4),
            kind.TypeId());
    }
}
