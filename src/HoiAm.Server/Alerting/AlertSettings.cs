namespace HoiAm.Server.Alerting;

/// <summary>Whom the hub tells of its own troubles, and of which; stored as a JSON document. The secret in it is sealed.</summary>
internal sealed record AlertSettings
{
    public static AlertSettings None { get; } = new();

    /// <summary>Where alerts are POSTed; without one nothing is watched.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>Sealed secret of the Standard Webhooks signature; null sends without one.</summary>
    public string? SealedSecret { get; init; }

    /// <summary>The same alert about the same thing is sent at most once in this time.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Silence of all vendors together that is told; null for none.</summary>
    public TimeSpan? NoReportsAfter { get; init; }

    /// <summary>The same for single vendors, by id.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Vendors { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Share of the last ten minutes' reports without a message that is told, in percent; null for none.</summary>
    public int? OrphanPercent { get; init; } = 20;

    /// <summary>Callbacks waiting on a node that are told; null for none.</summary>
    public int? Backlog { get; init; } = 50_000;

    /// <summary>When this was set, Unix milliseconds: silence is counted from here at the earliest.</summary>
    public long SinceMs { get; init; }
}
