using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace HoiAm.Ledger.Postgres;

/// <summary>
/// This process among the nodes of a database: its number, its slot, its lease. A number is never given twice, so whatever still bears an
/// old one is known to be old. The lease is renewed as a whole; while it lasts nobody takes this node's callbacks over.
/// </summary>
public sealed class PostgresNode : IDisposable
{
    /// <summary>How long a lease lasts from its renewal, by the database's clock.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(10);

    /// <summary>How often it is renewed: two renewals may fail.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(2.5);

    // A database that was away took every node's lease along. Who comes back first leaves the others time to renew theirs: what they have in
    // memory is known to them only.
    private static readonly TimeSpan s_courtesy = 2 * RenewEvery;

    // The node lets go before the others may take: clocks do not run alike.
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(0.5);

    /// <summary>Namespaces of advisory locks: nodes, groups under way, reference keys, the schema and the list of nodes.</summary>
    internal const int NodeLock = 18510;
    internal const long GroupLock = 18511;
    internal const int KeyLock = 18512;
    internal const int SchemaLock = 18513;

    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;
    private readonly string _name;
    private readonly string _version;
    private readonly Lock _lock = new();
    private readonly ITimer _end;
    private CancellationTokenSource _held = new();
    private long _deadline;
    private DateTimeOffset _wallDeadline;
    private volatile int _number;
    private volatile int _slot;
    private bool _isHeld;
    private long? _resumed;

