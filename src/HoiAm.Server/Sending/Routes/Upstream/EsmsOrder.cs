using System.Collections.Immutable;
using System.Globalization;
using HoiAm.Ledger.Outgoing;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Sending;
using HoiAm.Server.Sending.Routes.Submitting;

namespace HoiAm.Server.Sending.Routes.Upstream;

/// <summary>A message of this hub as the eSMS call that sends it. Pure; the keys are the caller's to add.</summary>
internal static class EsmsOrder
{
    // What a call's callback tells, as the documented URL lists it. It names the call by the provider's id alone, so our own goes along.
    private const string CallNames = "ReferenceId=&CallDuration=&CallStatus=&Ivr=&Price=&SentResult=&CID=&SendStatus=";

    public static SendRequest ToRequest(ProviderOrder order, string inboundUrl)
    {
        var request = ToContent(order);
        return request with
        {
            RequestId = order.RequestId,
            CallbackUrl = request is VoiceCallRequest ? $"{inboundUrl}?RequestId={Uri.EscapeDataString(order.RequestId)}&{CallNames}" : inboundUrl,
        };
    }

    private static SendRequest ToContent(ProviderOrder order)
    {
        var (message, facts, address) = (order.Message, order.Facts, order.Recipients[0].Address);
        return message.Kind switch
        {
            MessageKind.PromoSms => Text(order, EsmsOperation.SendPromoJson),
            MessageKind.CustomerCareSms or MessageKind.FixedPriceSms => Text(order, EsmsOperation.SendJson) with { IsUnicode = !SmsSegments.IsGsm(facts.Content) },
            MessageKind.Viber => Text(order, EsmsOperation.SendViber) with
            {
                OttUrl = facts.Viber?.Url ?? "",
                OttImageUrl = facts.Viber?.ImageUrl ?? "",
                OttLabel = facts.Viber?.Label ?? "",
            },
            MessageKind.ZaloFollower => new FollowerSendRequest
            {
                Operation = facts.Payload is null ? EsmsOperation.SendFollowerText : EsmsOperation.SendFollowerPayload,
                OaId = message.OaId ?? "",
                UserId = address,
                Content = facts.Content ?? "",
                Payload = facts.Payload is { } payload ? new FollowerPayload(payload, true, "", "", "", 0, 0, "", "", "") : null,
            },
            MessageKind.VoiceCall => Call(facts.Call!, address),
            _ => Zns(order, address),
        };
    }

    private static TextSendRequest Text(ProviderOrder order, EsmsOperation operation) => new()
    {
        Operation = operation,
        Phones = [.. order.Recipients.Select(r => r.Address)],
        Content = order.Facts.Content ?? "",
        Brandname = order.Facts.Brandname ?? "",
        SmsType = ((int)order.Message.Kind).ToString(CultureInfo.InvariantCulture),
    };

    // A journey is documented only in the form with values in the template's order, which is the one in which they are kept.
    private static ZnsSendRequest Zns(ProviderOrder order, string address)
    {
        var (kind, facts) = (order.Message.Kind, order.Facts);
        var values = (facts.Parameters ?? []).ToImmutableArray();
        var isJourney = kind == MessageKind.ZnsJourney;
        return new ZnsSendRequest
        {
            Operation = isJourney ? EsmsOperation.SendZnsV4
                : kind == MessageKind.ZnsByUid ? EsmsOperation.SendZnsByUid
                : address.Length == 64 ? EsmsOperation.SendZnsByHash
                : EsmsOperation.SendZnsV6,
            Address = address,
            OaId = order.Message.OaId ?? "",
            TempId = order.Message.TempId ?? "",
            SendingMode = facts.OverQuota ? "3" : "1",
            IsJourney = isJourney,
            OrderId = facts.OrderId ?? "",
            Values = isJourney ? new ZnsValues([.. values.Select(v => v.Value)], []) : new ZnsValues([], values),
        };
    }

    private static VoiceCallRequest Call(SentCall call, string phone) => new()
    {
        Operation = call.IsRecording ? EsmsOperation.CallRecord : EsmsOperation.CallTemplate,
        Phone = phone,
        TemplateId = call.TemplateId,
        Variables = [.. call.Variables],
        Voice = call.Voice,
        Speed = call.Speed == 0 ? "" : call.Speed.ToString(CultureInfo.InvariantCulture),
        NumberForward = call.NumberForward,
        Ivr = call.Ivr,
        Limits = call.Limits is { } limits ? [.. limits] : [],
    };
}
