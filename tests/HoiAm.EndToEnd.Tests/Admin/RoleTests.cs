using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Admin;

/// <summary>What each role may do, and that a customer's own token sees that customer only, on every route.</summary>
[Collection(SharedHubTests.Name)]
public sealed class RoleTests(SharedHub shared)
{
    // Every route, and whether support, readonly and the customer's own token may use it.
    public static TheoryData<string, string, bool, bool, bool> Routes => new()
    {
        { "GET", "/accounts", true, true, false },
        { "GET", "/accounts/{own}", true, true, true },
        { "PUT", "/accounts/{own}", false, false, false },
        { "GET", "/accounts/{own}/keys", true, true, true },
        { "POST", "/accounts/{own}/keys", false, false, true },
        { "DELETE", "/accounts/{own}/keys/x", false, false, true },
        { "POST", "/accounts/{own}/signin-links", false, false, false },
        { "GET", "/vendors", true, true, false },
        { "GET", "/vendors/roles", true, true, false },
        { "PUT", "/vendors/roles", false, false, false },
        { "GET", "/vendors/roles/keys", true, true, false },
        { "POST", "/vendors/roles/keys", false, false, false },
        { "DELETE", "/vendors/roles/keys/x", false, false, false },
        { "GET", "/tokens", false, false, false },
        { "POST", "/tokens", false, false, false },
        { "DELETE", "/tokens/x", false, false, false },
        { "POST", "/messages", false, false, false },
        { "POST", "/messages/batch", false, false, false },
        { "GET", "/messages", true, true, true },
        { "GET", "/messages/{sms}", true, true, true },
        { "POST", "/messages/{sms}/approve", true, false, false },
        { "POST", "/messages/{sms}/reject", true, false, false },
        { "GET", "/callbacks", true, true, true },
        { "POST", "/callbacks/cb_0000000000000001/replay", true, false, true },
        { "POST", "/callbacks/replay", true, false, true },
        { "GET", "/replays/x", true, true, true },
        { "GET", "/endpoints", true, true, true },
        { "GET", "/endpoints/ep_999", true, true, true },
        { "POST", "/endpoints/ep_999/pause", true, false, true },
        { "POST", "/endpoints/ep_999/resume", true, false, true },
        { "POST", "/endpoints/ep_999/test", true, false, true },
        { "GET", "/orphans", true, true, false },
        { "POST", "/orphans/or_1/attach", true, false, false },
        { "GET", "/orphans/or_1/suggestions", true, true, false },
        { "GET", "/search?q=x", true, true, true },
        { "GET", "/stats", true, true, true },
        { "GET", "/overview", true, true, true },
        { "GET", "/settings", true, true, false },
        { "GET", "/audit", true, true, false },
        { "GET", "/no-such-route", true, true, true },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_IsOpenToTheRolesThatMayUseItOnly(string method, string path, bool support, bool readOnly, bool own)
    {
        await SetUpAsync();
        path = path.Replace("{own}", "roles-a", StringComparison.Ordinal).Replace("{sms}", "roles-a-1", StringComparison.Ordinal);
        foreach (var (token, may) in new[] { ("roles-support", support), ("roles-readonly", readOnly), ("roles-own-a", own) })
        {
            using var client = new AdminClient(shared.Url, token);

            // A body that changes nothing: "[]" is refused by every call that is allowed, a replay of many apart, which there matches nothing.
            var reply = await client.SendAsync(method, path, method == "GET" ? null : path == "/callbacks/replay" ? """{ "host": "nowhere.example" }""" : "[]");
            Assert.True(may ? reply.Status is not (401 or 403) and < 500 : reply.Status == 403, $"{token} got {reply.Status}: {reply.Text}");
        }
    }

    [Fact]
    public async Task WithoutToken_EveryRouteIs401()
    {
        // A hub of its own, under a clock that leaves the limit for failed tries behind.
        await using var hub = await HubInProcess.StartAsync();
        using var nobody = new AdminClient(hub.Url, "");
        foreach (var row in Routes)
        {
            hub.Clock.Advance(TimeSpan.FromMinutes(1));
            var (method, path) = (row.Data.Item1, row.Data.Item2);
            (await nobody.SendAsync(method, path, method == "GET" ? null : "{}")).IsProblem(401);
        }
    }

    [Fact]
    public async Task OwnToken_SeesOnlyItsOwnAccountOnEveryRead()
    {
        await SetUpAsync();
        using var own = new AdminClient(shared.Url, "roles-own-a");
        (await own.GetAsync("/accounts/roles-a")).Is(200);
        (await own.GetAsync("/accounts/roles-b")).IsProblem(404);
        (await own.GetAsync("/messages/roles-b-1")).IsProblem(404);
        (await own.GetAsync("/accounts/roles-b/keys")).IsProblem(404);
        (await own.PostAsync("/accounts/roles-b/keys", "{}")).IsProblem(404);
        (await own.GetAsync("/stats?account=roles-b")).IsProblem(404);
        Assert.Empty(await own.ListAsync("/search?q=roles-b-1"));
        Assert.All(await own.ListAsync("/search?q=0901234567"), m => Assert.Equal("roles-a", (string?)m["message"]!["account"]));
        (await own.GetAsync("/messages/roles-a-1")).Is(200);
        (await own.GetAsync("/messages?account=roles-b")).IsProblem(404);
        (await own.GetAsync("/callbacks?account=roles-b")).IsProblem(404);
        (await own.GetAsync("/endpoints?account=roles-b")).IsProblem(404);
        Assert.All(await own.ListAsync("/messages"), m => Assert.Equal("roles-a", (string?)m["account"]));
        Assert.All(await own.ListAsync("/messages?phone=0901234567"), m => Assert.Equal("roles-a", (string?)m["account"]));
        Assert.All(await own.ListAsync("/messages?requestId=roles-request"), m => Assert.Equal("roles-a", (string?)m["account"]));
        Assert.NotEmpty(await own.ListAsync("/messages?requestId=roles-request"));
        Assert.All(await own.ListAsync("/callbacks"), c => Assert.Equal("roles-a", (string?)c["account"]));
        Assert.Single(await own.ListAsync("/callbacks"));
        Assert.All(await own.ListAsync("/endpoints"), e => Assert.Equal("roles-a", (string?)e["account"]));

        var foreign = Assert.Single(await shared.Admin.ListAsync("/callbacks?account=roles-b"));
        (await own.PostAsync($"/callbacks/{foreign["id"]}/replay")).IsProblem(404);
        var endpoint = Assert.Single(await shared.Admin.ListAsync("/endpoints?account=roles-b"));
        (await own.GetAsync($"/endpoints/{endpoint["id"]}")).IsProblem(404);
        (await own.PostAsync($"/endpoints/{endpoint["id"]}/pause")).IsProblem(404);
        (await own.PostAsync($"/endpoints/{endpoint["id"]}/test")).IsProblem(404);
        (await own.PostAsync("/callbacks/replay", """{ "account": "roles-b" }""")).IsProblem(404);
        var replay = (await shared.Admin.PostAsync("/callbacks/replay", """{ "account": "roles-b" }""")).Is(202).Json;
        (await own.GetAsync($"/replays/{replay["replayId"]}")).IsProblem(404);
        (await shared.Admin.GetAsync($"/replays/{replay["replayId"]}")).Is(200);
    }

    [Fact]
    public async Task ReadOnly_SeesMaskedNumbersEverywhere()
    {
        await SetUpAsync();
        using var readOnly = new AdminClient(shared.Url, "roles-readonly");
        using var vendor = new VendorClient(shared.Url, "roles-vendor-key");
        (await vendor.ReportAsync("0901234567", "roles-orphan", 2)).Is(200);
        foreach (var path in new[] { "/messages/roles-a-1", "/messages?account=roles-a", "/callbacks?account=roles-a", "/orphans?limit=500", "/endpoints?account=roles-a" })
        {
            var shown = (await readOnly.GetAsync(path)).Is(200).Text;
            Assert.DoesNotContain("901234567", shown, StringComparison.Ordinal);
        }

        Assert.Contains("901234567", (await shared.Admin.GetAsync("/messages/roles-a-1")).Text, StringComparison.Ordinal);
        using var support = new AdminClient(shared.Url, "roles-support");
        Assert.Contains("901234567", (await support.GetAsync("/messages/roles-a-1")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongToken_Is401WithHowToSignIn()
    {
        using var wrong = new AdminClient(shared.Url, "not-a-token");
        var reply = (await wrong.GetAsync("/accounts")).IsProblem(401);
        Assert.Contains(reply.Headers.WwwAuthenticate, h => h.Scheme == "Bearer");
        using var apiKey = new AdminClient(shared.Url, "roles-a-key");
        (await apiKey.GetAsync("/accounts")).IsProblem(401);
    }

    private async Task SetUpAsync()
    {
        var admin = shared.Admin;
        if ((await admin.GetAsync("/accounts/roles-b")).Status == 200)
        {
            return;
        }

        await admin.AccountAsync("roles-a", shared.Hook.Url + "/roles-a?phone=0901234567");
        await admin.AccountAsync("roles-b", shared.Hook.Url + "/roles-b");
        await admin.VendorAsync("roles");
        using var vendor = new VendorClient(shared.Url, "roles-vendor-key");
        foreach (var account in new[] { "roles-a", "roles-b" })
        {
            await admin.MessageAsync(account, "roles", account + "-1", "0901234567", "\"requestId\": \"roles-request\"");
            (await vendor.ReportAsync("0901234567", account + "-1", 2)).Is(200);
        }

        foreach (var (token, role) in new[] { ("roles-support", "support"), ("roles-readonly", "readonly"), ("roles-own-a", "account:roles-a") })
        {
            (await admin.PostAsync("/tokens", new JsonObject { ["token"] = token, ["role"] = role }.ToJsonString())).Is(201);
        }

        await Poll.UntilAsync(() => shared.Hook.For("roles-a-1").Count + shared.Hook.For("roles-b-1").Count == 2, "The callbacks");
        await Poll.UntilAsync(async () => (await admin.ListAsync("/callbacks?state=pending&account=roles-a")).Count == 0, "The record");
    }
}
