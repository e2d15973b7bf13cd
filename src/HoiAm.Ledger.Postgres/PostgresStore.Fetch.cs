using System.Globalization;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;
using Npgsql;
using NpgsqlTypes;

namespace HoiAm.Ledger.Postgres;

/// <summary>What a group looks up, fetched and locked before its first command runs. Locks are taken in one order by all nodes.</summary>
public sealed partial class PostgresStore
{
    // As many as the lock table of a server with its default settings holds with room to spare; two groups that share one only wait.
    private const int KeyLocks = 4096;

    // How long all keys of a report are looked for at once after one was found under another than its first.
    private const int WideGroups = 256;

    // Behind the first lock nobody takes this node over, and readers of the feed wait for what this group will number.
    private static readonly string s_groupLock = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT pg_advisory_xact_lock_shared({PostgresNode.NodeLock}, $1),
               pg_advisory_xact_lock_shared(({PostgresNode.GroupLock}::BIGINT << 48) | (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT)
        """);

    private static readonly string s_keyLock = string.Create(
        CultureInfo.InvariantCulture,
        $"SELECT COUNT(*) FROM (SELECT pg_advisory_xact_lock({PostgresNode.KeyLock}, b) FROM unnest($1::INTEGER[]) b OFFSET 0) locked");

    // A statement of its own, so that it sees what those wrote who held the locks before.
    private const string Facts =
        """
        SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT, EXISTS (SELECT 1 FROM orphan),
               ARRAY(SELECT number FROM node WHERE owner = $1)
        """;

    // With the keys under which each was found, last.
    private static readonly string s_messages = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT {StoredRows.MessageColumns}, x.keys
        FROM (SELECT r.message AS id, array_agg(k.key) AS keys FROM unnest($1::BIGINT[]) AS k (key)
              CROSS JOIN LATERAL (SELECT message FROM reference WHERE key = k.key ORDER BY message DESC LIMIT {ILedgerStore.FoundMax}) r
              GROUP BY r.message) x
        JOIN message m ON m.id = x.id ORDER BY m.id FOR UPDATE OF m
        """);

    private const string OrphanKeysOf = "SELECT key, orphan FROM orphan_reference WHERE key = ANY($1) ORDER BY orphan";

    private const string RecipientsOf =
        $"""
        SELECT {StoredRows.RecipientColumns}, r.message FROM unnest($1::BIGINT[], $2::TEXT[]) AS u (message, address)
        JOIN recipient r ON r.message = u.message AND r.address = u.address
        """;

    // Texts and bytes only of those that are read whole.
    private const string CallbacksOf =
        """
        SELECT c.id, c.message, c.previous, c.account, c.hook, c.state, c.reason, c.created_at, c.event_at, c.due_at, c.tries, c.attempts,
               c.replay, c.format, CASE WHEN x.whole THEN c.query ELSE '' END, CASE WHEN x.whole THEN c.body END, CASE WHEN x.whole THEN c.log END,
               c.owner, x.whole
        FROM (SELECT id, bool_or(whole) AS whole FROM unnest($1::BIGINT[], $2::BOOLEAN[]) AS u (id, whole) GROUP BY id) x
        JOIN callback c ON c.id = x.id ORDER BY c.id FOR UPDATE OF c
        """;

    private const string HeldBehind = "SELECT behind, callback FROM held WHERE behind = ANY($1)";

    private readonly HashSet<int> _lockedKeys = [];

    /// <inheritdoc/>
    public void Announce(GroupKeys keys)
    {
        Connect();

        // Most reports find their message under their first key: the others are looked for when that one has none, or where that has
        // not been so of late.
        var looked = new HashSet<long>(keys.Entered);
        foreach (var (_, from, count) in keys.Reports)
        {
            looked.UnionWith(keys.Looked.Skip(from).Take(_wideGroups > 0 ? count : Math.Min(count, 1)));
        }

        _wideGroups = Math.Max(_wideGroups - 1, 0);

        FetchMessages(looked, LocksOf([.. keys.Entered, .. keys.Orphans]), keys.Settled);
        FetchRest(keys, Missed(keys));
    }

    /// <inheritdoc/>
    public bool Guard(IncomingReport report)
    {
        Span<long> parked = stackalloc long[OrphanKeys.Max];
        var locks = LocksOf(parked[..OrphanKeys.Of(report, parked)]);
        if (locks.Count == 0)
        {
            return false;
        }

        using var batch = NewBatch();
        Add(batch, s_keyLock, Columns.Ints(locks));
        Run(batch);
        _lockedKeys.UnionWith(locks);

        // Asked for again, now that it cannot change: found anew when it is looked for.
        var keys = new GroupKeys();
        keys.AddReport(report);
        foreach (var key in keys.Looked)
        {
            _references.Remove(key);
        }

        _orphanIds.Remove(OrphanKeys.Repeat(report));
        _hasOrphans = null;
        return true;
    }

