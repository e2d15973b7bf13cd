using System.Collections.Immutable;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>Answers what the catalogue alone can answer.</summary>
internal static class CatalogueAnswers
{
    public static Answered Account(AccountRequest request, AccountCatalogue catalogue) => new(request.Operation switch
    {
        EsmsOperation.GetBalance => EsmsResponses.Balance(catalogue.Balance, catalogue.UserId),
        EsmsOperation.GetBrandnames =>
            EsmsResponses.Brandnames(catalogue.BrandNames.Where(b => b.Active).Select(b => (b.Name, b.Kind.TypeId()))),
        EsmsOperation.GetOas => EsmsResponses.Oas(catalogue.Oas.Where(o => o.Active).Select(o => (o.Id, o.Name))),
        _ => throw new ArgumentException("No account answer for " + request.Operation, nameof(request)),
    });

    public static Answered Templates(TemplateRequest request, AccountCatalogue catalogue)
    {
        if (request.Operation == EsmsOperation.GetZnsTemplateInfo)
        {
            return TemplateInfo(request, catalogue);
        }

        ReadOnlySpan<MessageKind> kinds = [MessageKind.CustomerCareSms, MessageKind.FixedPriceSms, MessageKind.ZnsPriority, MessageKind.Zns];
        if (SendRules.CheckKind(request.SmsType, kinds, out var kind) is { } wrong)
        {
            return QueryRules.Refuse(request, wrong);
        }

        if (kind is MessageKind.CustomerCareSms or MessageKind.FixedPriceSms)
        {
            // Kind 8 has no sender name; its templates are those of no brand, of which there are none.
            var brand = catalogue.FindBrandName(request.Brandname, kind);
            return brand is null && kind == MessageKind.CustomerCareSms
                ? QueryRules.Refuse(request, EsmsResults.UnknownBrandname)
                : new(EsmsResponses.SmsTemplates((brand?.Templates ?? []).SelectMany(PerCarrier)));
        }

        return QueryRules.CheckOa(request.OaId, catalogue) is { } noOa
            ? QueryRules.Refuse(request, noOa)
            : new(EsmsResponses.ZnsTemplates(catalogue.FindOa(request.OaId)!.Templates.Where(t => t.Kind == kind).Select(Shown)));
    }

    public static Answered Oa(OaRequest request, AccountCatalogue catalogue)
    {
        if (QueryRules.CheckOa(request.OaId, catalogue) is { } noOa)
        {
            return QueryRules.Refuse(request, noOa);
        }

        var oa = catalogue.FindOa(request.OaId)!;
        return request.Operation switch
        {
            EsmsOperation.GetQuota => new(EsmsResponses.Quota(oa.Quota)),
            EsmsOperation.GetQuality => new(EsmsResponses.Quality(oa.QualitySevenDays, oa.QualityCurrent)),
            EsmsOperation.GetRating => Ratings(request, oa),
            _ => Users(request, oa),
        };
    }

    private static Answered TemplateInfo(TemplateRequest request, AccountCatalogue catalogue)
    {
        if (request.OaId.Length == 0 || request.TemplateId.Length == 0)
        {
            return QueryRules.Refuse(request, EsmsResults.MissingOaOrTemplate);
        }

        if (QueryRules.CheckOa(request.OaId, catalogue) is { } noOa)
        {
            return QueryRules.Refuse(request, noOa);
        }

        // A disabled template is shown too: its Status is what the caller wants to know.
        var template = catalogue.FindOa(request.OaId)!.Templates.FirstOrDefault(t => t.Id == request.TemplateId);
        return template is null
            ? QueryRules.Refuse(request, EsmsResults.TemplateNotConfigured)
            : new(EsmsResponses.ZnsTemplateInfo(Shown(template)));
    }

    private static Answered Ratings(OaRequest request, OfficialAccount oa)
    {
        if (request.TemplateId.Length == 0)
        {
            return QueryRules.Refuse(request, EsmsResults.MissingOaOrTemplate);
        }

        if (!SendDates.TryParse(request.From, out var from))
        {
            return QueryRules.Refuse(request, EsmsResults.DateInvalid("FromTime"));
        }

        if (!SendDates.TryParse(request.To, out var to))
        {
            return QueryRules.Refuse(request, EsmsResults.DateInvalid("ToTime"));
        }

        if (CheckPage(request, int.MaxValue, "Limit", out var offset, out var count) is { } wrong)
        {
            return QueryRules.Refuse(request, wrong);
        }

        var all = oa.Ratings.Where(r => r.Key == request.TemplateId && r.Value.SubmittedAt >= from && r.Value.SubmittedAt <= to)
            .Select(r => r.Value)
            .ToImmutableArray();
        return new(EsmsResponses.Ratings(all.Length, all.Skip(offset).Take(count)));
    }

    private static Answered Users(OaRequest request, OfficialAccount oa)
    {
        if (request.Operation == EsmsOperation.GetFollowers)
        {
            return CheckPage(request, int.MaxValue, "Count", out var from, out var limit) is { } invalid
                ? QueryRules.Refuse(request, invalid)
                : new(EsmsResponses.Followers(oa.Followers.Length, oa.Followers.Skip(from).Take(limit)));
        }

        if (!SendDates.TryParseDay(request.From, out _))
        {
            return QueryRules.Refuse(request, EsmsResults.DateInvalid("FromDate"));
        }

        if (!SendDates.TryParseDay(request.To, out _))
        {
            return QueryRules.Refuse(request, EsmsResults.DateInvalid("ToDate"));
        }

        return CheckPage(request, QueryRules.UidOffsetMax, "Count", out var offset, out var count) is { } wrong
            ? QueryRules.Refuse(request, wrong)
            : new(EsmsResponses.Uids(count, offset, oa.Followers.Length, oa.Followers.Skip(offset).Take(count)));
    }

    private static EsmsResult? CheckPage(OaRequest request, int offsetMax, string countName, out int offset, out int count)
    {
        count = 0;
        if (!QueryRules.TryNumber(request.Offset, 0, 0, offsetMax, out offset))
        {
            return EsmsResults.PageInvalid("Offset");
        }

        return QueryRules.TryNumber(request.Count, QueryRules.OaPageMax, 1, QueryRules.OaPageMax, out count)
            ? null
            : EsmsResults.PageInvalid(countName);
    }

    // A template for all carriers is shown once for each, as the documented list does.
    private static IEnumerable<SmsTemplateAnswer> PerCarrier(SmsTemplate template) => template.Telco > 0
        ? [new SmsTemplateAnswer(template.Telco, template.Content, template.Id)]
        : Enumerable.Range(1, 7).Select(telco => new SmsTemplateAnswer(telco, template.Content, template.Id));

    private static ZnsTemplateAnswer Shown(ZnsTemplate t) => new(
        t.Id,
        t.Name,
        t.Content,
        [.. t.Parameters.Select(p => new ZnsParameterAnswer(p.Name, p.Limit, p.Required))],
        t.Status,
        t.Tag,
        "UNDEFINED",
        "",
        15000);
}
