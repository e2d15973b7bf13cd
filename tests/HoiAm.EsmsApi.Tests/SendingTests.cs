using System.Globalization;
using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;

namespace HoiAm.EsmsApi.Tests;

/// <summary>Bulk rows, generated codes, calls, short codes and the look-ups that need something stored.</summary>
public sealed class SendingTests(EsmsHub hub)
{
    private const string Oa = "\"OAID\":\"4097311281936189049\"";

    [Fact]
    public async Task Bulk_AnswersRowByRow_InTheOrderOfTheRequest()
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("bulk", balance: "700");
        string Row(string phone, string id, string value = "1") => $"{{\"Phone\":\"{phone}\",\"RequestId\":\"{id}\",\"Params\":[\"{value}\"]}}";
        var rows = string.Join(',', Row(hub.Phone(), "b1"), Row("12", "b2"), Row(hub.Phone(), "b1"), Row(hub.Phone(), "b3", new string('x', 31)), Row(hub.Phone(), "b4"), Row(hub.Phone(), "b5"));
        var answer = await hub.PostAsync("Send_zns_bulk_v4_post_json", $"{Oa},\"TempID\":\"205644\",\"CallbackUrl\":\"{hook}\",\"Data\":[{rows}]", account);
        var again = await hub.PostAsync("Send_zns_bulk_v4_post_json", $"{Oa},\"TempID\":\"205644\",\"Data\":[{Row(hub.Phone(), "b1")}]", account);
        var callbacks = await hub.CallbacksAsync(hook, 2);

