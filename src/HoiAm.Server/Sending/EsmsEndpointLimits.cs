namespace HoiAm.Server.Sending;

/// <summary>Bounds of the eSMS calls.</summary>
internal static class EsmsEndpointLimits
{
    /// <summary>Largest body in bytes: 5,000 numbers and a text fit many times over.</summary>
    public const int BodyBytesMax = 1 << 20;

    /// <summary>QueryZnsStatus an account and second (protocol D).</summary>
    public const int ZnsStatusPerSecond = 100;

    /// <summary>GetZaloMessageStatus an account and second (protocol D).</summary>
    public const int ZaloMessageStatusPerSecond = 30;

    /// <summary>What all routes together may take before an order is stored.</summary>
    public static readonly TimeSpan PrepareWait = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an order waits for its turn in the ledger; after that it is withdrawn, and nothing of it was done.</summary>
    public static readonly TimeSpan LedgerWait = TimeSpan.FromMilliseconds(900);

    /// <summary>
    /// How much longer an order is waited for when its turn has come but the disk is slow. With the other two every answer is there within
    /// 2 s (protocol I 12).
    /// </summary>
    public static readonly TimeSpan CommitWait = TimeSpan.FromMilliseconds(500);
}
