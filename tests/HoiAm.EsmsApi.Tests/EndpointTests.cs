using System.Text;
using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.EsmsApi.Tests;

/// <summary>Every call that the pages document, as a client makes it: what it sends, and which members the answer has, in their order.</summary>
public sealed class EndpointTests(EsmsHub hub)
{
    private const string Oa = "\"OAID\":\"4097311281936189049\"";
    private const string Zns = Oa + ",\"TempID\":\"205644\"";
    private const string Accepted = "CodeResult CountRegenerate SMSID";

    // Path, what is sent (JSON members for POST, a query for GET, XML as it is), members of the answer. {p} is a phone of its own.
    private static readonly (string Path, string Input, string Members)[] s_calls =
    [
        ("SendMultipleMessage_V4_post_json", "\"Content\":\"hello\",\"Phone\":\"{p}\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\"", Accepted),
        ("SendMultipleMessage_V4_post_json", "\"Content\":\"hello\",\"Phone\":\"{p}\",\"SmsType\":\"8\"", Accepted),
        ("SendMultipleMessage_V4_post_json", $"\"Content\":\"686868 la ma xac minh cua ban\",\"Phone\":\"{{p}}\",\"SmsType\":\"25\",{Oa}", Accepted),
        ("SendMultipleMessage_V4_get", "Content=hello&Phone={p}&Brandname=Baotrixemay&SmsType=2", Accepted),
        ("SendMultipleMessage_V4_get", "Content=hello&Phone={p}&SmsType=8", Accepted),
        ("SendMultipleMessage_V4_get", "Content=hello&Phone={p}&Brandname=BAT%20DONG%20SAN%20GIA%20TOT&SmsType=23&OTTUrl=https%3A%2F%2Fexample.org", Accepted),
        ("SendMultipleMessage_V4_post", "Content=hello&Phone={p}&Brandname=Baotrixemay&SmsType=2", Accepted),
        ("SendMultipleMessage_V4", "<CONTENT>hello</CONTENT><BRANDNAME>Baotrixemay</BRANDNAME><SMSTYPE>2</SMSTYPE><CONTACTS><CUSTOMER><PHONE>{p}</PHONE></CUSTOMER></CONTACTS>", Accepted),
        ("SendMultipleSMSBrandname_json", "\"Content\":\"[QC] hello\",\"Phones\":[{thirty}],\"Brandname\":\"Baotrixemay\",\"SmsType\":\"1\"", Accepted),
        ("SendMultipleSMSBrandname", "<CONTENT>[QC] hello</CONTENT><BRANDNAME>Baotrixemay</BRANDNAME><SMSTYPE>1</SMSTYPE><CONTACTS>{customers}</CONTACTS>", Accepted),
        ("Send_Multiple_Sms_OTT", "\"Content\":\"hello\",\"Phones\":[\"{p}\"],\"Brandname\":\"BAT DONG SAN GIA TOT\",\"SmsType\":23", Accepted),
        ("SendZaloMessage_V4_post_json", $"\"Phone\":\"{{p}}\",\"Params\":[\"686868\"],{Zns}", Accepted),
        ("SendZaloMessage_V4_post_json", $"\"Phone\":\"{{p}}\",\"Params\":[\"686868\"],\"IsJourney\":true,\"OrderId\":\"O1\",{Zns}", Accepted),
        ("SendZaloMessage_V5_post", $"\"Phone\":\"{{p}}\",\"TempData\":[{{\"key\":\"otp\",\"value\":\"686868\"}}],{Zns}", Accepted),
        ("SendZaloMessage_V6", $"\"Phone\":\"{{p}}\",\"TempData\":{{\"otp\":\"686868\"}},{Zns}", Accepted),
        ("SendZaloMessage_V6/zalo_uid", $"\"ZaloUid\":\"5308693166941955879\",\"TempData\":{{\"otp\":\"686868\"}},{Zns}", Accepted),
        ("SendZaloMessage_V6/hash_phone", $"\"HashPhone\":\"{new string('a', 64)}\",\"TempData\":{{\"otp\":\"686868\"}},{Zns}", Accepted),
        ("Send_zns_bulk_v4_post_json", $"{Zns},\"Data\":[{{\"Phone\":\"{{p}}\",\"RequestId\":\"\",\"Params\":[\"1\"]}},{{\"Phone\":\"12\",\"Params\":[\"1\"]}}]", "CodeResult Message TotalFail TotalSuccess detail"),
        ("SendZaloFollowerMessage_V4_post_json", Oa + ",\"User_id\":\"7800378501923859642\",\"Content\":\"hello\"", Accepted),
        ("SendZaloFollowerMessage_V5_post_json", Oa + ",\"Payload\":{\"recipient\":{\"user_id\":\"7800378501923859642\"},\"message\":{\"text\":\"hello\"}}", Accepted),
        ("MultiChannelMessage", $"\"Phone\":\"{{p}}\",\"Channels\":[\"zalo\",\"sms\"],\"Data\":[{{{Zns},\"Params\":[\"1\"]}},{{\"Content\":\"hello\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\"}}]", Accepted),
        ("SendMessageAutoGenCode_V4_get", "Phone={p}&Brandname=Baotrixemay&Type=2&message=Ma%20%7BOTP%7D&TimeAlive=5&NumCharOfCode=6&IsNumber=1", Accepted),
        ("SendMessageAutoGenCode_V5", "\"Phone\":\"{p}\",\"MultiChannelTempId\":\"22575\",\"TypeId\":\"2\",\"TimeAlive\":\"5\"", Accepted),
        ("CheckCodeGen_V4_get", "Phone={p}&Code=1", "CodeResult CountRegenerate ErrorMessage"),
        ("MakeCallTemplate_V2", "Phone={p}&TemplateId=20001&VariableListStr=686868&Voice=male&Speed=0", "CodeResult SMSID"),
        ("MakeCallRecord_V2", "Phone={p}&TemplateId=30001&Ivr=1", "CodeResult SMSID"),
        ("GetSendStatus", "RefId={sms}", "CodeResponse SMSID SendFailed SendStatus SendSuccess TotalPrice TotalReceiver TotalSent"),
        ("GetSendStatus", "ReferenceId={call}", "CallDuration CallStatus CodeResponse Ivr ReferenceId SendStatus SentResult"),
        ("GetSmsReceiverStatus_get", "RefId={sms}", "CodeResult ReceiverList"),
        ("GetSmsSentData_V2", "\"From\":\"2020-01-01 00:00:00\",\"To\":\"2099-01-01 00:00:00\",\"Page\":1,\"PageSize\":5,\"SmsType\":\"2\"", "CodeResult CountTotal SentData"),
        ("QueryZnsStatus", "\"SmsId\":\"{zns}\",\"SmsType\":\"25\"", "CodeResult Data"),
        ("GetZaloMessageStatus", Oa + ",\"MessageId\":\"unknown\"", "CodeResult Data ErrorMessage"),
        ("GetBalance_json", "", "Balance CodeResponse UserID"),
        ("GetListBrandname", "", "CodeResponse ListBrandName"),
        ("GetTemplate", "\"SmsType\":\"2\",\"Brandname\":\"Verify\"", "BrandnameTemplates CodeResult ErrorMessage"),
        ("GetTemplate", "\"SmsType\":\"25\",\"OAId\":\"4097311281936189049\"", "CodeResult ErrorMessage ZNSTemplates"),
        ("GetZnsTemplateInfo", "TemplateId=205644&OAId=4097311281936189049", "Data Error Message"),
        ("ZNS/GetListZOA", "", "CodeResult ErrorMessage ZOAList"),
        ("ZNS/GetQuota", Oa, "CodeResult ErrorMessage DailyQuota DailyQuotaPromotion EstimatedNextMonthPromotionQuota MonthlyPromotionQuota RemainingMonthlyPromotionQuota RemainingQuota RemainingQuotaPromotion"),
        ("ZNS/GetQuality", Oa, "CodeResult ErrorMessage Oa7dayQuality OaCurrentQuality"),
        ("ZNS/GetRating", Oa + ",\"TemplateID\":\"205644\",\"FromTime\":\"2026-01-01 00:00:00\",\"ToTime\":\"2026-01-02 00:00:00\",\"Offset\":0,\"Limit\":10", "CodeResult ErrorMessage Data Total"),
        ("QueryListUID", Oa + ",\"Offset\":0,\"Count\":10,\"FromDate\":\"01/09/2024\",\"ToDate\":\"13/10/2024\"", "CodeResult Data"),
        ("ZNS/GetFollowers", Oa + ",\"Offset\":0,\"Count\":10", "CodeResult ErrorMessage Followers Total"),
        ("SummaryMultipleMessage_V4_get", "Content=hello&Phone={p}&Brandname=Baotrixemay&SmsType=2", "CodeResult ErrorMessage TotalPrice TotalReceiver"),
        ("SummaryMultipleSMSBrandname", "\"Content\":\"[QC] hello\",\"Phones\":[\"{p}\"],\"Brandname\":\"Baotrixemay\",\"SmsType\":\"1\"", "CodeResult ErrorMessage TotalPrice TotalReceiver"),
        ("SummaryZaloMessage_V4_post_json", $"\"Phone\":\"{{p}}\",\"Params\":[\"1\"],{Zns}", "CodeResult ErrorMessage TotalPrice TotalReceiver"),
        ("SubServicePreviewJson", "\"SmsType\":\"2\",\"ServiceType\":\"2\",\"Brandname\":\"Baotrixemay\",\"Content\":\"text {p}\"", "CodeResult ErrorMessage ServicePreviewId"),
        ("RegisZNSTemplateJson", Oa + ",\"SmsType\":\"25\",\"Content\":\"text {p}\"", "CodeResult ErrorMessage ServicePreviewId"),
        ("RegisOAPackageJson", Oa + ",\"Package\":\"1\",\"Duaration\":\"{p}\",\"Dateactive\":\"2026-03-17\"", "CodeResult ErrorMessage ServicePreviewId"),
    ];

