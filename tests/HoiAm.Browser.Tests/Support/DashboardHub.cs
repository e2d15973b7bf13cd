using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using HoiAm.Browser.Tests.Support;
using HoiAm.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(DashboardHub))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace HoiAm.Browser.Tests.Support;

/// <summary>A hub with the sandbox, and a customer's hook that can be broken and mended. One for all tests; each uses names of its own.</summary>
public sealed class DashboardHub : IAsyncLifetime
{
    public const string AdminToken = "browser-admin-token";

    private readonly string _folder = Directory.CreateTempSubdirectory("hoiam-browser-").FullName;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private WebApplication? _hooks;
    private Hub? _hub;

    /// <summary>Where the hub listens.</summary>
    public string Url => _hub!.Addresses[0].TrimEnd('/');

    /// <summary>Where the customer's hook is.</summary>
    public string HookUrl => _hooks!.Urls.First().TrimEnd('/') + "/hook";

    /// <summary>What the customer's hook answers.</summary>
    public int HookStatus { get; set; } = 200;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _hooks = builder.Build();
        _hooks.Run(context =>
        {
            var status = context.Request.Path == "/hook/operator" ? 200 : HookStatus;
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(status == 200 ? "OK" : "out of order");
        });
        await _hooks.StartAsync();
        _hub = await Hub.StartAsync(
            new HubOptions { Urls = "http://127.0.0.1:0", Data = Path.Combine(_folder, "data"), Sandbox = true, AdminToken = AdminToken },
            b => b.Logging.ClearProviders());
        await SeedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub!.DisposeAsync();
        await _hooks!.DisposeAsync();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // The system's clean-up takes what is still held.
        }
    }

    /// <summary>A call of the admin API.</summary>
    public async Task<JsonNode> AdminAsync(string method, string path, int expected, string? body = null, string token = AdminToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Url + "/admin/v1" + path);
        request.Headers.Add("Authorization", "Bearer " + token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == expected, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    /// <summary>Sends a customer-care message by the eSMS API; gives its SMSID.</summary>
    public async Task<string> SendAsync(string phone, string requestId, string? callbackUrl = null)
    {
        var body = new JsonObject
        {
            ["ApiKey"] = "sandbox-key", ["SecretKey"] = "sandbox-secret", ["SmsType"] = "2", ["Brandname"] = "Baotrixemay", ["Phone"] = phone,
            ["Content"] = "Xin chao tu HoiAm", ["RequestId"] = requestId,
        };
        if (callbackUrl is not null)
        {
            body["CallbackUrl"] = callbackUrl;
        }

        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(Url + "/MainService.svc/json/SendMultipleMessage_V4_post_json/"), content);
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["SMSID"]!;
    }

    /// <summary>A vendor's report.</summary>
    public async Task ReportAsync(string vendorKey, string msisdn, string referentId, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url + "/api/vendor/v1/sms/callback");
        request.Headers.Add("API-KEY", vendorKey);
        request.Content = new StringContent(
            $$"""{"msisdn":"{{msisdn}}","referentId":"{{referentId}}","status":{{status}} }""", Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Traffic for the pictures: carriers, kinds and endings of all sorts, and a hook that does not hear.</summary>
    public async Task FillAsync()
    {
        string[] starts = ["0901", "0911", "0331", "0561", "0591", "0861"];
        string[] ends = ["123", "234", "345", "456", "567", "678", "789", "111", "222", "333", "900", "901"];
        for (var i = 0; i < 600; i++)
        {
            var phone = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{starts[i % starts.Length]}{i:000}{ends[i * 7 % ends.Length]}");
            await SendAsync(phone, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"order-{2000 + i}"), i % 9 == 0 ? HookUrl : null);
        }

        // What is fine so far has to end well before one hook dies; it dies so thoroughly that the hub shuts it off and tells of it.
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        await UntilAsync(async () => (await AdminAsync("GET", "/callbacks?state=pending&limit=1", 200))["items"]!.AsArray().Count == 0, "Callbacks that are all acknowledged");
        HookStatus = 503;
        for (var i = 0; i < 24; i++)
        {
            await SendAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"09015551{i:00}"), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"broken-{i}"), HookUrl + "/late");
        }

        await SendAsync("0909333908", "promo-for-approval");
        await AdminAsync(
            "PUT", "/alerts", 200,
            $$"""{"urls":["{{HookUrl}}/operator"],"secret":"a-secret-of-the-operator","noReportsAfter":"01:00:00","vendors":{"carrier":"00:30:00"},"orphanPercent":1}""");
        for (var i = 0; i < 24; i++)
        {
            await ReportAsync("carrier-key", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"09660000{i:00}"), $"other-system-{i}", 2);
        }

        await UntilAsync(async () => (await AdminAsync("GET", "/alerts", 200))["open"]!.AsArray().Count > 1, "Alerts that are open");
        HookStatus = 200;
    }

    /// <summary>Waits until something of the hub is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        for (var i = 0; i < 600; i++)
        {
            if (await holds())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException(what);
    }

    // A customer beside the sandbox's own, a vendor, staff of both other roles, an orphan with something near it.
    private async Task SeedAsync()
    {
        await AdminAsync("PUT", "/accounts/sandbox", 200, """{"retry":{"maxRetries":0}}""");
        await AdminAsync(
            "PUT", "/accounts/shop", 201, $$$"""{"apiKey":"shop-api-key","secretKey":"shop-secret-key","callbackUrl":"{{{HookUrl}}}","allowPrivateHooks":true,"retry":{"maxRetries":0}}""");
        await AdminAsync("PUT", "/vendors/carrier", 201, """{"apiKey":"carrier-key"}""");
        await AdminAsync("POST", "/tokens", 201, """{"name":"Lan (night shift)","role":"readonly","token":"browser-readonly"}""");
        await AdminAsync("POST", "/tokens", 201, """{"name":"Minh (support)","role":"support","token":"browser-support"}""");
        await AdminAsync(
            "POST", "/messages", 201, """{"account":"shop","smsId":"shop-1","typeId":2,"requestId":"shop-order-1","vendor":"carrier","recipients":[{"phone":"0912345678","price":850}]}""");
        await ReportAsync("carrier-key", "0912345678", "shop-1", 2);
        await ReportAsync("carrier-key", "0912345679", "shop-nobody", 2);
    }
}
