using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Admin;

/// <summary>Callbacks listed, sent again one by one and many at once; hooks paused, tested; reports that match nothing yet.</summary>
[Collection(SharedHubTests.Name)]
public sealed class CallbackTests(SharedHub shared)
{
    private readonly AdminClient _admin = shared.Admin;
    private readonly HookServer _hook = shared.Hook;

    [Fact]
    public async Task ManyReplays_SendEachMatchOnceMoreWithTheSameBytes()
    {
        using var vendor = await SetUpAsync("bulk", 30);
        var first = _hook.At("/bulk");
        var started = (await _admin.PostAsync("/callbacks/replay", """{ "account": "bulk", "state": "delivered", "host": "127.0.0.1" }""")).Is(202).Json;
        Assert.Equal(30, (int)started["matched"]!);
        await Poll.UntilAsync(
            async () => (string?)(await _admin.GetAsync($"/replays/{started["replayId"]}")).Is(200).Json["state"] == "done", "The bulk replay");
        var progress = (await _admin.GetAsync($"/replays/{started["replayId"]}")).Json;
        Assert.Equal(30, (int)progress["replayed"]!);
        Assert.Equal(0, (int)progress["skipped"]!);
        await Poll.UntilAsync(() => _hook.At("/bulk").Count == 60, "The replays");
        var again = _hook.At("/bulk").Skip(30).ToDictionary(c => c.CallbackId);
        Assert.All(first, c => Assert.Equal(c.Target, again[c.CallbackId].Target));
        Assert.All(again.Values, c => Assert.Equal("2", c.Attempt));

        var none = (await _admin.PostAsync("/callbacks/replay", """{ "account": "bulk", "state": "exhausted" }""")).Is(202).Json;
        Assert.Equal(0, (int)none["matched"]!);
        (await _admin.PostAsync("/callbacks/replay", """{ "account": "bulk", "hots": "x" }""")).IsProblem(400, "hots", "is not known");
        (await _admin.PostAsync("/callbacks/replay", """{ "state": "lost" }""")).IsProblem(400, "state", "exhausted");
        (await _admin.PostAsync("/callbacks/replay")).IsProblem(400);
        (await _admin.GetAsync("/replays/none")).IsProblem(404);
    }

    [Fact]
    public async Task Lists_PageToTheEndWithoutRepeatsAndFilter()
    {
        using var vendor = await SetUpAsync("list", 7);
        var all = await _admin.ListAsync("/callbacks?account=list");
        var paged = await _admin.ListAsync("/callbacks?account=list", limit: 3);
        Assert.Equal(7, all.Count);
        Assert.Equal(all.Select(c => (string?)c["id"]), paged.Select(c => (string?)c["id"]));
        Assert.Equal(7, all.Select(c => (string?)c["id"]).Distinct().Count());
        Assert.Equal(7, (await _admin.ListAsync("/callbacks?account=list&state=delivered&host=127.0.0.1&from=2020-01-01T00:00:00Z")).Count);
        Assert.Empty(await _admin.ListAsync("/callbacks?account=list&state=exhausted"));
        Assert.Empty(await _admin.ListAsync("/callbacks?account=list&host=127.0.0"));
        Assert.Empty(await _admin.ListAsync("/callbacks?account=list&host=%25"));
        Assert.Empty(await _admin.ListAsync("/callbacks?account=list&to=2020-01-01T00:00:00Z"));
        (await _admin.GetAsync("/callbacks?state=lost")).IsProblem(400, "state", "cancelled");
        (await _admin.GetAsync("/callbacks?cursor=!")).IsProblem(400, "cursor");
        var attempt = all[0]["attempts"]![0]!;
        Assert.Equal("delivered", (string?)attempt["outcome"]);
        Assert.Equal("OK", (string?)attempt["responseSnippet"]);
        Assert.True((int)attempt["durationMs"]! >= 0);
    }

    [Fact]
    public async Task ReplayOfNothing_Is404AndWithoutHook409()
    {
        (await _admin.PostAsync("/callbacks/nonsense/replay")).IsProblem(404);
        (await _admin.PostAsync("/callbacks/cb_00000000000000ff/replay")).IsProblem(404);
        await _admin.AccountAsync("hookless", null);
        await _admin.VendorAsync("hookless");
        await _admin.MessageAsync("hookless", "hookless", "hookless-1", "0901234567");
        using var vendor = new VendorClient(shared.Url, "hookless-vendor-key");
        (await vendor.ReportAsync("0901234567", "hookless-1", 2)).Is(200);
        var callback = Assert.Single(await _admin.ListAsync("/callbacks?account=hookless"));
        Assert.Equal("cancelled", (string?)callback["state"]);
        (await _admin.PostAsync($"/callbacks/{callback["id"]}/replay")).IsProblem(409);
    }

