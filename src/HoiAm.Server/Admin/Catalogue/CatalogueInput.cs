using System.Globalization;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Server.Json;
using HoiAm.Server.Sending.Catalogues;

namespace HoiAm.Server.Admin.Catalogue;

/// <summary>Reads the documents of a catalogue: absent members keep their value, null clears.</summary>
internal static class CatalogueInput
{
    private static readonly int[] s_telcos = [1, 2, 3, 4, 5, 6, 7];
    private static readonly string[] s_qualities = ["HIGH", "MEDIUM", "LOW", "UNDEFINED"];
    private static readonly string[] s_statuses = ["ENABLE", "PENDING_REVIEW", "DELETE", "REJECT", "DISABLE"];

    public static BrandNameDocument BrandName(JsonInput input, BrandNameDocument? current)
    {
        var d = current ?? new BrandNameDocument();
        d = d with
        {
            TypeIds = InputLists.Numbers(input, "typeIds", [1, 2, 23], d.TypeIds),
            Active = Flag(input, "active", d.Active, true),
            Telcos = InputLists.Numbers(input, "telcos", s_telcos, d.Telcos),
            Templates = InputLists.Objects(input, "templates", 1_000, d.Templates, row => new SmsTemplateDocument(
                row.Number("id", 1, int.MaxValue, required: true) ?? 0, row.Text("content", 1, 2_000, required: true) ?? "", row.Number("telco", 0, 7) ?? 0)),
        };
        if (d.TypeIds.Count == 0)
        {
            input.Fault("typeIds", "must name at least one of 1, 2, 23");
        }

        return d;
    }

    public static OaDocument Oa(JsonInput input, OaDocument? current)
    {
        var d = current ?? new OaDocument();
        return d with
        {
            Name = input.Text("name", 0, 200, required: current is null) ?? d.Name,
            Active = Flag(input, "active", d.Active, true),
            OverQuotaAllowed = Flag(input, "overQuotaAllowed", d.OverQuotaAllowed, false),
            Quota = input.Object("quota") is { } quota ? Quota(quota, d.Quota) : d.Quota,
            QualitySevenDays = Word(input, "qualitySevenDays", s_qualities, d.QualitySevenDays),
            QualityCurrent = Word(input, "qualityCurrent", s_qualities, d.QualityCurrent),
            Followers = InputLists.Texts(input, "followers", 100_000, 20, d.Followers, uid => uid.All(char.IsAsciiDigit) ? null : "must be digits"),
            Ratings = InputLists.Objects(input, "ratings", 100_000, d.Ratings, row => new RatingDocument(
                row.Text("templateId", 1, 64, required: true) ?? "",
                InputLists.Texts(row, "feedbacks", 50, 500, []),
                row.Text("messageId", 0, 64) ?? "",
                row.Text("note", 0, 2_000) ?? "",
                row.Number("stars", 1, 5, required: true) ?? 1,
                row.Moment("submittedAt") ?? DateTimeOffset.UnixEpoch,
                row.Text("requestId", 0, 50) ?? "")),
        };
    }

    public static TemplateDocument Template(JsonInput input, TemplateDocument? current)
    {
        var isNew = current is null;
        var d = current ?? new TemplateDocument();
        return d with
        {
            OaId = input.Text("oaId", 1, 64, required: isNew) ?? d.OaId,
            TypeId = input.Choice("typeId", new Dictionary<string, int> { ["24"] = 24, ["25"] = 25 }) ?? d.TypeId,
            Name = input.Text("name", 0, 200) ?? d.Name,
            Content = input.Text("content", 0, 10_000) ?? d.Content,
            AllowsJourney = Flag(input, "allowsJourney", d.AllowsJourney, false),
            Status = Word(input, "status", s_statuses, d.Status),
            Tag = input.Text("tag", 1, 64) ?? d.Tag,
            Parameters = InputLists.Objects(input, "parameters", 64, d.Parameters, row => new ParameterDocument(
                row.Text("name", 1, 64, required: true) ?? "", row.Number("limit", 1, 2_000) ?? 30, row.Flag("required") ?? true)),
        };
    }

    public static PriceDocument Price(JsonInput input, PriceDocument? current)
    {
        var d = current ?? new PriceDocument();
        return d with
        {
            Price = input.IsNull("price") ? null : input.Money("price") ?? d.Price,
            Telcos = input.IsNull("telcos") ? new Dictionary<int, decimal>() : input.Object("telcos") is { } telcos ? TelcoPrices(telcos) : d.Telcos,
        };
    }

    private static Dictionary<int, decimal> TelcoPrices(JsonInput input)
    {
        var prices = new Dictionary<int, decimal>();
        foreach (var telco in s_telcos)
        {
            if (input.Money(telco.ToString(CultureInfo.InvariantCulture)) is { } price)
            {
                prices[telco] = price;
            }
        }

        input.RefuseUnknown();
        return prices;
    }

    private static OaQuota Quota(JsonInput input, OaQuota current)
    {
        int Read(string name, int value) => input.Number(name, 0, int.MaxValue) ?? value;
        var quota = new OaQuota(
            Read("daily", current.Daily),
            Read("dailyPromotion", current.DailyPromotion),
            Read("nextMonthPromotion", current.NextMonthPromotion),
            Read("monthlyPromotion", current.MonthlyPromotion),
            Read("remainingMonthlyPromotion", current.RemainingMonthlyPromotion),
            Read("remaining", current.Remaining),
            Read("remainingPromotion", current.RemainingPromotion));
        input.RefuseUnknown();
        return quota;
    }

    internal static bool Flag(JsonInput input, string name, bool current, bool fallback) => input.Flag(name) ?? (input.IsNull(name) ? fallback : current);

    private static string Word(JsonInput input, string name, string[] words, string current)
    {
        if (input.Text(name, 1, 32) is not { } word)
        {
            return current;
        }

        if (words.Contains(word))
        {
            return word;
        }

        input.Fault(name, "must be one of " + string.Join(", ", words));
        return current;
    }
}
