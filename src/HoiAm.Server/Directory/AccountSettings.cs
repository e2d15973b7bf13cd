using HoiAm.Ledger.Delivery;
using HoiAm.Model;

namespace HoiAm.Server.Directory;

/// <summary>What an administrator sets for an account; stored as a JSON document. Secrets in it are sealed.</summary>
internal sealed record AccountSettings
{
    /// <summary>Three days: longer than any carrier keeps a text (contract, promise 3).</summary>
    public static readonly TimeSpan DefaultPresumeExpiredAfter = TimeSpan.FromHours(72);

    /// <summary>False: its keys are refused and nothing is sent for it; callbacks of what was sent before still go out.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Its hook, unless a message names another; null: nothing is pushed.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>How callbacks are written: see docs/formats.md.</summary>
    public CallbackFormat CallbackFormat { get; init; }

    /// <summary>API-KEY that the vendor's format sends, stored sealed; null for none.</summary>
    public string? SealedCallbackApiKey { get; init; }

    /// <summary>Spelling of the eSMS query: <c>byte-exact</c> as the documented samples, <c>plain</c> with readable JSON in error_info.</summary>
    public CallbackProfile Profile { get; init; }

    /// <summary>Secrets that callbacks are signed with, newest first, stored sealed; the second one stays valid during a rotation.</summary>
    public IReadOnlyList<string> SigningSecrets { get; init; } = [];

    /// <summary>When a failed try is tried again.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Tries at once per hook.</summary>
    public int MaxConcurrency { get; init; } = 8;

    /// <summary>Tries a minute per hook; null for no limit.</summary>
    public int? MaxPerMinute { get; init; }

    /// <summary>Null takes the hub's default, which the sandbox turns on.</summary>
    public bool? AllowPrivateHooks { get; init; }

    /// <summary>True when callbacks that were given up are sent again by themselves once their hook takes callbacks again.</summary>
    public bool ReplayOnRecovery { get; init; }

    /// <summary>SendStatus values that are pushed.</summary>
    public IReadOnlyList<int> PushStates { get; init; } = [4, 5];

    /// <summary>Limits of GetCallback.</summary>
    public PullSettings Pull { get; init; } = new();

    /// <summary>Silence after which a message is taken for expired; null for never.</summary>
    public TimeSpan? PresumeExpiredAfter { get; init; } = DefaultPresumeExpiredAfter;

    /// <summary>An eSMS-compatible provider behind the account; null for none.</summary>
    public UpstreamSettings? Upstream { get; init; }

    /// <summary>When its provider is asked about silent messages.</summary>
    public ReconcileSettings Reconcile { get; init; } = new();

    /// <summary>Client certificate and authorities for its hooks; null for none.</summary>
    public HookTlsSettings? HookTls { get; init; }

    /// <summary>User and password for Basic authentication at its hooks, stored sealed; null for none.</summary>
    public string? SealedHookAuth { get; init; }

    /// <summary>Headers that its hooks get.</summary>
    public IReadOnlyList<SealedHeader> HookHeaders { get; init; } = [];

    /// <summary>True keeps message texts; else they are masked some time after hand-over.</summary>
    public bool KeepText { get; init; }

    /// <summary>Sealed key of the account's inbound URL.</summary>
    public string InboundKey { get; init; } = "";

    /// <summary>Addresses and networks from which callbacks may come to it; empty for any.</summary>
    public IReadOnlyList<string> InboundAllow { get; init; } = [];
}

/// <summary>TLS towards an account's hooks: certificate and key sealed together, authorities in clear.</summary>
/// <param name="SealedClientPem">Certificate (chain) and private key, without a passphrase, stored sealed; null for none.</param>
/// <param name="CaPem">The only authorities by which its hooks are believed; null for those of the system.</param>
internal sealed record HookTlsSettings(string? SealedClientPem = null, string? CaPem = null);

/// <summary>A header with its value sealed.</summary>
internal sealed record SealedHeader(string Name, string SealedValue);

