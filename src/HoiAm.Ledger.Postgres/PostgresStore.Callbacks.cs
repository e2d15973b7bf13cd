using System.Globalization;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;

namespace HoiAm.Ledger.Postgres;

public sealed partial class PostgresStore
{
    // Counts are what lanes estimate with; counting further would cost more the more there is.
    private const int CountedMax = 10_000;

    // One walk along the key of each number that this node works off. What another node holds locked is about to leave the list.
    internal const string DueSql =
        $"""
        SELECT {PostgresRow.DueColumns} FROM unnest($1::INTEGER[]) AS o (owner)
        CROSS JOIN LATERAL (SELECT p.due_at, p.callback FROM parked p WHERE p.owner = o.owner AND p.hook = $2 AND p.due_at <= $3
                            ORDER BY p.due_at, p.callback LIMIT $4) x
        JOIN callback c ON c.id = x.callback AND c.state = 1 AND c.due_at = x.due_at AND c.owner = o.owner
        LEFT JOIN message m ON m.id = c.message
        ORDER BY x.due_at, x.callback LIMIT $4 FOR UPDATE OF c SKIP LOCKED
        """;

    private readonly Dictionary<(int Account, string Url), Hook> _hooks = [];
    private readonly Dictionary<int, Hook> _hooksById = [];
    private readonly Dictionary<long, CallbackRow> _callbacks = [];
    private readonly Dictionary<long, int> _owners = [];
    private readonly Dictionary<long, long> _held = [];
    private readonly HashSet<long> _waitedFor = [];
    private readonly List<CallbackRow> _newCallbacks = [];
    private readonly Dictionary<long, CallbackRow> _changedCallbacks = [];
    private readonly Dictionary<long, Settled> _settled = [];
    private readonly Dictionary<ParkedKey, bool> _parked = [];
    private readonly Dictionary<long, long> _changedHeld = [];

    /// <inheritdoc/>
    public Hook InternHook(int account, string url, string hostKey)
    {
        if (_hooks.TryGetValue((account, url), out var known))
        {
            return known;
        }

        // By a connection of its own, so that every node has it at once under the same number, whatever becomes of this group.
        using var connection = _database.OpenWriter();
        using var command = connection.CreateCommand();
        command.Parameters.Add(Columns.Of(account));
        command.Parameters.Add(Columns.Of(url));
        command.Parameters.Add(Columns.Of(hostKey));
        command.CommandText = "INSERT INTO hook (account, url, host_key) VALUES ($1, $2, $3) ON CONFLICT (account, md5(url)) DO NOTHING RETURNING id";
        var id = command.ExecuteScalar();
        if (id is null)
        {
            command.Parameters.RemoveAt(2);
            command.CommandText = "SELECT id FROM hook WHERE account = $1 AND md5(url) = md5($2)";
            id = command.ExecuteScalar();
        }

        return Remember(new Hook(Convert.ToInt32(id, CultureInfo.InvariantCulture), account, url, hostKey));
    }

    /// <inheritdoc/>
    public Hook? GetHook(int id)
    {
        if (id == 0 || _hooksById.TryGetValue(id, out var known))
        {
            return id == 0 ? null : _hooksById[id];
        }

        known = Query(
            "SELECT id, account, url, host_key FROM hook WHERE id = $1",
            r => new Hook(r.GetInt32(0), r.GetInt32(1), r.GetString(2), r.GetString(3)),
            Columns.Of(id)).FirstOrDefault();
        return known is null ? null : Remember(known);
    }

    /// <inheritdoc/>
    public bool Owns(long callbackId)
    {
        if (!_owners.TryGetValue(callbackId, out var owner))
        {
            if (GetCallback(callbackId) is not { } row)
            {
                return true;
            }

            owner = row.Owner;
        }

        return _mine.Contains(owner);
    }

    /// <inheritdoc/>
    public void InsertCallback(CallbackRow callback)
    {
        callback.Owner = Owner;
        _callbacks[callback.Id] = callback;
        _owners[callback.Id] = callback.Owner;
        _newCallbacks.Add(callback);
    }

    /// <inheritdoc/>
    public CallbackRow? GetCallback(long id)
    {
        if (!_callbacks.TryGetValue(id, out var row))
        {
            if (_settled.ContainsKey(id))
            {
                Flush();
            }

            row = Query($"SELECT {PostgresRow.CallbackColumns} FROM callback c WHERE c.id = $1 FOR UPDATE", PostgresRow.Callback, Columns.Of(id)).FirstOrDefault();
            if (row is null)
            {
                return null;
            }

            Remember(row);
        }

        return row.Copy();
    }

    /// <inheritdoc/>
    public void SettleCallback(long id, CallbackState state, ExhaustedReason reason, int tries, int attempts, byte[] log)
    {
        if (_callbacks.TryGetValue(id, out var row))
        {
            row = row.Copy();
            (row.State, row.Reason, row.Tries, row.Attempts, row.Log) = (state, reason, tries, attempts, log);
            UpdateCallback(row);
        }
        else
        {
            _settled[id] = new Settled(id, (int)state, (int)reason, tries, attempts, log);
        }
    }

