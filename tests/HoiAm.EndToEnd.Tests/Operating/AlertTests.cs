using System.Globalization;
using System.Text.Json.Nodes;
using HoiAm.Server.Alerting;

namespace HoiAm.EndToEnd.Tests.Operating;

/// <summary>The hub tells its operator of its own troubles, under a clock that only the test moves.</summary>
[Collection(AloneTests.Name)]
public sealed class AlertTests
{
    private const string Phone = "0901234567";

    [Fact]
    public async Task AHookThatDies_IsToldOnce_AndToldAgainWhenItTakesCallbacks_ThroughARestart()
    {
        await using var scene = await Scene.StartAsync("\"retry\": { \"maxRetries\": 20, \"delays\": [\"00:00:05\"] }");
        var isDead = true;
        scene.Hook.Script("/0987654321/hook", _ => isDead ? new HookAnswer(500, "down") : HookAnswer.Ok);
        await SetAsync(scene.Admin, scene, "\"secret\": \"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3\"");
        for (var i = 0; i < 3; i++)
        {
            await scene.ReportAsync("dead-" + i.ToString(CultureInfo.InvariantCulture), "/0987654321/hook");
        }

        var told = await ToldAsync(scene, 1);
        Assert.Equal("hook.failing", (string)told[0]["type"]!);
        Assert.Equal("shop", (string)told[0]["data"]!["account"]!);
        Assert.DoesNotContain("0987654321", told[0].ToJsonString(), StringComparison.Ordinal);
        var call = scene.Hook.At("/ops")[0];
        Assert.Equal(call.SignatureBy("0123456789abcdef01234567"u8), call.Headers["webhook-signature"]);
        Assert.Equal("application/json; charset=utf-8", call.Headers["Content-Type"]);

        await PassAsync(scene, TimeSpan.FromMinutes(30));
        Assert.Single(scene.Hook.At("/ops"));

        await scene.Hub.RestartAsync();
        await PassAsync(scene, TimeSpan.FromMinutes(1));
        Assert.Single(scene.Hook.At("/ops"));

        isDead = false;
        told = await ToldAsync(scene, 2);
        Assert.Equal("hook.recovered", (string)told[1]["type"]!);
    }

    [Fact]
    public async Task ManyHooksThatAreDeadAtOneLook_AreToldAsOne()
    {
        const int Hooks = AlertWatch.ToldSinglyMax + 2;
        await using var scene = await Scene.StartAsync("\"retry\": { \"maxRetries\": 20, \"delays\": [\"00:00:05\"] }");
        foreach (var path in Enumerable.Range(0, Hooks).Select(i => string.Create(CultureInfo.InvariantCulture, $"/dead/{(char)('a' + i)}")))
        {
            scene.Hook.Script(path, _ => new HookAnswer(500, "down"));
            for (var i = 0; i < 3; i++)
            {
                await scene.ReportAsync(path[^1] + "-" + i.ToString(CultureInfo.InvariantCulture), path);
            }
        }

        // Nothing is watched yet: the first look finds all of them, whatever the order in which they died.
        await Poll.UntilAsync(
            async () =>
            {
                scene.Hub.Clock.Advance(TimeSpan.FromSeconds(5));
                return (await scene.Admin.ListAsync("/endpoints")).Count(e => (string?)e["state"] == "open") == Hooks;
            },
            "Hooks that are shut off",
            stepMs: 20);
        await SetAsync(scene.Admin, scene, "");

        var told = Assert.Single(await ToldAsync(scene, 1));
        Assert.Equal(("hook.failing", Hooks), ((string)told["type"]!, (int)told["data"]!["count"]!));
        Assert.StartsWith(Hooks.ToString(CultureInfo.InvariantCulture) + " at once, ", (string)told["text"]!, StringComparison.Ordinal);
        var first = told["data"]!["first"]!.AsArray().Select(f => (string)f!["endpoint"]!).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(AlertWatch.ToldSinglyMax, first.Count);
        await PassAsync(scene, TimeSpan.FromMinutes(2));
        Assert.Single(scene.Hook.At("/ops"));
        Assert.Equal(Hooks, (await scene.Admin.GetAsync("/alerts")).Is(200).Json["open"]!.AsArray().Count);
    }

    [Fact]
    public async Task CallbacksThatAreGivenUp_AreCounted_OncePerTimeAndAccount()
    {
        await using var scene = await Scene.StartAsync("\"retry\": { \"maxRetries\": 0 }");
        scene.Hook.Script("/gone", _ => new HookAnswer(500, "no"));
        await SetAsync(scene.Admin, scene, "\"every\": \"00:20:00\"");
        await scene.ReportAsync("one", "/gone");
        await scene.ReportAsync("two", "/gone");
        var told = await ToldAsync(scene, 1);
        Assert.Equal(("callbacks.exhausted", 2, "shop"), ((string)told[0]["type"]!, (int)told[0]["data"]!["count"]!, (string)told[0]["data"]!["account"]!));

        // What is given up meanwhile waits for the next one, and is in it.
        await scene.ReportAsync("three", "/gone");
        await PassAsync(scene, TimeSpan.FromMinutes(10));
        Assert.Single(scene.Hook.At("/ops"));
        told = await ToldAsync(scene, 2);
        Assert.Equal(1, (int)told[1]["data"]!["count"]!);
    }

