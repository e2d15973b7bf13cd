using System.Collections.Concurrent;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Sending;

namespace HoiAm.Server.Delivery;

/// <summary>Turns a message's state into the bytes that its customer's hook gets: the seam between ledger and protocols.</summary>
/// <param name="publicUrl">How the outside reaches this hub, for events that name their source; null when that is not set.</param>
internal sealed class CallbackRenderer(string? publicUrl = null) : ICallbackRenderer
{
    private readonly CallbackBodyRenderer _bodies = new(publicUrl?.TrimEnd('/') ?? "/hoiam");

    private const int HostKeysMax = 20_000;
    private static readonly TimeSpan s_vietnam = TimeSpan.FromHours(7);
    private static readonly ConcurrentDictionary<string, string> s_hostKeys = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public RenderedCallback Render(in CallbackOrder order)
    {
        var (url, account) = (order.Url, order.Account);
        var facts = Facts(order.Message, order.EventAtMs);
        if (account.Format != CallbackFormat.EsmsGet)
        {
            // What is said is in the body; the customer's own query stays as it is.
            var (hook, own) = url is null ? ("", "") : CallbackUrls.Parts(url);
            return new RenderedCallback(hook, HostKey(hook), own, _bodies.Write(in order, facts));
        }

        facts = AsDocumented(facts, account.Profile);
        var (hookUrl, query) = url is null
            ? ("", "?" + EsmsCallbackWriter.WriteQuery(facts, account.Profile))
            : EsmsCallbackWriter.AppendTo(url, facts, account.Profile);
        return new RenderedCallback(hookUrl, HostKey(hookUrl), query, null);
    }

    /// <summary>A callback that is passed on character for character: only the hook in front of it is another.</summary>
    public static RenderedCallback PassOn(string query, string? url)
    {
        if (url is null)
        {
            return new RenderedCallback("", "", "?" + query, null);
        }

        var hookUrl = CallbackUrls.HookOf(url);
        var own = CallbackUrls.OwnQueryOf(url);
        return new RenderedCallback(hookUrl, HostKey(hookUrl), own.Length > 0 ? $"?{own}&{query}" : "?" + query, null);
    }

    /// <summary>The message's state as callback facts; what an upstream told of the whole message is told on as it is.</summary>
    public static CallbackFacts Facts(MessageRow message, long eventAtMs)
    {
        var folded = Folded(message, eventAtMs);
        return SentFacts.ToldOf(message.Extra) is { } told && (int)folded.SendStatus == told.Status
            ? folded with
            {
                Kind = MessageKinds.FromTypeId(told.TypeId) is { } kind && folded.Kind.TypeId() != told.TypeId ? kind : folded.Kind,
                SendSuccess = told.Success,
                SendFailed = told.Failed,
                TotalPrice = ReportFold.FromUnits(told.Price),
                TotalReceiver = told.Receivers,
                TotalSent = told.Sent,
                SwitchSmsId = told.SwitchSmsId ?? "",
            }
            : folded;
    }

    private static CallbackFacts Folded(MessageRow message, long eventAtMs)
    {
        var first = message.First;
        var status = message.SendStatus;
        return new CallbackFacts
        {
            Kind = message.Kind,
            SmsId = message.SmsId,
            SendStatus = status,
            SendSuccess = message.Successes,
            SendFailed = message.Finals - message.Successes,
            TotalPrice = ReportFold.FromUnits(message.Charged),
            TotalReceiver = message.Total,
            TotalSent = message.HandedOver,
            RequestId = message.RequestId ?? "",
            TelcoId = first.TelcoId,
            PhoneNumber = Phone(message),
            PartnerIds = first.PartnerId ?? "",
            ErrorInfo = first.ErrorInfo ?? "",
            ErrorInfoTime = message.Kind is MessageKind.ZaloFollower or MessageKind.ZnsJourney
                ? DateTimeOffset.FromUnixTimeMilliseconds(eventAtMs).ToOffset(s_vietnam).DateTime
                : null,
            OaId = message.OaId ?? "",
            TempId = message.TempId ?? "",
            Voice = message.Kind == MessageKind.VoiceCall ? Voice(message) : null,
        };
    }

    // What the carrier told of the call; a real one that tells nothing leaves only whether it was reached.
    private static VoiceCallFacts Voice(MessageRow message) =>
        VoiceResult.TryRead(message.First.ErrorInfo ?? "") is { } told
            ? told with { SentResult = message.Successes > 0 }
            : new VoiceCallFacts(0, "", "", message.Successes > 0, "");

    // The sample of a finished promotion has counters of zero beside the sum of its price (protocol G 25). Whoever wants the samples' bytes
    // gets that too; everybody else gets what happened.
    private static CallbackFacts AsDocumented(CallbackFacts facts, CallbackProfile profile) =>
        profile == CallbackProfile.ByteExact && facts is { Kind: MessageKind.PromoSms, SendStatus: SendStatus.Finished }
            ? facts with { SendSuccess = 0, SendFailed = 0 }
            : facts;

    // A journey was asked for by phone; its callback names the Zalo user when the Zalo leg told who that is (protocol G 32).
    private static string Phone(MessageRow message)
    {
        if (message.Kind == MessageKind.ZnsJourney && message.First.Address.StartsWith('0') && message.First.ErrorInfo is { Length: > 0 } info
            && info.Contains("user_id", StringComparison.Ordinal)
            && ErrorInfoUser(info) is { Length: > 0 } user)
        {
            return user;
        }

        return message.First.Address;
    }

    private static string? ErrorInfoUser(string info) => Protocols.ErrorInfos.ErrorInfoCodec.Decode(info).UserId;

    // Hooks repeat, so their keys are remembered; the bound only guards against a customer who makes up a path for every message.
    internal static string HostKey(string hookUrl)
    {
        if (hookUrl.Length == 0)
        {
            return "";
        }

        if (s_hostKeys.TryGetValue(hookUrl, out var key))
        {
            return key;
        }

        key = HookUrl.Check(hookUrl, allowPrivate: true).HostKey;
        if (s_hostKeys.Count < HostKeysMax)
        {
            s_hostKeys[hookUrl] = key;
        }

        return key;
    }
}
