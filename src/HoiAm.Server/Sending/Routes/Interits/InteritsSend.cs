using HoiAm.Dispatch.Sending;
using HoiAm.Model;
using HoiAm.Sending;
using HoiAm.Server.Sending.Routes.Submitting;

namespace HoiAm.Server.Sending.Routes.Interits;

/// <summary>
/// INTERITS send-message (protocol F.2): all receivers of a message in one request. The page says that <c>requestId</c> is echoed, and not
/// that a repeated one is refused: a request without a clear answer is never made again by the hub.
/// </summary>
internal sealed class InteritsSend(Connector connector) : IProviderSend
{
    /// <summary>Where the page of the sibling call stands beside the documented callback.</summary>
    public const string DefaultPath = "/api/vendor/v1/sms/send-message";

    public bool IsOnePerReceiver(MessageKind kind) => false;

    public TimeSpan KnownFor => TimeSpan.Zero;

    public bool Carries(MessageKind kind) => Connector.IsSms(kind);

    /// <inheritdoc/>
    public GuardedRequest? Write(ProviderOrder order, out string? why)
    {
        if (connector.Sms(order, out why) is not var (sender, text))
        {
            return null;
        }

        var body = ProviderJson.Write(json =>
        {
            json.WriteStartArray("destinations");
            foreach (var recipient in order.Recipients)
            {
                json.WriteStringValue(Connector.International(recipient.Address));
            }

            json.WriteEndArray();
            json.WriteString("from", sender);
            json.WriteString("text", text);

            // The outbox keeps a message until its time, so it is always sent at once.
            json.WriteString("scheduled", "");
            json.WriteString("requestId", order.RequestId);
            json.WriteNumber("useUnicode", SmsSegments.IsGsm(text) ? 0 : 1);
            json.WriteNumber("type", order.Message.Kind == MessageKind.PromoSms ? 1 : connector.IsOtp ? 2 : 0);
            json.WriteStartObject("ext");
            json.WriteEndObject();
        });
        return connector.Request(DefaultPath, body, "API-KEY");
    }

    /// <inheritdoc/>
    public ProviderVerdict Read(GuardedAnswer answer, bool isAgain)
    {
        if (ProviderJson.Read(answer.Body) is not { } values || !values.TryGetValue("code", out var code))
        {
            return new ProviderVerdict(ProviderEnd.Unclear, "The vendor's answer is none of its documented ones.");
        }

        values.TryGetValue("message", out var said);
        return code switch
        {
            "0" or "200" or "201" when answer.Status is >= 200 and < 300 =>
                new ProviderVerdict(ProviderEnd.Taken, null, values.GetValueOrDefault("referentId") ?? values.GetValueOrDefault("token")),
            "401" or "403" or "429" => new ProviderVerdict(ProviderEnd.Later, $"The vendor answered code {code}: {said}"),
            "500" or "502" or "503" or "504" => new ProviderVerdict(ProviderEnd.Unclear, $"The vendor answered code {code}: {said}"),
            _ => new ProviderVerdict(ProviderEnd.Refused, $"The vendor answered code {code}: {said}"),
        };
    }
}
