using System.Globalization;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Admin;

/// <summary>Messages that another system sent: one, in batches, searched, decided.</summary>
[Collection(SharedHubTests.Name)]
public sealed class MessageTests(SharedHub shared)
{
    private readonly AdminClient _admin = shared.Admin;

    [Fact]
    public async Task SameBodyAgain_Is200AndAnotherBody409()
    {
        await SetUpAsync("idem");
        var body = AdminClient.MessageJson("idem", "idem", "idem-1", "0901234567");
        Assert.Equal("""{"smsId":"idem-1"}""", (await _admin.PostAsync("/messages", body)).Is(201).Text);
        Assert.Equal("""{"smsId":"idem-1"}""", (await _admin.PostAsync("/messages", body)).Is(200).Text);
        Assert.Equal("""{"smsId":"idem-1"}""", (await _admin.PostAsync("/messages", body.Replace(" ", "", StringComparison.Ordinal))).Is(200).Text);
        (await _admin.PostAsync("/messages", AdminClient.MessageJson("idem", "idem", "idem-1", "0901234568"))).IsProblem(409);
        Assert.Equal("0901234567", (string?)(await _admin.StoryAsync("idem-1"))["message"]!["phone"]);

        var first = (string?)(await _admin.PostAsync("/messages", """{ "account": "idem", "typeId": 2, "recipients": [{ "phone": "0901234567" }] }""")).Is(201).Json["smsId"];
        var second = (string?)(await _admin.PostAsync("/messages", """{ "account": "idem", "typeId": 2, "recipients": [{ "phone": "0901234567" }] }""")).Is(201).Json["smsId"];
        Assert.NotEqual(first, second);
    }

