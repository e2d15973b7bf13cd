using System.Collections.Frozen;
using System.Collections.Immutable;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>One documented call: where it is and how it is made.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Method">The one HTTP method, <c>GET</c> or <c>POST</c>.</param>
/// <param name="Path">The documented path behind <c>/MainService.svc/json/</c>, without a trailing slash.</param>
public sealed record EsmsEndpoint(EsmsOperation Operation, string Method, string Path);

/// <summary>What a request path leads to.</summary>
public enum EsmsRouteOutcome : byte
{
    /// <summary>A call of ours.</summary>
    Found,

    /// <summary>The path is one of ours, the method is not: 405.</summary>
    WrongMethod,

    /// <summary>No such path: 404 with <see cref="EsmsRoutes.UnknownPathBody"/>.</summary>
    UnknownPath,
}

/// <summary>A resolved path.</summary>
/// <param name="Endpoint">The call; null when the path is unknown.</param>
/// <param name="ApiKey">The key that the path itself carries (GetListBrandname), else null.</param>
/// <param name="SecretKey">Likewise.</param>
public readonly record struct EsmsRoute(EsmsEndpoint? Endpoint, string? ApiKey, string? SecretKey)
{
    // The keys stay out of the text.
    private bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append("Endpoint = ").Append(Endpoint);
        return true;
    }
}

/// <summary>
/// The table of served paths. Forgives what protocol I 1 lists: any casing, doubled slashes anywhere, a trailing slash or none.
/// </summary>
public static class EsmsRoutes
{
    private const string Prefix = "MainService.svc/json/";

    private static readonly FrozenDictionary<string, EsmsEndpoint> s_byPath;

