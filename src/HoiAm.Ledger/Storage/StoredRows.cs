using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Model;

namespace HoiAm.Ledger.Storage;

/// <summary>A row that a store gave, its columns by number. Implemented by structures, so that each reader below is compiled for its store.</summary>
public interface IStoredRow
{
    /// <summary>True when there is no value.</summary>
    bool IsNull(int column);

    /// <summary>A whole number of 32 bits.</summary>
    int GetInt32(int column);

    /// <summary>A whole number of 64 bits.</summary>
    long GetInt64(int column);

    /// <summary>A text.</summary>
    string GetText(int column);

    /// <summary>Bytes.</summary>
    byte[] GetBytes(int column);
}

/// <summary>
/// How the rows of the ledger are read, from either engine and by the writer as well as by queries: the columns of each kind in their order,
/// and what they mean.
/// </summary>
public static class StoredRows
{
    /// <summary>Columns of a message <c>m</c>.</summary>
    public const string MessageColumns =
        """
        m.id, m.smsid, m.leg, m.account, m.kind, m.vendor, m.created_at, m.request_id, m.vendor_request_id, m.referent_id, m.callback_url,
        m.oa_id, m.temp_id, m.extra, m.fingerprint, m.total, m.state, m.finals, m.successes, m.rejections, m.handed_over, m.presumed,
        m.contradictions, m.charged, m.last_report, m.last_callback, m.r_address, m.r_state, m.r_telco, m.r_flags, m.r_price, m.r_charged,
        m.r_statuses, m.r_segments, m.r_event_at, m.r_partner_id, m.r_error_info
        """;

    /// <summary>How many those are: where further ones begin.</summary>
    public const int MessageWidth = 37;

    /// <summary>Columns of a recipient <c>r</c> of a message to many.</summary>
    public const string RecipientColumns =
        "r.address, r.state, r.telco, r.flags, r.price, r.charged, r.statuses, r.segments, r.event_at, r.partner_id, r.error_info, r.idx";

    /// <summary>How many those are.</summary>
    public const int RecipientWidth = 12;

    /// <summary>Columns of a callback <c>c</c>.</summary>
    public const string CallbackColumns =
        """
        c.id, c.message, c.previous, c.account, c.hook, c.state, c.reason, c.created_at, c.event_at, c.due_at, c.tries, c.attempts,
        c.replay, c.format, c.query, c.body, c.log
        """;

    /// <summary>How many those are.</summary>
    public const int CallbackWidth = 17;

    /// <summary>Of a callback <c>c</c> of a message <c>m</c>: what lanes are given, with what it counts for, which is for its message to say.</summary>
    public const string DueColumns = $"{CallbackColumns}, COALESCE(m.vendor, 0), COALESCE(m.r_telco, 0), COALESCE(m.kind, 0)";

    /// <summary>How many those are.</summary>
    public const int DueWidth = CallbackWidth + 3;

    /// <summary>Columns of a report that matches no message yet.</summary>
    public const string OrphanColumns =
        """
        id, at, source, vendor, address, referent_id, request_id, status_code, status, error_info, partner_id, refusal, telco, segments,
        price, event_at, raw
        """;

    /// <summary>Columns of a report.</summary>
    public const string ReportColumns = "id, message, previous, at, source, vendor, status, effect, address, raw";

    private const int HandedOverFlag = 1;
    private const int PresumedFlag = 2;
    private const int SeenFlag = 4;

    /// <summary>What the column <c>flags</c> of a recipient holds.</summary>
    public static int Flags(RecipientRow recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return (recipient.HandedOver ? HandedOverFlag : 0) + (recipient.Presumed ? PresumedFlag : 0) + (recipient.Seen ? SeenFlag : 0);
    }

    /// <summary>A message from <see cref="MessageColumns"/>.</summary>
    public static MessageRow Message<TRow>(TRow r)
        where TRow : struct, IStoredRow => new()
        {
            Id = r.GetInt64(0),
            SmsId = r.GetText(1),
            Leg = r.GetInt32(2),
            Account = r.GetInt32(3),
            Kind = (MessageKind)r.GetInt32(4),
            Vendor = r.GetInt32(5),
            CreatedAtMs = r.GetInt64(6),
            RequestId = TextOrNull(r, 7),
            VendorRequestId = TextOrNull(r, 8),
            ReferentId = TextOrNull(r, 9),
            CallbackUrl = TextOrNull(r, 10),
            OaId = TextOrNull(r, 11),
            TempId = TextOrNull(r, 12),
            Extra = TextOrNull(r, 13),
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
            First = Recipient(r, 26, index: 0),
        };

