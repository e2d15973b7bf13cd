using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HoiAm.Sending;
using HoiAm.Server.Json;
using HoiAm.Server.Sending.Esms;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Dashboard;

/// <summary>
/// The sandbox page's sends: real calls of the eSMS API with the sandbox's published keys, by way of the endpoint that everybody uses.
/// </summary>
internal static class SandboxSend
{
    private const string OaId = "4097311281936189049";

    /// <summary>Kinds that can be tried.</summary>
    public static IReadOnlyList<(string Key, string Text)> Kinds { get; } =
    [
        ("customerCareSms", "Customer-care SMS"), ("promoSms", "Advertising SMS"), ("fixedPriceSms", "Fixed-price SMS"), ("viber", "Viber"), ("zns", "ZNS"),
        ("znsPriority", "ZNS priority"), ("znsByUid", "ZNS by user id"), ("zaloFollower", "Zalo follower"), ("znsJourney", "ZNS journey"),
    ];

    /// <summary>What the last digits choose.</summary>
    public static IReadOnlyList<(string Suffix, string Text)> Outcomes { get; } =
    [
        ("", "delivered"), ("900", "fails at the carrier"), ("901", "rejected"), ("902", "expires"), ("903", "never reports"),
        ("904", "final report three times"), ("905", "reports out of order"), ("906", "report before the send answer"),
        ("907", "final report after 30 s"), ("908", "waits for approval"),
    ];

    /// <summary>The path and body of a send.</summary>
    public static (string Path, JsonObject Body) Call(string kind, string receiver, string requestId, string callbackUrl)
    {
        var body = new JsonObject { ["ApiKey"] = SandboxCatalogue.ApiKey, ["SecretKey"] = SandboxCatalogue.SecretKey, ["RequestId"] = requestId };
        if (callbackUrl.Length > 0)
        {
            body["CallbackUrl"] = callbackUrl;
        }

        switch (kind)
        {
            case "promoSms":
                (body["Phones"], body["SmsType"], body["Brandname"], body["Content"]) =
                    (new JsonArray([.. Promo(receiver).Select(p => (JsonNode?)p)]), "1", "Baotrixemay", "Khuyen mai cua HoiAm");
                return ("SendMultipleSMSBrandname_json", body);
            case "viber":
                (body["Phones"], body["SmsType"], body["Brandname"], body["Content"]) = (new JsonArray(receiver), "23", "BAT DONG SAN GIA TOT", "Xin chao tu HoiAm");
                return ("Send_Multiple_Sms_OTT", body);
            case "zns" or "znsPriority":
                (body["Phone"], body["OAID"], body["TempID"]) = (receiver, OaId, kind == "znsPriority" ? "205645" : "205644");
                body["TempData"] = new JsonObject { ["otp"] = "123456" };
                return ("SendZaloMessage_V6", body);
            case "znsJourney":
                (body["Phone"], body["OAID"], body["TempID"]) = (receiver, OaId, "205644");
                (body["Params"], body["IsJourney"], body["OrderId"]) = (new JsonArray("123456"), true, requestId);
                return ("SendZaloMessage_V4_post_json", body);
            case "znsByUid":
                (body["ZaloUid"], body["OAID"], body["TempID"], body["TempData"]) = (receiver, OaId, "205644", new JsonObject { ["otp"] = "123456" });
                return ("SendZaloMessage_V6/zalo_uid", body);
            case "zaloFollower":
                // Only followers can be written to, so here the text chooses.
                (body["User_id"], body["OAID"]) = ("7800378501923859642", OaId);
                body["Content"] = receiver.EndsWith("900", StringComparison.Ordinal) ? "zalo:-114" : "Xin chao tu HoiAm";
                return ("SendZaloFollowerMessage_V4_post_json", body);
            default:
                (body["Phone"], body["SmsType"], body["Content"]) = (receiver, kind == "fixedPriceSms" ? "8" : "2", kind == "fixedPriceSms" ? "Ma xac nhan 123456" : "Xin chao tu HoiAm");
                if (kind != "fixedPriceSms")
                {
                    body["Brandname"] = "Baotrixemay";
                }

                return ("SendMultipleMessage_V4_post_json", body);
        }
    }

    /// <summary>Makes the call through the hub's own eSMS endpoint; gives its answer.</summary>
    public static async Task<Node> SendAsync(EsmsEndpoint esms, HttpContext outer, string path, JsonObject body)
    {
        var context = new DefaultHttpContext { RequestServices = outer.RequestServices, RequestAborted = outer.RequestAborted };
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString(Answers.Json));
        context.Connection.RemoteIpAddress = outer.Connection.RemoteIpAddress;
        context.Request.Method = "POST";
        context.Request.Path = "/MainService.svc/json/" + path + "/";
        context.Request.ContentType = "application/json";
        context.Request.ContentLength = bytes.Length;
        context.Request.Body = new MemoryStream(bytes);
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await esms.InvokeAsync(context, _ => Task.CompletedTask).ConfigureAwait(false);
        try
        {
            return new Node(JsonDocument.Parse(answer.ToArray()).RootElement);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>A receiver for a kind and an outcome: a given number with its last digits changed, or one made up.</summary>
    public static string Receiver(string kind, string given, string suffix, int number)
    {
        var start = kind == "znsByUid" ? "5308693166941" : "0901";
        var digits = new string([.. given.Where(char.IsAsciiDigit)]);
        if (digits.Length < 9)
        {
            digits = start + (number % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
            suffix = suffix.Length > 0 ? suffix : "123";
        }

        return suffix.Length == 3 ? digits[..^3] + suffix : digits;
    }

    // Advertising goes to thirty numbers and more; the first one is the chosen one.
    private static IEnumerable<string> Promo(string receiver)
    {
        yield return receiver;
        for (var i = 0; i < 29; i++)
        {
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"0902111{i + 10:000}");
        }
    }
}
