using System.Text;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Vendor;

/// <summary>Every answer of contract section 2, "Vendor reports", and what bad input must not do.</summary>
[Collection(SharedHubTests.Name)]
public sealed class VendorEndpointTests(SharedHub shared)
{
    private const int BodyMax = 64 * 1024;

    [Fact]
    public async Task GoodReport_IsEchoedAsReceived()
    {
        using var vendor = await VendorAsync("echo");
        const string sent = """{ "MSISDN": 84901234567, "requestId": "r-1", "sendTime": "31/01/2026 08:00:00", "responseTimeTelco": null, "status": "2", "referentId": "echo-1", "retryCount": 1.0, "errorInfo": "\u0110\u00e3 nh\u1eadn", "stranger": 1 }""";
        var reply = (await vendor.PostAsync(sent)).Is(200);
        Assert.Equal("application/json", reply.MediaType);
        var expected = JsonNode.Parse(sent)!.AsObject();
        expected.Remove("stranger");
        Assert.True(JsonNode.DeepEquals(expected, reply.Json["data"]), reply.Text);
        Assert.Equal(
            """{"code":0,"message":"success","errors":{},"total_record":0,"current_page":0}""",
            Without(reply.Json, "data").ToJsonString());
    }

    [Fact]
    public async Task DocumentedBody_IsRefusedOnlyForItsPlaceholders()
    {
        // The page's own sample has "string" for a number, which is no receiver.
        using var vendor = await VendorAsync("documented");
        var sample = await File.ReadAllTextAsync(HoiAm.Testing.RepositoryRoot.File("tests/vectors/vendor/vendor-request.seed-003.json"), TestContext.Current.CancellationToken);
        var reply = AssertRefused(await vendor.PostAsync(sample), 400);
        Assert.Equal(["msisdn"], reply.Json["errors"]!.AsObject().Select(e => e.Key));

        var filled = JsonNode.Parse(sample)!;
        filled["msisdn"] = "84901234567";
        (await vendor.PostAsync(filled.ToJsonString())).Is(200);
    }

