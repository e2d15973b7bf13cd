using System.Collections.Immutable;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>A Zalo Official Account.</summary>
/// <param name="Id">OAID, up to 19 digits.</param>
/// <param name="Name">Its name.</param>
public sealed record OfficialAccount(string Id, string Name)
{
    /// <summary>False: inactive or no longer linked (799).</summary>
    public bool Active { get; init; } = true;

    /// <summary>Whether SendingMode 3 is allowed (802).</summary>
    public bool OverQuotaAllowed { get; init; }

    /// <summary>Its ZNS templates.</summary>
    public ImmutableArray<ZnsTemplate> Templates { get; init; } = [];

    /// <summary>ZNS/GetQuota.</summary>
    public OaQuota Quota { get; init; } = new(5000, 0, 0, 0, 0, 5000, 0);

    /// <summary>HIGH, MEDIUM, LOW or UNDEFINED over seven days.</summary>
    public string QualitySevenDays { get; init; } = "UNDEFINED";

    /// <summary>The same over 48 hours.</summary>
    public string QualityCurrent { get; init; } = "UNDEFINED";

    /// <summary>Zalo user ids that follow it.</summary>
    public ImmutableArray<string> Followers { get; init; } = [];

    /// <summary>Ratings that users gave, oldest first, by template.</summary>
    public ImmutableArray<KeyValuePair<string, OaRating>> Ratings { get; init; } = [];

    /// <summary>The enabled template of that id, or null.</summary>
    public ZnsTemplate? FindTemplate(string id) => Templates.FirstOrDefault(t => t.Id == id && t.Status == "ENABLE");
}

/// <summary>A ZNS template.</summary>
/// <param name="Id">TempID.</param>
/// <param name="Kind">24 when it is registered as OTP or priority, else 25 (protocol G 49).</param>
/// <param name="Parameters">In template order.</param>
public sealed record ZnsTemplate(string Id, MessageKind Kind, ImmutableArray<ZnsParameter> Parameters)
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Text or HTML with <c>{{name}}</c> marks.</summary>
    public string Content { get; init; } = "";

    /// <summary>Whether kind 27 may use it.</summary>
    public bool AllowsJourney { get; init; }

    /// <summary>ENABLE, PENDING_REVIEW, DELETE, REJECT or DISABLE; only ENABLE can be sent.</summary>
    public string Status { get; init; } = "ENABLE";

    /// <summary>OTP, IN_TRANSACTION, …</summary>
    public string Tag { get; init; } = "IN_TRANSACTION";
}

/// <summary>A parameter of a ZNS template.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Limit">Longest value in characters.</param>
/// <param name="Required">Whether it must have a value.</param>
public sealed record ZnsParameter(string Name, int Limit, bool Required = true);
