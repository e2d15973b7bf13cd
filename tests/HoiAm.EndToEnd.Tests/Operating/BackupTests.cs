using System.Globalization;
using HoiAm.EndToEnd.Tests.Durability;

namespace HoiAm.EndToEnd.Tests.Operating;

/// <summary>A backup that is made while reports pour in is a store of one moment, and a hub that starts on it has everything up to then.</summary>
[Collection(AloneTests.Name)]
public sealed class BackupTests
{
    [Fact]
    public async Task ABackupUnderLoad_StartsWithEveryMessage_AndEveryReportThatWasAnsweredBeforeIt()
    {
        using var folder = new TempFolder();
        await using var hook = await HookServer.StartAsync();
        var file = folder.File("night.db");
        byte[] key;
        int before;
        await using (var hub = await HubProcess.StartAsync(folder.File("data")))
        {
            using var admin = new AdminClient(hub.Url);
            var load = new CrashLoad(hub.Url, 3_000);
            await load.RegisterAsync(admin, hook.Url + "/hook");
            await load.ReportAsync(0, 1_000);
            var running = load.ReportAsync(1_000, 3_000);
            await Poll.UntilAsync(() => load.Acknowledged > 2_600, "The load");
            before = 1_000;

            var made = await HubProcess.RunAsync("backup", file, "--data", hub.Data);
            var during = load.Acknowledged;
            Assert.True(made.ExitCode == 0, made.Stderr);
            Assert.Contains("hub.key is not in it", made.Stdout, StringComparison.Ordinal);
            await running;
            Assert.True(load.Acknowledged >= during);

            var again = await HubProcess.RunAsync("backup", file, "--data", hub.Data);
            Assert.Equal((2, true), (again.ExitCode, again.Stderr.Contains("--force", StringComparison.Ordinal)));
            Assert.True(IsQuiet(hub), "The backup was felt by the hub: " + hub.Stdout);
            key = await File.ReadAllBytesAsync(Path.Combine(hub.Data, "hub.key"), TestContext.Current.CancellationToken);
        }

        Assert.Empty(Directory.GetFiles(folder.Path, "*.part"));
        await File.WriteAllBytesAsync(folder.File("kept.key"), key, TestContext.Current.CancellationToken);
        var restored = await HubProcess.RunAsync("restore", file, "--data", folder.File("anew"), "--key", folder.File("kept.key"));
        Assert.True(restored.ExitCode == 0, restored.Stderr);

        await using var second = await HubProcess.StartAsync(folder.File("anew"));
        using var look = new AdminClient(second.Url);
        var messages = await look.ListAsync("/messages?account=crash");
        Assert.Equal(3_000, messages.Count);
        var final = messages.Where(m => (string)m["state"]! is "delivered" or "failed" or "rejected").Select(m => (string)m["smsId"]!).ToHashSet(StringComparer.Ordinal);
        Assert.All(Enumerable.Range(0, before), i => Assert.Contains(CrashLoad.Id(i), final));

        // It goes on: the messages that the backup saw without an end take their reports as ever.
        await new CrashLoad(second.Url, 3_000).ReportAsync(0, 3_000);
        Assert.DoesNotContain(await look.ListAsync("/messages?account=crash"), m => (string)m["state"]! is not ("delivered" or "failed" or "rejected"));
    }

    [Fact]
    public async Task ARestore_RefusesWhatItShouldNotTouch_AndKeepsWhatItReplaces()
    {
        using var folder = new TempFolder();
        var file = folder.File("one.db");
        await using (var hub = await HubProcess.StartAsync(folder.File("data")))
        {
            using var admin = new AdminClient(hub.Url);
            await admin.AccountAsync("shop", null);
            Assert.Equal(0, (await HubProcess.RunAsync("backup", file, "--data", hub.Data, "--with-key")).ExitCode);
            await admin.AccountAsync("later", null);

            // Onto a hub that runs: the folder is its own.
            var running = await HubProcess.RunAsync("restore", file, "--data", hub.Data, "--force");
            Assert.Equal(2, running.ExitCode);
            Assert.Contains("Another hub uses the data folder", running.Stderr, StringComparison.Ordinal);
        }

        var taken = await HubProcess.RunAsync("restore", file, "--data", folder.File("data"));
        Assert.Equal(2, taken.ExitCode);
        Assert.Contains("There is a store in", taken.Stderr, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(folder.File("other.key"), new byte[32], TestContext.Current.CancellationToken);
        var wrong = await HubProcess.RunAsync("restore", file, "--data", folder.File("anew"), "--key", folder.File("other.key"));
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("is not the key", wrong.Stderr, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.File("anew"), "hub.db")));

