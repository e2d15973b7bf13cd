using System.Data;
using System.Data.Common;
using System.Globalization;
using HoiAm.Ledger.Writing;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>
/// PostgreSQL for one node of many. A group is two or three round trips, however many commands it holds: everything that its commands will
/// look up is fetched and locked (<see cref="Announce"/>), the commands run on memory, and what they wrote goes back in one batch that ends
/// with the commit. What was not announced is fetched when it is asked for. First and last tries are not even asked for: that the callback is
/// this node's, and that nobody came to wait behind it, is looked after in the last batch, which fails where it does not hold.
/// </summary>
public sealed partial class PostgresStore : ILedgerStore
{
    private readonly PostgresDatabase _database;
    private readonly PostgresNode _node;
    private readonly PostgresIds _ids = new();
    private readonly HashSet<int> _mine = [];
    private NpgsqlConnection? _connection;
    private int _session;
    private (int Node, long Number) _group;
    private bool _began;
    private bool _release;
    private bool _isAlone;
    private bool _isWary;
    private int _wideGroups;

    /// <summary>Makes the writer's side of a migrated database, for a node that is registered.</summary>
    public PostgresStore(PostgresDatabase database, PostgresNode node)
    {
        _database = database;
        _node = node;
    }

    /// <inheritdoc/>
    public bool WantsKeys => true;

    /// <inheritdoc/>
    public int Owner => _node.Number;

    /// <summary>Round trips to the database so far.</summary>
    public long RoundTrips { get; private set; }

    /// <inheritdoc/>
    public DbConnection Connection
    {
        get
        {
            Flush();
            return Open();
        }
    }

    /// <inheritdoc/>
    public void Begin()
    {
        Forget();
        _lockedKeys.Clear();
        _began = false;
    }

    /// <inheritdoc/>
    public void Commit()
    {
        using var batch = NewBatch();
        AddWrites(batch);
        Add(batch, "UPDATE node_group SET last = $1 WHERE node = $2", Columns.Of(_group.Number), Columns.Of(_group.Node));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        _isAlone = false;
        try
        {
            // Durable when this returns: synchronous_commit is on, and a synchronous standby has it too where there is one.
            Run(batch);
        }
        catch (Exception error) when (PostgresErrors.IsCommitUncertain(error))
        {
            throw new CommitUncertainException(PostgresErrors.Explain(error) ?? "PostgreSQL went away during a commit.", error);
        }

        if (_isAlone)
        {
            throw new CommitUncertainException("PostgreSQL's synchronous standby did not confirm a commit.");
        }

        _began = false;
        _isWary = false;
        Forget();
    }

    /// <inheritdoc/>
    public bool WasCommitted()
    {
        try
        {
            using var connection = _database.OpenWriter();
            EndGroup(connection);
            using var command = PostgresCommands.Of(connection, "SELECT last FROM node_group WHERE node = $1");
            command.Parameters.Add(Columns.Of(_group.Node));
            var was = command.ExecuteScalar() is long last && last == _group.Number;
            if (was)
            {
                AwaitStandby(connection);
            }

            return was;
        }
        catch (Exception error) when (PostgresErrors.Explain(error) is { } reason)
        {
            throw new StoreUnavailableException(reason, error);
        }
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        Forget();
        _release = false;
        if (!_began)
        {
            return;
        }

        _began = false;
        try
        {
            if (_connection is { FullState: ConnectionState.Open })
            {
                Execute("ROLLBACK");
                return;
            }
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException)
        {
            // The server takes it back when it notices.
        }

        Drop();
    }

    /// <inheritdoc/>
    public void Savepoint()
    {
        using var batch = NewBatch();
        AddWrites(batch);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SAVEPOINT one"));
        Run(batch);
        ForgetWrites();
    }

    /// <inheritdoc/>
    public void EndSavepoint(bool keep)
    {
        if (_connection is not { FullState: ConnectionState.Open })
        {
            throw new StoreUnavailableException("The connection to PostgreSQL broke.");
        }

        if (keep)
        {
            // Goes with whatever is sent next.
            _release = true;
        }
        else
        {
            Forget();
            Execute("ROLLBACK TO SAVEPOINT one; RELEASE SAVEPOINT one");

            // Locks that were taken since the mark are gone with it; those from before are only asked for once more.
            _lockedKeys.Clear();
        }
    }

