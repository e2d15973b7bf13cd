using HoiAm.Dispatch.Sending;
using HoiAm.Model;
using HoiAm.Sending;
using HoiAm.Server.Sending.Routes.Submitting;

namespace HoiAm.Server.Sending.Routes.Vmg;

/// <summary>
/// VMG SendSMS (protocol F.4), also of its white labels: one receiver a request. A <c>requestId</c> that comes again within an hour is
/// refused with 304, so a request without a clear answer is made again, and 304 then means that the first one arrived.
/// </summary>
internal sealed class VmgSend(Connector connector) : IProviderSend
{
    public const string DefaultPath = "/api/SMSBrandname/SendSMS";

    private const string Repeated = "304";

    public bool IsOnePerReceiver(MessageKind kind) => true;

    // An hour, less what a clock may be off and a request may take.
    public TimeSpan KnownFor => TimeSpan.FromMinutes(55);

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
            json.WriteString("to", Connector.International(order.Recipients[0].Address));

            // Empty: VMG routes by its portability data, which a prefix cannot know.
            json.WriteString("telco", "");
            json.WriteNumber("type", 1);
            json.WriteString("from", sender);
            json.WriteString("message", text);
            json.WriteString("scheduled", "");
            json.WriteString("requestId", order.RequestId);
            json.WriteNumber("useUnicode", SmsSegments.IsGsm(text) ? 0 : 1);
            json.WriteString("ext", "");
        });
        return connector.Request(DefaultPath, body, "token");
    }

    /// <inheritdoc/>
    public ProviderVerdict Read(GuardedAnswer answer, bool isAgain)
    {
        if (ProviderJson.Read(answer.Body) is not { } values || !values.TryGetValue("errorCode", out var code))
        {
            return new ProviderVerdict(ProviderEnd.Unclear, "The vendor's answer is none of its documented ones.");
        }

        var said = $"The vendor answered {code}: {values.GetValueOrDefault("errorMessage")}";
        return code switch
        {
            "000" or "0" => new ProviderVerdict(ProviderEnd.Taken, null, values.GetValueOrDefault("referentId")),
            Repeated when isAgain => new ProviderVerdict(ProviderEnd.Taken),
            "100" or "101" or "102" or "103" => new ProviderVerdict(ProviderEnd.Later, said),
            "999" => new ProviderVerdict(ProviderEnd.Unclear, said),
            _ => new ProviderVerdict(ProviderEnd.Refused, said),
        };
    }
}
