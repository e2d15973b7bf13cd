using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using HoiAm.Model;

namespace HoiAm.Sending;

/// <summary>
/// All that one account may send with, as it stood at one moment. A request is judged against one snapshot from beginning to end; a change
/// makes a new snapshot.
/// </summary>
public sealed record AccountCatalogue
{
    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The account's number in GetBalance_json.</summary>
    public long UserId { get; init; }

    /// <summary>False: not activated or locked, every call answers 143.</summary>
    public bool Active { get; init; } = true;

    /// <summary>VND at the time of the snapshot. The ledger decides again when it charges; this one answers early.</summary>
    public decimal Balance { get; init; }

    /// <summary>Where calls may come from; empty means anywhere (140).</summary>
    public ImmutableArray<IPNetwork> AllowedAddresses { get; init; } = [];

    /// <summary>Sender names of kinds 1, 2 and 23.</summary>
    public ImmutableArray<BrandName> BrandNames { get; init; } = [];

    /// <summary>Official Accounts with their templates.</summary>
    public ImmutableArray<OfficialAccount> Oas { get; init; } = [];

    /// <summary>What calls may read or play.</summary>
    public ImmutableArray<VoiceTemplate> VoiceTemplates { get; init; } = [];

    /// <summary>Prepared pairs for SendMessageAutoGenCode_V5.</summary>
    public ImmutableArray<MultiChannelTemplate> MultiChannelTemplates { get; init; } = [];

    /// <summary>What a segment costs.</summary>
    public PriceList Prices { get; init; } = PriceList.Empty;

    /// <summary>Which kinds and carriers have somebody to send through.</summary>
    public RouteTable Routes { get; init; } = RouteTable.None;

    /// <summary>Numbers in local form that are never sent to (99).</summary>
    public IReadOnlySet<string> BlockedNumbers { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Texts of kind 2 that contain one of these are refused (201); compared without case.</summary>
    public ImmutableArray<string> BlockedKeywords { get; init; } = [];

    /// <summary>Kinds whose messages wait until an administrator approves them.</summary>
    public ImmutableArray<MessageKind> ApprovalKinds { get; init; } = [];

    /// <summary>The active brand name of a kind, or null. Names are compared without case.</summary>
    public BrandName? FindBrandName(string name, MessageKind kind) => BrandNames.FirstOrDefault(
        b => b.Active && b.Kind == kind && b.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The Official Account, active or not, or null.</summary>
    public OfficialAccount? FindOa(string id) => Oas.FirstOrDefault(o => o.Id == id);
}

/// <summary>A registered sender name.</summary>
/// <param name="Name">As receivers see it.</param>
/// <param name="Kind">1, 2 or 23.</param>
public sealed record BrandName(string Name, MessageKind Kind)
{
    /// <summary>False: as if it did not exist (104).</summary>
    public bool Active { get; init; } = true;

    /// <summary>Registered texts; empty means any text may be sent.</summary>
    public ImmutableArray<SmsTemplate> Templates { get; init; } = [];

    /// <summary>Carriers it is registered with; empty means all (177).</summary>
    public ImmutableArray<byte> Telcos { get; init; } = [];

    /// <summary>True when the carrier knows this name.</summary>
    public bool IsRegisteredWith(byte telco) => Telcos.IsEmpty || Telcos.Contains(telco);
}

/// <summary>A registered text with marks such as <c>{P1,20}</c>: up to 20 characters of anything.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Content">The text.</param>
/// <param name="Telco">The carrier it is registered with; 0 for all.</param>
public sealed record SmsTemplate(long Id, string Content, byte Telco = 0);

/// <summary>A call's template or recording.</summary>
/// <param name="Id">TemplateId.</param>
/// <param name="IsRecording">True for a recording (unknown: 106), false for a template (unknown: 104).</param>
/// <param name="VariableCount">How many values a template needs.</param>
public sealed record VoiceTemplate(string Id, bool IsRecording, int VariableCount = 0);

/// <summary>A Zalo template and an SMS text that carry the same generated code.</summary>
/// <param name="Id">MultiChannelTempId.</param>
/// <param name="OaId">Official Account of the Zalo leg.</param>
/// <param name="TempId">Template of the Zalo leg; its first parameter takes the code.</param>
/// <param name="Brandname">Sender of the SMS leg.</param>
/// <param name="Message">Text of the SMS leg with <c>{OTP}</c>.</param>
/// <param name="CodeLength">Characters of the code.</param>
/// <param name="DigitsOnly">Digits only, or letters too.</param>
public sealed record MultiChannelTemplate(
    string Id, string OaId, string TempId, string Brandname, string Message, int CodeLength = 6, bool DigitsOnly = true);
