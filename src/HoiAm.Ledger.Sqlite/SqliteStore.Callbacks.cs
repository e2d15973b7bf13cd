using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using SQLitePCL;

namespace HoiAm.Ledger.Sqlite;

public sealed partial class SqliteStore
{
    // The state of a callback that is not live takes a byte.
    private const int SettledRoom = RowRoom.NewCallback - 1;

    private SqliteStatement? _insertHook;
    private SqliteStatement? _insertCallback;
    private SqliteStatement? _getCallback;
    private SqliteStatement? _settleCallback;
    private SqliteStatement? _updateCallback;
    private SqliteStatement? _park;
    private SqliteStatement? _unpark;
    private SqliteStatement? _findParked;
    private SqliteStatement? _nextParked;
    private SqliteStatement? _findLive;
    private SqliteStatement? _parkedSummaries;
    private SqliteStatement? _hold;
    private SqliteStatement? _getHeld;
    private SqliteStatement? _deleteHeld;

    /// <inheritdoc/>
    public Hook InternHook(int account, string url, string hostKey)
    {
        if (_hooks.TryGetValue((account, url), out var known))
        {
            return known;
        }

        var hook = new Hook(++_lastHook, account, url, hostKey);
        (_insertHook ??= Prepare("INSERT INTO hook (id, account, url, host_key) VALUES (?, ?, ?, ?)"))
            .Bind(hook.Id).Bind(account).Bind(url).Bind(hostKey).Execute();
        _newHooks.Add(hook);
        Remember(hook);
        return hook;
    }

    /// <inheritdoc/>
    public Hook? GetHook(int id) => _hooksById.GetValueOrDefault(id);

    /// <inheritdoc/>
    public void InsertCallback(CallbackRow callback)
    {
        (_insertCallback ??= Prepare(
            """
            INSERT INTO callback (id, message, previous, account, hook, state, reason, created_at, event_at, due_at, tries, attempts, replay,
                   format, query, body, log)
            VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
            """))
            .Bind(callback.Id).Bind(callback.MessageId).Bind(callback.Previous).Bind(callback.Account).Bind(callback.Hook)
            .Bind((long)callback.State).Bind((long)callback.Reason).Bind(callback.CreatedAtMs).Bind(callback.EventAtMs)
            .Bind(callback.DueAtMs).Bind(callback.Tries).Bind(callback.Attempts).Bind(callback.IsReplay ? 1 : 0L)
            .Bind((long)callback.Format).Bind(callback.Query).Bind(callback.Body)
            .Bind(RowRoom.Padded(callback.Log, RowRoom.NewCallback)).Execute();
        _feedPending++;
    }

    /// <inheritdoc/>
    public CallbackRow? GetCallback(long id)
    {
        var s = (_getCallback ??= Prepare($"SELECT {StoredRows.CallbackColumns} FROM callback c WHERE c.id = ?")).Bind(id);
        if (!s.Read())
        {
            return null;
        }

        var row = StoredRows.Callback(s.Row);
        s.Reset();
        return row;
    }

    /// <inheritdoc/>
    public void SettleCallback(long id, CallbackState state, ExhaustedReason reason, int tries, int attempts, byte[] log) =>
        (_settleCallback ??= Prepare("UPDATE callback SET state = ?, reason = ?, tries = ?, attempts = ?, log = ? WHERE id = ?"))
            .Bind((long)state).Bind((long)reason).Bind(tries).Bind(attempts).Bind(RowRoom.Padded(log, SettledRoom)).Bind(id).Execute();

    /// <inheritdoc/>
    public void UpdateCallback(CallbackRow callback) =>
        (_updateCallback ??= Prepare(
            "UPDATE callback SET state = ?, reason = ?, due_at = ?, tries = ?, attempts = ?, replay = ?, log = ? WHERE id = ?"))
            .Bind((long)callback.State).Bind((long)callback.Reason).Bind(callback.DueAtMs).Bind(callback.Tries).Bind(callback.Attempts)
            .Bind(callback.IsReplay ? 1 : 0L).Bind(RowRoom.Padded(callback.Log, SettledRoom)).Bind(callback.Id).Execute();

