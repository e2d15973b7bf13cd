using Npgsql;
using NpgsqlTypes;

namespace HoiAm.Ledger.Postgres;

/// <summary>What the group wrote, in one batch: at the commit, and before anybody looks at the tables by himself.</summary>
public sealed partial class PostgresStore
{
    private void Flush()
    {
        using var batch = NewBatch();
        AddWrites(batch);
        Run(batch);
        ForgetWrites();
    }

    private void AddWrites(NpgsqlBatch batch)
    {
        // What is new is written as it stands now; only what was there before is updated.
        for (var i = 0; i < _newMessages.Count; i++)
        {
            if (_changedMessages.Remove(_newMessages[i].Id, out var changed))
            {
                _newMessages[i] = changed;
            }
        }

        for (var i = 0; i < _newRecipients.Count; i++)
        {
            if (_changedRecipients.Remove((_newRecipients[i].Message, _newRecipients[i].Row.Address), out var changed))
            {
                _newRecipients[i] = changed;
            }
        }

        for (var i = 0; i < _newCallbacks.Count; i++)
        {
            if (_changedCallbacks.Remove(_newCallbacks[i].Id, out var changed))
            {
                _newCallbacks[i] = changed;
            }
        }

        foreach (var id in _changedCallbacks.Keys)
        {
            // Read whole after it was settled: the whole row bears the settlement.
            _settled.Remove(id);
        }

        Tables.Message.Insert(batch, _newMessages);
        Tables.Message.Update(batch, _changedMessages.Values);
        Tables.Recipient.Insert(batch, _newRecipients);
        Tables.Recipient.Update(batch, _changedRecipients.Values);
        Tables.Reference.Insert(batch, _newReferences);
        Tables.Report.Insert(batch, _newReports);
        AddOrphans(batch);
        Tables.Callback.Insert(batch, _newCallbacks);
        Tables.Callback.Update(batch, _changedCallbacks.Values);
        AddSettled(batch);
        AddWaiting(batch);
    }

    // A statement of its own looks who waits: the one before it waited for whoever was about to.
    private void AddSettled(NpgsqlBatch batch)
    {
        if (_isWary || _settled.Count == 0)
        {
            Tables.Settlement.Update(batch, _settled.Values);
            return;
        }

        Tables.Settlement.UpdateOwn(batch, _settled.Values, _mine);
        Add(
            batch,
            "SELECT hoiam_holds((SELECT COUNT(*) FROM held WHERE behind = ANY($1)) = $2)",
            Columns.Longs(_settled.Keys),
            Columns.Of((long)_settled.Keys.Count(_waitedFor.Contains)));
    }

    private void AddOrphans(NpgsqlBatch batch)
    {
        if (_goneOrphans.Count > 0)
        {
            Add(
                batch,
                "DELETE FROM orphan_reference t USING unnest($1::BIGINT[], $2::BIGINT[]) AS u (key, orphan) WHERE t.key = u.key AND t.orphan = u.orphan",
                Columns.Array(_goneOrphanKeys, k => k.Key, NpgsqlDbType.Bigint),
                Columns.Array(_goneOrphanKeys, k => k.Id, NpgsqlDbType.Bigint));
            Add(batch, "DELETE FROM orphan WHERE id = ANY($1)", Columns.Longs(_goneOrphans));
        }

        Tables.Orphan.Insert(batch, _newOrphans.Values);
        Tables.OrphanReference.Insert(batch, _newOrphanKeys);
    }

    private void AddWaiting(NpgsqlBatch batch)
    {
        var gone = _parked.Where(p => !p.Value).Select(p => p.Key).ToList();
        if (gone.Count > 0)
        {
            Add(
                batch,
                """
                DELETE FROM parked t USING unnest($1::INTEGER[], $2::INTEGER[], $3::BIGINT[], $4::BIGINT[]) AS u (owner, hook, due_at, callback)
                WHERE t.owner = u.owner AND t.hook = u.hook AND t.due_at = u.due_at AND t.callback = u.callback
                """,
                Columns.Array(gone, p => p.Owner, NpgsqlDbType.Integer),
                Columns.Array(gone, p => p.Hook, NpgsqlDbType.Integer),
                Columns.Array(gone, p => p.DueAtMs, NpgsqlDbType.Bigint),
                Columns.Array(gone, p => p.Callback, NpgsqlDbType.Bigint));
        }

        Tables.Parked.Insert(batch, [.. _parked.Where(p => p.Value).Select(p => p.Key)]);
        if (_changedHeld.Count > 0)
        {
            // Also before an insert: one that left in this group may have made room for the next.
            Add(batch, "DELETE FROM held WHERE behind = ANY($1)", Columns.Longs(_changedHeld.Keys));
            Tables.Held.Insert(batch, [.. _changedHeld.Where(h => h.Value != 0).Select(h => new KeyOf(h.Key, h.Value))]);
        }
    }

    // What was written stays known as it was written.
    private void ForgetWrites()
    {
        _newMessages.Clear();
        _changedMessages.Clear();
        _newRecipients.Clear();
        _changedRecipients.Clear();
        _newReferences.Clear();
        _newReports.Clear();
        _newOrphans.Clear();
        _newOrphanKeys.Clear();
        _goneOrphans.Clear();
        _goneOrphanKeys.Clear();
        _newCallbacks.Clear();
        _changedCallbacks.Clear();
        _settled.Clear();
        _parked.Clear();
        _changedHeld.Clear();
    }

    // Everything that this group knew; the locks on keys go with its transaction.
    private void Forget()
    {
        ForgetWrites();
        _references.Clear();
        _messages.Clear();
        _recipients.Clear();
        _orphanIds.Clear();
        _hasOrphans = null;
        _callbacks.Clear();
        _owners.Clear();
        _held.Clear();
        _waitedFor.Clear();
    }
}
