using System.Text;
using HoiAm.Server.Guarding;
using HoiAm.Server.Hosting;

namespace HoiAm.EndToEnd.Tests.Guarding;

/// <summary>Who calls when a proxy stands in between: allow-lists, the count of failed tries and the admin API go by the real address.</summary>
public sealed class ForwardedTests
{
    private const string Vendor = "/api/vendor/v1/sms/callback";

    [Fact]
    public async Task TrustedProxy_DecidesWhoCalls()
    {
        await using var hub = await HubInProcess.StartAsync(change: o => o with { TrustedProxies = "127.0.0.1, 10.0.0.0/8" });
        await SetUpAsync(hub);

        // The list is read from its end, past other trusted proxies; what the caller wrote before that is not believed.
        (await SendAsync(hub, Vendor, "198.51.100.9", vendorKey: true)).Is(403);
        (await SendAsync(hub, Vendor, "203.0.113.5", vendorKey: true)).Is(200);
        (await SendAsync(hub, Vendor, "198.51.100.9, 203.0.113.5:4711, 10.1.2.3", vendorKey: true)).Is(200);
        (await SendAsync(hub, Vendor, "203.0.113.5, 198.51.100.9", vendorKey: true)).Is(403);
        (await SendAsync(hub, Vendor, "[2001:db8::5]:80", vendorKey: true)).Is(200);
    }

    [Fact]
    public async Task UntrustedCaller_CannotChooseItsAddress()
    {
        await using var hub = await HubInProcess.StartAsync(change: o => o with { TrustedProxies = "10.0.0.0/8" });
        await SetUpAsync(hub);
        (await SendAsync(hub, Vendor, "203.0.113.5", vendorKey: true)).Is(403);
    }

    [Fact]
    public async Task FailedTries_AreCountedByTheRealAddress()
    {
        await using var hub = await HubInProcess.StartAsync(change: o => o with { TrustedProxies = "127.0.0.1" });
        await SetUpAsync(hub);
        for (var i = 0; i < 30; i++)
        {
            (await SendAsync(hub, Vendor, "198.51.100.9", vendorKey: false)).Is(401);
        }

        (await SendAsync(hub, Vendor, "198.51.100.9", vendorKey: false)).Is(429);
        (await SendAsync(hub, Vendor, "198.51.100.10", vendorKey: false)).Is(401);

        // Valid keys are never refused, not even from there.
        using var admin = new AdminClient(hub.Url);
        (await admin.PutAsync("/vendors/v", """{ "allowedAddresses": null }""")).Is(200);
        (await SendAsync(hub, Vendor, "198.51.100.9", vendorKey: true)).Is(200);
    }

    [Fact]
    public async Task Account_IsOpenFromItsAddressesOnly()
    {
        await using var hub = await HubInProcess.StartAsync(change: o => o with { TrustedProxies = "127.0.0.1" });
        await SetUpAsync(hub);
        const string Keys = """{ "ApiKey": "shop-key", "SecretKey": "shop-secret" }""";
        foreach (var (from, allowed) in new[] { ("198.51.100.9", false), ("203.0.113.5", true) })
        {
            var pull = await SendAsync(hub, "/ZaloCallback/GetCallback", from, false, Keys);
            Assert.Equal(!allowed, (int)pull.Is(200).Json["Code"]! == 140);
            var balance = await SendAsync(hub, "/MainService.svc/json/GetBalance_json", from, false, Keys);
            Assert.Equal(allowed ? "100" : "140", balance.Is(200).Json["CodeResponse"]!.ToString());
            var basic = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("shop-key:shop-secret"));
            (await SendAsync(hub, "/api/v1/callbacks", from, false, null, basic)).Is(allowed ? 200 : 403);
        }
    }

    [Fact]
    public async Task AdminFromElsewhere_IsServedOverTlsOnly()
    {
        await using var hub = await HubInProcess.StartAsync(change: o => o with { TrustedProxies = "127.0.0.1" });
        const string Bearer = "Bearer " + HubProcess.AdminToken;
        foreach (var path in new[] { "/admin/v1/accounts", "/admin", "/", "/anything-new" })
        {
            (await SendAsync(hub, path, "198.51.100.9", false, null, Bearer)).IsProblem(403, says: "--admin-without-tls");
        }

        (await SendAsync(hub, "/admin/v1/accounts", "198.51.100.9", false, null, Bearer, "https")).Is(200);
        (await SendAsync(hub, "/admin/v1/privacy/export", "198.51.100.9", false, """{ "phone": "0901234567" }""", Bearer, "https")).Is(200);
        using var admin = new AdminClient(hub.Url);
        Assert.Equal("198.51.100.9", (string)(await admin.ListAsync("/audit"))[0]["source"]!);
        (await SendAsync(hub, "/admin/v1/accounts", "198.51.100.9", false, null, Bearer, "https, http")).Is(403);
        (await SendAsync(hub, "/admin/v1/accounts", null, false, null, Bearer)).Is(200);
        (await SendAsync(hub, Vendor, "198.51.100.9", vendorKey: false)).Is(401);
        (await SendAsync(hub, "/metrics", "198.51.100.9", false, null, Bearer)).Is(200);
    }

    [Fact]
    public async Task AdminWithoutTls_IsServedWhenTheOperatorSaysSo()
    {
        await using var hub = await HubInProcess.StartAsync(change: o => o with { TrustedProxies = "127.0.0.1", AdminWithoutTls = true });
        (await SendAsync(hub, "/admin/v1/accounts", "198.51.100.9", false, null, "Bearer " + HubProcess.AdminToken)).Is(200);
    }

    [Fact]
    public async Task UnusableAllowList_IsRefusedWithTheElement()
    {
        await using var hub = await HubInProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        (await admin.PutAsync("/vendors/v", """{ "apiKey": "v-vendor-key", "allowedAddresses": ["203.0.113.7/24"] }"""))
            .IsProblem(400, "allowedAddresses[0]", "203.0.113.0/24");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("10.0.0.1/8")]
    public async Task UnusableProxyList_RefusesToStart(string proxies)
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => HubInProcess.StartAsync(change: o => o with { TrustedProxies = proxies }));
        Assert.Contains("--trusted-proxies", refused.Message, StringComparison.Ordinal);
        Assert.True(ForwardedSource.Proxies(null).IsEmpty);
    }

    private static async Task SetUpAsync(HubInProcess hub)
    {
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("shop", null);
        (await admin.PutAsync("/accounts/shop/sending", """{ "allowedAddresses": ["203.0.113.0/24"] }""")).Is(201);
        (await admin.PutAsync("/vendors/v", """{ "apiKey": "v-vendor-key", "allowedAddresses": ["203.0.113.0/24", "2001:db8::/32"] }""")).Is(201);
    }

    private static async Task<Reply> SendAsync(
        HubInProcess hub, string path, string? from, bool vendorKey, string? body = null, string? authorization = null, string? scheme = null)
    {
        using var http = new HttpClient { BaseAddress = new Uri(hub.Url) };
        var isPost = body is not null || path == Vendor;
        var request = new HttpRequestMessage(isPost ? HttpMethod.Post : HttpMethod.Get, path);
        if (isPost)
        {
            request.Content = new StringContent(body ?? VendorClient.Body("0901234567", "none", 2), Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in new[]
        {
            ("X-Forwarded-For", from), ("X-Forwarded-Proto", scheme), ("Authorization", authorization), ("API-KEY", vendorKey ? "v-vendor-key" : null),
        })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await Reply.SendAsync(http, request);
    }
}
