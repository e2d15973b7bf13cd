using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;

namespace HoiAm.EsmsApi.Tests;

/// <summary>
/// Every result code over the wire: which account, what it asks, which answer it gets. The rules themselves have a longer table of their
/// own; here it is shown that catalogue, settings and store lead to them.
/// </summary>
public sealed class ResultCodeTests(EsmsHub hub)
{
    private const string Sms = "\"Content\":\"hello\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"0901888484\"";
    private const string Oa = "\"OAID\":\"4097311281936189049\"";
    private const string Zns = "\"Phone\":\"0901888484\",\"TempData\":{\"otp\":\"1\"}," + Oa;

    // Code, settings of the account ("sending" members), call, members of its body, text of the answer.
    private static readonly (string Code, string Sending, string Path, string Input, string Text)[] s_rows =
    [
        ("99", "\"blockedNumbers\":[\"+84901888484\"]", "SendMultipleMessage_V4_post_json", Sms, "The phone number is blocked in the system."),
        ("104", "", "SendMultipleMessage_V4_post_json", Sms.Replace("Baotrixemay", "Nobody", StringComparison.Ordinal), "Brand name code is not exist"),
        ("107", "", "SendMultipleSMSBrandname_json", "\"Content\":\"x\",\"SmsType\":1,\"Brandname\":\"Baotrixemay\",\"Phones\":[\"0901888484\"]", "Each request has at least 30 numbers to be approved"),
        ("108", "", "SendMultipleMessage_V4_post_json", Sms.Replace("0901888484", "097469188", StringComparison.Ordinal), "The phone number 097469188 is not valid."),
        ("110", "", "SendMultipleMessage_V4_post_json", Sms + ",\"RequestId\":\"" + "123456789012345678901234567890123456789012345678901\"", "RequestId has at most 50 characters."),
        ("110", "", "SendMultipleMessage_V4_post_json", Sms + ",\"CallbackUrl\":\"ftp://shop.example/\"", "CallbackUrl cannot be used: The URL has to begin with http:// or https://."),
        ("110", "", "SendMultipleMessage_V4_post_json", Sms + ",\"CallbackUrl\":\"http://[fe80::1%25eth0]/\"", ""),
        ("115", "", "SendZaloMessage_V6/hash_phone", "\"HashPhone\":\"x\",\"TempID\":\"205644\"," + Oa, ""),
        ("118", "", "SendMultipleMessage_V4_post_json", Sms.Replace("\"2\"", "\"4\"", StringComparison.Ordinal), ""),
        ("118", "\"routes\":[]", "SendMultipleMessage_V4_post_json", Sms, ""),
        ("140", "\"allowedAddresses\":[\"203.0.113.0/24\"]", "SendMultipleMessage_V4_post_json", Sms, ""),
        ("100", "\"allowedAddresses\":[\"127.0.0.1\"]", "SendMultipleMessage_V4_post_json", Sms, ""),
        ("146", "", "SendMultipleMessage_V4_post_json", Sms.Replace("Baotrixemay", "Verify", StringComparison.Ordinal), "Sai template Brandname CSKH"),
        ("161", "", "SendMultipleMessage_V4_post_json", Sms + ",\"SendDate\":\"tomorrow\"", "SendDate is invalid date format."),
        ("162", "", "ZNS/GetFollowers", Oa + ",\"Offset\":-1", ""),
        ("163", "", "SendMultipleMessage_V4_post_json", "\"Content\":\"x\",\"SmsType\":8,\"Phone\":\"0901888484,0901888485\"", ""),
        ("177", "\"routes\":[{\"route\":\"sandbox\",\"telco\":1}]", "SendMultipleMessage_V4_post_json", Sms, ""),
        ("201", "\"blockedKeywords\":[\"HELL\"]", "SendMultipleMessage_V4_post_json", Sms, ""),
        ("204", "", "SendZaloMessage_V6", Zns.Replace("409", "509", StringComparison.Ordinal) + ",\"TempID\":\"205644\"", ""),
        ("210", "", "SendZaloFollowerMessage_V5_post_json", Oa, ""),
        ("300", "", "SendMultipleMessage_V4_post_json", "\"Content\":\"x\",\"Phone\":\"0901888484\"", "SmsType is missing."),
        ("301", "", "SubServicePreviewJson", "\"SmsType\":2,\"ServiceType\":3", ""),
        ("789", "", "SendZaloMessage_V6", Zns + ",\"TempID\":\"1\"", "TemplateId is not config"),
        ("790", "", "SendZaloMessage_V4_post_json", "\"Phone\":\"0901888484\",\"TempID\":\"205644\",\"Params\":[]," + Oa, ""),
        ("791", "", "SendZaloMessage_V6", Zns, ""),
        ("801", "", "SendZaloMessage_V6", Zns + ",\"TempID\":\"205644\",\"SendingMode\":\"3\",\"SendDate\":\"2099-01-01 00:00:00\"", ""),
        ("802", "", "SendZaloMessage_V6", Zns + ",\"TempID\":\"205644\",\"SendingMode\":\"3\"", ""),
        ("851", "", "QueryZnsStatus", "\"SmsType\":25", ""),
        ("852", "", "SendZaloMessage_V6/zalo_uid", "\"ZaloUid\":\"123456789012345678901\",\"TempID\":\"205644\"," + Oa, "Zalo UID Invalid"),
        ("853", "", "SendZaloMessage_V6/zalo_uid", "\"TempID\":\"205644\"," + Oa, "Missing ZaloUid"),
        ("854", "", "QueryZnsStatus", "\"SmsType\":25,\"SmsId\":\"unknown\"", ""),
    ];

