using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Sqlite;

public sealed partial class SqliteStore
{
    private const int HandedOverFlag = 1;
    private const int PresumedFlag = 2;
    private const int SeenFlag = 4;

    private SqliteStatement? _findMessages;
    private SqliteStatement? _findMessagesOfAddress;
    private SqliteStatement? _addReference;
    private SqliteStatement? _getMessage;
    private SqliteStatement? _insertMessage;
    private SqliteStatement? _updateMessage;
    private SqliteStatement? _findRecipient;
    private SqliteStatement? _listRecipients;
    private SqliteStatement? _insertRecipient;
    private SqliteStatement? _updateRecipient;

    /// <inheritdoc/>
    public void FindMessages(long referenceKey, List<long> messageIds)
    {
        var statement = (_findMessages ??= Prepare("SELECT message FROM reference WHERE key = ? ORDER BY message DESC LIMIT ?"))
            .Bind(referenceKey).Bind(ILedgerStore.FoundMax);
        while (statement.Read())
        {
            messageIds.Add(statement.Int64(0));
        }
    }

    /// <inheritdoc/>
    public void FindMessages(long referenceKey, long addressKey, List<long> messageIds)
    {
        // CROSS JOIN keeps the order: the address has few messages, the reference is known to have many.
        var statement = (_findMessagesOfAddress ??= Prepare(
            """
            SELECT a.message FROM reference a CROSS JOIN reference r
            WHERE a.key = ? AND r.key = ? AND r.message = a.message ORDER BY a.message DESC LIMIT ?
            """)).Bind(addressKey).Bind(referenceKey).Bind(ILedgerStore.FoundMax);
        while (statement.Read())
        {
            messageIds.Add(statement.Int64(0));
        }
    }

    /// <inheritdoc/>
    public void AddReference(long referenceKey, long messageId) =>
        (_addReference ??= Prepare("INSERT OR IGNORE INTO reference (key, message) VALUES (?, ?)")).Bind(referenceKey).Bind(messageId).Execute();

    /// <inheritdoc/>
    public MessageRow? GetMessage(long id)
    {
        var s = (_getMessage ??= Prepare(
            """
            SELECT smsid, leg, account, kind, vendor, created_at, request_id, vendor_request_id, referent_id, callback_url, oa_id, temp_id,
                   extra, fingerprint, total, state, finals, successes, rejections, handed_over, presumed, contradictions, charged,
                   last_report, last_callback, r_address, r_state, r_telco, r_flags, r_price, r_charged, r_statuses, r_segments, r_event_at,
                   r_partner_id, r_error_info, LENGTH(room)
            FROM message WHERE id = ?
            """)).Bind(id);
        if (!s.Read())
        {
            return null;
        }

        var row = new MessageRow
        {
            Id = id,
            SmsId = s.Text(0),
            Leg = s.Int32(1),
            Account = s.Int32(2),
            Kind = (MessageKind)s.Int32(3),
            Vendor = s.Int32(4),
            CreatedAtMs = s.Int64(5),
            RequestId = s.NullableText(6),
            VendorRequestId = s.NullableText(7),
            ReferentId = s.NullableText(8),
            CallbackUrl = s.NullableText(9),
            OaId = s.NullableText(10),
            TempId = s.NullableText(11),
            Extra = s.NullableText(12),
            Fingerprint = s.Int64(13),
            Total = s.Int32(14),
            State = (RecipientState)s.Int32(15),
            Finals = s.Int32(16),
            Successes = s.Int32(17),
            Rejections = s.Int32(18),
            HandedOver = s.Int32(19),
            Presumed = s.Int32(20),
            Contradictions = s.Int32(21),
            Charged = s.Int64(22),
            LastReport = s.Int64(23),
            LastCallback = s.Int64(24),
            First = ReadRecipient(s, 25, index: 0),
        };
        row.Room = s.Int32(36) + RowRoom.Changing(row);
        s.Reset();
        return row;
    }

    /// <inheritdoc/>
    public void InsertMessage(MessageRow message)
    {
        var s = (_insertMessage ??= Prepare(
            """
            INSERT INTO message (id, smsid, leg, account, kind, vendor, created_at, request_id, vendor_request_id, referent_id, callback_url,
                   oa_id, temp_id, extra, fingerprint, total, state, finals, successes, rejections, handed_over, presumed, contradictions,
                   charged, last_report, last_callback, r_address, r_state, r_telco, r_flags, r_price, r_charged, r_statuses, r_segments,
                   r_event_at, r_partner_id, r_error_info, room)
            VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
            """))
            .Bind(message.Id).Bind(message.SmsId).Bind(message.Leg).Bind(message.Account).Bind((long)message.Kind).Bind(message.Vendor)
            .Bind(message.CreatedAtMs).Bind(message.RequestId).Bind(message.VendorRequestId).Bind(message.ReferentId)
            .Bind(message.CallbackUrl).Bind(message.OaId).Bind(message.TempId).Bind(message.Extra).Bind(message.Fingerprint)
            .Bind(message.Total).Bind((long)message.State).Bind(message.Finals).Bind(message.Successes).Bind(message.Rejections)
            .Bind(message.HandedOver).Bind(message.Presumed).Bind(message.Contradictions).Bind(message.Charged)
            .Bind(message.LastReport).Bind(message.LastCallback).Bind(message.First.Address);
        BindState(s, message.First).Bind(RowRoom.Free(RowRoom.NewMessage)).Execute();
        message.Room = RowRoom.NewMessage + RowRoom.Changing(message);
    }

