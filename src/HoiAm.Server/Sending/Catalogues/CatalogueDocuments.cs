using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Server.Sending.Catalogues;

/// <summary>Names of the sections of a catalogue in the store and, but for the settings, in the admin API.</summary>
internal static class CatalogueSections
{
    public const string BrandNames = "brandnames";
    public const string Oas = "oas";
    public const string Templates = "templates";
    public const string Prices = "prices";
    public const string Settings = "settings";

    /// <summary>Id of the one document of the settings.</summary>
    public const string SettingsId = "settings";
}

/// <summary>A sender name; the document's id is the name.</summary>
internal sealed record BrandNameDocument
{
    public IReadOnlyList<int> TypeIds { get; init; } = [];

    public bool Active { get; init; } = true;

    public IReadOnlyList<SmsTemplateDocument> Templates { get; init; } = [];

    /// <summary>Carriers it is registered with; empty for all.</summary>
    public IReadOnlyList<int> Telcos { get; init; } = [];
}

/// <summary>A registered text of a sender name.</summary>
internal sealed record SmsTemplateDocument(long Id, string Content, int Telco);

/// <summary>An Official Account; the document's id is the OAID.</summary>
internal sealed record OaDocument
{
    public string Name { get; init; } = "";

    public bool Active { get; init; } = true;

    public bool OverQuotaAllowed { get; init; }

    public OaQuota Quota { get; init; } = new(5000, 0, 0, 0, 0, 5000, 0);

    public string QualitySevenDays { get; init; } = "UNDEFINED";

    public string QualityCurrent { get; init; } = "UNDEFINED";

    public IReadOnlyList<string> Followers { get; init; } = [];

    public IReadOnlyList<RatingDocument> Ratings { get; init; } = [];
}

/// <summary>A rating that a Zalo user gave for a template.</summary>
internal sealed record RatingDocument(
    string TemplateId, IReadOnlyList<string> Feedbacks, string MessageId, string Note, int Stars, DateTimeOffset SubmittedAt, string RequestId);

/// <summary>A ZNS template; the document's id is the TempID.</summary>
internal sealed record TemplateDocument
{
    public string OaId { get; init; } = "";

    public int TypeId { get; init; } = 25;

    public IReadOnlyList<ParameterDocument> Parameters { get; init; } = [];

    public string Name { get; init; } = "";

    public string Content { get; init; } = "";

    public bool AllowsJourney { get; init; }

    public string Status { get; init; } = "ENABLE";

    public string Tag { get; init; } = "IN_TRANSACTION";
}

/// <summary>A parameter of a ZNS template.</summary>
internal sealed record ParameterDocument(string Name, int Limit, bool Required);

/// <summary>Prices of a kind; the document's id is its TypeId, or <c>voice</c>.</summary>
internal sealed record PriceDocument
{
    /// <summary>VND per segment and receiver for every carrier that has none of its own; null for none.</summary>
    public decimal? Price { get; init; }

    /// <summary>VND by carrier.</summary>
    public IReadOnlyDictionary<int, decimal> Telcos { get; init; } = new Dictionary<int, decimal>();
}

/// <summary>Which route takes what; the first that fits wins.</summary>
/// <param name="TypeId">A kind, <c>voice</c>, or empty for every kind.</param>
/// <param name="Telco">A carrier, or 0 for every carrier.</param>
/// <param name="Route">Name of the route.</param>
internal sealed record RouteDocument(string TypeId, int Telco, string Route);

/// <summary>A call's template or recording.</summary>
internal sealed record VoiceTemplateDocument(string Id, bool IsRecording, int VariableCount);

/// <summary>A pair of templates for a generated code.</summary>
internal sealed record CodePairDocument(string Id, string OaId, string TempId, string Brandname, string Message, int CodeLength, bool DigitsOnly);

/// <summary>What else an account may send with and through.</summary>
internal sealed record SendingSettings
{
    /// <summary>The number by which the eSMS calls name the account; 0 for none.</summary>
    public long UserId { get; init; }

    /// <summary>Addresses or networks that calls may come from; empty for any.</summary>
    public IReadOnlyList<string> AllowedAddresses { get; init; } = [];

    /// <summary>Numbers that nothing is sent to.</summary>
    public IReadOnlyList<string> BlockedNumbers { get; init; } = [];

    /// <summary>Words that no text may hold.</summary>
    public IReadOnlyList<string> BlockedKeywords { get; init; } = [];

    /// <summary>Kinds that wait for approval, as TypeIds, or <c>voice</c>.</summary>
    public IReadOnlyList<string> ApprovalKinds { get; init; } = [];

    /// <summary>Which way a kind and carrier goes; the first that fits counts.</summary>
    public IReadOnlyList<RouteDocument> Routes { get; init; } = [];

    /// <summary>Recordings and spoken texts that calls may use.</summary>
    public IReadOnlyList<VoiceTemplateDocument> VoiceTemplates { get; init; } = [];

    /// <summary>Pairs of templates for codes that the hub makes.</summary>
    public IReadOnlyList<CodePairDocument> CodePairs { get; init; } = [];

    /// <summary>Sandbox=1 sends callbacks.</summary>
    public bool SandboxCallbacks { get; init; }

    /// <summary>Where texts to the account's short code are pushed; null for none.</summary>
    public ShortCodeDocument? ShortCode { get; init; }
}

/// <summary>Where texts to a short code are pushed (protocol A.9).</summary>
internal sealed record ShortCodeDocument(string Url, string CpId, string SealedPrivateKey);

/// <summary>Spelling of the kinds in the admin API: the TypeId, and <c>voice</c> for calls.</summary>
internal static class KindNames
{
    public const string Voice = "voice";

    public const string Accepted = "1, 2, 8, 23, 24, 25, 26, 27 or voice";

    public static MessageKind? Parse(string text) => text switch
    {
        Voice => MessageKind.VoiceCall,
        _ => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id)
            ? MessageKinds.FromTypeId(id)
            : null,
    };

    public static string Of(MessageKind kind) => kind == MessageKind.VoiceCall
        ? Voice
        : kind.TypeId().ToString(System.Globalization.CultureInfo.InvariantCulture);
}
