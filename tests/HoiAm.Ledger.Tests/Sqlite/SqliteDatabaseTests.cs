using HoiAm.Ledger.Sqlite;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Testing;
using Microsoft.Data.Sqlite;

namespace HoiAm.Ledger.Tests.Sqlite;

/// <summary>The file itself: made, migrated, refused when it must not be touched.</summary>
public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hoiam-file-");

    private SqliteDatabase Database => new(_folder.FullName);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void EmptyFolder_IsMigratedToTheNewestSchema()
    {
        Database.Migrate();
        Database.Migrate();

        using var connection = Database.OpenReader();
        Assert.Equal((long)SqliteDatabase.SchemaNewest, Scalar(connection, "PRAGMA user_version"));
        Assert.Equal("wal", Scalar(connection, "PRAGMA journal_mode"));
        Assert.Equal(0L, Scalar(connection, "SELECT COUNT(*) FROM message"));
    }

    [Fact]
    public void Writer_SyncsEveryCommit()
    {
        Database.Migrate();
        using var connection = Database.OpenWriter();

        Assert.Equal(2L, Scalar(connection, "PRAGMA synchronous"));
        Assert.Equal(4_000L, Scalar(connection, "PRAGMA wal_autocheckpoint"));
    }

    [Fact]
    public void Reader_CannotWrite()
    {
        Database.Migrate();
        using var connection = Database.OpenReader();

        Assert.Throws<SqliteException>(() => Scalar(connection, "DELETE FROM message RETURNING id"));
    }

    [Fact]
    public void MigrationThatWasCutOff_IsDoneAgain()
    {
        // A crash inside the first migration leaves an empty file: the transaction was never committed.
        File.WriteAllBytes(Database.File, []);

        Database.Migrate();

        using var connection = Database.OpenReader();
        Assert.Equal((long)SqliteDatabase.SchemaNewest, Scalar(connection, "PRAGMA user_version"));
    }

    [Fact]
    public void NewerSchema_IsRefusedUntouched()
    {
        Database.Migrate();
        using (var connection = Database.OpenWriter())
        {
            Scalar(connection, "PRAGMA user_version = 4711");
            Scalar(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        var before = File.ReadAllBytes(Database.File);
        var error = Assert.Throws<UnusableStoreException>(Database.Migrate);

        Assert.Contains("schema 4711", error.Message, StringComparison.Ordinal);
        Assert.Contains("newer version", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(before, File.ReadAllBytes(Database.File));
    }

    [Fact]
    public void FileThatIsNoDatabase_IsRefusedUntouched()
    {
        var bytes = new byte[10_000];
        Array.Fill(bytes, (byte)'x');
        File.WriteAllBytes(Database.File, bytes);

        var error = Assert.Throws<UnusableStoreException>(Database.Migrate);

        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(bytes, File.ReadAllBytes(Database.File));
    }

    [Fact]
    public async Task DamagedPage_IsRefusedWithOneSentence()
    {
        Database.Migrate();
        await FillAsync(200);
        var bytes = await File.ReadAllBytesAsync(Database.File, TestContext.Current.CancellationToken);

        // Every page but the first, which holds the header and the schema's root.
        for (var page = 4096; page < bytes.Length; page += 4096)
        {
            Array.Fill(bytes, (byte)0xA5, page, 64);
        }

        await File.WriteAllBytesAsync(Database.File, bytes, TestContext.Current.CancellationToken);
        var error = Assert.Throws<UnusableStoreException>(Database.Migrate);

        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Database.File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task CutOffFile_IsRefusedWithOneSentence()
    {
        Database.Migrate();
        await FillAsync(200);
        using (var file = File.OpenWrite(Database.File))
        {
            file.SetLength(file.Length / 2);
        }

        var error = Assert.Throws<UnusableStoreException>(Database.Migrate);
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void FolderThatIsMissing_IsRefusedWithOneSentence()
    {
        var error = Assert.Throws<UnusableStoreException>(new SqliteDatabase(Path.Combine(_folder.FullName, "none")).Migrate);

        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StartUpQuery_WalksOnlyTheLiveCallbacks()
    {
        Database.Migrate();
        using var connection = Database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText =
            "EXPLAIN QUERY PLAN SELECT id FROM callback INDEXED BY callback_live WHERE state = 0 AND id > 5 ORDER BY id LIMIT 10";
        using var reader = command.ExecuteReader();

        Assert.True(reader.Read());
        Assert.Matches("^SEARCH callback USING (COVERING )?INDEX callback_live \\(.*>\\?\\)$", reader.GetString(3));
        Assert.False(reader.Read());
    }

    // It runs at every start and every hour, and nobody else can write meanwhile: at ten million messages a walk took half a minute.
    [Fact]
    public void ForgettingSettledHandovers_WalksNoHistory()
    {
        Database.Migrate();
        using var connection = Database.OpenReader();

        var plan = connection.Query("EXPLAIN QUERY PLAN " + Relaying.RelayBook.ForgetSettled, r => r.GetString(3));

        Assert.Contains(plan, step => step.StartsWith("SEARCH m USING INTEGER PRIMARY KEY", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN m", StringComparison.Ordinal));
    }

    private async Task FillAsync(int messages)
    {
        var time = new ManualTimeProvider();
        var store = new SqliteStore(Database, time);
        await using var writer = new Writing.LedgerWriter(
            store, new ScriptedQueue(), new ScriptedAccounts(), new ScriptedRenderer(), new Writing.WriterOptions(), time);
        var ledger = new MessageLedger(writer, time);
        await ledger.RegisterAsync([.. Enumerable.Range(0, messages).Select(i => Make.Message("m" + i))]);
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