    public static TheoryData<string, string?> BadBodies => new()
    {
        { "", null },
        { "   ", null },
        { "{", null },
        { "null", null },
        { "\"text\"", null },
        { "[]", null },
        { """[{ "msisdn": "0901234567", "referentId": "bad" }]""", null },
        { """{ "msisdn": "0901234567", "referentId": "bad" } extra""", null },
        { """{ "msisdn": "0901234567", "referentId": "bad", }""", null },
        { """{ 'msisdn': '0901234567' }""", null },
        { "msisdn=0901234567&referentId=bad", null },
        { "<report/>", null },
        { "{}", "msisdn" },
        { """{ "msisdn": "0901234567" }""", "referentId" },
        { """{ "referentId": "bad" }""", "msisdn" },
        { """{ "msisdn": "", "referentId": "bad" }""", "msisdn" },
        { """{ "msisdn": "not a phone", "referentId": "bad" }""", "msisdn" },
        { """{ "msisdn": "123456789012345678901", "referentId": "bad" }""", "msisdn" },
        { """{ "msisdn": "zz34567890123456789012345678901234567890123456789012345678901234", "referentId": "bad" }""", "msisdn" },
        { """{ "msisdn": true, "referentId": "bad" }""", "msisdn" },
        { """{ "msisdn": {}, "referentId": "bad" }""", "msisdn" },
        { """{ "msisdn": ["0901234567"], "referentId": "bad" }""", "msisdn" },
        { """{ "msisdn": "0901234567", "referentId": [] }""", "referentId" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "status": "two" }""", "status" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "status": 1.5 }""", "status" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "status": 99999999999 }""", "status" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "status": 1e400 }""", "status" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "status": {} }""", "status" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "retryCount": -1 }""", "retryCount" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "mtcount": 1001 }""", "mtcount" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "telcoId": 300 }""", "telcoId" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "price": -1 }""", "price" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "price": "free" }""", "price" },
        { """{ "msisdn": "0901234567", "referentId": "\ud800" }""", "referentId" },
        { """{ "msisdn": "0901234567", "referentId": "bad", "errorInfo": [1] }""", "errorInfo" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task BadBody_IsRefusedInTheEnvelopeAndLeavesNothing(string body, string? field)
    {
        using var vendor = await VendorAsync("bad");
        var reply = AssertRefused(await vendor.PostAsync(body), 400);
        Assert.Contains("Accepted is one JSON object", (string?)reply.Json["message"], StringComparison.Ordinal);
        if (field is not null)
        {
            Assert.True(reply.Json["errors"]![field] is JsonArray { Count: > 0 }, reply.Text);
        }

        Assert.DoesNotContain(await OrphansAsync(), o => (string?)o["referentId"] == "bad");
    }

    [Fact]
    public async Task HugeAndOddBytes_AreRefusedAndLeaveNothing()
    {
        using var vendor = await VendorAsync("odd");
        var tenThousand = new string('x', 10_000);
        AssertRefused(await vendor.ReportAsync("0901234567", "odd" + tenThousand, 2), 400);
        AssertRefused(await vendor.ReportAsync(tenThousand, "odd-1", 2), 400);
        AssertRefused(await PostAsync(vendor, [.. "{\"msisdn\":\"0901234567\",\"referentId\":\"odd-2"u8, 0xC3, 0x28, .. "\"}"u8]), 400);
        AssertRefused(await PostAsync(vendor, [0xFF, 0xFE, 0x00]), 400);
        AssertRefused(await PostAsync(vendor, Encoding.Unicode.GetBytes(VendorClient.Body("0901234567", "odd-3", 2))), 400);
        AssertRefused(await vendor.PostAsync(new string('[', 20_000)), 400);
        AssertRefused(await vendor.PostAsync("""{ "msisdn": "0901234567", "referentId": "odd-4", "x": """ + new string('[', 40) + new string(']', 40) + "}"), 400);
        AssertRefused(await PostAsync(vendor, new byte[1 << 20]), 413);
        AssertRefused(await vendor.SendAsync("POST", VendorClient.Path, new byte[1 << 20], "application/json", chunked: true), 413);
        AssertRefused(await PostAsync(vendor, Padded("odd-5", BodyMax + 1)), 413);
        Assert.DoesNotContain(await OrphansAsync(), o => ((string?)o["referentId"])!.StartsWith("odd", StringComparison.Ordinal));

        // At the limit, and with what must be forgiven, it is taken.
        (await PostAsync(vendor, Padded("fine-1", BodyMax))).Is(200);
        (await PostAsync(vendor, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(VendorClient.Body("0901234567", "fine-2", 2))])).Is(200);
        (await vendor.SendAsync("POST", VendorClient.Path, Encoding.UTF8.GetBytes(VendorClient.Body("0901234567", "fine-3", 2)), null)).Is(200);
        (await vendor.SendAsync("POST", VendorClient.Path, Encoding.UTF8.GetBytes(VendorClient.Body("0901234567", "fine-4", 2)), "text/json; charset=utf-8", chunked: true)).Is(200);
        var twice = (await vendor.PostAsync("""{ "msisdn": [], "msisdn": "0901234567", "referentId": "odd-6", "referentId": "fine-5", "status": "x", "status": 2 }""")).Is(200);
        Assert.Equal("fine-5", (string?)twice.Json["data"]!["referentId"]);
        var orphans = await OrphansAsync();
        Assert.Equal(
            ["fine-1", "fine-2", "fine-3", "fine-4", "fine-5"],
            orphans.Select(o => (string?)o["referentId"]).Where(r => r!.StartsWith("fine", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task WrongMediaType_Is415()
    {
        using var vendor = await VendorAsync("media");
        var body = Encoding.UTF8.GetBytes(VendorClient.Body("0901234567", "media-1", 2));
        foreach (var type in new[] { "application/x-www-form-urlencoded", "text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense" })
        {
            AssertRefused(await vendor.SendAsync("POST", VendorClient.Path, body, type), 415);
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    public async Task WrongMethod_Is405EvenWithoutKey(string method)
    {
        using var stranger = new VendorClient(shared.Url, null);
        var reply = AssertRefused(await stranger.SendAsync(method, VendorClient.Path, null, null), 405);
        Assert.Equal(["POST"], reply.Allow);
    }

    [Theory]
    [InlineData("/api/vendor/v1/sms/callbacks")]
    [InlineData("/api/vendor/v1/sms")]
    [InlineData("/api/vendor/v2/sms/callback")]
    [InlineData("/api/vendor/")]
    public async Task UnknownPath_Is404(string path)
    {
        using var vendor = await VendorAsync("path");
        var reply = AssertRefused(await vendor.SendAsync("POST", path, "{}"u8.ToArray(), "application/json"), 404);
        Assert.Contains("/api/vendor/v1/sms/callback", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlashAtTheEnd_IsForgiven()
    {
        using var vendor = await VendorAsync("slash");
        var body = Encoding.UTF8.GetBytes(VendorClient.Body("0901234567", "slash-1", 2));
        (await vendor.SendAsync("POST", VendorClient.Path + "/", body, "application/json")).Is(200);
    }

    [Fact]
    public async Task StrictVendor_NeedsWhatTheTableMarks()
    {
        using var vendor = await VendorAsync("strict");
        (await shared.Admin.PutAsync("/vendors/strict", """{ "strict": true }""")).Is(200);
        var reply = AssertRefused(await vendor.PostAsync("""{ "msisdn": "0901234567", "referentId": "strict-1" }"""), 400);
        Assert.Equal(["requestId", "retryCount", "sendTime"], reply.Json["errors"]!.AsObject().Select(e => e.Key).Order());
    }

    internal static Reply AssertRefused(Reply reply, int status)
    {
        reply.Is(status);
        Assert.Equal("application/json", reply.MediaType);
        var json = reply.Json;
        Assert.Equal(["code", "current_page", "data", "errors", "message", "total_record"], json.AsObject().Select(m => m.Key).Order());
        Assert.Equal(status, (int)json["code"]!);
        Assert.Null(json["data"]);
        Assert.False(string.IsNullOrWhiteSpace((string?)json["message"]));
        Assert.IsType<JsonObject>(json["errors"]);
        return reply;
    }

    private static JsonNode Without(JsonNode node, string member)
    {
        node.AsObject().Remove(member);
        return node;
    }

    private static Task<Reply> PostAsync(VendorClient vendor, byte[] body) => vendor.SendAsync("POST", VendorClient.Path, body, "application/json");

    private static byte[] Padded(string referentId, int length)
    {
        var start = $$"""{ "msisdn": "0901234567", "referentId": "{{referentId}}", "pad": " """;
        return Encoding.ASCII.GetBytes(start + new string('x', length - start.Length - 2) + "\"}");
    }

    private Task<List<JsonNode>> OrphansAsync() => shared.Admin.ListAsync("/orphans");

    private async Task<VendorClient> VendorAsync(string id)
    {
        Assert.True((await shared.Admin.PutAsync("/vendors/" + id, $$"""{ "apiKey": "{{id}}-vendor-key" }""")).Status is 200 or 201);
        return new VendorClient(shared.Url, id + "-vendor-key");
    }
}