    public static TheoryData<int, string> Calls => [.. s_calls.Select((c, i) => (i, $"{c.Path} {c.Members}"))];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_IsAnsweredWithTheDocumentedMembers(int row, string label)
    {
        var (path, input, members) = s_calls[row];
        var answer = await CallAsync(path, await FillAsync(input));

        Assert.True(Code(answer) is "100" or "0" or "117", label + " gave " + answer.ToJsonString());
        Assert.Equal(members, string.Join(' ', answer.AsObject().Select(m => m.Key)));
    }

    [Fact]
    public void EveryOperation_HasARow() =>
        Assert.Empty(EsmsRoutes.All.Select(e => e.Path).Except(s_calls.Select(c => c.Path)));

    [Theory]
    [InlineData("GET", "/MainService.svc/json/GetBalance_json", 405)]
    [InlineData("POST", "/MainService.svc/json/GetSendStatus", 405)]
    [InlineData("DELETE", "/MainService.svc/json/GetSendStatus", 405)]
    [InlineData("GET", "/MainService.svc/json/GetBalance/key/secret", 404)]
    [InlineData("POST", "/MainService.svc/xml/SendMultipleMessage_V4", 404)]
    [InlineData("GET", "/MainService.svc", 404)]
    public async Task OtherPathsAndMethods_AreHttpErrorsInJson(string method, string target, int expected)
    {
        var (status, body) = await hub.RawAsync(method, target, method == "GET" ? null : "{}"u8.ToArray());

        Assert.Equal(expected, (int)status);
        Assert.False(string.IsNullOrEmpty((string?)JsonNode.Parse(body)!["error"]));
    }

