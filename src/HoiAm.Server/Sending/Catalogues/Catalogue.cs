using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Data.Common;
using System.Net;
using System.Text.Json;
using HoiAm.Ledger.Outgoing;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Sending;

namespace HoiAm.Server.Sending.Catalogues;

/// <summary>One document of a catalogue as stored.</summary>
internal readonly record struct CatalogueRow(int Account, string Section, string Id, string Document);

/// <summary>What one account may send with, and through whom: read from its documents, immutable.</summary>
internal sealed class Catalogue
{
    private readonly ImmutableArray<(MessageKind Kind, int Telco, string Route)> _routes;

    private Catalogue(AccountCatalogue rules, SendingSettings settings, ImmutableArray<(MessageKind, int, string)> routes)
    {
        Rules = rules;
        Settings = settings;
        _routes = routes;
    }

    /// <summary>The rules' view; its balance is unlimited, since the ledger decides about money.</summary>
    public AccountCatalogue Rules { get; }

    public SendingSettings Settings { get; }

    /// <summary>Which route takes a kind to a carrier; null when none does.</summary>
    public string? RouteOf(MessageKind kind, byte telco)
    {
        // By UID is kind 25 on the wire and to a route.
        var routed = kind == MessageKind.ZnsByUid ? MessageKind.Zns : kind;
        foreach (var route in _routes)
        {
            if (route.Kind == routed && (route.Telco == 0 || route.Telco == telco))
            {
                return route.Route;
            }
        }

        return null;
    }

    /// <summary>The routes that an order needs, each with its carriers.</summary>
    public IReadOnlyList<SendPart> PartsOf(MessageKind kind, IEnumerable<byte> telcos, Func<string, int> vendorOf) =>
    [
        .. telcos.Distinct().GroupBy(t => RouteOf(kind, t) ?? "")
            .Where(g => g.Key.Length > 0)
            .Select(g => new SendPart(g.Key, vendorOf(g.Key), g.Aggregate(0, (mask, telco) => mask | (1 << telco)))),
    ];

    /// <summary>Reads all documents of the store.</summary>
    public static List<CatalogueRow> ReadAll(DbConnection connection) => connection.Query(
        "SELECT account, section, id, document FROM catalogue ORDER BY account, section, id",
        r => new CatalogueRow(r.GetInt32(0), r.GetString(1), r.GetString(2), r.GetString(3)));

    /// <summary>
    /// Builds an account's catalogue. Routes that this hub does not have, or that do not carry the kind, are left out, so that nothing is
    /// accepted for them.
    /// </summary>
    public static Catalogue Build(string accountId, bool enabled, IEnumerable<CatalogueRow> rows, Func<string, MessageKind, bool> carries)
    {
        var bySection = rows.ToLookup(r => r.Section);
        var settings = bySection[CatalogueSections.Settings].Select(r => Parse<SendingSettings>(r.Document)).FirstOrDefault() ?? new SendingSettings();
        var routes = settings.Routes
            .SelectMany(r => Kinds(r).Where(kind => carries(r.Route, kind)).Select(kind => (Kind: kind, r.Telco, r.Route)))
            .ToImmutableArray();
        var templates = bySection[CatalogueSections.Templates].Select(r => (r.Id, Document: Parse<TemplateDocument>(r.Document)))
            .ToLookup(t => t.Document.OaId, t => ToTemplate(t.Id, t.Document));
        var rules = new AccountCatalogue
        {
            AccountId = accountId,
            UserId = settings.UserId,
            Active = enabled,
            Balance = decimal.MaxValue,
            AllowedAddresses = [.. settings.AllowedAddresses.Select(ToNetwork).OfType<IPNetwork>()],
            BrandNames = [.. bySection[CatalogueSections.BrandNames].SelectMany(r => ToBrandNames(r.Id, Parse<BrandNameDocument>(r.Document)))],
            Oas = [.. bySection[CatalogueSections.Oas].Select(r => ToOa(r.Id, Parse<OaDocument>(r.Document), templates[r.Id]))],
            VoiceTemplates = [.. settings.VoiceTemplates.Select(t => new VoiceTemplate(t.Id, t.IsRecording, t.VariableCount))],
            MultiChannelTemplates =
            [
                .. settings.CodePairs.Select(p => new MultiChannelTemplate(p.Id, p.OaId, p.TempId, p.Brandname, p.Message, p.CodeLength, p.DigitsOnly)),
            ],
            Prices = new PriceList(bySection[CatalogueSections.Prices].SelectMany(r => ToPrices(r.Id, Parse<PriceDocument>(r.Document)))),
            Routes = new RouteTable(routes.Select(r => (r.Kind, (byte)r.Telco))),
            BlockedNumbers = settings.BlockedNumbers.ToFrozenSet(StringComparer.Ordinal),
            BlockedKeywords = [.. settings.BlockedKeywords],
            ApprovalKinds = [.. settings.ApprovalKinds.Select(KindNames.Parse).OfType<MessageKind>()],
        };
        return new Catalogue(rules, settings, routes);
    }

    /// <summary>An address or a network; null when the text is neither.</summary>
    public static IPNetwork? ToNetwork(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
        {
            return network;
        }

        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }

    private static MessageKind[] Kinds(RouteDocument route) =>
        KindNames.Parse(route.TypeId) is { } kind ? [kind] : Enum.GetValues<MessageKind>();

    private static T Parse<T>(string document) => JsonSerializer.Deserialize<T>(document)!;

    private static IEnumerable<BrandName> ToBrandNames(string name, BrandNameDocument d) =>
        d.TypeIds.Select(MessageKinds.FromTypeId).OfType<MessageKind>().Select(kind => new BrandName(name, kind)
        {
            Active = d.Active,
            Templates = kind == MessageKind.CustomerCareSms ? [.. d.Templates.Select(t => new SmsTemplate(t.Id, t.Content, (byte)t.Telco))] : [],
            Telcos = [.. d.Telcos.Select(t => (byte)t)],
        });

    private static OfficialAccount ToOa(string id, OaDocument d, IEnumerable<ZnsTemplate> templates) => new(id, d.Name)
    {
        Active = d.Active,
        OverQuotaAllowed = d.OverQuotaAllowed,
        Templates = [.. templates],
        Quota = d.Quota,
        QualitySevenDays = d.QualitySevenDays,
        QualityCurrent = d.QualityCurrent,
        Followers = [.. d.Followers],
        Ratings =
        [
            .. d.Ratings.OrderBy(r => r.SubmittedAt).Select(r => KeyValuePair.Create(
                r.TemplateId, new OaRating([.. r.Feedbacks], r.MessageId, r.Note, r.Stars, r.SubmittedAt, r.RequestId))),
        ],
    };

    private static ZnsTemplate ToTemplate(string id, TemplateDocument d) =>
        new(id, (MessageKind)d.TypeId, [.. d.Parameters.Select(p => new ZnsParameter(p.Name, p.Limit, p.Required))])
        {
            Name = d.Name,
            Content = d.Content,
            AllowsJourney = d.AllowsJourney,
            Status = d.Status,
            Tag = d.Tag,
        };

    private static IEnumerable<(MessageKind, byte, decimal)> ToPrices(string id, PriceDocument d)
    {
        if (KindNames.Parse(id) is not { } kind)
        {
            yield break;
        }

        if (d.Price is { } price)
        {
            yield return (kind, 0, price);
        }

        foreach (var (telco, special) in d.Telcos)
        {
            yield return (kind, (byte)telco, special);
        }
    }
}
