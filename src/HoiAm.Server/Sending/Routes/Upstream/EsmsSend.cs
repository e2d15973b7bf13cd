using HoiAm.Dispatch.Sending;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.Upstream;
using HoiAm.Server.Directory;
using HoiAm.Server.Sending.Routes.Submitting;

namespace HoiAm.Server.Sending.Routes.Upstream;

/// <summary>
/// The account's upstream as a route (mode <c>route</c>): a message that was judged and billed here goes out by an eSMS call with the
/// SMSID of this hub as its RequestId, which the upstream's callbacks bear. It knows a RequestId for 24 hours (protocol C.1): 124 to a
/// request that is made again means that the first one arrived.
/// </summary>
internal sealed class EsmsSend(UpstreamSettings upstream, UpstreamChanges keys, string inboundUrl, bool allowPrivate) : IProviderSend
{
    private const string Service = "/MainService.svc/json";

    // 24 hours, less what a clock may be off.
    public TimeSpan KnownFor => TimeSpan.FromHours(23);

    // A promotion is refused below thirty receivers a call, so it goes out whole.
    public bool IsOnePerReceiver(MessageKind kind) => kind != MessageKind.PromoSms;

    public bool Carries(MessageKind kind) => CanCarry(kind);

    public static bool CanCarry(MessageKind kind) => kind is MessageKind.PromoSms or MessageKind.CustomerCareSms or MessageKind.FixedPriceSms
        or MessageKind.Viber or MessageKind.ZnsPriority or MessageKind.Zns or MessageKind.ZnsByUid or MessageKind.ZnsJourney
        or MessageKind.ZaloFollower or MessageKind.VoiceCall;

    /// <inheritdoc/>
    public GuardedRequest? Write(ProviderOrder order, out string? why)
    {
        why = Carries(order.Message.Kind) ? null : "The upstream route does not carry this kind.";
        if (why is not null)
        {
            return null;
        }

        var wire = EsmsRequestWriter.Write(EsmsOrder.ToRequest(order, inboundUrl) with { ApiKey = keys.ApiKey, SecretKey = keys.SecretKey });
        return new GuardedRequest(wire.Method, Url(wire))
        {
            Body = wire.Method == "GET" ? null : wire.Body.ToArray(),
            ContentType = wire.ContentType,
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

    // The base URL may be written with the service's path or without it.
    private string Url(EsmsWireRequest wire)
    {
        var root = (wire.Host == EsmsHost.Voice ? upstream.VoiceBaseUrl ?? upstream.BaseUrl : upstream.BaseUrl).TrimEnd('/');
        return (root.EndsWith(Service, StringComparison.OrdinalIgnoreCase) ? root[..^Service.Length] : root) + wire.PathAndQuery;
    }
}
