using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;

namespace HoiAm.EsmsApi.Tests;

/// <summary>Callbacks of each kind have the documented names in the documented order; with the sample's inputs they are the sample's bytes.</summary>
public sealed class CallbackShapeTests(EsmsHub hub)
{
    private const string Head = "SMSID SendFailed SendStatus SendSuccess TotalPrice TotalReceiver TotalSent RequestId TypeId";
    private const string Zns = "\"OAID\":\"4097311281936189049\",\"TempID\":\"205644\"";

    [Theory]
    [InlineData("SendMultipleSMSBrandname_json", "\"Content\":\"x\",\"SmsType\":1,\"Brandname\":\"Baotrixemay\",\"Phones\":[{thirty}]", "")]
    [InlineData("SendMultipleMessage_V4_post_json", "\"Content\":\"x\",\"SmsType\":2,\"Brandname\":\"Baotrixemay\",\"Phone\":\"{p}\"", " telcoid phonenumber switchsmsid")]
    [InlineData("SendMultipleMessage_V4_post_json", "\"Content\":\"x\",\"SmsType\":8,\"Phone\":\"{p}\"", " telcoid phonenumber switchsmsid")]
    [InlineData("Send_Multiple_Sms_OTT", "\"Content\":\"x\",\"SmsType\":23,\"Brandname\":\"BAT DONG SAN GIA TOT\",\"Phones\":[\"{p}\"]", " telcoid phonenumber")]
    [InlineData("SendZaloMessage_V6", "\"Phone\":\"{p}\",\"TempData\":{\"otp\":\"1\"}," + Zns, " telcoid phonenumber partnerids error_info oaid tempid")]
    [InlineData("SendZaloMessage_V6", "\"Phone\":\"{p}\",\"TempData\":{\"otp\":\"1\"},\"OAID\":\"4097311281936189049\",\"TempID\":\"205645\"", " telcoid phonenumber partnerids error_info oaid tempid")]
    [InlineData("SendZaloMessage_V6/zalo_uid", "\"ZaloUid\":\"5308693166941955879\",\"TempData\":{\"otp\":\"1\"}," + Zns, " telcoid phonenumber error_info oaid tempid partnerids")]
    [InlineData("SendZaloFollowerMessage_V4_post_json", "\"OAID\":\"4097311281936189049\",\"User_id\":\"7800378501923859642\",\"Content\":\"x\"", " phonenumber error_info oaid partnerids")]
    [InlineData("SendZaloMessage_V4_post_json", "\"Phone\":\"{p}\",\"Params\":[\"1\"],\"IsJourney\":true,\"OrderId\":\"O\"," + Zns, " phonenumber error_info oaid partnerids")]
    public async Task Kind_HasItsNamesInTheirOrder(string path, string body, string tail)
    {
        var hook = hub.NewHook();
        var thirty = string.Join(',', Enumerable.Range(0, 30).Select(_ => $"\"{hub.Phone()}\""));
        await hub.PostAsync(
            path, body.Replace("{p}", hub.Phone(), StringComparison.Ordinal).Replace("{thirty}", thirty, StringComparison.Ordinal) + $",\"CallbackUrl\":\"{hook}\",\"RequestId\":\"{Path.GetFileName(hook)}\"");
        var callback = await hub.CallbackAsync(hook);

        Assert.Equal(Head + tail, string.Join(' ', callback.Names));
        Assert.Equal((Path.GetFileName(hook), "5"), (callback["RequestId"], callback["SendStatus"]));
    }

    // Documented forms that no request line can hold, and why: every other one has to come out of the hub byte for byte.
    private static readonly Dictionary<string, string> s_notSendable = new()
    {
        ["seed-000 zns"] = "raw quotes, backslashes and blanks in error_info: not a request line",
        ["voice-call-template-of-names"] = "names without values: the customer's CallbackUrl, not what is sent; it is filled in Call_FillsTheNamesThatTheUrlAlreadyHas",
    };

    public static TheoryData<int, string> Samples => [.. Vectors.Callbacks
        .Select((s, i) => (i, s.Source + " " + s.Kind, s.Kind))
        .Where(s => !s.Kind.StartsWith("voice", StringComparison.Ordinal) && !s_notSendable.ContainsKey(s.Item2))
        .Select(s => (s.i, s.Item2))];

