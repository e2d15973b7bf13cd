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

    // The promotion's sample has counters of zero for a charged message, and the journey's has a receiver that its own error_info
    // contradicts; neither follows from any report (protocol A.2).
    [Theory]
    [InlineData("customer-care-sms", 2, "0901888485")]
    [InlineData("viber", 23, "")]
    [InlineData("zns", 25, "")]
    [InlineData("zns-by-uid", 25, "")]
    [InlineData("zalo-consulting", 26, "")]
    [InlineData("zalo-transaction", 26, "")]
    public async Task SamplesInputs_GiveTheSamplesBytes(string kind, int typeId, string second)
    {
        var sample = new Received("", Vectors.Callback(kind));
        var hook = hub.NewHook();
        var account = await ByteExactAsync(kind);
        var recipients = new JsonArray(Recipient(sample["phonenumber"]!, sample));
        if (second.Length > 0)
        {
            recipients.Add(Recipient(second, sample));
        }

        var message = new JsonObject
        {
            ["account"] = account, ["smsId"] = sample["SMSID"], ["typeId"] = typeId, ["callbackUrl"] = hook, ["vendor"] = "sandbox", ["recipients"] = recipients,
        };
        if (sample["oaid"] is { } oa)
        {
            message["oaId"] = oa;
            message["tempId"] = sample["tempid"] ?? "1";
        }

        await hub.AdminAsync("POST", "/messages", 201, message.ToJsonString());
        foreach (var recipient in recipients)
        {
            await ReportAsync(sample, (string)recipient!["phone"]!);
        }

        Assert.Equal(sample.Query, (await hub.CallbackAsync(hook)).Query);
    }

    private static JsonObject Recipient(string phone, Received sample)
    {
        var recipient = new JsonObject { ["phone"] = phone, ["price"] = decimal.Parse(sample["TotalPrice"]!, CultureInfo.InvariantCulture) };
        if (sample["telcoid"] is { } telco && telco != "9")
        {
            recipient["telcoId"] = int.Parse(telco, CultureInfo.InvariantCulture);
        }

        return recipient;
    }

    private async Task ReportAsync(Received sample, string phone)
    {
        var report = new JsonObject
        {
            ["msisdn"] = phone, ["referentId"] = sample["SMSID"], ["status"] = sample["SendSuccess"] == "0" ? -2 : 2,
        };
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

        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, hub.Url + "/api/vendor/v1/sms/callback")
        {
            Content = new StringContent(report.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("API-KEY", "sandbox-vendor");
        using var response = await client.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
    }

    private async Task<string> ByteExactAsync(string kind)
    {
        await hub.AdminAsync("PUT", "/accounts/exact-" + kind, 201, $$"""{"apiKey":"exact-{{kind}}-key","secretKey":"exact-{{kind}}-secret","profile":"byte-exact"}""");
        return "exact-" + kind;
    }
}
