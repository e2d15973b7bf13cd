using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>Rows of the path of a report as they are read.</summary>
internal static class RowReaders
{
    public const string MessageColumns =
        """
        m.id, m.smsid, m.leg, m.account, m.kind, m.vendor, m.created_at, m.request_id, m.vendor_request_id, m.referent_id, m.callback_url,
        m.oa_id, m.temp_id, m.extra, m.fingerprint, m.total, m.state, m.finals, m.successes, m.rejections, m.handed_over, m.presumed,
        m.contradictions, m.charged, m.last_report, m.last_callback, m.r_address, m.r_state, m.r_telco, m.r_flags, m.r_price, m.r_charged,
        m.r_statuses, m.r_segments, m.r_event_at, m.r_partner_id, m.r_error_info
        """;

    public const string RecipientColumns =
        "r.address, r.state, r.telco, r.flags, r.price, r.charged, r.statuses, r.segments, r.event_at, r.partner_id, r.error_info, r.idx, r.message";

    public const string CallbackColumns =
        """
        c.id, c.message, c.previous, c.account, c.hook, c.owner, c.state, c.reason, c.created_at, c.event_at, c.due_at, c.tries, c.attempts,
        c.replay, c.format, c.query, c.body, c.log
        """;

    /// <summary>What lanes are given, with what it counts for: that is for its message to say.</summary>
    public const string DueColumns = $"{CallbackColumns}, COALESCE(m.vendor, 0), COALESCE(m.r_telco, 0), COALESCE(m.kind, 0)";

    public const string OrphanColumns =
        """
        id, at, source, vendor, address, referent_id, request_id, status_code, status, error_info, partner_id, refusal, telco, segments,
        price, event_at, raw
        """;

    public static MessageRow Message(NpgsqlDataReader r) => new()
    {
        Id = r.GetInt64(0),
        SmsId = Columns.Restore(r.GetString(1)),
        Leg = r.GetInt32(2),
        Account = r.GetInt32(3),
        Kind = (MessageKind)r.GetInt32(4),
        Vendor = r.GetInt32(5),
        CreatedAtMs = r.GetInt64(6),
        RequestId = Text(r, 7),
        VendorRequestId = Text(r, 8),
        ReferentId = Text(r, 9),
        CallbackUrl = Text(r, 10),
        OaId = Text(r, 11),
        TempId = Text(r, 12),
        Extra = Text(r, 13),
        Fingerprint = r.GetInt64(14),
        Total = r.GetInt32(15),
        State = (RecipientState)r.GetInt32(16),
        Finals = r.GetInt32(17),
        Successes = r.GetInt32(18),
        Rejections = r.GetInt32(19),
        HandedOver = r.GetInt32(20),
        Presumed = r.GetInt32(21),
        Contradictions = r.GetInt32(22),
        Charged = r.GetInt64(23),
        LastReport = r.GetInt64(24),
        LastCallback = r.GetInt64(25),
        First = Recipient(r, 26, 0),
    };

    public static RecipientRow Recipient(NpgsqlDataReader r, int at, int index)
    {
        var row = new RecipientRow
        {
            Address = Columns.Restore(r.GetString(at)),
            Index = index,
            State = (RecipientState)r.GetInt32(at + 1),
            TelcoId = (byte)r.GetInt32(at + 2),
            Price = r.GetInt64(at + 4),
            Charged = r.GetInt64(at + 5),
            SeenStatuses = r.GetInt64(at + 6),
            Segments = r.GetInt32(at + 7),
            EventAtMs = r.GetInt64(at + 8),
            PartnerId = Text(r, at + 9),
            ErrorInfo = Text(r, at + 10),
        };
        Tables.SetFlags(row, r.GetInt32(at + 3));
        return row;
    }

    public static CallbackRow Callback(NpgsqlDataReader r) => new()
    {
        Id = r.GetInt64(0),
        MessageId = r.GetInt64(1),
        Previous = r.GetInt64(2),
        Account = r.GetInt32(3),
        Hook = r.GetInt32(4),
        Owner = r.GetInt32(5),
        State = (CallbackState)r.GetInt32(6),
        Reason = (ExhaustedReason)r.GetInt32(7),
        CreatedAtMs = r.GetInt64(8),
        EventAtMs = r.GetInt64(9),
        DueAtMs = r.GetInt64(10),
        Tries = r.GetInt32(11),
        Attempts = r.GetInt32(12),
        IsReplay = r.GetInt32(13) != 0,
        Format = (CallbackFormat)r.GetInt32(14),
        Query = r.GetString(15),
        Body = Bytes(r, 16),
        Log = Bytes(r, 17),
    };

    public static CallbackRow Due(NpgsqlDataReader r)
    {
        var row = Callback(r);
        row.Tag = new StatTag(row.Account, r.GetInt32(18), (byte)r.GetInt32(19), (byte)r.GetInt32(20));
        return row;
    }

    public static OrphanRow Orphan(NpgsqlDataReader r) => new()
    {
        Id = r.GetInt64(0),
        AtMs = r.GetInt64(1),
        Report = new IncomingReport
        {
            Source = (ReportSource)r.GetInt32(2),
            Vendor = r.GetInt32(3),
            Address = Columns.Restore(r.GetString(4)),
            ReferentId = Text(r, 5),
            RequestId = Text(r, 6),
            StatusCode = r.IsDBNull(7) ? null : r.GetInt32(7),
            Status = (ReportedStatus)r.GetInt32(8),
            ErrorInfo = Text(r, 9),
            PartnerId = Text(r, 10),
            IsRefusal = r.GetInt32(11) != 0,
            TelcoId = r.IsDBNull(12) ? null : (byte)r.GetInt32(12),
            Segments = r.IsDBNull(13) ? null : r.GetInt32(13),
            Price = r.IsDBNull(14) ? null : ReportFold.FromUnits(r.GetInt64(14)),
            EventTime = r.IsDBNull(15) ? null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(15)),
            Raw = Bytes(r, 16) ?? [],
        },
    };

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : Columns.Restore(r.GetString(column));

    private static byte[]? Bytes(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<byte[]>(column);
}
