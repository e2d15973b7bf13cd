using HoiAm.Ledger.Delivery;
using HoiAm.Model;

namespace HoiAm.Server.Directory;

/// <summary>What an administrator sets for an account; stored as a JSON document. Secrets in it are sealed.</summary>
internal sealed record AccountSettings
{
    public bool Enabled { get; init; } = true;

    public string? CallbackUrl { get; init; }

    public CallbackFormat CallbackFormat { get; init; }

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

    public UpstreamSettings? Upstream { get; init; }

    public ReconcileSettings Reconcile { get; init; } = new();

    /// <summary>Sealed key of the account's inbound URL.</summary>
    public string InboundKey { get; init; } = "";
}

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
internal sealed record UpstreamSettings(string BaseUrl, string SealedApiKey, string SealedSecretKey);

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
}
