using System.Text.Json;
using HoiAm.Dispatch.Sending;
using HoiAm.Model;
using HoiAm.Protocols.Upstream;
using HoiAm.Server.Sending.Routes.Submitting;

namespace HoiAm.Server.Sending.Routes.Upstream;

/// <summary>
/// The account's upstream as a route (mode <c>route</c>): a message that was judged and billed here goes out by an eSMS call with the
/// SMSID of this hub as its RequestId, which the upstream's callbacks bear. It knows a RequestId for 24 hours (protocol C.1): 124 to a
/// request that is made again means that the first one arrived.
/// </summary>
internal sealed class EsmsSend(string baseUrl, UpstreamChanges keys, string inboundUrl, bool allowPrivate) : IProviderSend
{
    public bool IsOnePerReceiver => true;

    // 24 hours, less what a clock may be off.
    public TimeSpan KnownFor => TimeSpan.FromHours(23);

    // A promotion needs thirty receivers in one call, a journey and a call need more than the ledger keeps: relay mode carries those.
    public bool Carries(MessageKind kind) => CanCarry(kind);

    public static bool CanCarry(MessageKind kind) => kind is MessageKind.CustomerCareSms or MessageKind.FixedPriceSms or MessageKind.Viber
        or MessageKind.ZnsPriority or MessageKind.Zns or MessageKind.ZnsByUid or MessageKind.ZaloFollower;

    /// <inheritdoc/>
    public GuardedRequest? Write(ProviderOrder order, out string? why)
    {
        why = Carries(order.Message.Kind) ? null : "The upstream route does not carry this kind.";
        if (why is not null)
        {
            return null;
        }

        var root = baseUrl.TrimEnd('/');
        const string service = "/MainService.svc/json";
        var url = (root.EndsWith(service, StringComparison.OrdinalIgnoreCase) ? root : root + service) + "/" + PathOf(order);
        return new GuardedRequest("POST", url)
        {
            Body = ProviderJson.Write(json =>
            {
                json.WriteString("ApiKey", keys.ApiKey);
                json.WriteString("SecretKey", keys.SecretKey);
                json.WriteString("RequestId", order.RequestId);
                json.WriteString("CallbackUrl", inboundUrl);
                WriteContent(json, order);
            }),
            ContentType = ProviderJson.ContentType,
            AllowPrivate = allowPrivate,
        };
    }

    /// <inheritdoc/>
    public ProviderVerdict Read(GuardedAnswer answer, bool isAgain)
    {
        if (UpstreamAnswer.Read(answer.Body) is not { } said)
        {
            return new ProviderVerdict(ProviderEnd.Unclear, "The upstream's answer is no eSMS answer.");
        }

        return said.Code switch
        {
            "100" when said.SmsId.Length > 0 => new ProviderVerdict(ProviderEnd.Taken, null, said.SmsId),
            "100" => new ProviderVerdict(ProviderEnd.Unclear, "The upstream answered 100 without an SMSID."),
            "124" when isAgain => new ProviderVerdict(ProviderEnd.Taken),
            "504" => new ProviderVerdict(ProviderEnd.Unclear, "The upstream does not know either (504)."),
            "101" or "103" or "140" or "143" or "160" or "503" => new ProviderVerdict(ProviderEnd.Later, $"The upstream answered {said.Code}."),
            _ => new ProviderVerdict(ProviderEnd.Refused, $"The upstream answered {said.Code}."),
        };
    }

    private static string PathOf(ProviderOrder order) => order.Message.Kind switch
    {
        MessageKind.CustomerCareSms or MessageKind.FixedPriceSms => "SendMultipleMessage_V4_post_json/",
        MessageKind.Viber => "Send_Multiple_Sms_OTT/",
        MessageKind.ZnsByUid => "SendZaloMessage_V6/zalo_uid/",
        MessageKind.ZaloFollower => order.Facts.Payload is null ? "SendZaloFollowerMessage_V4_post_json/" : "SendZaloFollowerMessage_V5_post_json/",
        _ => IsHash(order) ? "SendZaloMessage_V6/hash_phone/" : "SendZaloMessage_V6/",
    };

    private static bool IsHash(ProviderOrder order) => order.Recipients[0].Address.Length == 64;

    private static void WriteContent(Utf8JsonWriter json, ProviderOrder order)
    {
        var (message, facts, address) = (order.Message, order.Facts, order.Recipients[0].Address);
        switch (message.Kind)
        {
            case MessageKind.CustomerCareSms or MessageKind.FixedPriceSms:
                json.WriteString("Phone", address);
                json.WriteString("Content", facts.Content);
                json.WriteString("Brandname", facts.Brandname);
                json.WriteString("SmsType", ((int)message.Kind).ToString(System.Globalization.CultureInfo.InvariantCulture));
                json.WriteString("IsUnicode", HoiAm.Sending.SmsSegments.IsGsm(facts.Content) ? "0" : "1");
                break;
            case MessageKind.Viber:
                json.WriteStartArray("Phones");
                json.WriteStringValue(address);
                json.WriteEndArray();
                json.WriteString("Content", facts.Content);
                json.WriteString("Brandname", facts.Brandname);
                json.WriteString("SmsType", "23");
                json.WriteString("OttUrl", facts.Viber?.Url ?? "");
                json.WriteString("OttImgUrl", facts.Viber?.ImageUrl ?? "");
                json.WriteString("OttLabel", facts.Viber?.Label ?? "");
                break;
            case MessageKind.ZaloFollower when facts.Payload is { } payload:
                json.WriteString("OAID", message.OaId);
                json.WritePropertyName("Payload");
                json.WriteRawValue(payload);
                break;
            case MessageKind.ZaloFollower:
                json.WriteString("OAID", message.OaId);
                json.WriteString("User_id", address);
                json.WriteString("Content", facts.Content);
                break;
            default:
                json.WriteString(message.Kind == MessageKind.ZnsByUid ? "ZaloUid" : IsHash(order) ? "HashPhone" : "Phone", address);
                json.WriteString("OAID", message.OaId);
                json.WriteString("TempID", message.TempId);
                json.WriteString("SendingMode", facts.OverQuota ? "3" : "1");
                json.WriteStartObject("TempData");
                foreach (var (name, value) in facts.Parameters ?? [])
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
                break;
        }
    }
}