    /// <inheritdoc/>
    public void Probe()
    {
        Open();
        Execute("INSERT INTO meta (name, value) VALUES ('probe', repeat('0', 1024)) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    }

    /// <inheritdoc/>
    public string? Explain(Exception error) =>
        PostgresErrors.Explain(error)
        ?? (error is InvalidOperationException or NpgsqlException && _connection is not { FullState: ConnectionState.Open }
            ? "The connection to PostgreSQL broke."
            : null);

    /// <inheritdoc/>
    public bool IsConflict(Exception error) => PostgresErrors.IsConflict(error);

    /// <inheritdoc/>
    public long NextId()
    {
        Open();
        return _ids.Next();
    }

    public void Dispose() => Drop();

    // The connection of the open transaction. Whoever comes without having announced anything begins it here.
    private NpgsqlConnection Open()
    {
        if (!_began)
        {
            Announce(new GroupKeys());
        }

        return _connection!;
    }

    private NpgsqlConnection Connect()
    {
        if (_connection is { FullState: ConnectionState.Open } && _session == _node.Number)
        {
            return _connection;
        }

        if (_connection is not { FullState: ConnectionState.Open })
        {
            Drop();
            try
            {
                _connection = _database.OpenWriter();
                _connection.Notice += (_, told) => _isAlone |= IsBrokenOff(told.Notice);
            }
            catch (Exception error) when (PostgresErrors.Explain(error) is { } reason)
            {
                throw new StoreUnavailableException(reason, error);
            }
        }

        // Rows that the session inserts by hand are stamped with the number. What a crashed or cut-off node holds locked is free again after
        // a few seconds, before its callbacks are taken over.
        var number = _node.Number;
        using var command = _connection!.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"SELECT set_config('hoiam.node', '{number}', false), pg_is_in_recovery(), set_config('idle_in_transaction_session_timeout', '8s', false)");
        using var reader = command.ExecuteReader();
        reader.Read();
        if (reader.GetBoolean(1))
        {
            _database.LookAgain();
            reader.Dispose();
            Drop();
            throw new StoreUnavailableException("PostgreSQL is a read-only standby here.");
        }

        _session = number;
        return _connection;
    }

    // A group holds its node's lock from its beginning to its end: who gets it knows that nothing of the group can come any more. A server that
    // has not noticed yet that this node is gone from that connection is told.
    private void EndGroup(NpgsqlConnection connection)
    {
        using var command = PostgresCommands.Of(connection, "SELECT pg_try_advisory_xact_lock($1, $2)");
        command.Parameters.Add(Columns.Of(PostgresNode.NodeLock));
        command.Parameters.Add(Columns.Of(_group.Node));
        if (command.ExecuteScalar() is true)
        {
            return;
        }

        command.CommandText =
            """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND objsubid = 2 AND classid::BIGINT = $1 AND objid::BIGINT = $2 AND mode = 'ShareLock' AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;
        command.ExecuteNonQuery();
        throw new StoreUnavailableException("PostgreSQL has not ended the last commit yet.");
    }

    // A wait for the standby that is broken off, by a time-out or by an operator, is told as a success with a warning: the commit is on this
    // machine alone. Once a later commit has been confirmed, all earlier ones have been.
    private static void AwaitStandby(NpgsqlConnection connection)
    {
        var isAlone = false;
        connection.Notice += (_, told) => isAlone |= IsBrokenOff(told.Notice);
        using var command = PostgresCommands.Of(connection, "SELECT pg_logical_emit_message(true, 'hoiam', '')");
        command.ExecuteNonQuery();
        if (isAlone)
        {
            throw new StoreUnavailableException("PostgreSQL's synchronous standby does not confirm commits.");
        }
    }

    private static bool IsBrokenOff(PostgresNotice notice) => notice.Routine == "SyncRepWaitForLSN";

    private void Drop()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException)
        {
            // It broke while it took its transaction back: the server does that by itself.
        }

        _connection = null;
        _session = 0;

        // After a failover without a synchronous standby, what was known may be gone.
        _hooks.Clear();
        _hooksById.Clear();
    }

    private NpgsqlBatch NewBatch()
    {
        var batch = Open().CreateBatch();
        if (_release)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("RELEASE SAVEPOINT one"));
            _release = false;
        }

        return batch;
    }

    private void Run(NpgsqlBatch batch)
    {
        if (batch.BatchCommands.Count > 0)
        {
            RoundTrips++;
            try
            {
                batch.ExecuteNonQuery();
            }
            catch (PostgresException lost) when (lost.SqlState == PostgresErrors.WagerLost)
            {
                // The group is written again: this time it asks first.
                _isWary = true;
                throw;
            }
        }
    }

    private void Execute(string sql)
    {
        RoundTrips++;
        using var command = PostgresCommands.Of(_connection!, sql);
        command.ExecuteNonQuery();
    }

    private List<T> Query<T>(string sql, Func<NpgsqlDataReader, T> read, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var connection = Open();
        RoundTrips++;
        using var command = PostgresCommands.Of(connection, sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
