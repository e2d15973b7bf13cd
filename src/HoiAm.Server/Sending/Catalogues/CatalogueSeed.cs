using System.Data.Common;
using System.Text.Json;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Model;
using HoiAm.Sending;

namespace HoiAm.Server.Sending.Catalogues;

/// <summary>Puts a catalogue of the rules into the store as documents: the sandbox's, the first time. What a person changed since stays.</summary>
internal static class CatalogueSeed
{
    public static void Write(DbConnection connection, int account, AccountCatalogue catalogue, string route, DateTimeOffset now)
    {
        foreach (var brand in catalogue.BrandNames.GroupBy(b => b.Name))
        {
            Insert(connection, account, CatalogueSections.BrandNames, brand.Key, new BrandNameDocument
            {
                TypeIds = [.. brand.Select(b => b.Kind.TypeId())],
                Templates = [.. brand.SelectMany(b => b.Templates).Select(t => new SmsTemplateDocument(t.Id, t.Content, t.Telco))],
            });
        }

        foreach (var oa in catalogue.Oas)
        {
            WriteOa(connection, account, oa);
        }

        foreach (var kind in Enum.GetValues<MessageKind>().Where(k => k != MessageKind.ZnsByUid))
        {
            if (catalogue.Prices.TryGet(kind, 0, out var price))
            {
                Insert(connection, account, CatalogueSections.Prices, KindNames.Of(kind), new PriceDocument { Price = price });
            }
        }

        Insert(connection, account, CatalogueSections.Settings, CatalogueSections.SettingsId, new SendingSettings
        {
            UserId = catalogue.UserId,
            Routes = [new RouteDocument("", 0, route)],
            VoiceTemplates = [.. catalogue.VoiceTemplates.Select(t => new VoiceTemplateDocument(t.Id, t.IsRecording, t.VariableCount))],
            CodePairs =
            [
                .. catalogue.MultiChannelTemplates.Select(
                    p => new CodePairDocument(p.Id, p.OaId, p.TempId, p.Brandname, p.Message, p.CodeLength, p.DigitsOnly)),
            ],
        });
        if (connection.Scalar("SELECT COUNT(*) FROM balance WHERE account = @p0", account) == 0)
        {
            var amount = ReportFold.ToUnits(catalogue.Balance);
            BalanceBook.Add(connection, new BalanceLine
            {
                AtMs = now.ToUnixTimeMilliseconds(),
                Account = account,
                Amount = amount,
                After = BalanceBook.Give(connection, account, amount),
                Reason = BalanceBook.Adjustment,
                Note = "sandbox",
            });
        }
    }

    private static void WriteOa(DbConnection connection, int account, OfficialAccount oa)
    {
        Insert(connection, account, CatalogueSections.Oas, oa.Id, new OaDocument
        {
            Name = oa.Name,
            Quota = oa.Quota,
            QualitySevenDays = oa.QualitySevenDays,
            QualityCurrent = oa.QualityCurrent,
            Followers = oa.Followers,
        });
        foreach (var template in oa.Templates)
        {
            Insert(connection, account, CatalogueSections.Templates, template.Id, new TemplateDocument
            {
                OaId = oa.Id,
                TypeId = template.Kind.TypeId(),
                Parameters = [.. template.Parameters.Select(p => new ParameterDocument(p.Name, p.Limit, p.Required))],
                Name = template.Name,
                Content = template.Content,
                AllowsJourney = template.AllowsJourney,
                Status = template.Status,
                Tag = template.Tag,
            });
        }
    }

    private static void Insert<T>(DbConnection connection, int account, string section, string id, T document) => connection.Execute(
        "INSERT INTO catalogue (account, section, id, document) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT (account, section, id) DO NOTHING",
        account,
        section,
        id,
        JsonSerializer.Serialize(document));
}
