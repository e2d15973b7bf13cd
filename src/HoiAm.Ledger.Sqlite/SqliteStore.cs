using System.Data.Common;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoiAm.Ledger.Sqlite;

/// <summary>The embedded engine: one file, one writer, statements prepared once.</summary>
public sealed partial class SqliteStore : ILedgerStore
{
    /// <summary>2^19 ids a second before they run ahead of the clock; seconds since 2020 keep an id within six bytes until 2028.</summary>
    public static readonly IdLayout Ids = new(19);

    private const int ProbeBytes = 16_384;

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _db;
    private readonly TimeProvider _time;
    private readonly List<SqliteStatement> _statements = [];
    private readonly Dictionary<(int Account, string Url), Hook> _hooks = [];
    private readonly Dictionary<int, Hook> _hooksById = [];
    private readonly List<Hook> _newHooks = [];
    private readonly Dictionary<int, long> _parkedCounts = [];
    private readonly List<(int Hook, int Delta)> _parkedDeltas = [];
    private SqliteStatement? _begin;
    private SqliteStatement? _commit;
    private SqliteStatement? _savepoint;
    private SqliteStatement? _rollbackTo;
    private SqliteStatement? _release;
    private SqliteStatement? _probe;
    private (int Hooks, int Parked, long Orphans) _mark;
    private HashSet<long>? _held;
    private long _orphans;
    private long _orphansDelta;
    private long _lastId;
    private int _lastHook;
    private bool _heldChanged;

    /// <summary>Opens the writer's side of a migrated store.</summary>
    public SqliteStore(SqliteDatabase database, TimeProvider time)
    {
        _connection = database.OpenWriter();
        _db = _connection.Handle!;
        _time = time;
        Load();
    }

    /// <inheritdoc/>
    public DbConnection Connection => _connection;

    /// <inheritdoc/>
    public bool HasOrphans => _orphans + _orphansDelta > 0;

    /// <summary>Every hook known, for start-up and for the admin views.</summary>
    public IReadOnlyCollection<Hook> Hooks => _hooksById.Values;

    /// <inheritdoc/>
    public void Begin() => (_begin ??= Prepare("BEGIN IMMEDIATE")).Execute();

    /// <inheritdoc/>
    public void Commit()
    {
        var fed = FillFeed();
        (_commit ??= Prepare("COMMIT")).Execute();
        if (fed)
        {
            (_feedUpto, _feedPending) = (_lastId, 0);
        }

        _newHooks.Clear();
        _parkedDeltas.Clear();
        _orphans += _orphansDelta;
        _orphansDelta = 0;
        _heldChanged = false;
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_db) == 0)
        {
            raw.sqlite3_exec(_db, "ROLLBACK");
        }

        Forget(0, 0, 0);
        _heldChanged = false;
    }

    /// <inheritdoc/>
    public void Savepoint()
    {
        (_savepoint ??= Prepare("SAVEPOINT one")).Execute();
        _mark = (_newHooks.Count, _parkedDeltas.Count, _orphansDelta);
    }

    /// <inheritdoc/>
    public void EndSavepoint(bool keep)
    {
        // A full disk makes SQLite take back everything, and the mark is gone with it.
        if (raw.sqlite3_get_autocommit(_db) != 0)
        {
            throw new StoreUnavailableException("The store took the transaction back.");
        }

        if (!keep)
        {
            (_rollbackTo ??= Prepare("ROLLBACK TO one")).Execute();
            Forget(_mark.Hooks, _mark.Parked, _mark.Orphans);
        }

        (_release ??= Prepare("RELEASE one")).Execute();
    }

    /// <inheritdoc/>
    public void Probe() =>
        (_probe ??= Prepare("INSERT INTO meta (name, value) VALUES ('probe', zeroblob(?)) ON CONFLICT (name) DO UPDATE SET value = excluded.value"))
            .Bind(ProbeBytes).Execute();

    /// <inheritdoc/>
    public string? Explain(Exception error) => error is SqliteException refused ? SqliteErrors.Explain(refused.SqliteErrorCode) : null;

    /// <inheritdoc/>
    public long NextId()
    {
        var now = Ids.FirstAt(_time.GetUtcNow());
        return _lastId = Math.Max(_lastId + 1, now);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    // Every statement is compiled once, when it is first needed, and kept in a field of its own.
    private SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(_db, sql);
        _statements.Add(statement);
        return statement;
    }

    // Takes back what was remembered in memory since a mark, as the transaction takes back what was written.
    private void Forget(int hooks, int parked, long orphans)
    {
        for (var i = hooks; i < _newHooks.Count; i++)
        {
            _hooks.Remove((_newHooks[i].Account, _newHooks[i].Url));
            _hooksById.Remove(_newHooks[i].Id);
        }

        for (var i = parked; i < _parkedDeltas.Count; i++)
        {
            _parkedCounts[_parkedDeltas[i].Hook] -= _parkedDeltas[i].Delta;
        }

        _newHooks.RemoveRange(hooks, _newHooks.Count - hooks);
        _parkedDeltas.RemoveRange(parked, _parkedDeltas.Count - parked);
        _orphansDelta = orphans;
        if (_heldChanged)
        {
            // Stays marked until the transaction ends: what is read again inside it may be taken back too.
            _held = null;
        }
    }

    private void Load()
    {
        _lastId = Scalar(
            """
            SELECT MAX(IFNULL((SELECT MAX(id) FROM message), 0), IFNULL((SELECT MAX(id) FROM report), 0),
                       IFNULL((SELECT MAX(id) FROM callback), 0), IFNULL((SELECT MAX(id) FROM orphan), 0))
            """);
        _orphans = Scalar("SELECT COUNT(*) FROM orphan");
        LoadFeed();
        using var hooks = new SqliteStatement(_db, "SELECT id, account, url, host_key FROM hook");
        while (hooks.Read())
        {
            Remember(new Hook(hooks.Int32(0), hooks.Int32(1), hooks.Text(2), hooks.Text(3)));
        }

        using var parked = new SqliteStatement(_db, "SELECT hook, COUNT(*) FROM parked GROUP BY hook");
        while (parked.Read())
        {
            _parkedCounts[parked.Int32(0)] = parked.Int64(1);
        }
    }

    // Loaded when it is first needed after a start or a rollback.
    private HashSet<long> Held()
    {
        if (_held is null)
        {
            _held = [];
            using var held = new SqliteStatement(_db, "SELECT behind FROM held");
            while (held.Read())
            {
                _held.Add(held.Int64(0));
            }
        }

        return _held;
    }

    private long Scalar(string sql)
    {
        using var statement = new SqliteStatement(_db, sql);
        return statement.Read() ? statement.Int64(0) : 0;
    }

    private void Remember(Hook hook)
    {
        _hooks[(hook.Account, hook.Url)] = hook;
        _hooksById[hook.Id] = hook;
        _lastHook = Math.Max(_lastHook, hook.Id);
    }
}
