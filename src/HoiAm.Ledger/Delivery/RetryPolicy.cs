namespace HoiAm.Ledger.Delivery;

/// <summary>Which failed tries are tried again (contract section 2, "Callbacks out").</summary>
public enum RetryOn : byte
{
    /// <summary>Time-outs, connection, DNS and TLS failures, 404, 408, 425, 429 and 5xx.</summary>
    Default = 0,

    /// <summary>Only time-outs, 408 and 504: the literal rule of the eSMS page.</summary>
    TimeoutOnly = 1,

    /// <summary>Everything but a 200: the literal rule for voice calls.</summary>
    Non200 = 2,
}

/// <summary>When and how often one account's callbacks are tried.</summary>
public sealed record RetryPolicy
{
    /// <summary>Five retries after the first try, as the eSMS page says; 10 s a try; growing pauses (protocol G 1 to 4).</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>Retries after the first try, 0 to 20. Default 5: seed 000, retry rule.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>Pause before retry 1, 2, …; the last one serves for all further retries. 1 to 20 entries, each 0 s to 24 h.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; init; } =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30)];

    /// <summary>Time allowed for one try up to the end of the answer's headers, 100 ms to 120 s. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time allowed for connecting, never more than <see cref="Timeout"/>. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Which failures are retried.</summary>
    public RetryOn On { get; init; } = RetryOn.Default;
}
