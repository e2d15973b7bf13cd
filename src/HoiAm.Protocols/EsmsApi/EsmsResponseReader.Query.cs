using System.Globalization;
using HoiAm.Protocols.Codes;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.EsmsApi;

public static partial class EsmsResponseReader
{
    /// <summary>GetSendStatus.</summary>
    public static EsmsAnswer<MessageCounters> SendStatus(ReadOnlySpan<byte> body) =>
        Read(body, static root => root.Has("SendStatus") ? Counters(root) : null);

    /// <summary>GetSmsReceiverStatus_get.</summary>
    public static EsmsAnswer<AnswerList<ReceiverAnswer>> ReceiverStatus(ReadOnlySpan<byte> body) => Read(body, static root => List(
        root, "ReceiverList", row => new ReceiverAnswer(row.Text("Phone"), TelcoId(row.Text("NetworkName")), row.Flag("IsSent"), row.Flag("SentResult"), row.Integer("Retry"))));

    /// <summary>GetSmsSentData_V2. The documented sample itself is no valid JSON and is not read.</summary>
    public static EsmsAnswer<SentDataPage> SentData(ReadOnlySpan<byte> body) => Read(body, static root =>
        List(root, "SentData", row => new SentDataRow(
            row.Text("Campaign"),
            row.Text("Content"),
            row.Text("Phone"),
            row.Text("ReferenceId"),
            row.Amount("SellPrice"),
            row.Has("SendResult") ? row.Integer("SendResult") : 2,
            row.Integer("SendStatus"),
            WcfDate(row.Text("SentTime")),
            row.Long("SmsId"),
            row.Integer("SmsType"))) is { } rows ? new SentDataPage(root.Long("CountTotal"), rows.Items) : null);

    /// <summary>QueryZnsStatus.</summary>
    public static EsmsAnswer<ZnsStatusAnswer> ZnsStatus(ReadOnlySpan<byte> body) => Read(body, static root => root.Object("Data") is { } data
        ? new ZnsStatusAnswer(Counters(data), data.TextOrNull("ErrorInfo"), data.Text("FinalStatus") == "1", data.Text("ZaloMsgId"))
        : null);

    /// <summary>GetZaloMessageStatus.</summary>
    public static EsmsAnswer<ZaloMessageStatusAnswer> ZaloMessageStatus(ReadOnlySpan<byte> body) => Read(body, static root =>
        root.Object("Data") is { } data
            ? new ZaloMessageStatusAnswer(Milliseconds(data.Text("delivery_time")), data.Text("message"), data.Integer("status"))
            : null);

    /// <summary>The voice host's GetSendStatus.</summary>
    public static EsmsAnswer<VoiceStatusAnswer> VoiceStatus(ReadOnlySpan<byte> body) => Read(body, static root => new VoiceStatusAnswer(
        root.Text("ReferenceId"),
        root.Integer("CallDuration"),
        root.Text("CallStatus"),
        root.Text("Ivr"),
        root.Integer("SendStatus"),
        root.Integer("SentResult") == 1));

    /// <summary>GetBalance_json.</summary>
    public static EsmsAnswer<BalanceAnswer> Balance(ReadOnlySpan<byte> body) => Read(body, static root =>
        root.Has("Balance") ? new BalanceAnswer(root.Amount("Balance"), root.Long("UserID")) : null);

    /// <summary>GetListBrandname.</summary>
    public static EsmsAnswer<AnswerList<BrandnameAnswer>> Brandnames(ReadOnlySpan<byte> body) => Read(body, static root =>
        List(root, "ListBrandName", row => new BrandnameAnswer(row.Text("Brandname"), row.Integer("Type"))));

    /// <summary>GetTemplate of a brand name.</summary>
    public static EsmsAnswer<AnswerList<SmsTemplateAnswer>> SmsTemplates(ReadOnlySpan<byte> body) => Read(body, static root =>
        List(root, "BrandnameTemplates", row => new SmsTemplateAnswer(row.Integer("NetworkID"), row.Text("TempContent"), row.Long("TempId"))));

    /// <summary>GetTemplate of an Official Account. What this call does not tell is empty; GetZnsTemplateInfo tells it.</summary>
    public static EsmsAnswer<AnswerList<ZnsTemplateAnswer>> ZnsTemplates(ReadOnlySpan<byte> body) => Read(body, static root =>
        List(root, "ZNSTemplates", row => new ZnsTemplateAnswer(
            row.Text("TempId"),
            row.Text("TempName"),
            row.Text("TempContent"),
            [.. row.Objects("ZNSTempDetail").OrderBy(p => p.Integer("ParamLevel")).Select(p => new ZnsParameterAnswer(p.Text("Param"), p.Integer("Limit"), true))],
            "", "", "", "", 0)));

