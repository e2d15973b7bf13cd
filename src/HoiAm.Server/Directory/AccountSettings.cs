using HoiAm.Ledger.Delivery;
using HoiAm.Model;

namespace HoiAm.Server.Directory;

/// <summary>What an administrator sets for an account; stored as a JSON document. Secrets in it are sealed.</summary>
internal sealed record AccountSettings
{
    /// <summary>Three days: longer than any carrier keeps a text (contract, promise 3).</summary>
    public static readonly TimeSpan DefaultPresumeExpiredAfter = TimeSpan.FromHours(72);

    public bool Enabled { get; init; } = true;

    public string? CallbackUrl { get; init; }

    public CallbackFormat CallbackFormat { get; init; }

    /// <summary>Sealed API-KEY that the vendor's format sends; null for none.</summary>
    public string? SealedCallbackApiKey { get; init; }

    public CallbackProfile Profile { get; init; }

    /// <summary>Sealed signing secrets, newest first; the second one stays valid during a rotation.</summary>
    public IReadOnlyList<string> SigningSecrets { get; init; } = [];

    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Tries at once per hook, 1 to 256.</summary>
    public int MaxConcurrency { get; init; } = 8;

    /// <summary>Tries a minute per hook; null for no limit.</summary>
    public int? MaxPerMinute { get; init; }

    /// <summary>Null takes the hub's default, which the sandbox turns on.</summary>
    public bool? AllowPrivateHooks { get; init; }

    /// <summary>True when callbacks that were given up are sent again by themselves once their hook takes callbacks again.</summary>
    public bool ReplayOnRecovery { get; init; }

    /// <summary>SendStatus values that are pushed.</summary>
    public IReadOnlyList<int> PushStates { get; init; } = [4, 5];

    public PullSettings Pull { get; init; } = new();

    /// <summary>Silence after which a message is taken for expired; null for never.</summary>
    public TimeSpan? PresumeExpiredAfter { get; init; } = DefaultPresumeExpiredAfter;

    public UpstreamSettings? Upstream { get; init; }

    public ReconcileSettings Reconcile { get; init; } = new();

    /// <summary>Client certificate and authorities for its hooks; null for none.</summary>
    public HookTlsSettings? HookTls { get; init; }

    /// <summary>Sealed <c>user:password</c> for Basic authentication at its hooks; null for none.</summary>
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
internal sealed record HookTlsSettings(string? SealedClientPem = null, string? CaPem = null);

/// <summary>A header with its value sealed.</summary>
internal sealed record SealedHeader(string Name, string SealedValue);

/// <summary>Limits of GetCallback: a preset, and what is set beside it.</summary>
internal sealed record PullSettings
{
    public string Preset { get; init; } = "2024";

    public int? MaxIds { get; init; }

    public int? PerSecond { get; init; }

    /// <summary><c>HH:mm-HH:mm</c> in Asia/Ho_Chi_Minh, or <c>none</c>; null takes the preset's.</summary>
    public string? Window { get; init; }

    /// <summary><c>zalo</c> or <c>all</c>; null takes the preset's.</summary>
    public string? Kinds { get; init; }
}

/// <summary>An eSMS-compatible provider behind this hub.</summary>
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
    public TimeSpan After { get; init; } = TimeSpan.FromMinutes(10);

    public string Edition { get; init; } = "2024";
}

/// <summary>What an administrator sets for a vendor.</summary>
internal sealed record VendorSettings
{
    public bool Enabled { get; init; } = true;

    /// <summary>Status number to meaning, over the default map of protocol F.3.</summary>
    public IReadOnlyDictionary<int, ReportedStatus> StatusMap { get; init; } = new Dictionary<int, ReportedStatus>();

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

    /// <summary>Sealed bearer token, which some older pages want beside the key; null for none.</summary>
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