    public static TheoryData<int, string> Rows => [.. s_rows.Select((r, i) => (i, $"{r.Code} {r.Path} {r.Sending}"))];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Request_GivesTheCode(int row, string label)
    {
        var (code, sending, path, input, text) = s_rows[row];
        var account = await hub.ShopAsync("code" + row, sending: sending);
        var before = await hub.BalanceAsync(account);

        var answer = await hub.PostAsync(path, input, account);

        Assert.True((string?)answer["CodeResult"] == code, label + " gave " + answer.ToJsonString());
        Assert.Contains(text, answer["ErrorMessage"]?.ToString() ?? "", StringComparison.Ordinal);
        Assert.True(code == "100" || before == await hub.BalanceAsync(account), "A refusal costs nothing.");
    }

    [Fact]
    public async Task WrongKeys_Are101_WithTheDocumentedBytes()
    {
        var (_, body) = await hub.RawAsync("POST", "/MainService.svc/json/SendMultipleMessage_V4_post_json/", """{"ApiKey":"sandbox-key","SecretKey":"wrong"}"""u8.ToArray());

        Assert.Equal("""{"CodeResult":"101","CountRegenerate":0,"ErrorMessage":"Authorize Failed"}""", body);
    }

    [Fact]
    public async Task DisabledAccount_Is143()
    {
        var account = await hub.ShopAsync("locked");
        await hub.AdminAsync("PUT", "/accounts/locked", 200, """{"enabled":false}""");

        Assert.Equal("143", (string?)(await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms, account))["CodeResult"]);
    }

    [Fact]
    public async Task KindWithoutPrice_Is102()
    {
        var account = await hub.ShopAsync("unpriced");
        await hub.AdminAsync("DELETE", "/accounts/unpriced/prices/2", 204);

        Assert.Equal("102", (string?)(await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms, account))["CodeResult"]);
    }

    [Fact]
    public async Task BalanceTooLow_Is103_AndTheLastDongCanBeSpent()
    {
        var account = await hub.ShopAsync("poor", balance: "1699.9999");

        Assert.Equal("100", (string?)(await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms, account))["CodeResult"]);
        Assert.Equal("103", (string?)(await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms, account))["CodeResult"]);
        Assert.Equal("103", (string?)(await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms + ",\"Sandbox\":1", account))["CodeResult"]);
        await hub.AdminAsync("POST", "/accounts/poor/balance", 200, """{"amount":0.0001,"reason":"the last bit"}""");
        Assert.Equal("100", (string?)(await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms, account))["CodeResult"]);
        Assert.Equal(0m, await hub.BalanceAsync(account));
    }

    [Fact]
    public async Task InactiveOfficialAccount_Is799()
    {
        var account = await hub.ShopAsync("noidle");
        await hub.AdminAsync("PUT", "/accounts/noidle/oas/4097311281936189049", 200, """{"active":false}""");

        Assert.Equal("799", (string?)(await hub.PostAsync("SendZaloMessage_V6", Zns + ",\"TempID\":\"205644\"", account))["CodeResult"]);
    }

    [Fact]
    public async Task RepeatedRequestId_Is124_WithTheStateOfTheFirst_OverAllEndpoints()
    {
        var account = await hub.ShopAsync("repeats");
        var first = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms + ",\"RequestId\":\"order-1\"", account);
        var again = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms + ",\"RequestId\":\"order-1\"", account);
        await hub.FinalAsync((string)first["SMSID"]!, account);
        var byOther = await hub.PostAsync("SendZaloMessage_V6", Zns + ",\"TempID\":\"205644\",\"RequestId\":\"order-1\"", account);
        var otherCase = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms + ",\"RequestId\":\"ORDER-1\"", account);
        var otherAccount = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms + ",\"RequestId\":\"order-1\"");

        Assert.Equal("""{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1","SendStatus":"2"}""", Plain(again));
        Assert.Equal("""{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1","SendStatus":"5"}""", Plain(byOther));
        Assert.Equal(("100", "100"), ((string)otherCase["CodeResult"]!, (string)otherAccount["CodeResult"]!));
        Assert.Equal(1_000_000m - (2 * 850), await hub.BalanceAsync(account));
    }

    [Fact]
    public async Task RefusedSend_DoesNotUseItsRequestId()
    {
        var account = await hub.ShopAsync("refused");
        var refused = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms.Replace("Baotrixemay", "Nobody", StringComparison.Ordinal) + ",\"RequestId\":\"r\"", account);
        var pretended = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms + ",\"RequestId\":\"r\",\"Sandbox\":1", account);
        var accepted = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms + ",\"RequestId\":\"r\"", account);

        Assert.Equal(("104", "100", "100"), ((string)refused["CodeResult"]!, (string)pretended["CodeResult"]!, (string)accepted["CodeResult"]!));
    }

    [Fact]
    public async Task TemplateMismatch_IsStoredAsRejected_AtNoCost()
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("mismatch");
        var answer = await hub.PostAsync(
            "SendMultipleMessage_V4_post_json", Sms.Replace("Baotrixemay", "Verify", StringComparison.Ordinal) + $",\"RequestId\":\"m\",\"CallbackUrl\":\"{hook}\"", account);
        var status = await hub.StatusAsync((string)answer["SMSID"]!, account);
        var callback = await hub.CallbackAsync(hook);
        var again = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms + ",\"RequestId\":\"m\"", account);

        Assert.Equal((4, 1, 0), ((int)status["SendStatus"]!, (int)status["SendFailed"]!, (int)status["TotalSent"]!));
        Assert.Equal(("4", "1", "0.0000"), (callback["SendStatus"], callback["SendFailed"], callback["TotalPrice"]));
        Assert.Equal(("124", "4"), ((string)again["CodeResult"]!, (string)again["SendStatus"]!));
        Assert.Equal(1_000_000m, await hub.BalanceAsync(account));
    }

    [Fact]
    public async Task EqualRegistration_Is199_UntilItIsSettled()
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("registers");
        var body = $"\"SmsType\":\"2\",\"ServiceType\":\"2\",\"Brandname\":\"Baotrixemay\",\"Content\":\"a text\",\"CallbackUrl\":\"{hook}\"";
        var first = await hub.PostAsync("SubServicePreviewJson", body, account);
        var again = await hub.PostAsync("SubServicePreviewJson", body, account);
        var id = (long)first["ServicePreviewId"]!;
        await hub.AdminAsync("POST", $"/registrations/{id}/approve", 200);
        await hub.AdminAsync("POST", $"/registrations/{id}/approve", 409);
        var callbacks = await hub.CallbacksAsync(hook, 2);
        var third = await hub.PostAsync("SubServicePreviewJson", body, account);

        Assert.Equal(("100", "199", "100"), ((string)first["CodeResult"]!, (string)again["CodeResult"]!, (string)third["CodeResult"]!));
        Assert.Equal([$"ServicePreviewId={id}&Result=1", $"ServicePreviewId={id}&Result=2"], callbacks.Take(2).Select(c => c.Query));
    }

    [Fact]
    public async Task GuesserOfKeys_Is429_AndAValidClientIsNot()
    {
        // Last of its class on purpose would not help: the window is a minute, and only failures count.
        HttpStatus last = default;
        for (var i = 0; i < 40; i++)
        {
            var (status, body) = await hub.RawAsync("GET", "/MainService.svc/json/GetSendStatus?ApiKey=guess&SecretKey=guess&RefId=1");
            last = new HttpStatus((int)status, body);
        }

        Assert.Equal(429, last.Code);
        Assert.Contains("101", last.Body, StringComparison.Ordinal);
        Assert.Equal("100", (string?)(await hub.PostAsync("GetBalance_json", ""))["CodeResponse"]);
    }

    private static string Plain(JsonNode node) => node.ToJsonString();

    private readonly record struct HttpStatus(int Code, string Body);
}
