using System.Collections.Frozen;
using HoiAm.Dispatch;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Alerting;
using HoiAm.Server.Guarding;
using HoiAm.Server.Security;
using HoiAm.Server.Sending.Catalogues;

namespace HoiAm.Server.Directory;

/// <summary>An account as requests see it: immutable, with what the hot path needs worked out.</summary>
internal sealed record Account(int Number, string Id, AccountSettings Settings, string InboundKey, AccountProfile Profile, HookPolicy Policy)
{
    /// <summary>Where callbacks may come from; empty for anywhere.</summary>
    public IReadOnlyList<System.Net.IPNetwork> InboundNetworks { get; init; } = [];
}

/// <summary>A vendor as requests see it.</summary>
internal sealed record Vendor(int Number, string Id, VendorSettings Settings)
{
    /// <summary>Where its reports may come from; empty for anywhere.</summary>
    public AddressRanges Sources { get; } = AddressRanges.Of(Settings.AllowedAddresses);
}

/// <summary>What a key or token opens.</summary>
internal enum CredentialKind
{
    Account,
    Vendor,
    Token,
}

/// <summary>A key or token: only its digests.</summary>
internal sealed record Credential(
    long Number,
    string Id,
    CredentialKind Kind,
    int Owner,
    Digest Digest,
    Digest? SecretDigest,
    string Name,
    string? Role,
    bool Active,
    DateTimeOffset? ValidFrom,
    DateTimeOffset? ValidTo,
    DateTimeOffset CreatedAt)
{
    /// <summary>When it was last used, Unix milliseconds; written back now and then.</summary>
    public long LastUsedMs { get; set; }

    /// <summary>True when it opens anything at this moment.</summary>
    public bool IsInForce(DateTimeOffset now) => Active && (ValidFrom is null || now >= ValidFrom) && (ValidTo is null || now < ValidTo);
}

/// <summary>All configuration at one moment. A change makes a new snapshot and swaps it; a request sees one for its whole life.</summary>
internal sealed class HubSnapshot
{
    public static HubSnapshot Empty { get; } = new();

    public FrozenDictionary<string, Account> Accounts { get; init; } = FrozenDictionary<string, Account>.Empty;

    public FrozenDictionary<int, Account> AccountsByNumber { get; init; } = FrozenDictionary<int, Account>.Empty;

    public FrozenDictionary<string, Account> AccountsByInboundKey { get; init; } = FrozenDictionary<string, Account>.Empty;

    public FrozenDictionary<string, Vendor> Vendors { get; init; } = FrozenDictionary<string, Vendor>.Empty;

    public FrozenDictionary<int, Vendor> VendorsByNumber { get; init; } = FrozenDictionary<int, Vendor>.Empty;

    public FrozenDictionary<(CredentialKind Kind, Digest Digest), Credential> Credentials { get; init; } =
        FrozenDictionary<(CredentialKind, Digest), Credential>.Empty;

    /// <summary>What accounts may send with, by number; every account has one.</summary>
    public FrozenDictionary<int, Catalogue> Catalogues { get; init; } = FrozenDictionary<int, Catalogue>.Empty;

    /// <summary>Whom the hub tells of its own troubles.</summary>
    public AlertSettings Alerts { get; init; } = AlertSettings.None;

    /// <summary>How those are called.</summary>
    public HookPolicy AlertPolicy { get; init; } = new();

    public IReadOnlyList<Credential> AllCredentials { get; init; } = [];
}