    [Fact]
    public async Task BodyOverOneMebibyte_Is413()
    {
        var (status, _) = await hub.RawAsync("POST", "/MainService.svc/json/GetBalance_json", new byte[(1 << 20) + 1]);

        Assert.Equal(413, (int)status);
    }

    private async Task<JsonNode> CallAsync(string path, string input)
    {
        var endpoint = EsmsRoutes.All.First(e => e.Path == path);
        if (endpoint.Method == "GET")
        {
            return await hub.GetAsync(path, input);
        }

        if (input.StartsWith('<') || endpoint.Operation == EsmsOperation.SendForm)
        {
            var text = input.StartsWith('<')
                ? "<RQST><APIKEY>sandbox-key</APIKEY><SECRETKEY>sandbox-secret</SECRETKEY>" + input + "</RQST>"
                : "Apikey=sandbox-key&SecretKey=sandbox-secret&" + input;
            var type = input.StartsWith('<') ? "text/plain" : "application/x-www-form-urlencoded";
            return JsonNode.Parse((await hub.RawAsync("POST", "/MainService.svc/json/" + path + "/", Encoding.UTF8.GetBytes(text), type)).Body)!;
        }

        return await hub.PostAsync(path, input);
    }

    private async Task<string> FillAsync(string input)
    {
        if (input.Contains("{sms}", StringComparison.Ordinal))
        {
            input = input.Replace("{sms}", await SendAsync("SendMultipleMessage_V4_get", "Content=x&Phone={p}&Brandname=Baotrixemay&SmsType=2"), StringComparison.Ordinal);
        }

        if (input.Contains("{call}", StringComparison.Ordinal))
        {
            input = input.Replace("{call}", await SendAsync("MakeCallRecord_V2", "Phone={p}&TemplateId=30001"), StringComparison.Ordinal);
        }

        if (input.Contains("{zns}", StringComparison.Ordinal))
        {
            input = input.Replace("{zns}", await SendAsync("SendZaloMessage_V6", $"\"Phone\":\"{{p}}\",\"TempData\":{{\"otp\":\"1\"}},{Zns}"), StringComparison.Ordinal);
        }

        var thirty = Enumerable.Range(0, 30).Select(_ => hub.Phone()).ToList();
        return input.Replace("{p}", hub.Phone(), StringComparison.Ordinal)
            .Replace("{thirty}", string.Join(',', thirty.Select(p => $"\"{p}\"")), StringComparison.Ordinal)
            .Replace("{customers}", string.Concat(thirty.Select(p => $"<CUSTOMER><PHONE>{p}</PHONE></CUSTOMER>")), StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string path, string input) =>
        (string)(await CallAsync(path, input.Replace("{p}", hub.Phone(), StringComparison.Ordinal)))["SMSID"]!;

    private static string Code(JsonNode answer) =>
        (answer["CodeResult"] ?? answer["CodeResponse"] ?? answer["Error"])!.ToString();
}