    public static TheoryData<string, string, string> Faults => new()
    {
        { "{}", "account", "is required" },
        { "{}", "typeId", "is required" },
        { "{}", "recipients", "1 to 5000" },
        { """{ "account": "nobody" }""", "account", "does not exist" },
        { """{ "typeId": 3 }""", "typeId", "1, 2, 8, 23, 24, 25, 26, 27" },
        { """{ "typeId": "two" }""", "typeId", "whole number" },
        { """{ "vendor": "nobody" }""", "vendor", "does not exist" },
        { """{ "recipients": [] }""", "recipients", "1 to 5000" },
        { """{ "recipients": {} }""", "recipients", "1 to 5000" },
        { """{ "recipients": [ "0901234567" ] }""", "recipients[0]", "JSON object" },
        { """{ "recipients": [ {} ] }""", "recipients[0].phone", "is required" },
        { """{ "recipients": [ { "phone": "hello" } ] }""", "recipients[0].phone", "Vietnamese mobile number" },
        { """{ "recipients": [ { "phone": "0901234567" }, { "phone": "+84 901 234 567" } ] }""", "recipients[1].phone", "twice" },
        { """{ "recipients": [ { "phone": "0901234567", "price": -1 } ] }""", "recipients[0].price", "amount in VND" },
        { """{ "recipients": [ { "phone": "0901234567", "price": 0.00001 } ] }""", "recipients[0].price", "four fraction digits" },
        { """{ "recipients": [ { "phone": "0901234567", "telcoId": 100 } ] }""", "recipients[0].telcoId", "from 0 to 99" },
        { """{ "recipients": [ { "number": "0901234567" } ] }""", "recipients[0].number", "is not known" },
        { """{ "callbackUrl": "http://10.0.0.1/" }""", "callbackUrl", "public addresses" },
        { """{ "sms": "x" }""", "sms", "is not known" },
        { """{ "smsId": "" }""", "smsId", "characters" },
        { """{ "requestId": "a\u0000b" }""", "requestId", "control characters" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task FaultyMember_IsNamedWithWhatIsAccepted(string body, string member, string says) =>
        (await _admin.PostAsync("/messages", body)).IsProblem(400, member, says);

    [Fact]
    public async Task LongIds_AreRefusedAtLimitPlusOne()
    {
        await SetUpAsync("long");
        await _admin.MessageAsync("long", "long", new string('s', 128), "0901234567", $"\"requestId\": \"{new string('r', 256)}\"");
        (await _admin.PostAsync("/messages", AdminClient.MessageJson("long", "long", new string('t', 129), "0901234567"))).IsProblem(400, "smsId");
        (await _admin.PostAsync("/messages", AdminClient.MessageJson("long", "long", new string('t', 10_000), "0901234567"))).IsProblem(400, "smsId");
        (await _admin.PostAsync("/messages", AdminClient.MessageJson("long", "long", "long-1", "0901234567", $"\"referentId\": \"{new string('r', 257)}\""))).IsProblem(400, "referentId");
        (await _admin.GetAsync("/messages/long-1")).IsProblem(404);
    }

    [Fact]
    public async Task PrivateHook_IsRefusedWhereTheAccountDoesNotAllowIt()
    {
        (await _admin.PutAsync("/accounts/public-only", """{ "apiKey": "public-only-1", "secretKey": "public-only-2" }""")).Is(201);
        (await _admin.PostAsync("/messages", """{ "account": "public-only", "typeId": 2, "callbackUrl": "http://127.0.0.1:9/x", "recipients": [{ "phone": "0901234567" }] }""")).IsProblem(400, "callbackUrl", "public addresses");
        (await _admin.PutAsync("/accounts/public-only", """{ "allowPrivateHooks": true }""")).Is(200);
        (await _admin.PostAsync("/messages", """{ "account": "public-only", "typeId": 2, "callbackUrl": "http://127.0.0.1:9/x", "recipients": [{ "phone": "0901234567" }] }""")).Is(201);
    }

    [Fact]
    public async Task FiveThousandRecipients_AreOneMessageAndOneMoreIsRefused()
    {
        await SetUpAsync("many");
        (await _admin.PostAsync("/messages", Many("many-1", 5_001))).IsProblem(400, "recipients", "1 to 5000");
        (await _admin.PostAsync("/messages", Many("many-1", 5_000))).Is(201);
        using var vendor = new VendorClient(shared.Url, "many-vendor-key");
        foreach (var (index, status) in new[] { (0, 2), (17, -2), (4_999, -1) })
        {
            (await vendor.ReportAsync(Phone(index), "many-1", status)).Is(200);
        }

        var story = await _admin.StoryAsync("many-1");
        var message = story["message"]!;
        Assert.Equal(5_000, (int)message["totalReceiver"]!);
        Assert.Equal(1, (int)message["sendSuccess"]!);
        Assert.Equal(2, (int)message["sendFailed"]!);
        Assert.Equal("accepted", (string?)message["state"]);
        Assert.Equal(5_000, story["recipients"]!.AsArray().Count);
        Assert.Equal("delivered", (string?)story["recipients"]![0]!["state"]);
        Assert.Equal("failed", (string?)story["recipients"]![17]!["state"]);
        Assert.Equal("rejected", (string?)story["recipients"]![4_999]!["state"]);
        Assert.Empty(story["callbacks"]!.AsArray());
    }

    [Fact]
    public async Task Batch_AnswersRowByRowAndFaultyRowsStopNoOthers()
    {
        await SetUpAsync("batch");
        var good = AdminClient.MessageJson("batch", "batch", "batch-1", "0901234567");
        string[] rows = [good, "{", """{ "account": "batch" }""", "[]", good, AdminClient.MessageJson("batch", "batch", "batch-1", "0901234568"), "\"\\ud800\"", AdminClient.MessageJson("batch", "batch", "\\ud800", "0901234567"), AdminClient.MessageJson("batch", "batch", "batch-2", "0901234567")];
        var reply = (await _admin.SendAsync("POST", "/messages/batch", string.Join("\n", rows) + "\r\n\n", "application/x-ndjson")).Is(200);
        Assert.Equal("application/x-ndjson", reply.MediaType);
        var results = reply.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(Enumerable.Range(1, rows.Length), results.Select(r => (int)r["row"]!));
        Assert.Equal([201, 400, 400, 400, 200, 409, 400, 400, 201], results.Select(r => (int)r["status"]!));
        Assert.All(results, r => Assert.True((int)r["status"]! is 200 or 201 || (string?)r["error"] is { Length: > 0 }));
        (await _admin.GetAsync("/messages/batch-2")).Is(200);
    }

    [Fact]
    public async Task BatchLimits_AreToldBeforeAnythingIsEntered()
    {
        await SetUpAsync("limits");
        var rows = Enumerable.Range(0, 1_001).Select(i => AdminClient.MessageJson("limits", "limits", "limits-" + Text(i), "0901234567"));
        (await _admin.SendAsync("POST", "/messages/batch", string.Join("\n", rows), "application/x-ndjson")).IsProblem(400, "body", "1 to 1000");
        (await _admin.SendAsync("POST", "/messages/batch", "\n\n", "application/x-ndjson")).IsProblem(400, "body");
        (await _admin.GetAsync("/messages/limits-0")).IsProblem(404);
    }

    [Fact]
    public async Task Search_FindsByPhoneRequestStateAndTime()
    {
        await SetUpAsync("search");
        for (var i = 0; i < 5; i++)
        {
            await _admin.MessageAsync("search", "search", "search-" + Text(i), "09012000" + Text(i + 10), $"\"requestId\": \"order {i % 2}\"");
        }

        using var vendor = new VendorClient(shared.Url, "search-vendor-key");
        (await vendor.ReportAsync("0901200010", "search-0", 2)).Is(200);
        (await vendor.ReportAsync("0901200011", "search-1", 6)).Is(200);
        Assert.Equal(["search-4", "search-3", "search-2", "search-1", "search-0"], await SearchAsync(""));
        Assert.Equal(["search-4", "search-3", "search-2", "search-1", "search-0"], await SearchAsync("", limit: 2));
        Assert.Equal(["search-3", "search-1"], await SearchAsync("&requestId=order%201", limit: 1));
        Assert.Equal(["search-2"], await SearchAsync("&phone=%2B84901200012"));
        Assert.Equal(["search-0"], await SearchAsync("&state=delivered"));
        Assert.Equal(["search-1"], await SearchAsync("&state=expired"));
        Assert.Equal(5, (await SearchAsync("&from=2020-01-01T00:00:00Z&to=9999-12-31T23:59:59Z")).Count);
        Assert.Equal(5, (await SearchAsync("&from=0001-01-01T00:00:00Z")).Count);
        Assert.Empty(await SearchAsync("&to=2020-01-01T00:00:00Z"));
        Assert.Empty(await SearchAsync("&from=9999-12-31T23:59:59Z"));
        Assert.Equal(5, (await SearchAsync("&from=2020-01-01T00:00:00+07:00")).Count);
        (await _admin.GetAsync("/messages?state=lost")).IsProblem(400, "state", "pendingApproval");
        (await _admin.GetAsync("/messages?from=today")).IsProblem(400, "from");
        (await _admin.GetAsync("/messages?phone=x")).IsProblem(400, "phone");
        (await _admin.GetAsync("/messages?limit=0")).IsProblem(400, "limit", "1 to 500");
        (await _admin.GetAsync("/messages?limit=501")).IsProblem(400, "limit");
        (await _admin.GetAsync("/messages?cursor=zz")).IsProblem(400, "cursor");
        (await _admin.GetAsync("/messages?account=nobody")).IsProblem(404);
    }

    [Fact]
    public async Task SmsIdWithASlash_IsFoundAgain()
    {
        await SetUpAsync("oblique");
        await _admin.MessageAsync("oblique", "oblique", "oblique/1", "0901234567");
        Assert.Equal("oblique/1", (string)(await _admin.StoryAsync("oblique%2F1"))["message"]!["smsId"]!);
    }

    [Fact]
    public async Task WaitingMessage_IsApprovedOrRejectedOnce()
    {
        await SetUpAsync("approve");
        using var vendor = new VendorClient(shared.Url, "approve-vendor-key");
        foreach (var id in new[] { "approve-1", "approve-2" })
        {
            await _admin.MessageAsync("approve", "approve", id, "0901234567");
            (await _admin.PostAsync($"/messages/{id}/approve")).IsProblem(409);
            (await vendor.ReportAsync("0901234567", id, 0)).Is(200);
            Assert.Equal("pendingApproval", (string?)(await _admin.StoryAsync(id))["message"]!["state"]);
        }

        (await _admin.PostAsync("/messages/approve-1/approve")).Is(200);
        (await _admin.PostAsync("/messages/approve-1/approve")).IsProblem(409);
        Assert.Equal("waiting", (string?)(await _admin.StoryAsync("approve-1"))["message"]!["state"]);
        (await _admin.PostAsync("/messages/approve-2/reject")).Is(200);
        var rejected = await _admin.StoryAsync("approve-2");
        Assert.Equal(4, (int)rejected["message"]!["sendStatus"]!);
        Assert.Equal("operator", (string?)rejected["reports"]![1]!["source"]);
        (await _admin.PostAsync("/messages/no-such/approve")).IsProblem(404);
    }

    private async Task<List<string>> SearchAsync(string filter, int limit = 500) =>
        [.. (await _admin.ListAsync("/messages?account=search" + filter, limit)).Select(m => (string)m["smsId"]!)];

    private async Task SetUpAsync(string id)
    {
        await _admin.AccountAsync(id, null);
        await _admin.VendorAsync(id);
    }

    private static string Many(string smsId, int count) =>
        $$"""{ "account": "many", "vendor": "many", "smsId": "{{smsId}}", "typeId": 1, "recipients": [{{string.Join(",", Enumerable.Range(0, count).Select(i => $"{{\"phone\":\"{Phone(i)}\"}}"))}}] }""";

    private static string Phone(int index) => "0901" + index.ToString("D6", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
