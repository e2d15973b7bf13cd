namespace HoiAm.Ledger.Writing;

/// <summary>Bounds of one group of writes.</summary>
public sealed record WriterOptions
{
    /// <summary>Most commands in one group. Default 1,024: beyond that a commit takes longer than callers should wait.</summary>
    public int GroupCountMax { get; init; } = 1_024;

    /// <summary>Most bytes in one group, roughly. Default 4 MiB.</summary>
    public int GroupBytesMax { get; init; } = 4 << 20;

    /// <summary>
    /// Least time between two commits while commands keep coming. Default none: what arrives during a commit is group enough. With 2 ms,
    /// 64 connections marched in step with the writer, and the rate fell by a tenth (docs/performance.md).
    /// </summary>
    public TimeSpan Gap { get; init; } = TimeSpan.Zero;

    /// <summary>How long a recorded try waits for company before it is committed alone. Default 10 ms.</summary>
    public TimeSpan SettleWait { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Pause before the store is tried again after it refused. Default 250 ms.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Most commands that may wait; more are refused as if the store were away. Default 100,000.</summary>
    public int QueueMax { get; init; } = 100_000;
}