    /// <inheritdoc/>
    public void UpdateCallback(CallbackRow callback)
    {
        // Whoever puts it on its way has it from now on.
        if (callback.State is CallbackState.Live or CallbackState.Parked)
        {
            callback.Owner = Owner;
        }

        _callbacks[callback.Id] = callback;
        _owners[callback.Id] = callback.Owner;
        _changedCallbacks[callback.Id] = callback;
    }

    /// <inheritdoc/>
    public void Park(int hook, long dueAtMs, long callbackId) => _parked[new ParkedKey(Owner, hook, dueAtMs, callbackId)] = true;

    /// <inheritdoc/>
    public void Unpark(int hook, long dueAtMs, long callbackId)
    {
        // Nobody knows where it was parked who has not read it.
        var owner = _owners.TryGetValue(callbackId, out var known) ? known : GetCallback(callbackId)?.Owner ?? Owner;
        _parked[new ParkedKey(owner, hook, dueAtMs, callbackId)] = false;
    }

    /// <inheritdoc/>
    public List<CallbackRow> FindParked(int hook, long dueUntilMs, int max)
    {
        Flush();

        var rows = Query(
            DueSql,
            PostgresRow.Due,
            Columns.Ints(_mine),
            Columns.Of(hook),
            Columns.Of(dueUntilMs),
            Columns.Of(max));
        rows.ForEach(Remember);
        return [.. rows.Select(r => r.Copy())];
    }

    /// <inheritdoc/>
    public (long? NextDueMs, long Count) ParkedSummary(int hook)
    {
        Flush();
        return Query(
            $"""
            SELECT MIN(x.due_at), COALESCE(SUM(x.count), 0)::BIGINT FROM unnest($1::INTEGER[]) AS o (owner)
            CROSS JOIN LATERAL (SELECT MIN(due_at) AS due_at, COUNT(*) AS count
                                FROM (SELECT due_at FROM parked p WHERE p.owner = o.owner AND p.hook = $2 ORDER BY p.due_at LIMIT {CountedMax}) y) x
            """,
            r => (r.IsDBNull(0) ? (long?)null : r.GetInt64(0), r.GetInt64(1)),
            Columns.Ints(_mine),
            Columns.Of(hook))[0];
    }

    /// <inheritdoc/>
    public List<CallbackRow> FindLive(long afterId, int max)
    {
        Flush();
        var rows = Query(
            $"""
            SELECT {PostgresRow.DueColumns} FROM callback c LEFT JOIN message m ON m.id = c.message
            WHERE c.state = 0 AND c.owner = ANY($1) AND c.id > $2 ORDER BY c.id LIMIT $3 FOR UPDATE OF c
            """,
            PostgresRow.Due,
            Columns.Ints([.. _mine.Where(n => n != Owner)]),
            Columns.Of(afterId),
            Columns.Of(max));
        rows.ForEach(Remember);
        return [.. rows.Select(r => r.Copy())];
    }

    /// <inheritdoc/>
    public List<(int Hook, long Count, long NextDueMs)> ParkedSummaries()
    {
        Flush();
        var summaries = new SortedDictionary<int, (long Count, long Due)>();
        foreach (var owner in _mine)
        {
            // From hook to hook along the key: what it costs grows with the hooks, not with what waits for them.
            foreach (var (hook, count, due) in Query(
                $"""
                WITH RECURSIVE h AS (
                  (SELECT p.hook FROM parked p WHERE p.owner = $1 ORDER BY p.hook LIMIT 1)
                  UNION ALL
                  SELECT (SELECT p.hook FROM parked p WHERE p.owner = $1 AND p.hook > h.hook ORDER BY p.hook LIMIT 1) FROM h WHERE h.hook IS NOT NULL)
                SELECT h.hook, (SELECT COUNT(*) FROM (SELECT 1 FROM parked p WHERE p.owner = $1 AND p.hook = h.hook LIMIT {CountedMax}) y),
                       (SELECT p.due_at FROM parked p WHERE p.owner = $1 AND p.hook = h.hook ORDER BY p.due_at LIMIT 1)
                FROM h WHERE h.hook IS NOT NULL
                """,
                r => (r.GetInt32(0), r.GetInt64(1), r.GetInt64(2)),
                Columns.Of(owner)))
            {
                summaries[hook] = summaries.TryGetValue(hook, out var other) ? (other.Count + count, Math.Min(other.Due, due)) : (count, due);
            }
        }

        return [.. summaries.Select(s => (s.Key, s.Value.Count, s.Value.Due))];
    }

    /// <inheritdoc/>
    public void Hold(long behind, long callbackId)
    {
        Open();
        _held[behind] = callbackId;
        _changedHeld[behind] = callbackId;
    }

    /// <inheritdoc/>
    public long ReleaseHeld(long behind)
    {
        if (!_held.TryGetValue(behind, out var callback))
        {
            callback = Query("SELECT callback FROM held WHERE behind = $1", r => r.GetInt64(0), Columns.Of(behind)).FirstOrDefault();
        }

        _held[behind] = 0;
        if (callback != 0)
        {
            _changedHeld[behind] = 0;
        }

        return callback;
    }

    private void Remember(CallbackRow row)
    {
        _callbacks[row.Id] = row;
        _owners[row.Id] = row.Owner;
        _ids.Observe(row.Id);
    }

    private Hook Remember(Hook hook)
    {
        _hooks[(hook.Account, hook.Url)] = hook;
        _hooksById[hook.Id] = hook;
        return hook;
    }
}
