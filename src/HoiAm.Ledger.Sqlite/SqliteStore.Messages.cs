using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Sqlite;

public sealed partial class SqliteStore
{

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
        var s = (_getMessage ??= Prepare($"SELECT {StoredRows.MessageColumns}, LENGTH(m.room) FROM message m WHERE m.id = ?")).Bind(id);
        if (!s.Read())
        {
            return null;
        }

        var row = StoredRows.Message(s.Row);
        row.Room = s.Int32(StoredRows.MessageWidth) + RowRoom.Changing(row);
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
            $"SELECT {StoredRows.RecipientColumns} FROM recipient r WHERE r.message = ? AND r.address = ?")).Bind(messageId).Bind(address);
        if (!s.Read())
        {
            return null;
        }

        var row = StoredRows.Recipient(s.Row);
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
            $"SELECT {StoredRows.RecipientColumns} FROM recipient r WHERE r.message = ? ORDER BY r.idx")).Bind(message.Id);
        var rows = new List<RecipientRow>(message.Total);
        while (s.Read())
        {
            rows.Add(StoredRows.Recipient(s.Row));
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
            .Bind(StoredRows.Flags(recipient))
            .Bind(recipient.Price).Bind(recipient.Charged).Bind(recipient.SeenStatuses).Bind(recipient.Segments).Bind(recipient.EventAtMs)
            .Bind(recipient.PartnerId).Bind(recipient.ErrorInfo);
}