    /// <summary>A recipient from <see cref="RecipientColumns"/>.</summary>
    public static RecipientRow Recipient<TRow>(TRow r)
        where TRow : struct, IStoredRow => Recipient(r, 0, r.GetInt32(RecipientWidth - 1));

    /// <summary>A callback from <see cref="CallbackColumns"/>.</summary>
    public static CallbackRow Callback<TRow>(TRow r)
        where TRow : struct, IStoredRow => new()
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
            IsReplay = r.GetInt32(12) != 0,
            Format = (CallbackFormat)r.GetInt32(13),
            Query = r.GetText(14),
            Body = r.IsNull(15) ? null : r.GetBytes(15),
            Log = r.IsNull(16) ? null : r.GetBytes(16),
        };

    /// <summary>A callback from <see cref="DueColumns"/>.</summary>
    public static CallbackRow Due<TRow>(TRow r)
        where TRow : struct, IStoredRow
    {
        var row = Callback(r);
        row.Tag = new StatTag(row.Account, r.GetInt32(CallbackWidth), (byte)r.GetInt32(CallbackWidth + 1), (byte)r.GetInt32(CallbackWidth + 2));
        return row;
    }

    /// <summary>A report without message from <see cref="OrphanColumns"/>.</summary>
    public static OrphanRow Orphan<TRow>(TRow r)
        where TRow : struct, IStoredRow => new()
        {
            Id = r.GetInt64(0),
            AtMs = r.GetInt64(1),
            Report = new IncomingReport
            {
                Source = (ReportSource)r.GetInt32(2),
                Vendor = r.GetInt32(3),
                Address = r.GetText(4),
                ReferentId = TextOrNull(r, 5),
                RequestId = TextOrNull(r, 6),
                StatusCode = r.IsNull(7) ? null : r.GetInt32(7),
                Status = (ReportedStatus)r.GetInt32(8),
                ErrorInfo = TextOrNull(r, 9),
                PartnerId = TextOrNull(r, 10),
                IsRefusal = r.GetInt32(11) != 0,
                TelcoId = r.IsNull(12) ? null : (byte)r.GetInt32(12),
                Segments = r.IsNull(13) ? null : r.GetInt32(13),
                Price = r.IsNull(14) ? null : ReportFold.FromUnits(r.GetInt64(14)),
                EventTime = r.IsNull(15) ? null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(15)),
                Raw = r.GetBytes(16),
            },
        };

    /// <summary>A report from <see cref="ReportColumns"/>.</summary>
    public static ReportRow Report<TRow>(TRow r)
        where TRow : struct, IStoredRow => new()
        {
            Id = r.GetInt64(0),
            MessageId = r.GetInt64(1),
            Previous = r.GetInt64(2),
            AtMs = r.GetInt64(3),
            Source = (ReportSource)r.GetInt32(4),
            Vendor = r.GetInt32(5),
            StatusCode = r.IsNull(6) ? null : r.GetInt32(6),
            Effect = (ReportEffect)r.GetInt32(7),
            Address = r.GetText(8),
            Raw = r.GetBytes(9),
        };

    private static RecipientRow Recipient<TRow>(TRow r, int at, int index)
        where TRow : struct, IStoredRow
    {
        var flags = r.GetInt32(at + 3);
        return new RecipientRow
        {
            Address = r.GetText(at),
            Index = index,
            State = (RecipientState)r.GetInt32(at + 1),
            TelcoId = (byte)r.GetInt32(at + 2),
            HandedOver = (flags & HandedOverFlag) != 0,
            Presumed = (flags & PresumedFlag) != 0,
            Seen = (flags & SeenFlag) != 0,
            Price = r.GetInt64(at + 4),
            Charged = r.GetInt64(at + 5),
            SeenStatuses = r.GetInt64(at + 6),
            Segments = r.GetInt32(at + 7),
            EventAtMs = r.GetInt64(at + 8),
            PartnerId = TextOrNull(r, at + 9),
            ErrorInfo = TextOrNull(r, at + 10),
        };
    }

    private static string? TextOrNull<TRow>(TRow r, int column)
        where TRow : struct, IStoredRow => r.IsNull(column) ? null : r.GetText(column);
}
