using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace HoiAm.EndToEnd.Tests.Durability;

/// <summary>Starts that must fail: exit code 2, one sentence on stderr, nothing changed on disk (contract section 1).</summary>
public sealed class StartupTests
{
    public static TheoryData<string, string> BadOptions => new()
    {
        { "--urls nonsense", "--urls" },
        { "--urls ;", "--urls" },
        { "--urls http://203.0.113.77:8620", "not one of this machine" },
        { "--urls http://127.0.0.1:65536", "from 0 to 65535" },
        { "--urls ftp://127.0.0.1:8621", "give an http address" },
        { "--urls https://127.0.0.1:8621", "end TLS" },
        { "--urls http://127.0.0.1:8621/hub", "leave the path out" },
        { "--urls http://localhost:0", "http://127.0.0.1:0" },
        { "--sandbox --urls http://0.0.0.0:0", "loopback" },
        { "--admin-token short", "--admin-token" },
        { "--public-url nonsense", "--public-url" },
        { "--public-url ftp://x.example", "--public-url" },
        { "--urls", "--urls" },
        { "--trusted-proxies nonsense", "--trusted-proxies" },
        { "--egress-proxy https://proxy", "--egress-proxy" },
        { "--retain-messages 3", "--retain-messages" },
        { "--mask-text-after soon", "--mask-text-after" },
        { "--no-such-option", "--no-such-option" },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public async Task UnusableOptions_AreNamedAndNoFolderIsMade(string options, string says)
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        string[] words = ["serve", "--data", data, .. options.Split(' ')];
        AssertRefused(await HubProcess.RunAsync(words), says);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task PortInUse_IsToldAndNoFolderIsMade()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = "http://127.0.0.1:" + ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        AssertRefused(await HubProcess.RunAsync("serve", "--urls", url, "--data", folder.File("data")), url + " is in use");
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task AddressNamedTwice_IsToldAndNoFolderIsMade()
    {
        using var folder = new TempFolder();
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var url = "http://127.0.0.1:" + ((IPEndPoint)free.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        free.Stop();
        AssertRefused(await HubProcess.RunAsync("serve", "--urls", $"{url};{url}", "--data", folder.File("data")), "named twice");
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task FolderInUse_IsToldWhileTheFirstHubGoesOn()
    {
        await using var first = await HubProcess.StartAsync();
        AssertRefused(await RunOnAsync(first.Data), "Another hub uses the data folder");
        using var admin = new AdminClient(first.Url);
        await admin.AccountAsync("still-there", null);
    }

    [Fact]
    public async Task DataThatIsNoFolder_IsTold()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("file"), "x", TestContext.Current.CancellationToken);
        AssertRefused(await RunOnAsync(folder.File("file")), "cannot be used");
        AssertRefused(await RunOnAsync(folder.File("file/below")), "cannot be used");
    }

    [Fact]
    public async Task StoreOfANewerVersion_IsLeftAsItIs()
    {
        using var folder = await UsedFolderAsync();
        await using (var connection = new SqliteConnection($"Data Source={folder.File("data/hub.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 999";
            command.ExecuteNonQuery();
        }

        await AssertUntouchedAsync(folder, "schema 999");
    }

    [Theory]
    [InlineData("head")]
    [InlineData("middle")]
    [InlineData("text")]
    public async Task DamagedStore_IsLeftAsItIs(string where)
    {
        using var folder = await UsedFolderAsync();
        var file = folder.File("data/hub.db");
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var damage = new Random(7);
        if (where == "text")
        {
            bytes = [.. "This is no store at all, but a text that somebody put here. "u8, .. bytes.AsSpan(0, 8_192)];
        }
        else
        {
            damage.NextBytes(where == "head" ? bytes.AsSpan(0, 200) : bytes.AsSpan(4_096, bytes.Length - 4_096));
        }

        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        await AssertUntouchedAsync(folder, "hub.db");
    }

    [Fact]
    public async Task DamagedKeyFile_IsTold()
    {
        using var folder = await UsedFolderAsync();
        await File.WriteAllTextAsync(folder.File("data/hub.key"), "too short", TestContext.Current.CancellationToken);
        await AssertUntouchedAsync(folder, "hub.key");
    }

    [Fact]
    public async Task MissingKeyFile_BesideAStoreWithKeys_IsToldAndNoneIsMade()
    {
        using var folder = await UsedFolderAsync();
        File.Delete(folder.File("data/hub.key"));
        await AssertUntouchedAsync(folder, "hub.key");
        Assert.False(File.Exists(folder.File("data/hub.key")));
    }

    [Fact]
    public async Task FirstStart_ShowsItsTokenOnceAndLocksTheFolder()
    {
        using var folder = new TempFolder();
        var port = HubProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        string[] words = ["serve", "--urls", "http://127.0.0.1:" + port, "--data", folder.File("data")];
        var token = await TokenOfAsync(words);
        Assert.NotNull(token);
        Assert.Null(await TokenOfAsync(words, token));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.File("data")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("data/hub.key")));
        }

        // The store keeps a digest only.
        foreach (var file in Directory.GetFiles(folder.File("data")))
        {
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(token)));
        }
    }

    private static async Task<string?> TokenOfAsync(string[] words, string? use = null)
    {
        await using var hub = await HubProcess.StartWithAsync(words);
        const string before = "shown only this once: ";
        var at = hub.Stdout.IndexOf(before, StringComparison.Ordinal);
        var token = at < 0 ? null : hub.Stdout[(at + before.Length)..].Split('\n')[0].Trim();
        using var admin = new AdminClient(words[2], use ?? token!);
        (await admin.GetAsync("/accounts")).Is(200);
        await hub.TerminateAsync();
        return token;
    }

    private static async Task<TempFolder> UsedFolderAsync()
    {
        var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.File("data"));
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("shop", null);
        await hub.TerminateAsync();
        return folder;
    }

    private static async Task AssertUntouchedAsync(TempFolder folder, string says)
    {
        var before = await DigestsAsync(folder);
        AssertRefused(await RunOnAsync(folder.File("data")), says);
        Assert.Equal(before, await DigestsAsync(folder));
    }

    private static async Task<List<string>> DigestsAsync(TempFolder folder)
    {
        var digests = new List<string>();
        foreach (var file in Directory.GetFiles(folder.File("data")).Order(StringComparer.Ordinal))
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            digests.Add(Path.GetFileName(file) + " " + Convert.ToHexString(SHA256.HashData(bytes)));
        }

        return digests;
    }

    private static Task<(int ExitCode, string Stdout, string Stderr)> RunOnAsync(string data) =>
        HubProcess.RunAsync("serve", "--urls", "http://127.0.0.1:" + HubProcess.FreePort().ToString(CultureInfo.InvariantCulture), "--data", data);

    private static void AssertRefused((int ExitCode, string Stdout, string Stderr) run, string says)
    {
        Assert.True(run.ExitCode == 2, $"Exit code {run.ExitCode}: {run.Stderr}");
        var line = Assert.Single(run.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.DoesNotContain("listens on", run.Stdout, StringComparison.Ordinal);
    }
}
