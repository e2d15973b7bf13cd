using System.Diagnostics;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Sqlite;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;
using HoiAm.Testing;

namespace HoiAm.Ledger.Tests.Sqlite;

/// <summary>Real trouble with the disk: killed in mid-flight, full, read-only, held by somebody else.</summary>
public sealed class SqliteFaultTests
{
    [Fact]
    public async Task KilledUnderLoad_KeepsEverythingThatWasAnswered()
    {
        var engine = new SqliteEngine();
        await using var bench = LedgerBench.Start(engine, new WriterOptions());
        await bench.Ledger.RegisterAsync([.. Enumerable.Range(0, 2_000).Select(i => Make.Message("m" + i))]);
        for (var round = 0; round < 5; round++)
        {
            var answered = new List<int>();
            var reports = Enumerable.Range(round * 400, 400).Select(async i =>
            {
                await bench.Ledger.AppendAsync(Make.Report(2, "m" + i));
                lock (answered)
                {
                    answered.Add(i);
                }
            }).ToList();
            await Task.WhenAny(reports);
            List<int> promised;
            lock (answered)
            {
                promised = [.. answered];
            }

            await bench.KillAsync();
            await Task.WhenAll(reports);

            Assert.NotEmpty(promised);
            foreach (var i in promised)
            {
                Assert.Equal(Model.RecipientState.Delivered, (await bench.MessageAsync("m" + i)).State);
                Assert.Single(await bench.CallbacksAsync("m" + i));
            }
        }
    }

    [Fact]
    public async Task FullDisk_IsUnavailableAndResumesByItself()
    {
        using var disk = SmallDisk.TryMount();
        Assert.SkipWhen(disk is null, "Only root may mount a small disk.");
        var time = new ManualTimeProvider();
        var database = new SqliteDatabase(disk!.Folder);
        database.Migrate();
        var queue = new ScriptedQueue();
        await using var writer = new LedgerWriter(
            new SqliteStore(database, time), queue, new ScriptedAccounts(), new ScriptedRenderer(),
            new WriterOptions { RetryPause = TimeSpan.FromMilliseconds(5) }, time);
        var ledger = new MessageLedger(writer, time);
        await ledger.RegisterAsync(Make.Message());
        await ledger.AppendAsync(Make.Report(2));

        // Somebody else's file takes all that is left; then writes of every kind are refused, in one group and alone.
        var hog = disk.Fill();
        await RefusedAsync(ledger);
        ledger.Settle(Make.Delivered(queue.Enqueued[0].Id));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ledger.WriteAsync(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO meta (name, value) VALUES ('big', zeroblob(4000000))";
            return command.ExecuteNonQuery();
        }));
        Assert.Contains("full", writer.Unavailable, StringComparison.Ordinal);

        File.Delete(hog);
        while (writer.Unavailable is not null || writer.Waiting > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(RegistrationResult.Created, (await ledger.RegisterAsync(Make.Message("after"))).Result);
        Assert.Equal(ReportEffect.Repeated, await ledger.AppendAsync(Make.Report(2)));
        Assert.Empty(await ledger.LiveAsync(0, 10));
    }

    [Fact]
    public async Task FileHeldByAnotherProcess_IsUnavailableUntilItIsFree()
    {
        var engine = new SqliteEngine();
        await using var bench = LedgerBench.Start(engine);
        using (var other = new SqliteDatabase(engine.Folder).OpenWriter())
        {
            Run(other, "BEGIN IMMEDIATE");
            await Assert.ThrowsAsync<StoreUnavailableException>(() => bench.Ledger.RegisterAsync(Make.Message()));
            Run(other, "ROLLBACK");
        }

        await bench.RegisterAsync(Make.Message());
        Assert.Null(bench.Writer.Unavailable);
    }

    [Fact]
    public async Task ReadOnlyDisk_IsUnavailableAndUnusableAtTheStart()
    {
        using var disk = SmallDisk.TryMount();
        Assert.SkipWhen(disk is null, "Only root may mount a small disk.");
        var time = new ManualTimeProvider();
        var database = new SqliteDatabase(disk!.Folder);
        database.Migrate();
        disk.MakeReadOnly(true);
        var error = Assert.Throws<UnusableStoreException>(database.Migrate);
        Assert.DoesNotContain('\n', error.Message);

        disk.MakeReadOnly(false);
        await using var writer = new LedgerWriter(
            new SqliteStore(database, time), new ScriptedQueue(), new ScriptedAccounts(), new ScriptedRenderer(), new WriterOptions(), time);
        Assert.Equal(RegistrationResult.Created, (await new MessageLedger(writer, time).RegisterAsync(Make.Message())).Result);
    }

    [Fact]
    public async Task QueryOnlyConnection_RefusesAsReadOnly()
    {
        var engine = new SqliteEngine();
        await using var bench = LedgerBench.Start(engine);
        await bench.Ledger.WriteAsync(connection => Run(connection, "PRAGMA query_only = 1"));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => bench.Ledger.RegisterAsync(Make.Message()));
        Assert.Contains("read-only", bench.Writer.Unavailable, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(MessageLedger ledger)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await ledger.RegisterAsync(Make.Message("fill-" + i, requestId: new string('x', 500), recipients: 50));
                Assert.True(i < 10_000, "The disk never got full.");
            }
            catch (StoreUnavailableException)
            {
                return;
            }
        }
    }

    private static int Run(System.Data.Common.DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>A file system of 4 MB in memory.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hoiam-disk-");

        public string Folder => _folder.FullName;

        public static SmallDisk? TryMount()
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            {
                return null;
            }

            var disk = new SmallDisk();
            if (Call("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.Folder) == 0)
            {
                return disk;
            }

            disk._folder.Delete();
            return null;
        }

        public string Fill()
        {
            var file = Path.Combine(Folder, "hog");
            using var stream = File.Create(file);
            var block = new byte[4_096];
            try
            {
                while (true)
                {
                    stream.Write(block);
                    stream.Flush();
                }
            }
            catch (IOException)
            {
                return file;
            }
        }

        public void MakeReadOnly(bool readOnly)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Assert.Equal(0, Call("mount", "-o", readOnly ? "remount,ro" : "remount,rw", Folder));
        }

        public void Dispose()
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Call("umount", Folder);
            _folder.Delete(recursive: true);
        }

        private static int Call(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
                process.WaitForExit();
                return process.ExitCode;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return -1;
            }
        }
    }
}
