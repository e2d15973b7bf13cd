using System.Collections.Immutable;
using System.Globalization;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>A brand name's template in GetTemplate.</summary>
/// <param name="NetworkId">Carrier 1 to 7.</param>
/// <param name="Content">With marks such as {P1,20}.</param>
/// <param name="Id">Number.</param>
public sealed record SmsTemplateAnswer(int NetworkId, string Content, long Id);

/// <summary>An OA's template in GetTemplate and GetZnsTemplateInfo.</summary>
/// <param name="Id">Digits; written as a number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Content">HTML or text with {{name}} marks.</param>
/// <param name="Parameters">In template order.</param>
/// <param name="Status">ENABLE, PENDING_REVIEW, DELETE, REJECT or DISABLE.</param>
/// <param name="Tag">OTP, IN_TRANSACTION, …</param>
/// <param name="Quality">HIGH, MEDIUM, LOW or UNDEFINED.</param>
/// <param name="PreviewUrl">Where it can be seen.</param>
/// <param name="TimeoutMs">How long Zalo tries, in milliseconds.</param>
public sealed record ZnsTemplateAnswer(
    string Id, string Name, string Content, ImmutableArray<ZnsParameterAnswer> Parameters, string Status, string Tag, string Quality, string PreviewUrl, int TimeoutMs);

/// <summary>A parameter of an OA's template.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Limit">Longest value in characters.</param>
/// <param name="Required">Whether it may be empty.</param>
public sealed record ZnsParameterAnswer(string Name, int Limit, bool Required);

/// <summary>The seven integers of ZNS/GetQuota.</summary>
/// <param name="Daily">DailyQuota.</param>
/// <param name="DailyPromotion">DailyQuotaPromotion.</param>
/// <param name="NextMonthPromotion">EstimatedNextMonthPromotionQuota.</param>
/// <param name="MonthlyPromotion">MonthlyPromotionQuota.</param>
/// <param name="RemainingMonthlyPromotion">RemainingMonthlyPromotionQuota.</param>
/// <param name="Remaining">RemainingQuota.</param>
/// <param name="RemainingPromotion">RemainingQuotaPromotion.</param>
public sealed record OaQuota(
    int Daily, int DailyPromotion, int NextMonthPromotion, int MonthlyPromotion, int RemainingMonthlyPromotion, int Remaining, int RemainingPromotion);

/// <summary>One rating that a Zalo user gave.</summary>
/// <param name="Feedbacks">Chosen sentences.</param>
/// <param name="MessageId">Zalo's message id.</param>
/// <param name="Note">Free text.</param>
/// <param name="Stars">1 to 5.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="RequestId">RequestId of the send (trackingId on the wire).</param>
public sealed record OaRating(ImmutableArray<string> Feedbacks, string MessageId, string Note, int Stars, DateTimeOffset SubmittedAt, string RequestId);