    /// <inheritdoc/>
    public void UpdateMessage(MessageRow message)
    {
        var s = (_updateMessage ??= Prepare(
            """
            UPDATE message SET state = ?, finals = ?, successes = ?, rejections = ?, handed_over = ?, presumed = ?, contradictions = ?,
                   charged = ?, last_report = ?, last_callback = ?, r_state = ?, r_telco = ?, r_flags = ?, r_price = ?, r_charged = ?,
                   r_statuses = ?, r_segments = ?, r_event_at = ?, r_partner_id = ?, r_error_info = ?,
                   room = ?
            WHERE id = ?
            """))
            .Bind((long)message.State).Bind(message.Finals).Bind(message.Successes).Bind(message.Rejections).Bind(message.HandedOver)
            .Bind(message.Presumed).Bind(message.Contradictions).Bind(message.Charged).Bind(message.LastReport).Bind(message.LastCallback);
        BindState(s, message.First).Bind(RowRoom.Free(message.Room - RowRoom.Changing(message))).Bind(message.Id).Execute();
    }

    /// <inheritdoc/>
    public RecipientRow? FindRecipient(long messageId, string address)
    {
        var s = (_findRecipient ??= Prepare(
            """
            SELECT address, state, telco, flags, price, charged, statuses, segments, event_at, partner_id, error_info, idx
            FROM recipient WHERE message = ? AND address = ?
            """)).Bind(messageId).Bind(address);
        if (!s.Read())
        {
            return null;
        }

        var row = ReadRecipient(s, 0, s.Int32(11));
        s.Reset();
        return row;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RecipientRow> ListRecipients(MessageRow message)
    {
        if (message.Total == 1)
        {
            return [message.First];
        }

        var s = (_listRecipients ??= Prepare(
            """
            SELECT address, state, telco, flags, price, charged, statuses, segments, event_at, partner_id, error_info, idx
            FROM recipient WHERE message = ? ORDER BY idx
            """)).Bind(message.Id);
        var rows = new List<RecipientRow>(message.Total);
        while (s.Read())
        {
            rows.Add(ReadRecipient(s, 0, s.Int32(11)));
        }

        return rows;
    }

    /// <inheritdoc/>
    public void InsertRecipient(long messageId, RecipientRow recipient)
    {
        var s = (_insertRecipient ??= Prepare(
            """
            INSERT INTO recipient (message, address, idx, state, telco, flags, price, charged, statuses, segments, event_at, partner_id, error_info)
            VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
            """)).Bind(messageId).Bind(recipient.Address).Bind(recipient.Index);
        BindState(s, recipient).Execute();
    }

    /// <inheritdoc/>
    public void UpdateRecipient(long messageId, RecipientRow recipient)
    {
        var s = _updateRecipient ??= Prepare(
            """
            UPDATE recipient SET state = ?, telco = ?, flags = ?, price = ?, charged = ?, statuses = ?, segments = ?, event_at = ?,
                   partner_id = ?, error_info = ?
            WHERE message = ? AND address = ?
            """);
        BindState(s, recipient).Bind(messageId).Bind(recipient.Address).Execute();
    }

    private static SqliteStatement BindState(SqliteStatement s, RecipientRow recipient) =>
        s.Bind((long)recipient.State).Bind(recipient.TelcoId)
            .Bind(Flags(recipient))
            .Bind(recipient.Price).Bind(recipient.Charged).Bind(recipient.SeenStatuses).Bind(recipient.Segments).Bind(recipient.EventAtMs)
            .Bind(recipient.PartnerId).Bind(recipient.ErrorInfo);

    private static long Flags(RecipientRow recipient) =>
        (recipient.HandedOver ? HandedOverFlag : 0) + (recipient.Presumed ? PresumedFlag : 0) + (recipient.Seen ? SeenFlag : 0);

    private static RecipientRow ReadRecipient(SqliteStatement s, int column, int index)
    {
        var flags = s.Int32(column + 3);
        return new RecipientRow
        {
            Address = s.Text(column),
            Index = index,
            State = (RecipientState)s.Int32(column + 1),
            TelcoId = (byte)s.Int32(column + 2),
            HandedOver = (flags & HandedOverFlag) != 0,
            Presumed = (flags & PresumedFlag) != 0,
            Seen = (flags & SeenFlag) != 0,
            Price = s.Int64(column + 4),
            Charged = s.Int64(column + 5),
            SeenStatuses = s.Int64(column + 6),
            Segments = s.Int32(column + 7),
            EventAtMs = s.Int64(column + 8),
            PartnerId = s.NullableText(column + 9),
            ErrorInfo = s.NullableText(column + 10),
        };
    }
}
