using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Pull;

/// <summary>The hub's own pull: every kind, by cursor, and any page again.</summary>
[Collection(SharedHubTests.Name)]
public sealed class FeedTests(SharedHub shared)
{
    [Fact]
    public async Task Feed_GivesEveryKindInOrderAndAnyPageAgain()
    {
        var admin = shared.Admin;
        await admin.AccountAsync("feed", null);
        await admin.AccountAsync("feed-other", null);
        await admin.VendorAsync("feed");
        using var vendor = new VendorClient(shared.Url, "feed-vendor-key");
        var kinds = new[] { 1, 2, 8, 23, 24, 25, 26, 27 };
        foreach (var kind in kinds)
        {
            var id = "feed-" + kind.ToString(CultureInfo.InvariantCulture);
            foreach (var account in new[] { "feed", "feed-other" })
            {
                await admin.MessageAsync(account, "feed", id + account, "0901234567", "\"typeId\": " + kind.ToString(CultureInfo.InvariantCulture));
                (await vendor.ReportAsync("0901234567", id + account, 2)).Is(200);
            }
        }

        using var pull = new PullClient(shared.Url, "feed-key", "feed-secret");
        var all = (await pull.FeedAsync()).Is(200).Json;
        Assert.Equal(kinds.Select(k => $"feed-{k}feed"), all["items"]!.AsArray().Select(i => (string?)i!["smsId"]));
        Assert.Equal(kinds.Select(k => $"{k}"), all["items"]!.AsArray().Select(i => (string?)i!["callback"]!["TypeId"]));
        Assert.All(all["items"]!.AsArray(), i => Assert.Equal("cancelled", (string?)i!["state"]));
        Assert.False((bool)all["more"]!);

        var first = (await pull.FeedAsync("?limit=3")).Is(200);
        Assert.True((bool)first.Json["more"]!);
        var second = (await pull.FeedAsync("?limit=5&after=" + (string)first.Json["next"]!)).Is(200);
        Assert.Equal(all["items"]!.AsArray().Skip(3).Select(i => (string?)i!["id"]), second.Json["items"]!.AsArray().Select(i => (string?)i!["id"]));
        Assert.Equal(first.Text, (await pull.FeedAsync("?limit=3")).Is(200).Text);
        var last = (await pull.FeedAsync("?after=" + (string)second.Json["next"]!)).Is(200).Json;
        Assert.Empty(last["items"]!.AsArray());
        Assert.Equal((string?)second.Json["next"], (string?)last["next"]);

        (await pull.FeedAsync("?limit=1001")).IsProblem(400, "limit", "1 to 1000");
        (await pull.FeedAsync("?limit=x")).IsProblem(400, "limit");
        (await pull.FeedAsync("?after=x")).IsProblem(400, "after");
        using var wrong = new PullClient(shared.Url, "feed-key", "nope");
        var refused = (await wrong.FeedAsync()).IsProblem(401);
        Assert.Contains(refused.Headers.WwwAuthenticate, h => h.Scheme == "Basic");
    }
}
