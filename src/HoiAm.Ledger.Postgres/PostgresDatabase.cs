using System.Data.Common;
using System.Globalization;
using HoiAm.Ledger.Rows;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>The database cannot be used at all: unreachable, of a newer version, or not to be written. The message is for the operator.</summary>
public sealed class UnusableDatabaseException : Exception
{
    public UnusableDatabaseException()
    {
    }

    public UnusableDatabaseException(string message)
        : base(message)
    {
    }

    public UnusableDatabaseException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>One PostgreSQL database that any number of nodes share: connections, and the schema.</summary>
public sealed class PostgresDatabase : IAsyncDisposable, IDisposable
{
    // Settings that a session must have whatever the server's configuration says. Plans are made once and walk along indexes: with the
    // statistics of a young table the planner would read all of it.
    private const string SessionSettings =
        """
        SET jit = off;
        SET client_min_messages = warning;
        SET plan_cache_mode = force_generic_plan;
        SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off;
        """;

    private readonly TargetSessionAttributes _wanted;
    private readonly List<NpgsqlMultiHostDataSource> _hosts = [];
    private readonly NpgsqlDataSource _readers;
    private readonly NpgsqlDataSource _writers;

    /// <summary>Names the database; nothing is connected to yet.</summary>
    /// <exception cref="UnusableDatabaseException">The connection string cannot be read.</exception>
    public PostgresDatabase(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException error)
        {
            throw new UnusableDatabaseException($"--postgres is no connection string: {error.Message} {error.InnerException?.Message}".TrimEnd(), error);
        }

        if (string.IsNullOrEmpty(settings.Host))
        {
            throw new UnusableDatabaseException("--postgres names no host; give for example \"Host=db1,db2;Database=hoiam;Username=hoiam;Password=…\".");
        }

        // What each of several hosts is, is remembered long, because to ask a dead one holds up whoever wants a connection; when none is
        // found that fits, all are asked anew.
        var isMany = settings.Host.Contains(',', StringComparison.Ordinal);
        if (!settings.ContainsKey("Timeout"))
        {
            settings.Timeout = isMany ? 3 : 5;
        }

        if (isMany && !settings.ContainsKey("Host Recheck Seconds"))
        {
            settings.HostRecheckSeconds = 60;
        }

        _wanted = Wanted(settings);

        if (!settings.ContainsKey("Application Name"))
        {
            settings.ApplicationName = "hoiam";
        }

        // A dead link is noticed by the system in seconds, not in hours.
        settings.TcpKeepAlive = true;
        settings.TcpKeepAliveTime = 5;
        settings.TcpKeepAliveInterval = 2;
        Name = string.Create(CultureInfo.InvariantCulture, $"{settings.Database ?? settings.Username} at {settings.Host}");
        settings.NoResetOnClose = true;
        settings.MaxAutoPrepare = 100;
        settings.AutoPrepareMinUsages = 2;
        if (!settings.ContainsKey("Command Timeout"))
        {
            settings.CommandTimeout = 15;
        }

        _readers = Source(settings, ReaderSettings);
        settings.MaxPoolSize = 8;
        settings.ApplicationName += "-writer";
        _writers = Source(settings, WriterSettings);
    }

    /// <summary>Database and hosts, for people.</summary>
    public string Name { get; }

    /// <summary>Ids: seconds above 24 bits, of which the lowest six are the node's.</summary>
    public IdLayout Layout { get; private set; } = new(PostgresIds.LowerBits);

    private static string ReaderSettings => "SET jit = off; SET statement_timeout = '30s';";

    private static string WriterSettings =>
        SessionSettings
        + "SET idle_in_transaction_session_timeout = '60s'; SET lock_timeout = '10s';"
        + "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');";

    /// <summary>A connection for reading beside the writer.</summary>
    /// <exception cref="DbException">It cannot be had.</exception>
    public NpgsqlConnection OpenReader() => Open(_readers);

    /// <summary>A connection for writing, with the settings of the writer.</summary>
    public NpgsqlConnection OpenWriter() => Open(_writers);

    /// <summary>The same, without a thread that waits.</summary>
    public async ValueTask<NpgsqlConnection> OpenWriterAsync(CancellationToken cancel)
    {
        try
        {
            return await _writers.OpenConnectionAsync(cancel).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            LookAgain();
            throw;
        }
    }

    /// <summary>Forgets which host takes writes: it turned out not to, or none was found.</summary>
    internal void LookAgain() => _hosts.ForEach(source => source.ClearDatabaseStates());

    /// <summary>Brings the schema up to date; nodes may do so at the same time.</summary>
    /// <exception cref="UnusableDatabaseException">It cannot be reached, is a standby, or a newer version needs all nodes to be newer.</exception>
    public void Migrate()
    {
        try
        {
            using var connection = OpenWriter();
            PostgresMigrations.Run(connection, Name);
            Layout = PostgresIds.ReadLayout(connection);
        }
        catch (Exception error) when (PostgresErrors.Explain(error) is { } reason)
        {
            throw new UnusableDatabaseException($"The database {Name} cannot be used: {reason}", error);
        }
        catch (PostgresException error)
        {
            throw new UnusableDatabaseException($"The database {Name} cannot be used: {error.MessageText.TrimEnd('.')} ({error.SqlState}).", error);
        }
    }

    public void Dispose()
    {
        _readers.Dispose();
        _writers.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _readers.DisposeAsync().ConfigureAwait(false);
        await _writers.DisposeAsync().ConfigureAwait(false);
    }

    // Of several hosts the one is wanted that takes writes; after a failover that is another one.
    private NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings, string initial)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            connection => Initialize(connection, initial),
            async connection =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = initial;
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            });
        if (!settings.Host!.Contains(',', StringComparison.Ordinal))
        {
            return builder.Build();
        }

        var hosts = builder.BuildMultiHost();
        _hosts.Add(hosts);
        return hosts.WithTargetSession(_wanted);
    }

    private NpgsqlConnection Open(NpgsqlDataSource source)
    {
        try
        {
            return source.OpenConnection();
        }
        catch (NpgsqlException)
        {
            LookAgain();
            throw;
        }
    }

    // The driver takes the word from whoever asks for a connection, not from the string that everybody writes it into.
    private static TargetSessionAttributes Wanted(NpgsqlConnectionStringBuilder settings)
    {
        var word = settings.TargetSessionAttributes;
        settings.TargetSessionAttributes = null;
        return word?.ToLowerInvariant() switch
        {
            null or "any" or "primary" or "prefer-primary" => TargetSessionAttributes.Primary,
            "read-write" => TargetSessionAttributes.ReadWrite,
            _ => throw new UnusableDatabaseException(
                $"--postgres asks for a host that is '{word}', but the hub needs the one that takes writes; write Target Session Attributes=primary or read-write, or leave it out."),
        };
    }

    private static void Initialize(NpgsqlConnection connection, string settings)
    {
        using var command = PostgresCommands.Of(connection, settings);
        command.ExecuteNonQuery();
    }
}