    static EsmsRoutes()
    {
        All =
        [
            Post(EsmsOperation.SendJson, "SendMultipleMessage_V4_post_json"),
            Get(EsmsOperation.SendGet, "SendMultipleMessage_V4_get"),
            Post(EsmsOperation.SendForm, "SendMultipleMessage_V4_post"),
            Post(EsmsOperation.SendXml, "SendMultipleMessage_V4"),
            Post(EsmsOperation.SendPromoJson, "SendMultipleSMSBrandname_json"),
            Post(EsmsOperation.SendPromoXml, "SendMultipleSMSBrandname"),
            Post(EsmsOperation.SendViber, "Send_Multiple_Sms_OTT"),
            Post(EsmsOperation.SendZnsV4, "SendZaloMessage_V4_post_json"),
            Post(EsmsOperation.SendZnsV5, "SendZaloMessage_V5_post"),
            Post(EsmsOperation.SendZnsV6, "SendZaloMessage_V6"),
            Post(EsmsOperation.SendZnsByUid, "SendZaloMessage_V6/zalo_uid"),
            Post(EsmsOperation.SendZnsByHash, "SendZaloMessage_V6/hash_phone"),
            Post(EsmsOperation.SendZnsBulk, "Send_zns_bulk_v4_post_json"),
            Post(EsmsOperation.SendFollowerText, "SendZaloFollowerMessage_V4_post_json"),
            Post(EsmsOperation.SendFollowerPayload, "SendZaloFollowerMessage_V5_post_json"),
            Post(EsmsOperation.SendMultiChannel, "MultiChannelMessage"),
            Get(EsmsOperation.SendOtpV4, "SendMessageAutoGenCode_V4_get"),
            Post(EsmsOperation.SendOtpV5, "SendMessageAutoGenCode_V5"),
            Get(EsmsOperation.CheckOtp, "CheckCodeGen_V4_get"),
            Get(EsmsOperation.CallTemplate, "MakeCallTemplate_V2"),
            Get(EsmsOperation.CallRecord, "MakeCallRecord_V2"),
            Get(EsmsOperation.GetSendStatus, "GetSendStatus"),
            Get(EsmsOperation.GetReceiverStatus, "GetSmsReceiverStatus_get"),
            Post(EsmsOperation.GetSentData, "GetSmsSentData_V2"),
            Post(EsmsOperation.QueryZnsStatus, "QueryZnsStatus"),
            Post(EsmsOperation.GetZaloMessageStatus, "GetZaloMessageStatus"),
            Post(EsmsOperation.GetBalance, "GetBalance_json"),
            Get(EsmsOperation.GetBrandnames, "GetListBrandname"),
            Post(EsmsOperation.GetTemplates, "GetTemplate"),
            Get(EsmsOperation.GetZnsTemplateInfo, "GetZnsTemplateInfo"),
            Post(EsmsOperation.GetOas, "ZNS/GetListZOA"),
            Post(EsmsOperation.GetQuota, "ZNS/GetQuota"),
            Post(EsmsOperation.GetQuality, "ZNS/GetQuality"),
            Post(EsmsOperation.GetRating, "ZNS/GetRating"),
            Post(EsmsOperation.GetUids, "QueryListUID"),
            Post(EsmsOperation.GetFollowers, "ZNS/GetFollowers"),
            Get(EsmsOperation.SummarySms, "SummaryMultipleMessage_V4_get"),
            Post(EsmsOperation.SummaryPromo, "SummaryMultipleSMSBrandname"),
            Post(EsmsOperation.SummaryZalo, "SummaryZaloMessage_V4_post_json"),
            Post(EsmsOperation.RegisterZnsTemplate, "RegisZNSTemplateJson"),
            Post(EsmsOperation.RegisterSmsTemplate, "SubServicePreviewJson"),
            Post(EsmsOperation.RegisterOaPackage, "RegisOAPackageJson"),
        ];
        s_byPath = All.ToFrozenDictionary(e => e.Path, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Every served call, in the order of the documentation.</summary>
    public static ImmutableArray<EsmsEndpoint> All { get; }

    /// <summary>Finds the call behind a request path (already percent-decoded, without the query).</summary>
    public static EsmsRouteOutcome TryResolve(string method, string path, out EsmsRoute route)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var tail = string.Join('/', segments);
        route = default;
        if (!tail.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return EsmsRouteOutcome.UnknownPath;
        }

        if (!s_byPath.TryGetValue(tail[Prefix.Length..], out var endpoint) && !TryKeysInPath(segments, out endpoint))
        {
            return EsmsRouteOutcome.UnknownPath;
        }

        var keysInPath = segments.Length == 5 && endpoint.Operation == EsmsOperation.GetBrandnames;
        route = keysInPath ? new EsmsRoute(endpoint, segments[3], segments[4]) : new EsmsRoute(endpoint, null, null);
        return string.Equals(method, endpoint.Method, StringComparison.OrdinalIgnoreCase)
            ? EsmsRouteOutcome.Found
            : EsmsRouteOutcome.WrongMethod;
    }

    /// <summary>The JSON body of a 404: names the served path that is nearest to what was asked (protocol I 15).</summary>
    public static byte[] UnknownPathBody(string path)
    {
        var asked = path.Split('/', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
        var nearest = All.MaxBy(e => CommonPrefix(e.Path[(e.Path.LastIndexOf('/') + 1)..], asked))!;
        return EsmsJson.Write(json =>
        {
            json.WriteString("error", "Unknown path. The JSON calls are served below /MainService.svc/json/.");
            json.WriteString("nearest", "/" + Prefix + nearest.Path);
        });
    }

    // GetListBrandname is the one documented call that carries its keys in the path.
    private static bool TryKeysInPath(string[] segments, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EsmsEndpoint? endpoint)
    {
        endpoint = null;
        return segments.Length == 5
            && s_byPath.TryGetValue(segments[2], out endpoint)
            && endpoint.Operation == EsmsOperation.GetBrandnames;
    }

    private static int CommonPrefix(string a, string b)
    {
        var length = 0;
        while (length < a.Length && length < b.Length && char.ToUpperInvariant(a[length]) == char.ToUpperInvariant(b[length]))
        {
            length++;
        }

        return length;
    }

    private static EsmsEndpoint Get(EsmsOperation operation, string path) => new(operation, "GET", path);

    private static EsmsEndpoint Post(EsmsOperation operation, string path) => new(operation, "POST", path);
}