    [Fact]
    public void EverySample_IsSentOrItIsSaidWhyNot()
    {
        var sent = Samples.Select(s => s.Data.Item2).ToHashSet();
        var others = Vectors.Callbacks.Where(s => !sent.Contains(s.Source + " " + s.Kind)).Select(s => s.Kind is "zns" ? s.Source + " " + s.Kind : s.Kind);

        Assert.Equal(["seed-000 zns", "voice-call-by-template", "voice-call-from-recording", "voice-call-template-of-names"], others.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(37 - 1 - 9, sent.Count);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task SamplesInputs_GiveTheSamplesBytes(int index, string name)
    {
        var (_, kind, query) = Vectors.Callbacks[index];
        var sample = new Received("", query);
        var hook = hub.NewHook();
        var account = await ByteExactAsync(index);

        // Editions repeat the samples, and an SMSID is taken once: what is added here is taken off before the bytes are compared.
        var smsId = string.Create(CultureInfo.InvariantCulture, $"{sample["SMSID"]}-{index}");
        var recipients = Recipients(sample);
        var message = new JsonObject
        {
            ["account"] = account, ["smsId"] = smsId, ["typeId"] = int.Parse(sample["TypeId"]!, CultureInfo.InvariantCulture), ["callbackUrl"] = hook,
            ["vendor"] = "sandbox", ["recipients"] = recipients,
        };
        if (sample["oaid"] is { } oa)
        {
            message["oaId"] = oa;
            message["tempId"] = sample["tempid"] ?? "1";
        }

        await hub.AdminAsync("POST", "/messages", 201, message.ToJsonString());
        foreach (var recipient in recipients)
        {
            await ReportAsync(sample, smsId, (string)recipient!["phone"]!);
        }

        Assert.True(query == (await hub.CallbackAsync(hook)).Query.Replace(smsId, sample["SMSID"], StringComparison.Ordinal), name + " " + kind);
    }

    [Theory]
    [InlineData("voice-call-by-template", "MakeCallTemplate_V2", "TemplateId=20001&VariableListStr=686868")]
    [InlineData("voice-call-from-recording", "MakeCallRecord_V2", "TemplateId=30001")]
    public async Task CallThatDidNotComeAbout_GivesTheSamplesBytes(string kind, string path, string query)
    {
        // 903: the simulated carriers keep still, and the vendor's report is the sample's. The id of a call is the hub's own.
        var hook = hub.NewHook();
        var phone = hub.Phone(903);
        var smsId = (string)(await hub.GetAsync(path, $"Phone={phone}&{query}&CallbackUrl={Uri.EscapeDataString(hook)}"))["SMSID"]!;
        await PostReportAsync(new JsonObject
        {
            ["msisdn"] = phone, ["referentId"] = smsId, ["status"] = -2,
            ["errorInfo"] = """{"callDuration":0,"callStatus":"","ivr":"","sentResult":false,"cid":"02871002454"}""",
        });

        var sample = Vectors.Callback(kind);
        Assert.Equal(sample, (await hub.CallbackAsync(hook)).Query.Replace(smsId, new Received("", sample)["ReferenceId"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Promotion_HasRealCountersByDefault_AndTheSamplesZerosInByteExact()
    {
        var hook = hub.NewHook();
        foreach (var (account, profile) in ((string, string)[])[("promoreal", "default"), ("promoexact", "byte-exact")])
        {
            await hub.ShopAsync(account, more: $"\"profile\":\"{profile}\",\"callbackUrl\":\"{hook}\"");
            var phones = string.Join(',', Enumerable.Range(0, 30).Select(i => $"\"{hub.Phone(i == 0 ? 900 : 123)}\""));
            await hub.PostAsync("SendMultipleSMSBrandname_json", $"\"Content\":\"x\",\"SmsType\":1,\"Brandname\":\"Baotrixemay\",\"Phones\":[{phones}],\"RequestId\":\"{profile}\"", account);
        }

        var callbacks = (await hub.CallbacksAsync(hook, 2)).ToDictionary(c => c["RequestId"]!);

        Assert.Equal(("29", "1", "11600.0000"), (callbacks["default"]["SendSuccess"], callbacks["default"]["SendFailed"], callbacks["default"]["TotalPrice"]));
        Assert.Equal(("0", "0", "11600.0000"), (callbacks["byte-exact"]["SendSuccess"], callbacks["byte-exact"]["SendFailed"], callbacks["byte-exact"]["TotalPrice"]));
    }

    // As many receivers as the sample has; its sum is spread over them to the last fraction.
    private JsonArray Recipients(Received sample)
    {
        var count = int.Parse(sample["TotalReceiver"]!, CultureInfo.InvariantCulture);
        var total = decimal.Parse(sample["TotalPrice"]!, CultureInfo.InvariantCulture);
        var each = decimal.Floor(total / count * 10_000) / 10_000;
        return [.. Enumerable.Range(0, count).Select(i => Recipient(
            i == 0 && sample["phonenumber"] is { } phone ? phone : hub.Phone(), i == 0 ? total - (each * (count - 1)) : each, sample))];
    }

    private static JsonObject Recipient(string phone, decimal price, Received sample)
    {
        var recipient = new JsonObject { ["phone"] = phone, ["price"] = price };
        if (sample["telcoid"] is { } telco && telco != "9")
        {
            recipient["telcoId"] = int.Parse(telco, CultureInfo.InvariantCulture);
        }

        return recipient;
    }

    private async Task ReportAsync(Received sample, string smsId, string phone)
    {
        var failed = sample["SendFailed"] != "0";
        var report = new JsonObject { ["msisdn"] = phone, ["referentId"] = smsId, ["status"] = failed ? -2 : 2 };
        if (sample["telcoid"] is { } telco && telco != "9")
        {
            report["telcoId"] = int.Parse(telco, CultureInfo.InvariantCulture);
        }

        if (sample["error_info"] is { } info)
        {
            // What the sample says once all of the wire's encodings are taken off, and when it happened.
            var reading = Protocols.ErrorInfos.ErrorInfoCodec.Decode(info);
            report["errorInfo"] = reading.Json;
            if (reading.Time is { } time)
            {
                report["responseTimeTelco"] = time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            }
        }

        if (sample["partnerids"] is { Length: > 0 } partner)
        {
            report["partnerId"] = partner;
        }

        await PostReportAsync(report);
    }

    private async Task PostReportAsync(JsonObject report)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, hub.Url + "/api/vendor/v1/sms/callback")
        {
            Content = new StringContent(report.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("API-KEY", "sandbox-vendor");
        using var response = await client.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
    }

    private async Task<string> ByteExactAsync(int index)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"exact-{index}");
        await hub.AdminAsync("PUT", "/accounts/" + id, 201, $$"""{"apiKey":"{{id}}-key","secretKey":"{{id}}-secret","profile":"byte-exact"}""");
        return id;
    }
}