public static partial class EsmsResponses
{
    /// <summary>GetTemplate of a brand name. The list comes first, as documented.</summary>
    public static byte[] SmsTemplates(IEnumerable<SmsTemplateAnswer> templates) => EsmsJson.Write(json =>
    {
        json.WriteStartArray("BrandnameTemplates");
        foreach (var template in templates)
        {
            json.WriteStartObject();
            json.WriteNumber("NetworkID", template.NetworkId);
            json.WriteString("TempContent", template.Content);
            json.WriteNumber("TempId", template.Id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("CodeResult", "100");
        json.WriteString("ErrorMessage", "success");
    });

    /// <summary>GetTemplate of an OA.</summary>
    public static byte[] ZnsTemplates(IEnumerable<ZnsTemplateAnswer> templates) => EsmsJson.Write(json =>
    {
        WriteSuccess(json);
        json.WriteStartArray("ZNSTemplates");
        foreach (var template in templates)
        {
            json.WriteStartObject();
            json.WriteString("TempContent", template.Content);
            WriteDigits(json, "TempId", template.Id);
            json.WriteString("TempName", template.Name);
            json.WriteStartArray("ZNSTempDetail");
            for (var i = 0; i < template.Parameters.Length; i++)
            {
                json.WriteStartObject();
                json.WriteNumber("Limit", template.Parameters[i].Limit);
                json.WriteString("Param", template.Parameters[i].Name);
                json.WriteNumber("ParamLevel", i + 1);
                json.WriteString("RequireType", "type_text");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>GetZnsTemplateInfo: Error is a number and 0 on success.</summary>
    public static byte[] ZnsTemplateInfo(ZnsTemplateAnswer template) => EsmsJson.Write(json =>
    {
        json.WriteStartObject("Data");
        json.WriteBoolean("ApplyTemplateQuota", false);
        json.WriteStartArray("ListButtons");
        json.WriteEndArray();
        json.WriteStartArray("ListParams");
        foreach (var parameter in template.Parameters)
        {
            json.WriteStartObject();
            json.WriteBoolean("AcceptNull", !parameter.Required);
            json.WriteNumber("MaxLength", parameter.Limit);
            json.WriteNumber("MinLength", 0);
            json.WriteString("Name", parameter.Name);
            json.WriteBoolean("Require", parameter.Required);
            json.WriteString("Type", "STRING");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("PreviewUrl", template.PreviewUrl);
        json.WriteString("Reason", "");
        json.WriteString("Status", template.Status);
        json.WriteNull("TemplateDailyQuota");
        WriteDigits(json, "TemplateId", template.Id);
        json.WriteString("TemplateName", template.Name);
        json.WriteString("TemplateQuality", template.Quality);
        json.WriteNull("TemplateRemainingQuota");
        json.WriteString("TemplateTag", template.Tag);
        json.WriteNumber("Timeout", template.TimeoutMs);
        json.WriteEndObject();
        json.WriteNumber("Error", 0);
        json.WriteString("Message", "Success");
    });

    /// <summary>ZNS/GetListZOA.</summary>
    public static byte[] Oas(IEnumerable<(string Id, string Name)> oas) => EsmsJson.Write(json =>
    {
        WriteSuccess(json);
        json.WriteStartArray("ZOAList");
        foreach (var (id, name) in oas)
        {
            json.WriteStartObject();
            json.WriteString("OAID", id);
            json.WriteString("OAName", name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>ZNS/GetQuota.</summary>
    public static byte[] Quota(OaQuota quota) => EsmsJson.Write(json =>
    {
        WriteSuccess(json);
        json.WriteNumber("DailyQuota", quota.Daily);
        json.WriteNumber("DailyQuotaPromotion", quota.DailyPromotion);
        json.WriteNumber("EstimatedNextMonthPromotionQuota", quota.NextMonthPromotion);
        json.WriteNumber("MonthlyPromotionQuota", quota.MonthlyPromotion);
        json.WriteNumber("RemainingMonthlyPromotionQuota", quota.RemainingMonthlyPromotion);
        json.WriteNumber("RemainingQuota", quota.Remaining);
        json.WriteNumber("RemainingQuotaPromotion", quota.RemainingPromotion);
    });

    /// <summary>ZNS/GetQuality: HIGH, MEDIUM, LOW or UNDEFINED.</summary>
    public static byte[] Quality(string sevenDays, string current) => EsmsJson.Write(json =>
    {
        WriteSuccess(json);
        json.WriteString("Oa7dayQuality", sevenDays);
        json.WriteString("OaCurrentQuality", current);
    });

    /// <summary>ZNS/GetRating.</summary>
    public static byte[] Ratings(int total, IEnumerable<OaRating> ratings) => EsmsJson.Write(json =>
    {
        WriteSuccess(json);
        json.WriteStartArray("Data");
        foreach (var rating in ratings)
        {
            json.WriteStartObject();
            json.WriteStartArray("feedbacks");
            foreach (var feedback in rating.Feedbacks)
            {
                json.WriteStringValue(feedback);
            }

            json.WriteEndArray();
            json.WriteString("msgId", rating.MessageId);
            json.WriteString("note", rating.Note);
            json.WriteNumber("rate", rating.Stars);
            json.WriteString("submitDate", rating.SubmittedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
            json.WriteString("trackingId", rating.RequestId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("Total", total);
    });

    /// <summary>QueryListUID.</summary>
    public static byte[] Uids(int count, int offset, int total, IEnumerable<string> users) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResult", "100");
        json.WriteStartObject("Data");
        json.WriteNumber("Count", count);
        json.WriteNumber("Offset", offset);
        json.WriteNumber("Total", total);
        json.WriteStartArray("Users");
        foreach (var user in users)
        {
            json.WriteStringValue(user);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>ZNS/GetFollowers.</summary>
    public static byte[] Followers(int total, IEnumerable<string> users) => EsmsJson.Write(json =>
    {
        WriteSuccess(json);
        json.WriteStartArray("Followers");
        foreach (var user in users)
        {
            json.WriteStartObject();
            json.WriteString("User_Id", user);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("Total", total);
    });

    private static void WriteSuccess(System.Text.Json.Utf8JsonWriter json)
    {
        json.WriteString("CodeResult", "100");
        json.WriteString("ErrorMessage", "success");
    }

    // Template ids are digits in every sample and numbers on the wire; one that is not stays a string.
    private static void WriteDigits(System.Text.Json.Utf8JsonWriter json, string name, string digits)
    {
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, digits);
        }
    }
}
