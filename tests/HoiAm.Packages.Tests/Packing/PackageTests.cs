using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using HoiAm.Client;
using HoiAm.Packages.Tests.Hub;
using HoiAm.Packages.Tests.Support;

namespace HoiAm.Packages.Tests.Packing;

/// <summary>The packages restore into fresh projects from a local feed, hold what a package should, and the programs of their READMEs do what they say.</summary>
public sealed class PackageTests(PackedFeed feed, SandboxHub hub)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Packages => [.. PackedFeed.Names];

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Package_HoldsWhatItShould(string name)
    {
        await feed.ReadyAsync();
        using var package = await ZipFile.OpenReadAsync(Directory.GetFiles(feed.Feed, name + ".*.nupkg").Single(), Stop);
        var files = package.Entries.Select(e => e.FullName).ToList();

        Assert.Contains("README.md", files);
        Assert.Contains($"lib/net10.0/{name}.dll", files);
        Assert.Contains($"lib/net10.0/{name}.xml", files);
        Assert.DoesNotContain(files, f => f.EndsWith(".pdb", StringComparison.Ordinal));
        Assert.Single(Directory.GetFiles(feed.Feed, name + ".*.snupkg"));

        var spec = XDocument.Load(package.GetEntry(name + ".nuspec")!.Open());
        string? Text(string element) => spec.Descendants().FirstOrDefault(e => e.Name.LocalName == element)?.Value;
        Assert.Equal("Apache-2.0", Text("license"));
        Assert.False(string.IsNullOrWhiteSpace(Text("description")));
        Assert.Equal(Dependencies(name), spec.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value).Order());
    }

    // Deterministic: a symbol file named by a hash of its content; trimmable: the linker is told so.
    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Assembly_IsDeterministicAndTrimmable(string name)
    {
        await feed.ReadyAsync();
        using var package = await ZipFile.OpenReadAsync(Directory.GetFiles(feed.Feed, name + ".*.nupkg").Single(), Stop);
        using var bytes = new MemoryStream();
        await using (var entry = await package.GetEntry($"lib/net10.0/{name}.dll")!.OpenAsync(Stop))
        {
            await entry.CopyToAsync(bytes, Stop);
        }

        bytes.Position = 0;
        using var image = new PEReader(bytes);
        Assert.Contains(image.ReadDebugDirectory(), d => d.Type == DebugDirectoryEntryType.Reproducible);
        var reader = image.GetMetadataReader();
        var values = reader.CustomAttributes.Select(a => reader.GetCustomAttribute(a)).Select(a => System.Text.Encoding.UTF8.GetString(reader.GetBlobBytes(a.Value)));
        Assert.Contains(values, v => v.Contains("IsTrimmable", StringComparison.Ordinal) && v.Contains("True", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ModelReadme_DoesWhatItSays()
    {
        await feed.ReadyAsync();
        var lines = (await RunAsync("HoiAm.Model", 0)).Split('\n');

        Assert.Equal("0901234567", lines[0]);
        Assert.DoesNotContain("0901234567", lines[1], StringComparison.Ordinal);
        Assert.Equal(["25", "True"], lines[2..4]);
    }

    [Fact]
    public async Task ProtocolsReadme_DoesWhatItSays()
    {
        await feed.ReadyAsync();
        Assert.Equal(["Failed", "-114", "Permanent", "1"], (await RunAsync("HoiAm.Protocols", 0)).Split('\n')[..4]);
    }

    [Fact]
    public async Task ClientReadme_SendsAndAsks()
    {
        await feed.ReadyAsync();
        var lines = (await RunAsync("HoiAm.Client", 0)).Split('\n');

        Assert.Equal(32, lines[0].Split(' ')[1].Length);
        Assert.Contains(lines[1], new[] { "1", "2", "5", "7" });
        Assert.StartsWith("Accepted", await RunAsync("HoiAm.Client", 1), StringComparison.Ordinal);
    }

    // The hub sends, the program of the README keeps and handles, over a kill -9 while its handler cannot do its work.
    [Theory]
    [InlineData(0, "Delivered")]
    [InlineData(1, null)]
    public async Task ReceiverReadme_TakesTheHubsCallbacks(int number, string? state)
    {
        await feed.ReadyAsync();
        using var folder = new TempFolder();
        var url = $"http://127.0.0.1:{HubProcess.FreePort()}";
        var states = folder.File("states.txt");
        var program = Start(folder.Path, number, url);
        try
        {
            await program.ListensAsync(url);
            var first = await SendAsync(url);
            await SeenAsync(program, states, state, first);
            if (state is null)
            {
                return;
            }

            // A folder stands where the file should be: the handler fails, and the callback waits in the journal.
            File.Move(states, states + ".old");
            Directory.CreateDirectory(states);
            var second = await SendAsync(url);
            await Poll.UntilAsync(() => program.Output.Contains("the handler failed", StringComparison.Ordinal), "A failure of the handler");
            await program.KillAsync();
            Directory.Delete(states);
            program = Start(folder.Path, number, url);
            await SeenAsync(program, states, state, second);
            Assert.DoesNotContain(first, await File.ReadAllTextAsync(states, Stop), StringComparison.Ordinal);
        }
        finally
        {
            await program.DisposeAsync();
        }
    }

    private static string[] Dependencies(string name) => name switch
    {
        "HoiAm.Model" => [],
        "HoiAm.Protocols" => ["HoiAm.Model"],
        _ => ["HoiAm.Protocols"],
    };

    private Command Start(string folder, int number, string url) =>
        Command.Start(folder, "dotnet", [feed.Program("HoiAm.Receiver", number), "--urls", url, "--contentRoot", folder], ("Logging__LogLevel__Default", "Information"));

    // The handler writes a file in one program, a line of the log in the other.
    private static Task SeenAsync(Command program, string states, string? state, string smsId) => Poll.UntilAsync(
        () => state is null
            ? program.Output.Contains(smsId, StringComparison.Ordinal)
            : File.Exists(states) && File.ReadAllText(states).Contains($"{smsId} {state}", StringComparison.Ordinal),
        "The callback of " + smsId);

    private Task<string> RunAsync(string package, int number) =>
        Command.RunAsync(Path.GetTempPath(), "dotnet", [feed.Program(package, number)], ("ESMS_BASE", hub.Url));

    private async Task<string> SendAsync(string url)
    {
        using var http = new HttpClient();
        var esms = new EsmsClient(http, EsmsClientOptions.At(new Uri(hub.Url), "sandbox-key", "sandbox-secret"));
        var sent = await esms.SendSmsAsync("Baotrixemay", hub.NextPhone(), "xin chao", new SendOptions { CallbackUrl = url + "/hook" }, Stop);
        Assert.True(sent.IsSuccess, sent.ToString());
        return sent.SmsId;
    }
}
