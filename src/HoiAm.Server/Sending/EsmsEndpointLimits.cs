namespace HoiAm.Server.Sending;

/// <summary>Bounds of the eSMS calls.</summary>
internal static class EsmsEndpointLimits
{
    /// <summary>Largest body in bytes: 5,000 numbers and a text fit many times over.</summary>
    public const int BodyBytesMax = 1 << 20;

    /// <summary>What routes may take before an order is stored.</summary>
    public static readonly TimeSpan PrepareWait = TimeSpan.FromMilliseconds(700);

    /// <summary>How long a call waits for the ledger. With it every answer is there within 2 s (protocol I 12).</summary>
    public static readonly TimeSpan LedgerWait = TimeSpan.FromMilliseconds(1_100);
}
