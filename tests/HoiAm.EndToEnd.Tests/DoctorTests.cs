using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests;

/// <summary><c>hoiam doctor</c>: what is wrong is found, and everything found says how to mend it.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task HealthyHub_IsFoundWell()
    {
        await using var hub = await HubProcess.StartAsync();

        var (exitCode, findings) = await ExamineAsync(hub, hub.Data);

        Assert.True(exitCode == 0, findings.ToJsonString());
        Assert.All(
            ["configuration", "data folder", "hub.key", "disk", "DNS", "hub", "store", "token", "clocks", "hooks", "callbacks", "orphans", "keys"],
            check => Assert.Contains(findings, f => (string?)f!["check"] == check && (bool)f["good"]!));
    }

    [Fact]
    public async Task WhatIsWrong_IsNamedWithItsMend()
    {
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("shop", "http://no-such-host.invalid/hook", """ "retry": { "maxRetries": 0 } """);
        await admin.VendorAsync("interits");
        await admin.MessageAsync("shop", "interits", "doctor-1", "0901234567");
        using var vendor = new VendorClient(hub.Url, "interits-vendor-key");
        (await vendor.ReportAsync("84901234567", "doctor-1", 2)).Is(200);
        (await vendor.ReportAsync("84901234567", "nobody-knows-this", 2)).Is(200);
        await Poll.UntilAsync(async () => (await admin.GetAsync("/callbacks?state=exhausted")).Json["items"]!.AsArray().Count == 1, "The callback is given up");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(hub.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        }

        var (exitCode, findings) = await ExamineAsync(hub, hub.Data, ("HOIAM_DATTA", "x"));

        Assert.Equal(1, exitCode);
        Assert.All(findings.Where(f => !(bool)f!["good"]!), f => Assert.False(string.IsNullOrWhiteSpace((string?)f!["mend"]), f.ToJsonString()));
        var bad = findings.Where(f => !(bool)f!["good"]!).Select(f => (string)f!["check"]!).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "configuration", "callbacks", "orphans", "hook's name" }, bad);
        Assert.True(OperatingSystem.IsWindows() || bad.Contains("data folder"));
    }

    [Fact]
    public async Task WithoutAHub_SaysHowToStartOne()
    {
        var (exitCode, stdout, _) = await HubProcess.RunAsync("doctor", "--json", "--url", $"http://127.0.0.1:{HubProcess.FreePort()}");

        Assert.Equal(1, exitCode);
        Assert.Contains(JsonNode.Parse(stdout)!.AsArray(), f => (string?)f!["check"] == "hub" && ((string?)f["mend"])!.Contains("./run", StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, JsonArray Findings)> ExamineAsync(HubProcess hub, string data, params (string Name, string Value)[] environment)
    {
        var (exitCode, stdout, stderr) = await HubProcess.RunInAsync(environment, "doctor", "--json", "--url", hub.Url, "--token", HubProcess.AdminToken, "--data", data);
        Assert.Equal("", stderr);
        return (exitCode, JsonNode.Parse(stdout)!.AsArray());
    }
}
