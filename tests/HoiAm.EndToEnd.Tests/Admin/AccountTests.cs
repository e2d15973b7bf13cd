using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Admin;

/// <summary>Accounts and vendors: PUT creates and merges, GET shows without secrets, faults name their member.</summary>
[Collection(SharedHubTests.Name)]
public sealed class AccountTests(SharedHub shared)
{
    private readonly AdminClient _admin = shared.Admin;

    [Fact]
    public async Task Put_CreatesWithDefaultsAndShowsNoSecrets()
    {
        var created = (await _admin.PutAsync("/accounts/fresh", """{ "apiKey": "fresh-key-1", "secretKey": "fresh-secret-1", "signingSecret": "whsec_0123456789abcdef" }""")).Is(201);
        var json = created.Json;
        var inboundKey = (string?)json["inboundKey"];
        Assert.True(inboundKey is { Length: >= 32 });
        json.AsObject().Remove("inboundKey");
        const string expected = """
            {"id":"fresh","enabled":true,"callbackUrl":null,"callbackFormat":"esms-get","callbackKey":false,"profile":"default","signing":true,
             "retry":{"maxRetries":5,"delays":["00:00:05","00:00:30","00:02:00","00:10:00","00:30:00"],"timeout":"00:00:10","on":"default"},
             "maxConcurrency":8,"maxPerMinute":null,"replayOnRecovery":false,"allowPrivateHooks":false,"pushStates":[4,5],
             "pull":{"preset":"2024","maxIds":null,"perSecond":null,"window":null,"kinds":null},"presumeExpiredAfter":"72:00:00","upstream":null,
             "reconcile":{"after":"00:10:00","edition":"2024"},"keepText":false,"hookTls":null,"hookAuth":false,"hookHeaders":[],"inboundAllow":[]}
            """;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), json), created.Text);
        var shown = (await _admin.GetAsync("/accounts/fresh")).Is(200);
        Assert.Equal(created.Text, shown.Text);
        Assert.DoesNotContain("fresh-key-1", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("fresh-secret-1", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", shown.Text, StringComparison.Ordinal);
        Assert.Contains(await _admin.ListAsync("/accounts"), a => (string?)a["id"] == "fresh");
    }

    [Fact]
    public async Task ByteOrderMark_IsPassedOver()
    {
        const string account = """{ "apiKey": "marked-key-1", "secretKey": "marked-secret-1" }""";
        (await _admin.PutAsync("/accounts/marked", "\uFEFF" + account)).Is(201);
        var row = "\uFEFF" + AdminClient.MessageJson("marked", "marked", "marked-1", "0901234567");
        await _admin.VendorAsync("marked");
        Assert.Contains("\"status\":201", (await _admin.SendAsync("POST", "/messages/batch", row, "application/x-ndjson")).Is(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutAgain_AbsentKeepsNullClears()
    {
        await _admin.AccountAsync("merge", "https://shop.example/dlr", """
            "enabled": false, "callbackFormat": "cloudevents", "profile": "plain", "signingSecret": "0123456789abcdef", "maxConcurrency": 3, "maxPerMinute": 240,
            "retry": { "maxRetries": 2, "delays": ["00:00:01", "00:00:02"], "timeout": "00:00:03", "on": "non-200" }, "pushStates": [5, 1],
            "pull": { "preset": "seed", "maxIds": 7, "kinds": "24,25" }, "reconcile": { "after": "00:20:00", "edition": "2023" },
            "upstream": { "baseUrl": "https://up.example", "apiKey": "up-key-1", "secretKey": "up-secret-1" }
            """);
        var before = (await _admin.GetAsync("/accounts/merge")).Is(200);
        var untouched = (await _admin.PutAsync("/accounts/merge", "{}")).Is(200);
        Assert.Equal(before.Text, untouched.Text);
        Assert.DoesNotContain("up-secret-1", before.Text, StringComparison.Ordinal);

        var one = (await _admin.PutAsync("/accounts/merge", """{ "retry": { "maxRetries": 4 }, "pull": { "perSecond": 9 }, "maxPerMinute": null }""")).Is(200).Json;
        Assert.Equal("""{"maxRetries":4,"delays":["00:00:01","00:00:02"],"timeout":"00:00:03","on":"non-200"}""", one["retry"]!.ToJsonString());
        Assert.Equal("""{"preset":"seed","maxIds":7,"perSecond":9,"window":null,"kinds":"24,25"}""", one["pull"]!.ToJsonString());
        Assert.Null(one["maxPerMinute"]);
        Assert.Equal("https://shop.example/dlr", (string?)one["callbackUrl"]);
        Assert.Equal("[1,5]", one["pushStates"]!.ToJsonString());

        var cleared = (await _admin.PutAsync("/accounts/merge", """
            { "enabled": null, "callbackUrl": null, "callbackFormat": null, "profile": null, "signingSecret": null, "maxConcurrency": null, "retry": null,
              "pushStates": null, "pull": null, "reconcile": null, "upstream": null, "allowPrivateHooks": null }
            """)).Is(200).Json.AsObject();
        (await _admin.PutAsync("/accounts/merge-plain", """{ "apiKey": "merge-plain-1", "secretKey": "merge-plain-2" }""")).Is(201);
        var plain = (await _admin.GetAsync("/accounts/merge-plain")).Json.AsObject();
        foreach (var member in plain.Where(m => m.Key is not ("id" or "inboundKey")))
        {
            Assert.True(JsonNode.DeepEquals(member.Value, cleared[member.Key]), $"{member.Key} is {cleared[member.Key]?.ToJsonString()}");
        }

        Assert.Equal((string?)before.Json["inboundKey"], (string?)cleared["inboundKey"]);
    }

    public static TheoryData<string, string, string> Faults => new()
    {
        { """{ "apiKey": "short" }""", "apiKey", "8 to 128" },
        { """{ "apiKey": "k" }""", "secretKey", "is required" },
        { """{ "apiKey": 12 }""", "apiKey", "8 to 128" },
        { """{ "apiKey": ["12345678"] }""", "apiKey", "must be a text" },
        { """{ "enabled": "yes" }""", "enabled", "true or false" },
        { """{ "callbackUrl": "ftp://x.example" }""", "callbackUrl", "http:// or https://" },
        { """{ "callbackUrl": "shop.example/dlr" }""", "callbackUrl", "http:// or https://" },
        { """{ "callbackUrl": "http://user:pw@x.example/" }""", "callbackUrl", "user name or password" },
        { """{ "callbackUrl": "http://x.example/a b" }""", "callbackUrl", "%20" },
        { """{ "callbackUrl": "http://x.example:99999/" }""", "callbackUrl", "1 to 65535" },
        { """{ "callbackUrl": "http://127.0.0.1/hook" }""", "callbackUrl", "public addresses" },
        { """{ "callbackUrl": "http://10.1.2.3/hook" }""", "callbackUrl", "public addresses" },
        { """{ "callbackUrl": "http://192.168.0.7:8080/hook" }""", "callbackUrl", "public addresses" },
        { """{ "callbackUrl": "http://169.254.169.254/latest/meta-data" }""", "callbackUrl", "public addresses" },
        { """{ "callbackUrl": "http://2130706433/" }""", "callbackUrl", "public addresses" },
        { """{ "callbackUrl": "http://0x7f.1/" }""", "callbackUrl", "public addresses" },
        { """{ "callbackUrl": "http://[::1]/" }""", "callbackUrl", "public addresses" },
        { """{ "callbackUrl": "http://[::ffff:10.0.0.1]/" }""", "callbackUrl", "public addresses" },
        { """{ "callbackUrl": "http://[fd00::1]/" }""", "callbackUrl", "public addresses" },
        { """{ "callbackUrl": "http://localhost:8000/" }""", "callbackUrl", "own name" },
        { """{ "callbackFormat": "soap" }""", "callbackFormat", "esms-get, esms-post-form" },
        { """{ "profile": "exact" }""", "profile", "byte-exact" },
        { """{ "signingSecret": "short" }""", "signingSecret", "16 to 256" },
        { """{ "retry": [] }""", "retry", "JSON object" },
        { """{ "retry": { "maxRetries": 21 } }""", "retry.maxRetries", "from 0 to 20" },
        { """{ "retry": { "delays": [] } }""", "retry.delays", "1 to 20" },
        { """{ "retry": { "delays": ["5"] } }""", "retry.delays", "entry 1" },
        { """{ "retry": { "timeout": "00:05:00" } }""", "retry.timeout", "00:02:00" },
        { """{ "retry": { "on": "never" } }""", "retry.on", "timeout-only" },
        { """{ "retry": { "tries": 3 } }""", "retry.tries", "is not known" },
        { """{ "maxConcurrency": 0 }""", "maxConcurrency", "from 1 to 256" },
        { """{ "maxPerMinute": 1.5 }""", "maxPerMinute", "whole number" },
        { """{ "pushStates": [3] }""", "pushStates", "1, 2, 4, 5, 7" },
        { """{ "pushStates": 5 }""", "pushStates", "must be a list" },
        { """{ "pull": { "preset": "2022" } }""", "pull.preset", "seed, 2023, 2024" },
        { """{ "pull": { "maxIds": 1001 } }""", "pull.maxIds", "from 1 to 1000" },
        { """{ "pull": { "window": "25:00-26:00" } }""", "pull.window", "01:00-02:00" },
        { """{ "pull": { "kinds": "99" } }""", "pull.kinds", "zalo" },
        { """{ "upstream": { "baseUrl": "https://up.example" } }""", "upstream", "apiKey and secretKey" },
        { """{ "upstream": { "baseUrl": "http://127.0.0.1:1", "apiKey": "12345678", "secretKey": "12345678" } }""", "upstream.baseUrl", "public addresses" },
        { """{ "reconcile": { "edition": "1999" } }""", "reconcile.edition", "2024, 2023, seed" },
        { """{ "callbackURI": "https://x.example" }""", "callbackURI", "is not known; accepted are" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task FaultyMember_IsNamedWithWhatIsAcceptedAndNothingIsChanged(string body, string member, string says)
    {
        (await _admin.PutAsync("/accounts/faulty", body)).IsProblem(400, member, says);
        (await _admin.GetAsync("/accounts/faulty")).IsProblem(404);
    }

    [Fact]
    public async Task AllFaults_AreToldAtOnce()
    {
        var reply = (await _admin.PutAsync("/accounts/many-faults", """{ "apiKey": "x", "enabled": 1, "maxConcurrency": "no", "retry": { "on": 1, "timeout": 5 } }""")).IsProblem(400);
        Assert.Equal(
            ["apiKey", "enabled", "maxConcurrency", "retry.on", "retry.timeout", "secretKey"],
            reply.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("""{ "apiKey": "\ud800-lone-surrogate", "secretKey": "12345678" }""")]
    [InlineData("""{ "\ud800": 1, "apiKey": "12345678", "secretKey": "12345678" }""")]
    [InlineData("""{ "apiKey": "12345678", "secretKey": "12345678", "callbackUrl": "\udfff" }""")]
    public async Task BodyThatIsNoJsonObject_IsRefused(string body) => (await _admin.PutAsync("/accounts/no-json", body)).IsProblem(400);

    [Fact]
    public async Task BadBytes_AreRefused()
    {
        byte[] invalid = [.. "{\"apiKey\":\"12345678"u8, 0xC3, 0x28, .. "\",\"secretKey\":\"12345678\"}"u8];
        (await _admin.SendAsync("PUT", "/accounts/bytes", invalid, "application/json")).IsProblem(400);
        (await _admin.SendAsync("PUT", "/accounts/bytes", new byte[5 << 20], "application/json")).IsProblem(413);
        (await _admin.PutAsync("/accounts/bytes", new string('[', 10_000))).IsProblem(400);
        (await _admin.GetAsync("/accounts/bytes")).IsProblem(404);
    }

    [Theory]
    [InlineData("a%20b")]
    [InlineData("%C3%A4")]
    [InlineData("a!b")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task IdOfOtherCharacters_IsRefused(string id)
    {
        const string body = """{ "apiKey": "12345678", "secretKey": "12345678" }""";
        (await _admin.PutAsync("/accounts/" + id, body)).IsProblem(400, "id");
        (await _admin.PutAsync("/vendors/" + id, body)).IsProblem(400, "id");
    }

    [Fact]
    public async Task Vendor_MergesItsMapAndRefusesUnknownWords()
    {
        var created = (await _admin.PutAsync("/vendors/map", """{ "apiKey": "map-key-1", "statusMap": { "2": "sent", "7": "delivered" } }""")).Is(201).Json;
        Assert.Equal("""{"id":"map","enabled":true,"strict":false,"statusMap":{"2":"sent","7":"delivered"},"connector":null,"allowedAddresses":[]}""", created.ToJsonString());
        Assert.Equal(created.ToJsonString(), (await _admin.PutAsync("/vendors/map", "{}")).Is(200).Json.ToJsonString());
        (await _admin.PutAsync("/vendors/map", """{ "statusMap": { "2": "arrived" } }""")).IsProblem(400, "statusMap", "pendingApproval");
        (await _admin.PutAsync("/vendors/map", """{ "statusMap": { "two": "sent" } }""")).IsProblem(400, "statusMap", "whole number");
        Assert.Equal(
            "statusMap is wrong: 'two' is not a whole number.",
            (string)(await _admin.PutAsync("/vendors/map", """{ "statusMap": { "two": "sent" } }""")).Json["detail"]!);
        (await _admin.PutAsync("/vendors/map", """{ "statusMap": [] }""")).IsProblem(400, "statusMap");
        (await _admin.PutAsync("/vendors/map", """{ "secretKey": "12345678" }""")).IsProblem(400, "secretKey", "is not known");
        var cleared = (await _admin.PutAsync("/vendors/map", """{ "statusMap": null, "strict": true }""")).Is(200).Json;
        Assert.Equal("""{"id":"map","enabled":true,"strict":true,"statusMap":{},"connector":null,"allowedAddresses":[]}""", cleared.ToJsonString());
        Assert.Equal(cleared.ToJsonString(), (await _admin.GetAsync("/vendors/map")).Is(200).Json.ToJsonString());
        (await _admin.GetAsync("/vendors/no-such")).IsProblem(404);
        (await _admin.PutAsync("/vendors/keyless", "{}")).IsProblem(400, "apiKey", "is required");
    }
}
