using System.Globalization;
using System.Text;

namespace HoiAm.EndToEnd.Tests.Vendor;

/// <summary>Who may report: 401, 403, 429, and that the body of a stranger is never looked at.</summary>
public sealed class VendorKeyTests
{
    [Fact]
    public async Task KeysOutOfForce_Are403AndComeBackIntoForce()
    {
        await using var hub = await HubInProcess.StartAsync(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
        using var admin = new AdminClient(hub.Url);
        await admin.VendorAsync("v");
        (await admin.PostAsync("/vendors/v/keys", """{ "apiKey": "future-key", "validFrom": "2026-06-01T01:00:00Z" }""")).Is(201);
        (await admin.PostAsync("/vendors/v/keys", """{ "apiKey": "ending-key", "validTo": "2026-06-01T01:00:00Z" }""")).Is(201);
        (await admin.PostAsync("/vendors/v/keys", """{ "apiKey": "switched-off", "active": false }""")).Is(201);

        Assert.Equal(200, await StatusAsync(hub, "v-vendor-key"));
        Assert.Equal(403, await StatusAsync(hub, "future-key"));
        Assert.Equal(200, await StatusAsync(hub, "ending-key"));
        Assert.Equal(403, await StatusAsync(hub, "switched-off"));

        hub.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, await StatusAsync(hub, "future-key"));
        Assert.Equal(403, await StatusAsync(hub, "ending-key"));

        (await admin.PutAsync("/vendors/v", """{ "enabled": false }""")).Is(200);
        Assert.Equal(403, await StatusAsync(hub, "v-vendor-key"));
        Assert.Equal(403, await StatusAsync(hub, "future-key"));
        (await admin.PutAsync("/vendors/v", """{ "enabled": null }""")).Is(200);
        Assert.Equal(200, await StatusAsync(hub, "v-vendor-key"));
    }

    [Fact]
    public async Task Stranger_Is401BeforeAnythingOfTheBodyIsJudged()
    {
        await using var hub = await HubInProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("shop", null);
        foreach (var key in new[] { null, "", "nobody-knows", "shop-key", HubProcess.AdminToken, new string('k', 5_000) })
        {
            using var stranger = new VendorClient(hub.Url, key);
            VendorEndpointTests.AssertRefused(await stranger.ReportAsync("0901234567", "x", 2), 401);
        }

        using var guesser = new VendorClient(hub.Url, "nobody-knows");
        VendorEndpointTests.AssertRefused(await guesser.SendAsync("POST", VendorClient.Path, "x"u8.ToArray(), "text/plain"), 401);
        VendorEndpointTests.AssertRefused(await guesser.SendAsync("POST", VendorClient.Path, "{"u8.ToArray(), "application/json"), 401);
        VendorEndpointTests.AssertRefused(await guesser.SendAsync("POST", VendorClient.Path, new byte[1 << 20], "application/json"), 401);
    }

    [Fact]
    public async Task GuessingSource_Is429EverywhereWhileValidKeysPass()
    {
        await using var hub = await HubInProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("shop", null);
        await admin.VendorAsync("v");
        Reply reply;
        var tries = 0;
        do
        {
            using var guesser = new VendorClient(hub.Url, "guess-" + tries.ToString(CultureInfo.InvariantCulture));
            reply = await guesser.ReportAsync("0901234567", "x", 2);
            Assert.True(++tries < 200, "Guessing was never stopped.");
        }
        while (reply.Status == 401);
        VendorEndpointTests.AssertRefused(reply, 429);
        AssertRetryAfter(reply);

        // The same source is past its limit at every other door too, with wrong keys only.
        using var wrongAdmin = new AdminClient(hub.Url, "wrong-token");
        AssertRetryAfter((await wrongAdmin.GetAsync("/accounts")).IsProblem(429));
        using var wrongPull = new PullClient(hub.Url, "shop-key", "wrong-secret");
        AssertRetryAfter((await wrongPull.FeedAsync()).IsProblem(429));
        var refused = await wrongPull.GetCallbackAsync(["x"]);
        AssertRetryAfter(refused.Is(429));
        Assert.Equal(101, (int)refused.Json["Code"]!);

        Assert.Equal(200, await StatusAsync(hub, "v-vendor-key"));
        (await admin.GetAsync("/accounts")).Is(200);
        using var pull = new PullClient(hub.Url, "shop-key", "shop-secret");
        Assert.Equal(100, (int)(await pull.GetCallbackAsync(["x"])).Is(200).Json["Code"]!);
        (await pull.FeedAsync()).Is(200);

        hub.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(401, await StatusAsync(hub, "guess-again"));
    }

    private static void AssertRetryAfter(Reply reply)
    {
        Assert.Equal(429, reply.Status);
        Assert.InRange(int.Parse(reply.RetryAfter!, CultureInfo.InvariantCulture), 1, 60);
    }

    private static async Task<int> StatusAsync(HubInProcess hub, string key)
    {
        using var vendor = new VendorClient(hub.Url, key);
        var body = Encoding.UTF8.GetBytes(VendorClient.Body("0901234567", "key-test", 2));
        return (await vendor.SendAsync("POST", VendorClient.Path, body, "application/json")).Status;
    }
}
