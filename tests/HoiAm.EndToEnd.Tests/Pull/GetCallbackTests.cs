using System.Globalization;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Pull;

/// <summary>GetCallback (seed 002) over HTTP under a clock of the test: presets, limits, refusals, and how states are folded.</summary>
public sealed class GetCallbackTests
{
    // 18:30 UTC is 01:30 in Ho Chi Minh City.
    private static readonly DateTimeOffset s_insideWindow = new(2026, 3, 1, 18, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("seed", 200, 1, true)]
    [InlineData("2023", 100, 1, true)]
    [InlineData("2024", 200, 20, false)]
    public async Task Preset_SetsIdsRateAndHours(string preset, int ids, int perSecond, bool window)
    {
        await using var hub = await HubInProcess.StartAsync(s_insideWindow);
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("preset", "https://shop.example/dlr", $$""" "pull": { "preset": "{{preset}}" } """);
        var rows = Enumerable.Range(0, 230).Select(i => AdminClient.MessageJson("preset", "", Id(i), "0901234567", "\"typeId\": 25").Replace("\"vendor\": \"\", ", "", StringComparison.Ordinal));
        (await admin.SendAsync("POST", "/messages/batch", string.Join("\n", rows), "application/x-ndjson")).Is(200);
        using var pull = new PullClient(hub.Url, "preset-key", "preset-secret");

        // Cut in the given order, here backwards; an unknown id takes its place in the count.
        var asked = Enumerable.Range(0, 230).Select(i => i == 3 ? "unknown" : Id(229 - i)).ToList();
        var answer = Code(await pull.GetCallbackAsync(asked), 100);
        Assert.Equal(asked.Take(ids).Where(id => id != "unknown"), answer["Data_callback"]!.AsArray().Select(i => (string)i!["SMSID"]!));

        hub.Clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < perSecond; i++)
        {
            Code(await pull.GetCallbackAsync([Id(0)]), 100);
        }

        var refused = await pull.GetCallbackAsync([Id(0)]);
        Assert.Equal("""{"Code":160,"Message":"Exceed TPS","Data_callback":[]}""", refused.Is(200).Text);
        Assert.Equal("1", refused.RetryAfter);
        hub.Clock.Advance(TimeSpan.FromSeconds(1));
        Code(await pull.GetCallbackAsync([Id(0)]), 100);