    /// <summary>GetZnsTemplateInfo. The text of the template is not in this answer.</summary>
    public static EsmsAnswer<ZnsTemplateAnswer> ZnsTemplateInfo(ReadOnlySpan<byte> body) => Read(body, static root => root.Object("Data") is { } data
        ? new ZnsTemplateAnswer(
            data.Text("TemplateId"),
            data.Text("TemplateName"),
            "",
            [.. data.Objects("ListParams").Select(p => new ZnsParameterAnswer(p.Text("Name"), p.Integer("MaxLength"), p.Flag("Require")))],
            data.Text("Status"),
            data.Text("TemplateTag"),
            data.Text("TemplateQuality"),
            data.Text("PreviewUrl"),
            data.Integer("Timeout"))
        : null);

    /// <summary>ZNS/GetListZOA.</summary>
    public static EsmsAnswer<AnswerList<OaAnswer>> Oas(ReadOnlySpan<byte> body) => Read(body, static root =>
        List(root, "ZOAList", row => new OaAnswer(row.Text("OAID"), row.Text("OAName"))));

    /// <summary>ZNS/GetQuota.</summary>
    public static EsmsAnswer<OaQuota> Quota(ReadOnlySpan<byte> body) => Read(body, static root => new OaQuota(
        root.Integer("DailyQuota"),
        root.Integer("DailyQuotaPromotion"),
        root.Integer("EstimatedNextMonthPromotionQuota"),
        root.Integer("MonthlyPromotionQuota"),
        root.Integer("RemainingMonthlyPromotionQuota"),
        root.Integer("RemainingQuota"),
        root.Integer("RemainingQuotaPromotion")));

    /// <summary>ZNS/GetQuality.</summary>
    public static EsmsAnswer<OaQuality> Quality(ReadOnlySpan<byte> body) => Read(body, static root =>
        new OaQuality(root.Text("Oa7dayQuality"), root.Text("OaCurrentQuality")));

    /// <summary>ZNS/GetRating.</summary>
    public static EsmsAnswer<OaRatingPage> Ratings(ReadOnlySpan<byte> body) => Read(body, static root =>
        List(root, "Data", row => new OaRating(
            [.. row.Texts("feedbacks")],
            row.Text("msgId"),
            row.Text("note"),
            row.Integer("rate"),
            Milliseconds(row.Text("submitDate")) ?? DateTimeOffset.UnixEpoch,
            row.Text("trackingId"))) is { } ratings ? new OaRatingPage(root.Integer("Total"), ratings.Items) : null);

    /// <summary>QueryListUID.</summary>
    public static EsmsAnswer<UidPage> Uids(ReadOnlySpan<byte> body) => Read(body, static root => root.Object("Data") is { } data
        ? new UidPage(data.Integer("Offset"), data.Integer("Total"), [.. data.Texts("Users")])
        : null);

    /// <summary>ZNS/GetFollowers.</summary>
    public static EsmsAnswer<UidPage> Followers(ReadOnlySpan<byte> body) => Read(body, static root =>
        List(root, "Followers", row => row.Text("User_Id")) is { } users ? new UidPage(0, root.Integer("Total"), users.Items) : null);

    private static AnswerList<T>? List<T>(AnswerNode root, string name, Func<AnswerNode, T> row) =>
        root.Has(name) ? new AnswerList<T>([.. root.Objects(name).Select(row)]) : null;

    private static MessageCounters Counters(AnswerNode node) => new(
        node.Text("SMSID"),
        node.Integer("SendStatus"),
        node.Integer("SendSuccess"),
        node.Integer("SendFailed"),
        node.Amount("TotalPrice"),
        node.Integer("TotalReceiver"),
        node.Integer("TotalSent"));

    // Names are spelled in two ways by the pages themselves; one that is in neither list is an unknown carrier.
    private static int TelcoId(string name) => Enumerable.Range(1, 7).FirstOrDefault(id =>
        name.Equals(EsmsResponses.NetworkName(id), StringComparison.OrdinalIgnoreCase) || name.Equals(TelcoNames.Name(id), StringComparison.OrdinalIgnoreCase));

    private static DateTimeOffset? Milliseconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;

    // /Date(1705484048995+0700)/: milliseconds in UTC, and the zone it was meant in. Unreadable: 1970, which nothing was sent in.
    private static DateTimeOffset WcfDate(string text)
    {
        const string head = "/Date(";
        if (!text.StartsWith(head, StringComparison.Ordinal))
        {
            return WireTime.Read(text) ?? DateTimeOffset.UnixEpoch;
        }

        var digits = text[head.Length..];
        var end = digits.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return (Milliseconds(end < 0 ? digits : digits[..end]) ?? DateTimeOffset.UnixEpoch).ToOffset(WireTime.VietnamOffset);
    }
}