    /// <summary>Names the node; it is nobody before <see cref="Register"/>.</summary>
    public PostgresNode(PostgresDatabase database, string name, string version, TimeProvider time)
    {
        _database = database;
        _name = name;
        _version = version;
        _time = time;
        _end = time.CreateTimer(_ => EndIfOver(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number in force; 0 before the first registration.</summary>
    public int Number => _number;

    /// <summary>Part of the ids that it makes.</summary>
    public int Slot => _slot;

    /// <summary>Nodes with a lease at the last renewal, this one included.</summary>
    public int Alive { get; private set; } = 1;

    /// <summary>True while the lease lasts: tries may begin.</summary>
    public bool IsHeld
    {
        get
        {
            // Two clocks, because a suspended machine may have stopped one of them.
            lock (_lock)
            {
                return _isHeld && _time.GetTimestamp() < _deadline && _time.GetUtcNow() < _wallDeadline;
            }
        }
    }

    /// <summary>Cancelled when the lease ends: a try must not outlast it.</summary>
    public CancellationToken Held
    {
        get
        {
            lock (_lock)
            {
                return _held.Token;
            }
        }
    }

    /// <summary>Takes a new number and a free slot.</summary>
    /// <exception cref="UnusableDatabaseException">All slots are taken.</exception>
    public void Register()
    {
        var sent = (_time.GetTimestamp(), _time.GetUtcNow());
        using var connection = _database.OpenWriter();
        using var transaction = connection.BeginTransaction();
        Execute(connection, $"SELECT pg_advisory_xact_lock({SchemaLock}, 2)");

        // A slot rests for a minute: whoever had it may have made ids a little ahead of the clock.
        using (var command = connection.CreateCommand())
        {
            command.CommandText =
                """
                INSERT INTO node (owner, slot, name, version, started_at, lease_until)
                SELECT 0, s, @name, @version, (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT, clock_timestamp() + @lease
                FROM generate_series(0, @max - 1) s
                WHERE NOT EXISTS (SELECT 1 FROM node n WHERE n.slot = s AND n.lease_until > clock_timestamp() - interval '1 minute')
                ORDER BY s LIMIT 1 RETURNING number, slot
                """;
            command.Parameters.AddWithValue("name", _name);
            command.Parameters.AddWithValue("version", _version);
            command.Parameters.AddWithValue("lease", LeaseTime);
            command.Parameters.AddWithValue("max", PostgresIds.SlotMax);
            using var reader = command.ExecuteReader();
            if (!reader.Read())
            {
                throw new UnusableDatabaseException(string.Create(
                    CultureInfo.InvariantCulture, $"The database {_database.Name} has {PostgresIds.SlotMax} nodes already; stop one before you start another."));
            }

            (_number, _slot) = (reader.GetInt32(0), reader.GetInt32(1));
        }

        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE node SET owner = number WHERE number = {_number}; INSERT INTO node_group (node, last) VALUES ({_number}, 0)"));
        transaction.Commit();
        Extend(sent);
    }

    /// <summary>Renews the lease; false when another node took over, so that this one has to register anew.</summary>
    public async Task<bool> RenewAsync(CancellationToken cancel)
    {
        var sent = (_time.GetTimestamp(), _time.GetUtcNow());
        await using var connection = await _database.OpenWriterAsync(cancel).ConfigureAwait(false);
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 3;
        command.CommandText =
            """
            UPDATE node n SET lease_until = clock_timestamp() + @lease FROM node o WHERE n.number = @me AND n.owner = @me AND o.number = @me
            RETURNING (SELECT COUNT(*) FROM node WHERE owner = number AND lease_until > clock_timestamp()), o.lease_until < clock_timestamp()
            """;
        command.Parameters.AddWithValue("lease", LeaseTime);
        command.Parameters.AddWithValue("me", _number);
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            End();
            return false;
        }

        Alive = Math.Max(1, (int)reader.GetInt64(0));
        if (reader.GetBoolean(1))
        {
            lock (_lock)
            {
                _resumed = _time.GetTimestamp();
            }
        }

        Extend(sent);
        return true;
    }

    /// <summary>
    /// Takes over what dead nodes left; gives their numbers. Groups that such a node has under way are waited for, and from then on the
    /// database refuses its groups, so nothing of it can come later.
    /// </summary>
    public async Task<IReadOnlyList<int>> TakeOverAsync(CancellationToken cancel)
    {
        var taken = new List<int>();
        lock (_lock)
        {
            if (_resumed is { } resumed && _time.GetElapsedTime(resumed) < s_courtesy)
            {
                return taken;
            }
        }

        await using var connection = await _database.OpenWriterAsync(cancel).ConfigureAwait(false);
        foreach (var dead in await DeadAsync(connection, cancel).ConfigureAwait(false))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            await using (var shut = Command(connection, "SELECT pg_advisory_xact_lock(@class, @dead)", dead))
            {
                shut.Parameters.AddWithValue("class", NodeLock);
                await shut.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            }

            // Looked at again behind the lock: it may have come back, or somebody was faster.
            await using var take = Command(
                connection,
                """
                UPDATE node SET owner = @me
                WHERE owner = @dead AND EXISTS (SELECT 1 FROM node d WHERE d.number = @dead AND d.owner = @dead AND d.lease_until < clock_timestamp())
                  AND EXISTS (SELECT 1 FROM node m WHERE m.number = @me AND m.owner = @me AND m.lease_until > clock_timestamp())
                """,
                dead);
            take.Parameters.AddWithValue("me", _number);
            if (await take.ExecuteNonQueryAsync(cancel).ConfigureAwait(false) > 0)
            {
                taken.Add(dead);
            }

            await transaction.CommitAsync(cancel).ConfigureAwait(false);
        }

        return taken;
    }

    /// <summary>Forgets numbers of which nothing is left.</summary>
    public async Task CleanAsync(CancellationToken cancel)
    {
        await using var connection = await _database.OpenWriterAsync(cancel).ConfigureAwait(false);
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            DELETE FROM node n WHERE n.owner = @me AND n.number <> @me AND n.lease_until < clock_timestamp() - interval '2 minutes'
              AND NOT EXISTS (SELECT 1 FROM callback c WHERE c.state = 0 AND c.owner = n.number)
              AND NOT EXISTS (SELECT 1 FROM parked p WHERE p.owner = n.number)
              AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.owner = n.number)
              AND NOT EXISTS (SELECT 1 FROM relay s WHERE s.owner = n.number AND s.state = 0)
              AND NOT EXISTS (SELECT 1 FROM replay r WHERE r.owner = n.number AND r.state = 'running')
            """;
        command.Parameters.AddWithValue("me", _number);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Gives the lease back, so that others take over at once what is left.</summary>
    public void Leave()
    {
        End();
        using var connection = _database.OpenWriter();
        Execute(connection, string.Create(
            CultureInfo.InvariantCulture,
            $"UPDATE node SET lease_until = clock_timestamp() - interval '1 ms' WHERE number = {_number} AND owner = number; NOTIFY hoiam, 'left'"));
    }

    /// <summary>No try may begin, and those under way end.</summary>
    public void End()
    {
        CancellationTokenSource ended;
        lock (_lock)
        {
            if (!_isHeld)
            {
                return;
            }

            _isHeld = false;
            ended = _held;
        }

        ended.Cancel();
    }

    public void Dispose()
    {
        _end.Dispose();
        _held.Dispose();
    }

    // A timer that fires while the lease was being renewed must not end the new one.
    private void EndIfOver()
    {
        if (!IsHeld)
        {
            End();
        }
        else
        {
            _end.Change(TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan);
        }
    }

    private void Extend((long Timestamp, DateTimeOffset Wall) sent)
    {
        lock (_lock)
        {
            // From when the renewal was sent: the database counts from a later moment.
            var lasts = LeaseTime - s_margin;
            _deadline = sent.Timestamp + (long)(lasts.TotalSeconds * _time.TimestampFrequency);
            _wallDeadline = sent.Wall + lasts;
            if (!_isHeld)
            {
                _held = new CancellationTokenSource();
                _isHeld = true;
            }

            var left = lasts - _time.GetElapsedTime(sent.Timestamp);
            _end.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<List<int>> DeadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT number FROM node WHERE owner = number AND number <> @me AND lease_until < clock_timestamp() ORDER BY number";
        command.Parameters.AddWithValue("me", _number);
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var dead = new List<int>();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            dead.Add(reader.GetInt32(0));
        }

        return dead;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, int dead)
    {
        var command = PostgresCommands.Of(connection, sql);
        command.Parameters.AddWithValue("dead", NpgsqlDbType.Integer, dead);
        return command;
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = PostgresCommands.Of(connection, sql);
        command.ExecuteNonQuery();
    }
}
