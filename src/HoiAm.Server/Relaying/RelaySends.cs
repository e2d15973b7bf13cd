using System.Globalization;
using HoiAm.Ledger.Relaying;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Sending;

namespace HoiAm.Server.Relaying;

/// <summary>Reads from a caller's send what the hub has to remember of it. Judges nothing: that is the upstream's business.</summary>
internal static class RelaySends
{
    /// <summary>The intent; null for what leaves no message: Sandbox=1, and a code that is only made.</summary>
    public static RelayIntent? Of(SendRequest request, int account, DateTimeOffset now)
    {
        if (request.Sandbox || request is OtpSendRequest { Operation: EsmsOperation.SendOtpV5, TypeId: "1" })
        {
            return null;
        }

        return new RelayIntent(account, request.Operation.ToString(), [.. Sends(request, now)])
        {
            IsBulk = request is ZnsBulkRequest,

            // Where the pages name no RequestId, the upstream may not know a repetition.
            IsRepeatable = request.Operation is not (EsmsOperation.SendForm or EsmsOperation.SendXml or EsmsOperation.SendOtpV4 or EsmsOperation.SendOtpV5),
        };
    }

    /// <summary>Every CallbackUrl that the caller gave.</summary>
    public static IEnumerable<string> CallbackUrls(SendRequest request) =>
        (request is MultiChannelRequest multi ? multi.Parts.Select(p => p.CallbackUrl).Prepend(request.CallbackUrl) : [request.CallbackUrl])
        .Where(url => url.Length > 0);

    private static IEnumerable<RelayedSend> Sends(SendRequest request, DateTimeOffset now) => request switch
    {
        ZnsBulkRequest bulk => bulk.Rows.Select(row => Common(MessageKind.Zns, [row.Phone], bulk, now) with
        {
            OaId = OrNull(bulk.OaId),
            TempId = OrNull(bulk.TempId),
            RequestId = Own(row.RequestId),
            UpstreamRequestId = Own(row.RequestId) ?? NewId(),
        }),
        MultiChannelRequest { Parts: [var only] } multi => [Part(only, multi, now)],
        MultiChannelRequest { Parts: [var first, var second, ..] } multi => [Part(first, multi, now) with { Second = Part(second, multi, now) }],
        MultiChannelRequest multi => [Common(MessageKind.Zns, [multi.Phone], multi, now)],
        OtpSendRequest { Operation: EsmsOperation.SendOtpV5 } otp =>
            [Common(MessageKind.Zns, [otp.Phone], otp, now) with { Second = Common(MessageKind.CustomerCareSms, [otp.Phone], otp, now) }],
        _ => [Single(request, now)],
    };

    private static RelayedSend Single(SendRequest request, DateTimeOffset now) => request switch
    {
        TextSendRequest text => Common(KindOf(text), text.Phones, text, now) with { OaId = OrNull(text.OaId), Brandname = OrNull(text.Brandname) },
        ZnsSendRequest zns => Common(KindOf(zns), [zns.Address], zns, now) with { OaId = OrNull(zns.OaId), TempId = OrNull(zns.TempId) },
        FollowerSendRequest follower => Common(MessageKind.ZaloFollower, [follower.UserId], follower, now) with { OaId = OrNull(follower.OaId) },
        OtpSendRequest otp => Common(MessageKind.CustomerCareSms, [otp.Phone], otp, now) with { Brandname = OrNull(otp.Brandname) },

        // A call's own query goes along to the upstream, so the answer brings it back.
        VoiceCallRequest call => Common(MessageKind.VoiceCall, [call.Phone], call, now) with
        {
            CallbackUrl = call.CallbackUrl.Length == 0 ? null : Protocols.EsmsCallback.CallbackUrls.HookOf(call.CallbackUrl),
        },
        _ => Common(MessageKind.CustomerCareSms, [], request, now),
    };

    private static RelayedSend Part(SendRequest part, MultiChannelRequest multi, DateTimeOffset now)
    {
        var kind = part switch
        {
            ZnsSendRequest => MessageKind.Zns,
            TextSendRequest text => KindOf(text),
            _ => MessageKind.CustomerCareSms,
        };
        var send = Common(kind, [multi.Phone], part, now);
        return part is ZnsSendRequest zns ? send with { OaId = OrNull(zns.OaId), TempId = OrNull(zns.TempId) } : send;
    }

    private static RelayedSend Common(MessageKind kind, IEnumerable<string> receivers, SendRequest request, DateTimeOffset now)
    {
        // What the hub cannot read as a number may still mean something to the upstream.
        var addresses = receivers.Select(r => RecipientAddress.Normalize(r, out _) ?? r.Trim()).Distinct(StringComparer.Ordinal).ToList();
        return new RelayedSend(kind, addresses.Count == 0 ? [""] : addresses)
        {
            RequestId = Own(request.RequestId),
            UpstreamRequestId = Own(request.RequestId) ?? NewId(),
            CallbackUrl = OrNull(request.CallbackUrl),
            Campaign = OrNull(request.Campaign),
            SendAtMs = SendDates.TryParseSchedule(request.SendDate, now, out var at) ? at?.ToUnixTimeMilliseconds() ?? 0 : 0,
        };
    }

    private static MessageKind KindOf(TextSendRequest text) => text.Operation switch
    {
        EsmsOperation.SendPromoJson or EsmsOperation.SendPromoXml => MessageKind.PromoSms,
        EsmsOperation.SendViber => MessageKind.Viber,
        _ => int.TryParse(text.SmsType, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && MessageKinds.FromTypeId(id) is { } kind
            ? kind
            : MessageKind.CustomerCareSms,
    };

    private static MessageKind KindOf(ZnsSendRequest zns) => zns.Addressing == ZnsAddressing.ZaloUid ? MessageKind.ZnsByUid
        : zns.IsJourney ? MessageKind.ZnsJourney
        : MessageKind.Zns;

    private static string? Own(string requestId) => string.IsNullOrWhiteSpace(requestId) ? null : requestId;

    // 38 characters of the 50 that are allowed (protocol C.1).
    private static string NewId() => RelayedSend.MadeIdPrefix + Guid.NewGuid().ToString("N");

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
