using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Postgres;

public sealed partial class PostgresStore
{
    private readonly Dictionary<long, List<long>> _references = [];
    private readonly Dictionary<long, MessageRow?> _messages = [];
    private readonly Dictionary<(long Message, string Address), RecipientRow?> _recipients = [];
    private readonly List<MessageRow> _newMessages = [];
    private readonly Dictionary<long, MessageRow> _changedMessages = [];
    private readonly List<RecipientOf> _newRecipients = [];
    private readonly Dictionary<(long Message, string Address), RecipientOf> _changedRecipients = [];
    private readonly HashSet<KeyOf> _newReferences = [];

    /// <inheritdoc/>
    public void FindMessages(long referenceKey, List<long> messageIds)
    {
        if (!_references.TryGetValue(referenceKey, out var found))
        {
            Flush();
            found = Query(
                "SELECT message FROM reference WHERE key = $1 ORDER BY message DESC LIMIT $2",
                r => r.GetInt64(0),
                Columns.Of(referenceKey),
                Columns.Of(ILedgerStore.FoundMax));
            _references[referenceKey] = found;
        }

        messageIds.AddRange(found);
    }

    /// <inheritdoc/>
    public void FindMessages(long referenceKey, long addressKey, List<long> messageIds)
    {
        Flush();
        messageIds.AddRange(Query(
            """
            SELECT a.message FROM reference a JOIN reference r ON r.key = $2 AND r.message = a.message
            WHERE a.key = $1 ORDER BY a.message DESC LIMIT $3
            """,
            r => r.GetInt64(0),
            Columns.Of(addressKey),
            Columns.Of(referenceKey),
            Columns.Of(ILedgerStore.FoundMax)));
    }

    /// <inheritdoc/>
    public void AddReference(long referenceKey, long messageId)
    {
        if (_newReferences.Add(new KeyOf(referenceKey, messageId))
            && _references.TryGetValue(referenceKey, out var known) && !known.Contains(messageId))
        {
            // Newest first, and no more than one look-up gives.
            var at = known.FindIndex(id => id < messageId);
            known.Insert(at < 0 ? known.Count : at, messageId);
            if (known.Count > ILedgerStore.FoundMax)
            {
                known.RemoveAt(ILedgerStore.FoundMax);
            }
        }
    }

    /// <inheritdoc/>
    public MessageRow? GetMessage(long id)
    {
        if (!_messages.TryGetValue(id, out var row))
        {
            row = Query($"SELECT {StoredRows.MessageColumns} FROM message m WHERE m.id = $1 FOR UPDATE", PostgresRow.Message, Columns.Of(id)).FirstOrDefault();
            if (row is null)
            {
                _messages[id] = null;
            }
            else
            {
                Remember(row);
            }
        }

        return row?.Copy();
    }

    /// <inheritdoc/>
    public void InsertMessage(MessageRow message)
    {
        Open();
        _messages[message.Id] = message;
        _newMessages.Add(message);
    }

    /// <inheritdoc/>
    public void UpdateMessage(MessageRow message)
    {
        _messages[message.Id] = message;
        _changedMessages[message.Id] = message;
    }

    /// <inheritdoc/>
    public RecipientRow? FindRecipient(long messageId, string address)
    {
        if (!_recipients.TryGetValue((messageId, address), out var row))
        {
            Flush();
            row = Query(
                $"SELECT {StoredRows.RecipientColumns} FROM recipient r WHERE r.message = $1 AND r.address = $2",
                PostgresRow.Recipient,
                Columns.Of(messageId),
                Columns.Of(address)).FirstOrDefault();
            _recipients[(messageId, address)] = row;
        }

        return row?.Copy();
    }

    /// <inheritdoc/>
    public IReadOnlyList<RecipientRow> ListRecipients(MessageRow message)
    {
        if (message.Total == 1)
        {
            return [message.First];
        }

        Flush();
        return Query(
            $"SELECT {StoredRows.RecipientColumns} FROM recipient r WHERE r.message = $1 ORDER BY r.idx",
            PostgresRow.Recipient,
            Columns.Of(message.Id));
    }

    /// <inheritdoc/>
    public void InsertRecipient(long messageId, RecipientRow recipient)
    {
        // Two of the same address in one message are the caller's error; PostgreSQL says so when they are written.
        _recipients[(messageId, recipient.Address)] = recipient;
        _newRecipients.Add(new RecipientOf(messageId, recipient));
    }

    /// <inheritdoc/>
    public void UpdateRecipient(long messageId, RecipientRow recipient)
    {
        _recipients[(messageId, recipient.Address)] = recipient;
        _changedRecipients[(messageId, recipient.Address)] = new RecipientOf(messageId, recipient);
    }

    private void Remember(MessageRow row)
    {
        _messages[row.Id] = row;
        _ids.Observe(row.Id);
        _ids.Observe(Math.Max(row.LastReport, row.LastCallback));
    }
}