    [Fact]
    public async Task Silence_IsToldByVendorAndForTheHub_AndItsEndToo()
    {
        await using var scene = await Scene.StartAsync();
        await scene.Admin.VendorAsync("quiet");
        await SetAsync(scene.Admin, scene, "\"noReportsAfter\": \"01:00:00\", \"vendors\": { \"quiet\": \"00:10:00\" }");
        await PassAsync(scene, TimeSpan.FromMinutes(9));
        Assert.Empty(scene.Hook.At("/ops"));

        var told = await ToldAsync(scene, 1);
        Assert.Equal(("reports.missing", "quiet"), ((string)told[0]["type"]!, (string)told[0]["data"]!["vendor"]!));
        await PassAsync(scene, TimeSpan.FromMinutes(40));
        Assert.Single(scene.Hook.At("/ops"));
        told = await ToldAsync(scene, 2);
        Assert.Equal(("reports.missing", true), ((string)told[1]["type"]!, told[1]["data"]!["vendor"] is null));

        using var quiet = new VendorClient(scene.Hub.Url, "quiet-vendor-key");
        (await quiet.ReportAsync(Phone, "whatever", 2)).Is(200);
        told = await ToldAsync(scene, 4);
        Assert.Equal(["reports.resumed", "reports.resumed"], told.Skip(2).Select(t => (string)t["type"]!));
    }

    [Fact]
    public async Task ManyOrphans_AreTold_AndABacklogToo()
    {
        await using var scene = await Scene.StartAsync();
        scene.Hook.Script("/slow", _ => HookAnswer.Silence);
        await SetAsync(scene.Admin, scene, "\"orphanPercent\": 50, \"backlog\": 3");
        for (var i = 0; i < 25; i++)
        {
            (await scene.Vendor.ReportAsync(Phone, "nobody-" + i.ToString(CultureInfo.InvariantCulture), 2)).Is(200);
        }

        var told = await ToldAsync(scene, 1);
        Assert.Equal(("orphans.high", 25), ((string)told[0]["type"]!, (int)told[0]["data"]!["orphans"]!));

        for (var i = 0; i < 5; i++)
        {
            await scene.ReportAsync("slow-" + i.ToString(CultureInfo.InvariantCulture), "/slow");
        }

        told = await ToldAsync(scene, 2);
        Assert.Equal("backlog.high", (string)told[1]["type"]!);
    }

    [Fact]
    public async Task AnAlertThatIsRefused_IsTriedAgainAfterARestart_AndListedAsTheHubsOwn()
    {
        await using var scene = await Scene.StartAsync();
        var isDown = true;
        scene.Hook.Script("/ops", _ => isDown ? new HookAnswer(503) : HookAnswer.Ok);
        await SetAsync(scene.Admin, scene, "");
        (await scene.Admin.PostAsync("/alerts/test")).Is(202);
        await PollAsync(scene, () => scene.Hook.At("/ops").Count > 0);
        var row = Assert.Single(await scene.Admin.ListAsync("/callbacks"));
        Assert.Equal(("pending", true), ((string)row["state"]!, row["account"] is null));
        (await scene.Admin.GetAsync("/endpoints")).Is(200);

        await scene.Hub.RestartAsync();
        isDown = false;
        var before = scene.Hook.At("/ops").Count;
        await PollAsync(scene, () => scene.Hook.At("/ops").Count > before);
        Assert.Equal("test", (string)JsonNode.Parse(scene.Hook.At("/ops")[^1].Body)!["type"]!);
    }

    [Fact]
    public async Task SettingsThatCannotBeUsed_AreRefusedByName_AndTheSecretIsNotShown()
    {
        await using var scene = await Scene.StartAsync();
        (await scene.Admin.PostAsync("/alerts/test")).IsProblem(409);
        (await scene.Admin.PutAsync("/alerts", """{ "urls": ["ftp://x"] }""")).IsProblem(400);
        (await scene.Admin.PutAsync("/alerts", """{ "vendors": { "nobody": "00:10:00" } }""")).IsProblem(400, "vendors.nobody");
        (await scene.Admin.PutAsync("/alerts", """{ "every": "00:00:10" }""")).IsProblem(400, "every");
        (await scene.Admin.PutAsync("/alerts", """{ "orphanPercent": 101 }""")).IsProblem(400, "orphanPercent");
        (await scene.Admin.PutAsync("/alerts", """{ "noReport": "01:00:00" }""")).IsProblem(400, "noReport");

        await SetAsync(scene.Admin, scene, "\"secret\": \"a-secret-of-the-operator\"");
        var shown = (await scene.Admin.GetAsync("/alerts")).Is(200);
        Assert.True((bool)shown.Json["signed"]!);
        Assert.DoesNotContain("a-secret-of", shown.Text, StringComparison.Ordinal);
    }

    private static async Task SetAsync(AdminClient admin, Scene scene, string more)
    {
        var comma = more.Length == 0 ? "" : ", ";
        (await admin.PutAsync("/alerts", $$"""{ "urls": ["{{scene.Hook.Url}}/ops"]{{comma}}{{more}} }""")).Is(200);
    }

    private static async Task<List<JsonNode>> ToldAsync(Scene scene, int count)
    {
        await PollAsync(scene, () => scene.Hook.At("/ops").Count >= count);
        return [.. scene.Hook.At("/ops").Select(c => JsonNode.Parse(c.Body)!)];
    }

    private static Task PollAsync(Scene scene, Func<bool> condition) => Poll.UntilAsync(
        () =>
        {
            scene.Hub.Clock.Advance(TimeSpan.FromSeconds(5));
            return condition();
        },
        "The alert",
        stepMs: 20);

    // In steps, so that what each one starts has ended before the next.
    private static async Task PassAsync(Scene scene, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(20))
        {
            scene.Hub.Clock.Advance(TimeSpan.FromSeconds(20));
            await Poll.PauseAsync(10);
        }
    }
}