    // First round trip: the transaction, its locks, the messages, and what waits behind callbacks that are settled.
    private void FetchMessages(HashSet<long> looked, List<int> locks, IReadOnlyList<long> settled)
    {
        using var batch = _connection!.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        Add(batch, s_groupLock, Columns.Of(_node.Number));
        if (locks.Count > 0)
        {
            Add(batch, s_keyLock, Columns.Ints(locks));
            _lockedKeys.UnionWith(locks);
        }

        Add(batch, Facts, Columns.Of(_node.Number));
        if (looked.Count > 0)
        {
            Add(batch, s_messages, Columns.Longs(looked));
        }

        var isWager = settled.Count > 0 && !_isWary;
        if (isWager)
        {
            Add(batch, HeldBehind, Columns.Longs(settled));
        }

        // From here on there is something to take back, also when the first answer never comes.
        _began = true;
        RoundTrips++;
        using var reader = batch.ExecuteReader();
        reader.NextResult();
        if (locks.Count > 0)
        {
            reader.NextResult();
        }

        ReadFacts(reader);
        if (looked.Count > 0)
        {
            reader.NextResult();
            ReadMessages(reader, looked);
        }

        if (isWager)
        {
            reader.NextResult();
            Wager(settled, reader);
        }
    }

    // Callbacks that this node tried once are its own, and nobody came to wait behind them since a moment ago: nearly always true, and looked
    // after when they are written.
    private void Wager(IReadOnlyList<long> settled, NpgsqlDataReader held)
    {
        foreach (var id in settled)
        {
            _owners[id] = Owner;
            _held[id] = 0;
        }

        while (held.Read())
        {
            _held[held.GetInt64(0)] = held.GetInt64(1);
            _waitedFor.Add(held.GetInt64(0));
        }
    }

    private void ReadFacts(NpgsqlDataReader reader)
    {
        reader.Read();
        _ids.Slot = _node.Slot;
        var micros = reader.GetInt64(0);
        _ids.Follow(micros);
        _group = (_session, Math.Max(_group.Number + 1, micros));
        _hasOrphans = reader.GetBoolean(1);
        _mine.Clear();
        _mine.UnionWith(reader.GetFieldValue<int[]>(2));
        if (!_mine.Contains(_session) || _session != _node.Number)
        {
            _node.End();
            throw new StoreUnavailableException("Another node took this one for dead and goes on with its work; it is entering anew.");
        }
    }

    private void ReadMessages(NpgsqlDataReader reader, IReadOnlyCollection<long> looked)
    {
        foreach (var key in looked)
        {
            _references[key] = [];
        }

        while (reader.Read())
        {
            var message = PostgresRow.Message(reader);
            Remember(message);
            foreach (var key in reader.GetFieldValue<long[]>(StoredRows.MessageWidth))
            {
                // They come oldest first and are looked at newest first.
                _references[key].Insert(0, message.Id);
            }
        }
    }

    private List<IncomingReport> Missed(GroupKeys keys)
    {
        var missed = new List<IncomingReport>();
        foreach (var (report, from, count) in keys.Reports)
        {
            var at = FoundAt(keys, from, count);
            if (at < 0)
            {
                missed.Add(report);
            }
            else if (at > 0)
            {
                _wideGroups = WideGroups;
            }
        }

        return missed;
    }

