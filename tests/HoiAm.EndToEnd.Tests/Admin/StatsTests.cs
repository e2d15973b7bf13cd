using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Admin;

/// <summary><c>GET /admin/v1/stats</c>: what was counted, in the steps that were asked for, for whom it belongs to, over restarts.</summary>
public sealed class StatsTests
{
    [Fact]
    public async Task Delivery_IsCountedByVendorCarrierAndKind_AndForItsAccountOnly()
    {
        await using var scene = await Scene.StartAsync();
        await scene.Admin.AccountAsync("other", null);
        await scene.Admin.PostAsync("/tokens", """{ "name": "own", "role": "account:shop", "token": "stats-own-token" }""");
        await scene.Admin.PostAsync("/tokens", """{ "name": "other", "role": "account:other", "token": "stats-other-token" }""");
        await scene.ReportAsync("stats-1", "/ok");
        await scene.SettledAsync("stats-1");

        var stats = await CountedAsync(scene, s => (int)s["totals"]!["delivered"]! == 1);
        var totals = stats["totals"]!;
        Assert.Equal((1, 1, 1), ((int)totals["reports"]!, (int)totals["callbacks"]!, (int)totals["outcomes"]!["delivered"]!));
        Assert.NotNull(totals["p50Ms"]);
        Assert.Equal("v", (string?)Assert.Single(stats["by"]!["vendor"]!.AsArray())!["key"]);
        Assert.Equal("MobiFone", (string?)Assert.Single(stats["by"]!["telco"]!.AsArray())!["name"]);
        Assert.Equal("customerCareSms", (string?)Assert.Single(stats["by"]!["kind"]!.AsArray())!["name"]);
        Assert.Equal(1, stats["points"]!.AsArray().Sum(p => (int)p!["reports"]!));

        using var own = new AdminClient(scene.Hub.Url, "stats-own-token");
        using var other = new AdminClient(scene.Hub.Url, "stats-other-token");
        var mine = (await own.GetAsync("/stats")).Is(200).Json;
        Assert.Equal(1, (int)mine["totals"]!["delivered"]!);
        Assert.Null(mine["by"]!["vendor"]);
        Assert.Equal(0, (int)(await other.GetAsync("/stats")).Is(200).Json["totals"]!["reports"]!);
    }

    [Fact]
    public async Task OldMinutes_AreFoldedIntoHours_AndStayInTheSums()
    {
        await using var scene = await Scene.StartAsync();
        var hour = scene.Hub.Clock.GetUtcNow().AddHours(1);
        hour = new DateTimeOffset(hour.Year, hour.Month, hour.Day, hour.Hour, 0, 0, TimeSpan.Zero);
        scene.Hub.Clock.Advance(hour.AddMinutes(17) - scene.Hub.Clock.GetUtcNow());
        await scene.ReportAsync("stats-2", "/ok");
        await scene.SettledAsync("stats-2");
        await CountedAsync(scene, s => (int)s["totals"]!["delivered"]! == 1);
        scene.Hub.Clock.Advance(TimeSpan.FromDays(3));

        // Once its minutes are an hour, what happened stands at the hour's first minute.
        var query = $"/stats?from={Text(hour)}&to={Text(hour.AddHours(1))}&step=1m";
        await Poll.UntilAsync(
            async () =>
            {
                scene.Hub.Clock.Advance(TimeSpan.FromSeconds(3));
                return (int)(await scene.Admin.GetAsync(query)).Is(200).Json["points"]![0]!["delivered"]! == 1;
            },
            "The fold");
        var totals = (await scene.Admin.GetAsync(query)).Is(200).Json["totals"]!;
        Assert.Equal((1, 1, 1), ((int)totals["reports"]!, (int)totals["callbacks"]!, (int)totals["delivered"]!));
    }

    private static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("step=0m", "step")]
    [InlineData("step=2d", "step")]
    [InlineData("step=5", "step")]
    [InlineData("step=x", "step")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z&step=1m", "step")]
    public async Task UnusableParameter_IsRefusedWithWhatIsAccepted(string query, string member)
    {
        await using var scene = await Scene.StartAsync();
        var problem = (await scene.Admin.GetAsync("/stats?" + query)).IsProblem(400);
        Assert.Contains(member, problem.Json["errors"]!.AsObject().Select(e => e.Key));
    }

    // The counters are written by a timer of the hub, which runs on the test's clock.
    private static async Task<JsonNode> CountedAsync(Scene scene, Func<JsonNode, bool> holds)
    {
        JsonNode stats = new JsonObject();
        await Poll.UntilAsync(
            async () =>
            {
                scene.Hub.Clock.Advance(TimeSpan.FromSeconds(3));
                stats = (await scene.Admin.GetAsync("/stats")).Is(200).Json;
                return holds(stats);
            },
            "The counters");
        return stats;
    }
}
