using System.Globalization;
using System.Reflection;
using HoiAm.Ledger.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoiAm.Ledger.Sqlite;

/// <summary>The store cannot be used at all: damaged, of a newer version, or unreachable. The message is for the operator.</summary>
public sealed class UnusableStoreException : Exception
{
    public UnusableStoreException()
    {
    }

    public UnusableStoreException(string message)
        : base(message)
    {
    }

    public UnusableStoreException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>The file of the embedded store: opening, settings, and migrations that only go forward.</summary>
public sealed class SqliteDatabase
{
    /// <summary>Name of the file inside the data folder.</summary>
    public const string FileName = "hub.db";

    // SQLITE_CONFIG_MULTITHREAD, SQLITE_CONFIG_MEMSTATUS and SQLITE_DBCONFIG_ENABLE_QPSG of sqlite3.h.
    private const int ConfigMultithread = 2;
    private const int ConfigMemoryStatus = 9;
    private const int ConfigStablePlans = 1007;

    private readonly string _file;

    // Before the library's first use. A connection is used by one thread at a time here, so it needs no mutex of its own, and nobody
    // reads the allocator's statistics, which cost a process-wide one.
    static SqliteDatabase()
    {
        Batteries_V2.Init();
        _ = raw.sqlite3_config(ConfigMultithread);
        _ = raw.sqlite3_config(ConfigMemoryStatus, 0);
    }

    /// <summary>Names the store in a folder; nothing is touched yet.</summary>
    public SqliteDatabase(string folder) => _file = Path.Combine(folder, FileName);

    /// <summary>The schema that this program writes; a store may be older, never newer.</summary>
    public static int SchemaNewest { get; } = Migrations().Count;

    /// <summary>The file.</summary>
    public string File => _file;

    /// <summary>Opens a connection for reading beside the writer.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Open(SqliteOpenMode.ReadWrite, pooling: true);
        Run(connection, "PRAGMA query_only = 1; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -4096; PRAGMA mmap_size = 268435456;");
        return connection;
    }

    /// <summary>
    /// Opens the writer's connection: WAL, a sync per commit, a checkpoint every 4,000 pages. The page cache is small on purpose: SQLite
    /// walks through all of it at the end of every transaction, and what falls out of it is in the system's cache.
    /// </summary>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate, pooling: false);
        try
        {
            Run(
                connection,
                """
                PRAGMA busy_timeout = 2000;
                PRAGMA page_size = 4096;
                    PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 4000;
                PRAGMA journal_size_limit = 67108864;
                PRAGMA cache_size = -8192;
                PRAGMA temp_store = MEMORY;
                PRAGMA foreign_keys = 0;
                """);

            // Otherwise SQLite looks at the values bound to "LIMIT ?" and the like, and compiles the statement anew at every use.
            SqliteErrors.Check(connection.Handle!, raw.sqlite3_db_config(connection.Handle, ConfigStablePlans, 1, out _));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Brings the schema up to date. Each migration is one transaction, so that a crash leaves the one before.</summary>
    /// <exception cref="UnusableStoreException">The store is damaged, or a newer version wrote it.</exception>
    public void Migrate()
    {
        try
        {
            using var connection = OpenExistingChecked();
            var version = (int)Version(connection);
            var migrations = Migrations();
            if (version > migrations.Count)
            {
                throw new UnusableStoreException(
                    $"The store {_file} has schema {version}, this program knows up to {migrations.Count}. Start the newer version of HoiAm, or restore a backup.");
            }

            for (var next = version + 1; next <= migrations.Count; next++)
            {
                FaultPoints.Hit("in-migration");
                Run(connection, string.Create(
                    CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE;\n{migrations[next - 1]}\nPRAGMA user_version = {next};\nCOMMIT;"));
            }
        }
        catch (SqliteException error) when (SqliteErrors.Explain(error.SqliteErrorCode) is { } reason)
        {
            throw new UnusableStoreException($"The store {_file} cannot be used: {reason} ({error.Message})", error);
        }
        catch (StoreUnavailableException error)
        {
            throw new UnusableStoreException($"The store {_file} cannot be used: {error.Message}", error);
        }
    }

    private SqliteConnection OpenExistingChecked()
    {
        // A look first, without writing: a damaged or newer store must stay as it is. A rollback journal is only there when the power went
        // while the store was being made, before its log existed: then it has to be rolled back, and a look that may not write cannot do that.
        if (System.IO.File.Exists(_file) && new FileInfo(_file).Length > 0 && !System.IO.File.Exists(_file + "-journal"))
        {
            using var look = OpenLook();
            using var command = look.CreateCommand();
            command.CommandText = "PRAGMA user_version; SELECT COUNT(*) FROM sqlite_master;";
            var version = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
            var known = Migrations().Count;
            if (version > known)
            {
                throw new UnusableStoreException(
                    $"The store {_file} has schema {version}, this program knows up to {known}. Start the newer version of HoiAm, or restore a backup.");
            }

            command.CommandText = "PRAGMA quick_check(1)";
            if (look.DataSource is not null && new FileInfo(_file).Length < 64 << 20 && (string?)command.ExecuteScalar() is { } verdict && verdict != "ok")
            {
                // The verdict may have several lines; what is shown must be one sentence.
                var what = verdict.ReplaceLineEndings(" ").TrimEnd('.', ' ');
                throw new UnusableStoreException($"The store {_file} is damaged: {what}. Restore a backup, or move the file away to begin anew.");
            }
        }

        return OpenWriter();
    }

    // Without a log the file is complete by itself; "immutable" then keeps SQLite from leaving an empty log and its index beside it.
    private SqliteConnection OpenLook() => System.IO.File.Exists(_file + "-wal")
        ? Open(SqliteOpenMode.ReadOnly, pooling: false)
        : Open(SqliteOpenMode.ReadOnly, pooling: false, new Uri(Path.GetFullPath(_file)).AbsoluteUri + "?immutable=1");

    private SqliteConnection Open(SqliteOpenMode mode, bool pooling, string? source = null)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = source ?? _file,
            Mode = mode,
            Pooling = pooling,
            DefaultTimeout = 5,
        }.ToString());
        connection.Open();
        return connection;
    }

    private static long Version(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Run(SqliteConnection connection, string sql) =>
        SqliteErrors.Check(connection.Handle!, raw.sqlite3_exec(connection.Handle, sql));

    private static List<string> Migrations()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var texts = new List<string>();
        for (var number = 1; ; number++)
        {
            using var stream = assembly.GetManifestResourceStream(number.ToString("D4", CultureInfo.InvariantCulture) + ".sql");
            if (stream is null)
            {
                return texts;
            }

            using var reader = new StreamReader(stream);
            texts.Add(reader.ReadToEnd());
        }
    }
}