/// <summary>Limits of GetCallback: a preset, and what is set beside it.</summary>
internal sealed record PullSettings
{
    /// <summary>The documented edition whose limits hold.</summary>
    public string Preset { get; init; } = "2024";

    /// <summary>Ids in one request; null takes the preset's.</summary>
    public int? MaxIds { get; init; }

    /// <summary>Requests a second; null takes the preset's.</summary>
    public int? PerSecond { get; init; }

    /// <summary><c>HH:mm-HH:mm</c> in Asia/Ho_Chi_Minh, or <c>none</c>; null takes the preset's.</summary>
    public string? Window { get; init; }

    /// <summary><c>zalo</c> or <c>all</c>; null takes the preset's.</summary>
    public string? Kinds { get; init; }
}

/// <summary>An eSMS-compatible provider behind this hub.</summary>
/// <param name="BaseUrl">Scheme, host and port of its API, and a path before the documented one if there is any.</param>
/// <param name="SealedApiKey">ApiKey that the provider gave, stored sealed.</param>
/// <param name="SealedSecretKey">SecretKey that the provider gave, stored sealed.</param>
internal sealed record UpstreamSettings(string BaseUrl, string SealedApiKey, string SealedSecretKey)
{
    /// <summary>How long a caller waits for an answer to a send: clients give up after two seconds (protocol I 12).</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(2);

    /// <summary>Where calls by voice go; null for <see cref="BaseUrl"/>.</summary>
    public string? VoiceBaseUrl { get; init; }

    /// <summary>Until when a caller has an answer, be it that the outcome is not known yet.</summary>
    public TimeSpan Patience { get; init; } = DefaultPatience;

    /// <summary>True: every send is passed on (relay mode). False: the account sends by its own catalogue, and only what its routes name goes there.</summary>
    public bool Relays { get; init; } = true;
}

/// <summary>When silent messages are asked about.</summary>
internal sealed record ReconcileSettings
{
    /// <summary>Silence after which a message is asked about.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The provider's edition, by whose hours and rates it is asked.</summary>
    public string Edition { get; init; } = "2024";
}

/// <summary>What an administrator sets for a vendor.</summary>
internal sealed record VendorSettings
{
    /// <summary>False: its reports are refused with 403.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Status number to meaning, over the default map of protocol F.3.</summary>
    public IReadOnlyDictionary<int, ReportedStatus> StatusMap { get; init; } = new Dictionary<int, ReportedStatus>();

    /// <summary>True: reports need every field that the vendor's page marks as required.</summary>
    public bool Strict { get; init; }

    /// <summary>Addresses and ranges that reports may come from; empty for anywhere.</summary>
    public IReadOnlyList<string> AllowedAddresses { get; init; } = [];

    /// <summary>How messages are handed to it; null when it only reports.</summary>
    public ConnectorSettings? Connector { get; init; }
}

/// <summary>A vendor's send interface. Secrets are sealed.</summary>
/// <param name="Type">Which interface: <see cref="Interits"/> or <see cref="Vmg"/>.</param>
/// <param name="BaseUrl">Scheme, host and port, and a path before the documented one if there is any.</param>
/// <param name="SealedApiKey">INTERITS: API-KEY. VMG: token.</param>
internal sealed record ConnectorSettings(string Type, string BaseUrl, string SealedApiKey)
{
    public const string Interits = "interits";
    public const string Vmg = "vmg";

    /// <summary>Path of the call; null for the documented one.</summary>
    public string? Path { get; init; }

    /// <summary>Bearer token, stored sealed, which some older pages want beside the key; null for none.</summary>
    public string? SealedBearer { get; init; }

    /// <summary>Sender of messages without a brand name; null for none.</summary>
    public string? Sender { get; init; }

    /// <summary>True sends kind 2 as one-time passwords (INTERITS type 2) and not as consulting (0).</summary>
    public bool IsOtp { get; init; }

    /// <summary>True lets the vendor's address be loopback or private.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Until an answer has to be there.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
