using System.Runtime.InteropServices;
using HoiAm.Packages.Tests.Support;

namespace HoiAm.Packages.Tests.Packing;

/// <summary>The program as a .NET tool: packed, installed from a folder that is the only source, started by the name that the installation gives it.</summary>
public sealed class ToolTests
{
    private const string Callback = "https://shop.example/hook?SMSID=tool-1&SendStatus=5&SendSuccess=1&TotalReceiver=1&TypeId=2";

    [Fact]
    public async Task Tool_InstalledFromItsPackage_ShowsItsVersionDecodesAndServes()
    {
        using var folder = new TempFolder();
        var configuration = AppContext.BaseDirectory.Contains("release", StringComparison.OrdinalIgnoreCase) ? "Release" : "Debug";
        await DotnetAsync(folder.Path, "pack", RepositoryRoot.File("src/HoiAm.Cli/HoiAm.Cli.csproj"), "--no-build", "-c", configuration, "-o", folder.File("feed"), "-v:q", "-nologo");
        await File.WriteAllTextAsync(
            folder.File("nuget.config"),
            $"""<configuration><packageSources><clear /><add key="local" value="{folder.File("feed")}" /></packageSources></configuration>""",
            TestContext.Current.CancellationToken);
        await DotnetAsync(folder.Path, "tool", "install", "HoiAm", "--tool-path", folder.File("tools"), "--configfile", folder.File("nuget.config"), "--version", "*");
        var program = folder.File("tools/hoiam" + (OperatingSystem.IsWindows() ? ".exe" : ""));

        Assert.Matches(@"^[0-9]+\.[0-9]+\.[0-9]+", await RunAsync(folder.Path, program, "--version"));
        Assert.Contains("tool-1 was delivered", await RunAsync(folder.Path, program, "decode", Callback), StringComparison.Ordinal);

        // The native store and the dashboard's files came along.
        var url = $"http://127.0.0.1:{HubProcess.FreePort()}";
        await using var hub = Command.Start(folder.Path, program, ["serve", "--urls", url, "--data", folder.File("data")], Root);
        await hub.ListensAsync(url + "/healthz");
        using var http = new HttpClient();
        Assert.True((await http.GetAsync(new Uri(url + "/readyz"), TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        Assert.Contains("/assets/", await http.GetStringAsync(new Uri(url), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    // The tool's starter looks for the runtime where the machine says; the tests' own runtime need not be there.
    private static (string Name, string Value) Root => ("DOTNET_ROOT", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")));

    private static Task<string> DotnetAsync(string folder, params string[] words) => Command.RunAsync(
        folder, "dotnet", words, ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"), ("MSBUILDDISABLENODEREUSE", "1"), ("DOTNET_CLI_HOME", folder));

    private static Task<string> RunAsync(string folder, string program, params string[] words) => Command.RunAsync(folder, program, words, Root);
}
