using System.Diagnostics;
using System.Globalization;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoiAm.Ledger.Sqlite;

/// <summary>
/// Copies of the embedded store: made while a hub writes to it, and looked at before one is trusted. SQLite's backup interface copies the
/// pages of one moment: the reading transaction that is held meanwhile pins that moment, so a copy in small steps never begins anew, and in
/// a log-mode store a reader stops no writer.
/// </summary>
public static class SqliteBackup
{
    private const int PagesPerStep = 512;
    private static readonly TimeSpan s_pauseMax = TimeSpan.FromMilliseconds(50);

    /// <summary>Copies a store into a new file. The file may be torn when this ends early: only <see cref="Check"/> says that it is good.</summary>
    /// <param name="source">The store's file; a hub may be writing to it.</param>
    /// <param name="target">An empty or missing file.</param>
    /// <param name="told">How many pages are done, and of how many.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <exception cref="UnusableStoreException">The store cannot be read, or the disk takes no copy; one sentence.</exception>
    public static void Copy(string source, string target, Action<long, long> told, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(told);
        _ = SqliteDatabase.SchemaNewest;
        try
        {
            using (var from = Open(source, SqliteOpenMode.ReadWrite))
            using (var to = Open(target, SqliteOpenMode.ReadWriteCreate))
            {
                Run(from, "PRAGMA query_only = 1; PRAGMA busy_timeout = 5000; BEGIN;");
                _ = from.Scalar("SELECT COUNT(*) FROM sqlite_master");

                // Nobody reads the copy before it is whole and synced, so it needs neither a journal nor syncs of its own.
                Run(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
                CopyPages(from, to, told, cancel);
                Run(from, "COMMIT;");
            }

            // The copy says of itself that it has a log, as the store does; a file that is to travel alone must not.
            using var alone = Open(target, SqliteOpenMode.ReadWrite);
            Run(alone, "PRAGMA journal_mode = DELETE;");
        }
        catch (SqliteException error)
        {
            throw new UnusableStoreException($"The store {source} could not be copied to {target}: {error.Message}", error);
        }
        catch (StoreUnavailableException error)
        {
            throw new UnusableStoreException($"The store {source} could not be copied to {target}: {error.Message}", error);
        }
    }

    /// <summary>Looks through all of a copy, without writing, and gives its schema.</summary>
    /// <exception cref="UnusableStoreException">It is no store, not whole, damaged, or of a newer version; one sentence.</exception>
    public static int Check(string file)
    {
        var known = SqliteDatabase.SchemaNewest;
        try
        {
            var pages = HeaderPages(file)
                ?? throw new UnusableStoreException($"The file {file} is no backup of a hub: it is no database at all; take another one.");
            using var connection = Open(new Uri(Path.GetFullPath(file)).AbsoluteUri + "?immutable=1", SqliteOpenMode.ReadOnly);
            var expected = connection.Scalar("PRAGMA page_size") * pages;
            var length = new FileInfo(file).Length;
            if (length != expected)
            {
                throw new UnusableStoreException(string.Create(
                    CultureInfo.InvariantCulture, $"The file {file} is not whole: it has {length} bytes, and its header speaks of {expected}; take another backup."));
            }

            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check(1)";
            if ((string?)command.ExecuteScalar() is var verdict && verdict != "ok")
            {
                var what = (verdict ?? "it cannot be read").ReplaceLineEndings(" ").TrimEnd('.', ' ');
                throw new UnusableStoreException($"The file {file} is damaged: {what}; take another backup.");
            }

            var schema = (int)connection.Scalar("PRAGMA user_version");
            if (schema == 0 || connection.Scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('message', 'callback', 'credential')") != 3)
            {
                throw new UnusableStoreException($"The file {file} is a database, but not one of a hub.");
            }

            return schema <= known
                ? schema
                : throw new UnusableStoreException($"The file {file} has schema {schema}, this program knows up to {known}; use the newer version of HoiAm.");
        }
        catch (SqliteException error)
        {
            throw new UnusableStoreException($"The file {file} is no backup of a hub, or it is damaged: {error.Message}; take another one.", error);
        }
        catch (StoreUnavailableException error)
        {
            throw new UnusableStoreException($"The file {file} is no backup of a hub, or it is damaged: {error.Message}; take another one.", error);
        }
    }

    // What the file says of its own length (file format, offset 28); SQLite itself takes the shorter of the two for the truth.
    private static uint? HeaderPages(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> header = stackalloc byte[32];
        return stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header.StartsWith("SQLite format 3\0"u8)
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(header[28..])
            : null;
    }

    private static void CopyPages(SqliteConnection from, SqliteConnection to, Action<long, long> told, CancellationToken cancel)
    {
        using var backup = raw.sqlite3_backup_init(to.Handle, "main", from.Handle, "main");
        if (backup is null || backup.IsInvalid)
        {
            SqliteErrors.Throw(to.Handle!, raw.sqlite3_errcode(to.Handle));
        }

        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var begun = Stopwatch.GetTimestamp();
            var code = raw.sqlite3_backup_step(backup, PagesPerStep);
            var total = raw.sqlite3_backup_pagecount(backup);
            told(total - raw.sqlite3_backup_remaining(backup), total);
            if (code == raw.SQLITE_DONE)
            {
                break;
            }

            if (code is not (raw.SQLITE_OK or raw.SQLITE_BUSY or raw.SQLITE_LOCKED))
            {
                SqliteErrors.Throw(to.Handle!, code);
            }

            // At most half of the disk's time: the hub's commits wait for the same disk.
            var took = Stopwatch.GetElapsedTime(begun);
            cancel.WaitHandle.WaitOne(took < s_pauseMax ? took : s_pauseMax);
        }

        SqliteErrors.Check(to.Handle!, raw.sqlite3_backup_finish(backup));
    }

    private static SqliteConnection Open(string source, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Run(SqliteConnection connection, string sql) => SqliteErrors.Check(connection.Handle!, raw.sqlite3_exec(connection.Handle, sql));
}
