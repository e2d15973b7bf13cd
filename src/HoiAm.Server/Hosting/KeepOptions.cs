namespace HoiAm.Server.Hosting;

/// <summary>How long what is kept, as the operator wrote it: days, or <c>forever</c>; null takes the default.</summary>
public sealed record KeepOptions
{
    /// <summary>Messages with their recipients. Default 90.</summary>
    public string? Messages { get; init; }

    /// <summary>Reports as received. Default 90.</summary>
    public string? Reports { get; init; }

    /// <summary>Settled callbacks with their tries. Default 90.</summary>
    public string? Callbacks { get; init; }

    /// <summary>Reports that matched no message. Default 30.</summary>
    public string? Orphans { get; init; }

    /// <summary>Who did what. Default 730.</summary>
    public string? Audit { get; init; }

    /// <summary>Counters behind the charts. Default 400.</summary>
    public string? Stats { get; init; }

    /// <summary>Lines of the balance. Default 3650: accounting needs them longer than anything else.</summary>
    public string? Charges { get; init; }

    /// <summary>When a message's text is masked after it was handed over: a length of time, or <c>never</c>. Default 00:10:00.</summary>
    public string? MaskTextAfter { get; init; }
}
