using System.Globalization;
using System.Text.Json;
using HoiAm.Model;

namespace HoiAm.Server.Dashboard.Words;

/// <summary>What the API's words are called on a page, in English; the reader's language follows from that.</summary>
internal static class Labels
{
    /// <summary>What the hub tells its operator of.</summary>
    public static IReadOnlyDictionary<string, string> Troubles { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["hook"] = "A hook fails",
        ["backlog"] = "Many callbacks wait",
        ["orphans"] = "Many reports match no message",
        ["silence"] = "No reports come in",
    };

    /// <summary>States of messages, callbacks, hooks, reports and tries.</summary>
    public static IReadOnlyDictionary<string, string> States { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["accepted"] = "accepted",
        ["pendingApproval"] = "waits for approval",
        ["waiting"] = "waiting to be sent",
        ["sent"] = "handed over",
        ["delivered"] = "delivered",
        ["failed"] = "failed",
        ["rejected"] = "rejected",
        ["expired"] = "expired",
        ["partlyDelivered"] = "partly delivered",
        ["pending"] = "pending",
        ["exhausted"] = "exhausted",
        ["cancelled"] = "not pushed",
        ["healthy"] = "healthy",
        ["slow"] = "slow",
        ["failing"] = "failing",
        ["open"] = "shut off",
        ["paused"] = "paused",
        ["advanced"] = "moved on",
        ["late"] = "late",
        ["contradiction"] = "contradicts",
        ["unmapped"] = "unknown status",
        ["noStatus"] = "no status",
        ["ignored"] = "ignored",
        ["seen"] = "seen",
        ["replacedPresumed"] = "replaced a presumption",
        ["repeated"] = "repeated",
        ["parked"] = "no message yet",
        ["running"] = "running",
        ["done"] = "done",
        ["timedOut"] = "timed out",
        ["connectionRefused"] = "nobody listens",
        ["connectionReset"] = "connection broke",
        ["dnsFailed"] = "name not found",
        ["tlsFailed"] = "TLS failed",
        ["protocolError"] = "no HTTP answer",
        ["httpStatus"] = "refused by the hook",
        ["redirected"] = "redirected",
        ["blocked"] = "address not allowed",
        ["badUrl"] = "unusable URL",
        ["interrupted"] = "interrupted",
        ["retries"] = "all tries used up",
        ["refused"] = "refused by the hook",
        ["noHook"] = "no CallbackUrl",
        ["enabled"] = "enabled",
        ["disabled"] = "disabled",
        ["active"] = "in force",
        ["inactive"] = "not in force",
        ["received"] = "received",
        ["registered"] = "registered",
    };

    /// <summary>Message kinds by the API's word.</summary>
    public static IReadOnlyDictionary<string, string> Kinds { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["promoSms"] = "Advertising SMS",
        ["customerCareSms"] = "Customer-care SMS",
        ["fixedPriceSms"] = "Fixed-price SMS",
        ["viber"] = "Viber",
        ["znsPriority"] = "ZNS priority",
        ["zns"] = "ZNS",
        ["zaloFollower"] = "Zalo follower",
        ["znsJourney"] = "ZNS journey",
        ["znsByUid"] = "ZNS by user id",
        ["voiceCall"] = "Voice call",
    };

    /// <summary>Where a report came from.</summary>
    public static IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["vendor"] = "Vendor report",
        ["esmsCallback"] = "eSMS callback",
        ["pull"] = "Asked for",
        ["operator"] = "Operator",
        ["presumed"] = "Presumed after silence",
    };

    /// <summary>A trouble's name in English.</summary>
    public static string Trouble(string? word) => word is not null && Troubles.TryGetValue(word, out var text) ? text : word ?? "";

    public static string State(string? word) => word is not null && States.TryGetValue(word, out var text) ? text : word ?? "";

    public static string Kind(string? word) => word is not null && Kinds.TryGetValue(word, out var text) ? text : word ?? "";

    /// <summary>A kind's name in English by a statement's word for it: its TypeId, or "voice", which has none.</summary>
    public static string KindInStatement(string word) => Kind(
        word == "voice" ? "voiceCall"
        : int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && MessageKinds.FromTypeId(id) is { } kind
            ? JsonNamingPolicy.CamelCase.ConvertName(kind.ToString())
            : word);

    public static string Source(string? word) => word is not null && Sources.TryGetValue(word, out var text) ? text : word ?? "";
}
