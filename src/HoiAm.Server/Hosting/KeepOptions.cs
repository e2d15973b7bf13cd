namespace HoiAm.Server.Hosting;

/// <summary>How long what is kept, as the operator wrote it: days, or <c>forever</c>; null takes the default.</summary>
public sealed record KeepOptions
{
    /// <summary>Days that messages are kept with their recipients: from 4, or <c>forever</c>. Default 90.</summary>
    public string? Messages { get; init; }

    /// <summary>Days that reports are kept as received, or <c>forever</c>. Default 90.</summary>
    public string? Reports { get; init; }

    /// <summary>Days that settled callbacks are kept with their tries: from 4, or <c>forever</c>. Default 90.</summary>
    public string? Callbacks { get; init; }

    /// <summary>Days that reports are kept that matched no message, or <c>forever</c>. Default 30.</summary>
    public string? Orphans { get; init; }

    /// <summary>Days that the audit log is kept, or <c>forever</c>. Default 730.</summary>
    public string? Audit { get; init; }

    /// <summary>Days that the counters behind the charts are kept, or <c>forever</c>. Default 400.</summary>
    public string? Stats { get; init; }

    /// <summary>Days that the lines of the balance are kept, or <c>forever</c>; accounting needs them longest. Default 3650.</summary>
    public string? Charges { get; init; }

    /// <summary>When a message's text is masked after it was handed over: a length of time, or <c>never</c>. Default <c>00:10:00</c>.</summary>
    public string? MaskTextAfter { get; init; }
}