    [Fact]
    public async Task PausedHook_HoldsWhatComesAndGoesOnWhenResumed()
    {
        using var vendor = await SetUpAsync("pause", 1);
        var endpoint = Assert.Single(await _admin.ListAsync("/endpoints?account=pause"));
        var id = (string)endpoint["id"]!;
        Assert.Equal("healthy", (string?)endpoint["state"]);
        Assert.Equal(_hook.Url + "/pause", (string?)endpoint["url"]);
        Assert.Equal("paused", (string?)(await _admin.PostAsync($"/endpoints/{id}/pause")).Is(200).Json["state"]);
        await _admin.MessageAsync("pause", "pause", "pause-later", "0901234567");
        (await vendor.ReportAsync("0901234567", "pause-later", 2)).Is(200);
        var test = (await _admin.PostAsync($"/endpoints/{id}/test")).Is(200).Json;
        Assert.Equal(200, (int)test["httpStatus"]!);
        Assert.Equal("?HoiAmTest=1", _hook.At("/pause")[^1].Target["/pause".Length..]);
        Assert.Equal("pending", (string?)(await _admin.StoryAsync("pause-later"))["callbacks"]![0]!["state"]);
        Assert.Equal(1, (int)(await _admin.GetAsync($"/endpoints/{id}")).Is(200).Json["queue"]!);
        Assert.Equal("healthy", (string?)(await _admin.PostAsync($"/endpoints/{id}/resume")).Is(200).Json["state"]);
        await Poll.UntilAsync(() => _hook.For("pause-later").Count == 1, "The held callback");
        (await _admin.PostAsync("/endpoints/ep_99999/pause")).IsProblem(404);
        (await _admin.GetAsync("/endpoints/xyz")).IsProblem(404);
    }

    [Fact]
    public async Task OrphanReport_WaitsIsListedAndIsGivenToAMessage()
    {
        using var vendor = await SetUpAsync("orphan", 1);
        (await vendor.PostAsync("""{ "msisdn": "0901200099", "requestId": "orphan-r", "referentId": "typo", "status": 2 }""")).Is(200);
        (await vendor.PostAsync("""{ "msisdn": "0901200099", "requestId": "orphan-r", "referentId": "typo", "status": 2 }""")).Is(200);
        var orphan = (await _admin.ListAsync("/orphans")).First(o => (string?)o["referentId"] == "typo");
        Assert.Equal("orphan", (string?)orphan["vendor"]);
        Assert.Equal("orphan-r", (string?)orphan["requestId"]);
        Assert.Equal("0901200099", (string?)orphan["msisdn"]);
        Assert.Equal(2, (int)orphan["status"]!);
        Assert.Contains("typo", (string?)orphan["raw"], StringComparison.Ordinal);

        await _admin.MessageAsync("orphan", "orphan", "orphan-late", "0901200099");
        var id = (string)orphan["id"]!;
        (await _admin.PostAsync($"/orphans/{id}/attach", """{ "smsId": "no-such" }""")).IsProblem(404);
        (await _admin.PostAsync($"/orphans/{id}/attach", "{}")).IsProblem(400, "smsId", "is required");
        (await _admin.PostAsync("/orphans/xyz/attach", """{ "smsId": "orphan-late" }""")).IsProblem(404);
        Assert.Equal("advanced", (string?)(await _admin.PostAsync($"/orphans/{id}/attach", """{ "smsId": "orphan-late" }""")).Is(200).Json["effect"]);
        (await _admin.PostAsync($"/orphans/{id}/attach", """{ "smsId": "orphan-late" }""")).IsProblem(404);
        await Poll.UntilAsync(() => _hook.For("orphan-late").Count == 1, "The callback of the attached report");
    }

    [Fact]
    public async Task EarlyReport_FindsItsMessageWhenThatIsRegistered()
    {
        using var vendor = await SetUpAsync("early", 1);
        (await vendor.ReportAsync("84901200088", "early-late", 1)).Is(200);
        (await vendor.ReportAsync("84901200088", "early-late", -2)).Is(200);
        await _admin.MessageAsync("early", "early", "early-late", "0901200088");
        await Poll.UntilAsync(() => _hook.For("early-late").Count == 1, "The callback");
        var story = await _admin.StoryAsync("early-late");
        Assert.Equal("failed", (string?)story["message"]!["state"]);
        Assert.Equal(2, story["reports"]!.AsArray().Count);
        Assert.DoesNotContain(await _admin.ListAsync("/orphans"), o => (string?)o["referentId"] == "early-late");
    }

    private async Task<VendorClient> SetUpAsync(string id, int messages)
    {
        await _admin.AccountAsync(id, $"{_hook.Url}/{id}");
        await _admin.VendorAsync(id);
        var vendor = new VendorClient(shared.Url, id + "-vendor-key");
        for (var i = 0; i < messages; i++)
        {
            var smsId = id + "-" + i.ToString(CultureInfo.InvariantCulture);
            await _admin.MessageAsync(id, id, smsId, "0901234567");
            (await vendor.ReportAsync("0901234567", smsId, 2)).Is(200);
        }

        await Poll.UntilAsync(async () => (await _admin.ListAsync($"/callbacks?account={id}&state=delivered")).Count == messages, "The callbacks of " + id);
        return vendor;
    }
}