        var forced = await HubProcess.RunAsync("restore", file, "--data", folder.File("data"), "--force");
        Assert.True(forced.ExitCode == 0, forced.Stderr);
        Assert.Single(Directory.GetFiles(folder.File("data"), "hub.db.before-*"));
        await using var again = await HubProcess.StartAsync(folder.File("data"));
        using var look = new AdminClient(again.Url);
        Assert.Equal(["shop"], (await look.ListAsync("/accounts")).Select(a => (string)a["id"]!));
    }

    [Theory]
    [InlineData("cut", "is not whole")]
    [InlineData("scratched", "its sum differs")]
    [InlineData("torn", "is damaged")]
    [InlineData("text", "is no backup of a hub")]
    [InlineData("empty", "is no backup of a hub")]
    public async Task ADamagedBackup_IsRefusedWithASentence(string damage, string says)
    {
        using var folder = new TempFolder();
        var file = folder.File("one.db");
        await using (var hub = await HubProcess.StartAsync(folder.File("data")))
        {
            using var admin = new AdminClient(hub.Url);
            await admin.AccountAsync("shop", null);
            Assert.Equal(0, (await HubProcess.RunAsync("backup", file, "--data", hub.Data)).ExitCode);
        }

        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        switch (damage)
        {
            case "cut":
                bytes = bytes[..(bytes.Length - 4096)];
                break;
            case "scratched":
                bytes[Find(bytes, "\"Enabled\"") + 1] ^= 0x20;
                break;
            case "torn":
                bytes.AsSpan(4096, 8192).Fill(0xA5);
                File.Delete(file + ".sha256");
                break;
            case "text":
                bytes.AsSpan(0, 4096).Fill((byte)'x');
                break;
            default:
                bytes = [];
                break;
        }

        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var refused = await HubProcess.RunAsync("restore", file, "--data", folder.File("anew"));

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(says, refused.Stderr, StringComparison.Ordinal);
        Assert.Single(refused.Stderr.TrimEnd('\n').Split('\n'));
        Assert.False(File.Exists(Path.Combine(folder.File("anew"), "hub.db")));
    }

    [Fact]
    public async Task TheAdminCall_WritesIntoTheNamedFolder_AndNowhereWithoutOne()
    {
        using var folder = new TempFolder();
        await using var without = await HubInProcess.StartAsync();
        using var plain = new AdminClient(without.Url);
        (await plain.PostAsync("/backup")).IsProblem(409);

        await using var hub = await HubInProcess.StartAsync(change: o => o with { Backups = folder.File("kept") });
        using var admin = new AdminClient(hub.Url);
        var made = (await admin.PostAsync("/backup")).Is(201).Json;

        var file = (string)made["file"]!;
        Assert.Equal(folder.File("kept"), Path.GetDirectoryName(file));
        Assert.Equal((long)made["bytes"]!, new FileInfo(file).Length);
        Assert.Contains(await admin.ListAsync("/audit"), row => (string)row["action"]! == "backup.make" && (string)row["subject"]! == Path.GetFileName(file));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    // A commit that waited for the copy would have been refused or logged.
    private static bool IsQuiet(HubProcess hub) => !hub.Stdout.Contains("warn", StringComparison.Ordinal) && !hub.Stdout.Contains("fail:", StringComparison.Ordinal);

    private static int Find(byte[] bytes, string text)
    {
        var index = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.True(index > 0, string.Create(CultureInfo.InvariantCulture, $"{text} is not in the {bytes.Length} bytes."));
        return index;
    }
}