    // Under which of its keys a report found something; below zero when under none.
    private int FoundAt(GroupKeys keys, int from, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_references.TryGetValue(keys.Looked[from + i], out var found) && found.Count > 0)
            {
                return i;
            }
        }

        return -1;
    }

    // Second round trip, only when there is anything: early reports, recipients, callbacks.
    private void FetchRest(GroupKeys keys, List<IncomingReport> missed)
    {
        using var batch = _connection!.CreateBatch();
        var reads = new List<Action<NpgsqlDataReader>>();
        AskMissed(keys, missed, batch, reads);
        AskRecipients(keys, batch, reads);
        AskCallbacks(keys, batch, reads);
        if (reads.Count == 0)
        {
            return;
        }

        RoundTrips++;
        using var reader = batch.ExecuteReader();
        for (var i = 0; i < reads.Count; i++)
        {
            if (i > 0)
            {
                reader.NextResult();
            }

            reads[i](reader);
        }
    }

    private void AskMissed(GroupKeys keys, List<IncomingReport> missed, NpgsqlBatch batch, List<Action<NpgsqlDataReader>> reads)
    {
        var orphans = new HashSet<long>(keys.Orphans);
        if (missed.Count > 0)
        {
            var parked = new List<long>();
            var again = new GroupKeys();
            Span<long> its = stackalloc long[OrphanKeys.Max];
            foreach (var report in missed)
            {
                parked.AddRange(its[..OrphanKeys.Of(report, its)]);
                orphans.Add(OrphanKeys.Repeat(report));
                again.AddReport(report);
            }

            var locks = LocksOf(parked);
            if (locks.Count > 0)
            {
                Add(batch, s_keyLock, Columns.Ints(locks));
                reads.Add(_ => _lockedKeys.UnionWith(locks));
            }

            // Their messages may have been registered while the locks were waited for.
            var looked = new HashSet<long>(again.Looked);
            Add(batch, "SELECT EXISTS (SELECT 1 FROM orphan)");
            reads.Add(reader =>
            {
                reader.Read();
                _hasOrphans = reader.GetBoolean(0);
            });
            Add(batch, s_messages, Columns.Longs(looked));
            reads.Add(reader =>
            {
                ReadMessages(reader, looked);
                if (again.Reports.Any(r => FoundAt(again, r.From, r.Count) > 0))
                {
                    _wideGroups = WideGroups;
                }
            });
        }

        if (orphans.Count > 0 && (missed.Count > 0 || _hasOrphans == true))
        {
            Add(batch, OrphanKeysOf, Columns.Longs(orphans));
            reads.Add(reader =>
            {
                foreach (var key in orphans)
                {
                    _orphanIds[key] = [];
                }

                while (reader.Read())
                {
                    _orphanIds[reader.GetInt64(0)].Add(reader.GetInt64(1));
                }
            });
        }
    }

    private void AskRecipients(GroupKeys keys, NpgsqlBatch batch, List<Action<NpgsqlDataReader>> reads)
    {
        var pairs = new HashSet<(long Message, string Address)>();
        foreach (var (report, from, count) in keys.Reports)
        {
            for (var i = from; i < from + count; i++)
            {
                foreach (var id in _references.GetValueOrDefault(keys.Looked[i]) ?? [])
                {
                    if (_messages.GetValueOrDefault(id) is { Total: > 1 })
                    {
                        pairs.Add((id, report.Address));
                    }
                }
            }
        }

        if (pairs.Count == 0)
        {
            return;
        }

        Add(batch, RecipientsOf, Columns.Array(pairs, p => p.Message, NpgsqlDbType.Bigint), Columns.Array(pairs, p => PostgresText.Clean(p.Address), NpgsqlDbType.Text));
        reads.Add(reader =>
        {
            foreach (var pair in pairs)
            {
                _recipients[pair] = null;
            }

            while (reader.Read())
            {
                var row = PostgresRow.Recipient(reader);
                _recipients[(reader.GetInt64(StoredRows.RecipientWidth), row.Address)] = row;
            }
        });
    }

    private void AskCallbacks(GroupKeys keys, NpgsqlBatch batch, List<Action<NpgsqlDataReader>> reads)
    {
        var wanted = new List<(long Id, bool Whole)>();
        if (_isWary)
        {
            wanted.AddRange(keys.Settled.Select(id => (id, false)));
        }

        wanted.AddRange(keys.Callbacks.Select(id => (id, true)));
        wanted.AddRange(_messages.Values.Where(m => m is { LastCallback: > 0 }).Select(m => (m!.LastCallback, true)));
        if (wanted.Count == 0)
        {
            return;
        }

        Add(batch, CallbacksOf, Columns.Array(wanted, w => w.Id, NpgsqlDbType.Bigint), Columns.Array(wanted, w => w.Whole, NpgsqlDbType.Boolean));
        reads.Add(reader =>
        {
            while (reader.Read())
            {
                var row = PostgresRow.Callback(reader);
                _ids.Observe(row.Id);
                _owners[row.Id] = row.Owner;
                if (reader.GetBoolean(StoredRows.CallbackWidth + 1))
                {
                    _callbacks[row.Id] = row;
                }
            }
        });

        // Behind the locks of the callbacks: who comes to wait behind one takes the same lock.
        var behind = new HashSet<long>(wanted.Select(w => w.Id));
        Add(batch, HeldBehind, Columns.Longs(behind));
        reads.Add(reader =>
        {
            foreach (var id in behind)
            {
                _held[id] = 0;
            }

            while (reader.Read())
            {
                _held[reader.GetInt64(0)] = reader.GetInt64(1);
            }
        });
    }

    private List<int> LocksOf(IReadOnlyList<long> keys) => LocksOf([.. keys]);

    // In ascending order, and without those that this group has.
    private List<int> LocksOf(ReadOnlySpan<long> keys)
    {
        var locks = new SortedSet<int>();
        foreach (var key in keys)
        {
            var number = (int)(unchecked((ulong)key * 0x9E3779B97F4A7C15UL) >> 52) % KeyLocks;
            if (!_lockedKeys.Contains(number))
            {
                locks.Add(number);
            }
        }

        return [.. locks];
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }
}