        // 01:59:59 local is the last second of the hours.
        hub.Clock.Advance(TimeSpan.FromMinutes(29) + TimeSpan.FromSeconds(57));
        Code(await pull.GetCallbackAsync([Id(0)]), 100);
        hub.Clock.Advance(TimeSpan.FromSeconds(1));
        var late = Code(await pull.GetCallbackAsync([Id(0)]), window ? 110 : 100);
        if (window)
        {
            Assert.Contains("01:00-02:00", (string?)late["Message"], StringComparison.Ordinal);
            Assert.Empty(late["Data_callback"]!.AsArray());
            hub.Clock.Advance(TimeSpan.FromHours(23));
            Code(await pull.GetCallbackAsync([Id(0)]), 100);
        }
    }

    [Fact]
    public async Task OwnLimits_StandOverThePreset()
    {
        await using var hub = await HubInProcess.StartAsync(s_insideWindow.AddHours(12));
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("owner", "https://shop.example/dlr", """ "pull": { "preset": "seed", "maxIds": 2, "perSecond": 3, "window": "13:00-14:00", "kinds": "all" } """);
        foreach (var i in Enumerable.Range(0, 3))
        {
            (await admin.PostAsync("/messages", Message("owner", Id(i), 2))).Is(201);
        }

        using var pull = new PullClient(hub.Url, "owner-key", "owner-secret");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(2, Code(await pull.GetCallbackAsync([Id(0), Id(1), Id(2)]), 100)["Data_callback"]!.AsArray().Count);
        }

        Code(await pull.GetCallbackAsync([Id(0)]), 160);
        (await admin.PutAsync("/accounts/owner", """{ "pull": { "window": "none" } }""")).Is(200);
        hub.Clock.Advance(TimeSpan.FromHours(5));
        Code(await pull.GetCallbackAsync([Id(0)]), 100);
    }

    [Fact]
    public async Task WrongKeys_Are101AndMalformedBodies110()
    {
        await using var hub = await HubInProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("keys", "https://shop.example/dlr");
        using var pull = new PullClient(hub.Url, "keys-key", "keys-secret");
        using var wrong = new PullClient(hub.Url, "keys-key", "keys-secret-2");
        Assert.Equal("""{"Code":101,"Message":"Authorize Failed","Data_callback":[]}""", (await wrong.GetCallbackAsync(["x"])).Is(200).Text);
        Code(await pull.PostAsync("""{ "apikey": "keys-key", "SECRETKEY": "keys-secret", "listrefid": "a,b" }"""), 100);
        Code(await pull.PostAsync("""{ "ApiKey": "keys-key", "SecretKey": "keys-secret" }"""), 110);
        Code(await pull.PostAsync("""{ "ApiKey": "keys-key", "SecretKey": "keys-secret", "ListRefid": {} }"""), 110);
        Code(await pull.PostAsync("""{ "ApiKey": "keys-key", "SecretKey": "keys-secret", "ListRefid": [[1]] }"""), 110);
        foreach (var body in new[] { "", "[]", "{", "{ \"ApiKey\": \"\\ud800\" }", new string('[', 5_000) })
        {
            Code(await pull.PostAsync(body), 110);
        }

        Assert.Equal(413, (await pull.PostAsync("\"" + new string('x', 1 << 20) + "\"")).Status);
        using var http = new HttpClient();
        using var get = await http.GetAsync(new Uri(hub.Url + "/ZaloCallback/GetCallback"), TestContext.Current.CancellationToken);
        Assert.Equal(405, (int)get.StatusCode);
        Assert.Equal(["POST"], get.Content.Headers.Allow);
    }

    [Fact]
    public async Task States_AreFoldedToWaitingAndFinished()
    {
        await using var hub = await HubInProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("fold", null);
        await admin.VendorAsync("s");
        using var vendor = new VendorClient(hub.Url, "s-vendor-key");
        (await admin.PutAsync("/vendors/s", """{ "statusMap": { "7": "sent" } }""")).Is(200);
        var reports = new[] { ("new", (int?)null), ("pending", 0), ("waiting", 1), ("sent", 7), ("done", 2), ("failed", -2), ("rejected", -1), ("expired", 6) };
        foreach (var (id, status) in reports)
        {
            (await admin.PostAsync("/messages", Message("fold", id, 25, "\"callbackUrl\": \"https://shop.example/\", \"vendor\": \"s\", \"oaId\": \"4097311281936189049\", \"tempId\": \"205644\""))).Is(201);
            if (status is { } number)
            {
                (await vendor.ReportAsync("0901234567", id, number)).Is(200);
            }
        }

        using var pull = new PullClient(hub.Url, "fold-key", "fold-secret");
        var items = Code(await pull.GetCallbackAsync(reports.Select(r => r.Item1)), 100)["Data_callback"]!.AsArray()
            .ToDictionary(i => (string)i!["SMSID"]!, i => $"{i!["SendStatus"]}/{i["SendFailed"]}/{i["SendSuccess"]}/{i["TotalSent"]}/{i["TotalPrice"]!.ToJsonString()}");
        Assert.Equal(["2/0/0/0/0.0", "2/0/0/0/0.0", "2/0/0/0/0.0", "2/0/0/0/0.0"], new[] { "new", "pending", "waiting", "sent" }.Select(id => items[id]));
        Assert.Equal("5/0/1/1/330.5", items["done"]);
        Assert.Equal("5/1/0/1/0.0", items["failed"]);
        Assert.Equal("5/1/0/0/0.0", items["rejected"]);
        Assert.Equal("5/1/0/1/0.0", items["expired"]);
    }

    [Fact]
    public async Task OtherOasKindsAccountsAndHooklessMessages_AreSilentlyLeftOut()
    {
        await using var hub = await HubInProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("shop", null);
        await admin.AccountAsync("other", "https://other.example/");
        const string hook = "\"callbackUrl\": \"https://shop.example/\"";
        (await admin.PostAsync("/messages", Message("shop", "oa-1", 25, hook + ", \"oaId\": \"111\""))).Is(201);
        (await admin.PostAsync("/messages", Message("shop", "oa-2", 24, hook + ", \"oaId\": \"222\""))).Is(201);
        (await admin.PostAsync("/messages", Message("shop", "sms", 2, hook))).Is(201);
        (await admin.PostAsync("/messages", Message("shop", "viber", 23, hook))).Is(201);
        (await admin.PostAsync("/messages", Message("shop", "hookless", 25))).Is(201);
        (await admin.PostAsync("/messages", Message("other", "foreign", 25))).Is(201);
        using var pull = new PullClient(hub.Url, "shop-key", "shop-secret");
        string[] all = ["oa-2", "sms", "viber", "hookless", "foreign", "nothing", "oa-1", "oa-2"];
        Assert.Equal(["oa-2", "oa-1"], Ids(await pull.GetCallbackAsync(all)));
        Assert.Equal(["oa-1"], Ids(await pull.GetCallbackAsync(all, "111")));
        Assert.Empty(Ids(await pull.GetCallbackAsync(all, "333")));
        (await admin.PutAsync("/accounts/shop", """{ "pull": { "kinds": "all" } }""")).Is(200);
        Assert.Equal(["oa-2", "sms", "viber", "oa-1"], Ids(await pull.GetCallbackAsync(all)));
        (await admin.PutAsync("/accounts/shop", """{ "pull": { "kinds": "2,23" } }""")).Is(200);
        Assert.Equal(["sms", "viber"], Ids(await pull.GetCallbackAsync(all)));

        hub.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Empty(Ids(await pull.GetCallbackAsync(all)));
    }

    private static string Message(string account, string smsId, int typeId, string more = "") =>
        $$"""{ "account": "{{account}}", "smsId": "{{smsId}}", "typeId": {{typeId}}, "recipients": [{ "phone": "0901234567", "price": 330.5 }]{{(more.Length == 0 ? "" : ", " + more)}} }""";

    private static IEnumerable<string> Ids(Reply reply) => Code(reply, 100)["Data_callback"]!.AsArray().Select(i => (string)i!["SMSID"]!);

    private static JsonNode Code(Reply reply, int code)
    {
        var json = reply.Is(200).Json;
        Assert.True((int)json["Code"]! == code, reply.Text);
        Assert.Equal(["Code", "Message", "Data_callback"], json.AsObject().Select(m => m.Key));
        return json;
    }

    private static string Id(int index) => "p-" + index.ToString(CultureInfo.InvariantCulture);
}