        Assert.Equal(["100", "108", "124", "790", "100", "103"], answer["detail"]!.AsArray().Select(r => (string)r!["CodeResult"]!));
        Assert.Equal(("Sucess", 4, 2), ((string)answer["Message"]!, (int)answer["TotalFail"]!, (int)answer["TotalSuccess"]!));
        Assert.Equal("124", (string)again["detail"]![0]!["CodeResult"]!);
        Assert.Equal(["b1", "b4"], callbacks.Select(c => c["RequestId"]).Order());
        Assert.Equal(40m, await hub.BalanceAsync(account));
    }

    [Fact]
    public async Task GeneratedCode_IsRightOnce()
    {
        var phone = hub.Phone();
        var sent = await hub.GetAsync("SendMessageAutoGenCode_V4_get", $"Phone={phone}&Brandname=Verify&Type=2&message=%7BOTP%7D%20la%20ma%20xac%20minh%20cua%20ban&IsNumber=1&NumCharOfCode=6");
        var code = (await CodeOfAsync((string)sent["SMSID"]!, "2"))[..6];

        var wrong = await hub.GetAsync("CheckCodeGen_V4_get", $"Phone={phone}&Code=xxxxxx");
        var other = await hub.GetAsync("CheckCodeGen_V4_get", $"Phone={hub.Phone()}&Code={code}");
        var right = await hub.GetAsync("CheckCodeGen_V4_get", $"Phone={phone}&Code={code}");
        var used = await hub.GetAsync("CheckCodeGen_V4_get", $"Phone={phone}&Code={code}");

        Assert.Matches("^[0-9]{6}$", code);
        Assert.Equal(["117", "117", "100", "117"], new[] { wrong, other, right, used }.Select(a => (string)a["CodeResult"]!));
        Assert.EndsWith("Success!", (string)right["ErrorMessage"]!, StringComparison.Ordinal);
        Assert.EndsWith("Code Invalid", (string)used["ErrorMessage"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GeneratedCodeV5_GoesBySms_WhenZaloFails_AndTypeOneOnlyKeepsIt()
    {
        var account = await hub.ShopAsync("codes");
        var phone = hub.Phone(900);
        var kept = await hub.PostAsync("SendMessageAutoGenCode_V5", $"\"Phone\":\"{phone}\",\"MultiChannelTempId\":\"22575\",\"TypeId\":1", account);
        var unsent = await hub.BalanceAsync(account);
        var sent = await hub.PostAsync("SendMessageAutoGenCode_V5", $"\"Phone\":\"{hub.Phone()}\",\"MultiChannelTempId\":\"22575\",\"TypeId\":2", account);
        await hub.FinalAsync((string)sent["SMSID"]!, account);

        Assert.Equal(("100", 1_000_000m), ((string)kept["CodeResult"]!, unsent));
        Assert.Equal("105", (string)(await hub.StatusAsync((string)kept["SMSID"]!, account))["CodeResponse"]!);
        Assert.Equal(1_000_000m - 330, await hub.BalanceAsync(account));
    }

    [Fact]
    public async Task Call_FillsTheNamesThatTheUrlAlreadyHas()
    {
        var hook = hub.NewHook();
        var url = Uri.EscapeDataString(hook + "?ReferenceId=&CallDuration=&CallStatus=&Ivr=&Price=&SentResult=&CID=&SendStatus=");
        var answer = await hub.GetAsync("MakeCallTemplate_V2", $"Phone={hub.Phone()}&TemplateId=20001&VariableListStr=686868&CallbackUrl={url}&RequestId=call");
        var callback = await hub.CallbackAsync(hook);
        var status = await hub.GetAsync("GetSendStatus", "ReferenceId=" + (string)answer["SMSID"]!);

        Assert.Equal(
            $"ReferenceId={(string)answer["SMSID"]!}&CallDuration=13&CallStatus=ANSWERED&Ivr=&Price=600.0000&SentResult=1&CID=02871002454&SendStatus=5", callback.Query);
        Assert.Equal((13, "ANSWERED", 5, 1), ((int)status["CallDuration"]!, (string)status["CallStatus"]!, (int)status["SendStatus"]!, (int)status["SentResult"]!));
    }

    [Fact]
    public async Task CallThatNobodyAnswers_Says_NoAnswer()
    {
        var hook = hub.NewHook();
        var answer = await hub.GetAsync("MakeCallRecord_V2", $"Phone={hub.Phone(900)}&TemplateId=30001&CallbackUrl={Uri.EscapeDataString(hook)}");
        var callback = await hub.CallbackAsync(hook);
        var status = await hub.GetAsync("GetSendStatus", "ReferenceId=" + (string)answer["SMSID"]!);

        Assert.Equal(("NO ANSWER", "0", "0.0000"), (callback["CallStatus"], callback["SentResult"], callback["Price"]));
        Assert.Equal("NOANSWER", (string)status["CallStatus"]!);
    }

    [Fact]
    public async Task ZaloMessage_IsFoundByItsPartnerId()
    {
        var hook = hub.NewHook();
        await hub.PostAsync("SendZaloMessage_V6", $"\"Phone\":\"{hub.Phone()}\",\"TempData\":{{\"otp\":\"1\"}},\"TempID\":\"205644\",\"CallbackUrl\":\"{hook}\",{Oa}");
        var partner = (await hub.CallbackAsync(hook))["partnerids"];
        var found = await hub.PostAsync("GetZaloMessageStatus", $"{Oa},\"MessageId\":\"{partner}\"");
        var foreign = await hub.PostAsync("GetZaloMessageStatus", $"\"OAID\":\"1397492183140006179\",\"MessageId\":\"{partner}\"");

        Assert.Matches("^[0-9a-f]{20}$", partner!);
        Assert.Equal((1, -1), ((int)found["Data"]!["status"]!, (int)foreign["Data"]!["status"]!));
        Assert.Matches("^[0-9]{13}$", (string)found["Data"]!["delivery_time"]!);
    }

    [Fact]
    public async Task SentData_ListsReceivers_PageByPage()
    {
        var account = await hub.ShopAsync("lists");
        var phones = Enumerable.Range(0, 5).Select(_ => hub.Phone()).ToList();
        await hub.PostAsync("SendMultipleMessage_V4_post_json", $"\"Content\":\"three\",\"campaignid\":\"c1\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{string.Join(',', phones.Take(3))}\"", account);
        foreach (var phone in phones.Skip(3))
        {
            await hub.PostAsync("SendMultipleMessage_V4_post_json", $"\"Content\":\"one\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{phone}\"", account);
        }

        var now = TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(7));
        string Body(int page, DateTimeOffset from, DateTimeOffset to, int kind = 2) => string.Create(
            CultureInfo.InvariantCulture, $"\"From\":\"{from:yyyy-MM-dd HH:mm:ss}\",\"To\":\"{to:yyyy-MM-dd HH:mm:ss}\",\"Page\":{page},\"PageSize\":2,\"SmsType\":{kind}");
        var pages = new List<JsonNode>();
        for (var page = 1; page <= 3; page++)
        {
            pages.Add(await hub.PostAsync("GetSmsSentData_V2", Body(page, now.AddMinutes(-5), now.AddMinutes(5)), account));
        }

        var before = await hub.PostAsync("GetSmsSentData_V2", Body(1, now.AddHours(-3), now.AddHours(-2)), account);
        var viber = await hub.PostAsync("GetSmsSentData_V2", Body(1, now.AddMinutes(-5), now.AddMinutes(5), 23), account);

        Assert.All(pages, p => Assert.Equal(5, (int)p["CountTotal"]!));
        Assert.Equal(phones, pages.SelectMany(p => p["SentData"]!.AsArray()).Select(r => (string)r!["Phone"]!));
        Assert.Equal(("c1", "three", 850m), ((string)pages[0]["SentData"]![0]!["Campaign"]!, (string)pages[0]["SentData"]![0]!["Content"]!, (decimal)pages[0]["SentData"]![0]!["SellPrice"]!));
        Assert.Matches(@"^/Date\([0-9]{13}\+0700\)/$", (string)pages[0]["SentData"]![0]!["SentTime"]!);
        Assert.Equal((0, 0), ((int)before["CountTotal"]!, (int)viber["CountTotal"]!));
    }

    [Fact]
    public async Task ForeignMessage_IsUnknown()
    {
        var account = await hub.ShopAsync("stranger");
        var answer = await hub.PostAsync("SendMultipleMessage_V4_post_json", $"\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{hub.Phone()}\"");
        var smsId = (string)answer["SMSID"]!;

        Assert.Equal("100", (string)(await hub.StatusAsync(smsId))["CodeResponse"]!);
        Assert.Equal("105", (string)(await hub.StatusAsync(smsId, account))["CodeResponse"]!);
        Assert.Equal("105", (string)(await hub.GetAsync("GetSmsReceiverStatus_get", "RefId=" + smsId, account))["CodeResult"]!);
    }

    [Fact]
    public async Task ShortCodeText_IsPushedSigned()
    {
        var hook = hub.NewHook();
        await hub.ShopAsync("shortcode");
        await hub.AdminAsync("POST", "/accounts/shortcode/mo", 409, """{"sender":"0901888484","content":"KM A","serviceNumber":"8055"}""");
        await hub.AdminAsync("PUT", "/accounts/shortcode/sending", 200, $$$"""{"shortCode":{"url":"{{{hook}}}","cpId":"77","privateKey":"k"}}""");
        await hub.AdminAsync("POST", "/accounts/shortcode/mo", 202, """{"sender":"0901888484","content":"KM A&B","serviceNumber":"8055","smsId":"m1"}""");
        var push = await hub.CallbackAsync(hook);

        Assert.Equal(["sender", "content", "serviceNumber", "keyword", "sign", "cpid", "smsid", "receiverTime"], push.Names);
        Assert.Equal(("84901888484", "KM A&B", "8055", "KM", "77", "m1"), (push["sender"], push["content"], push["serviceNumber"], push["keyword"], push["cpid"], push["smsid"]));
        Assert.DoesNotContain("privateKey", await hub.AdminAsync("GET", "/accounts/shortcode/sending", 200), StringComparison.Ordinal);
    }

    // As documented, with the Vietnamese text that a person gets; and the page's own sample, which closes Smsid with another tag.
    [Theory]
    [InlineData("moreply", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<ClientResponse><Message>{0}</Message><Smsid>m2</Smsid><Receiver>84901888484</Receiver></ClientResponse>", "84901888484")]
    [InlineData("mosample", "<ClientResponse>\n <Message>{0}</Message>\n <Smsid>m2</Smdid>\n <Receiver>84901888484</Receiver>\n</ClientResponse>", "")]
    public async Task ShortCodesPartner_AnswersTheTextForItsSender(string account, string xml, string receiver)
    {
        var text = string.Concat(Enumerable.Repeat("Cảm ơn quý khách đã bình chọn số 1. ", 12)).Trim();
        var hook = hub.NewHook();
        hub.Answer(hook, string.Format(CultureInfo.InvariantCulture, xml, text));
        await hub.ShopAsync(account);
        await hub.AdminAsync("PUT", $"/accounts/{account}/sending", 200, $$$"""{"shortCode":{"url":"{{{hook}}}","cpId":"77","privateKey":"k"}}""");
        await hub.AdminAsync("POST", $"/accounts/{account}/mo", 202, """{"sender":"0901888484","content":"VOTE 1","serviceNumber":"8055","smsId":"m2"}""");
        JsonNode? attempt = null;
        await EsmsHub.UntilAsync(
            async () => (attempt = (await hub.AdminJsonAsync($"/callbacks?account={account}"))["items"]![0]!["attempts"]!.AsArray().FirstOrDefault()) is not null,
            "the try is recorded");

        Assert.Equal((text, "m2", receiver), ((string)attempt!["reply"]!["message"]!, (string)attempt["reply"]!["smsId"]!, (string)attempt["reply"]!["receiver"]!));
    }

    [Fact]
    public async Task SeenEvent_CausesNoSecondCallback()
    {
        var hook = hub.NewHook();
        var answer = await hub.PostAsync("SendZaloMessage_V6", $"\"Phone\":\"{hub.Phone()}\",\"TempData\":{{\"otp\":\"zalo:seen\"}},\"TempID\":\"205644\",\"CallbackUrl\":\"{hook}\",{Oa}");
        var smsId = (string)answer["SMSID"]!;
        await EsmsHub.UntilAsync(
            async () => (bool)(await hub.AdminJsonAsync("/messages/" + smsId))["recipients"]![0]!["seen"]!, "the message is seen");
        await hub.CallbackAsync(hook);

        Assert.Single(hub.At(hook));
    }

    private async Task<string> CodeOfAsync(string smsId, string kind)
    {
        var list = await hub.PostAsync("GetSmsSentData_V2", $"\"From\":\"2020-01-01\",\"To\":\"2099-01-01\",\"SmsType\":{kind}");
        var total = (int)list["CountTotal"]!;
        var last = await hub.PostAsync("GetSmsSentData_V2", $"\"From\":\"2020-01-01\",\"To\":\"2099-01-01\",\"SmsType\":{kind},\"Page\":{((total - 1) / 500) + 1}");
        return (string)last["SentData"]!.AsArray().Single(r => (string)r!["ReferenceId"]! == smsId)!["Content"]!;
    }
}