    /// <inheritdoc/>
    public void Park(int hook, long dueAtMs, long callbackId)
    {
        (_park ??= Prepare("INSERT OR IGNORE INTO parked (hook, due_at, callback) VALUES (?, ?, ?)"))
            .Bind(hook).Bind(dueAtMs).Bind(callbackId).Execute();
        Count(hook, +raw.sqlite3_changes(_db));
    }

    /// <inheritdoc/>
    public void Unpark(int hook, long dueAtMs, long callbackId)
    {
        (_unpark ??= Prepare("DELETE FROM parked WHERE hook = ? AND due_at = ? AND callback = ?"))
            .Bind(hook).Bind(dueAtMs).Bind(callbackId).Execute();
        Count(hook, -raw.sqlite3_changes(_db));
    }

    /// <inheritdoc/>
    public List<CallbackRow> FindParked(int hook, long dueUntilMs, int max)
    {
        var s = (_findParked ??= Prepare(
            $"""
            SELECT {StoredRows.DueColumns} FROM parked p JOIN callback c ON c.id = p.callback LEFT JOIN message m ON m.id = c.message
            WHERE p.hook = ? AND p.due_at <= ? ORDER BY p.due_at, p.callback LIMIT ?
            """)).Bind(hook).Bind(dueUntilMs).Bind(max);
        return ReadDue(s, max);
    }

    /// <inheritdoc/>
    public (long? NextDueMs, long Count) ParkedSummary(int hook)
    {
        var s = (_nextParked ??= Prepare("SELECT due_at FROM parked WHERE hook = ? ORDER BY due_at LIMIT 1")).Bind(hook);
        long? next = null;
        if (s.Read())
        {
            next = s.Int64(0);
            s.Reset();
        }

        return (next, _parkedCounts.GetValueOrDefault(hook));
    }

    /// <inheritdoc/>
    public List<CallbackRow> FindLive(long afterId, int max)
    {
        // The index is named, because SQLite would rather walk the whole table along its ids.
        var s = (_findLive ??= Prepare(
            $"""
            SELECT {StoredRows.DueColumns} FROM callback c INDEXED BY callback_live LEFT JOIN message m ON m.id = c.message
            WHERE c.state = 0 AND c.id > ? ORDER BY c.id LIMIT ?
            """)).Bind(afterId).Bind(max);
        return ReadDue(s, max);
    }

    /// <inheritdoc/>
    public List<(int Hook, long Count, long NextDueMs)> ParkedSummaries()
    {
        var s = _parkedSummaries ??= Prepare("SELECT hook, COUNT(*), MIN(due_at) FROM parked GROUP BY hook ORDER BY hook");
        var summaries = new List<(int, long, long)>();
        while (s.Read())
        {
            summaries.Add((s.Int32(0), s.Int64(1), s.Int64(2)));
        }

        return summaries;
    }

    /// <inheritdoc/>
    public void Hold(long behind, long callbackId)
    {
        (_hold ??= Prepare("INSERT INTO held (behind, callback) VALUES (?, ?)")).Bind(behind).Bind(callbackId).Execute();
        _heldChanged = true;
        Held().Add(behind);
    }

    /// <inheritdoc/>
    public long ReleaseHeld(long behind)
    {
        if (!Held().Contains(behind))
        {
            return 0;
        }

        var s = (_getHeld ??= Prepare("SELECT callback FROM held WHERE behind = ?")).Bind(behind);
        var callback = s.Read() ? s.Int64(0) : 0;
        s.Reset();
        (_deleteHeld ??= Prepare("DELETE FROM held WHERE behind = ?")).Bind(behind).Execute();
        _heldChanged = true;
        Held().Remove(behind);
        return callback;
    }

    private void Count(int hook, int delta)
    {
        _parkedCounts[hook] = _parkedCounts.GetValueOrDefault(hook) + delta;
        _parkedDeltas.Add((hook, delta));
    }

    private static List<CallbackRow> ReadDue(SqliteStatement s, int max)
    {
        var rows = new List<CallbackRow>(Math.Min(max, 256));
        while (s.Read())
        {
            rows.Add(StoredRows.Due(s.Row));
        }

        return rows;
    }
}
