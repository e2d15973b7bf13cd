namespace HoiAm.Ledger.Counting;

/// <summary>What a counted thing belongs to; 0 where it is not known.</summary>
/// <param name="Account">Number of the account.</param>
/// <param name="Vendor">Number of the vendor.</param>
/// <param name="Telco">The carrier 1 to 7.</param>
/// <param name="Kind">The message kind's number.</param>
public readonly record struct StatTag(int Account, int Vendor, byte Telco, byte Kind);

/// <summary>What is counted. The names in lower case are the series of the store.</summary>
public enum StatSeries : byte
{
    /// <summary>Reports taken in, by what they did.</summary>
    Reports = 0,

    /// <summary>Recipients that came to an end, by how.</summary>
    Outcomes = 1,

    /// <summary>Callbacks that were made.</summary>
    Callbacks = 2,

    /// <summary>Callbacks that were settled: delivered, or given up.</summary>
    Settled = 3,

    /// <summary>Tries by how they ended; the sum is their duration.</summary>
    Tries = 4,

    /// <summary>From the making of a callback to its acknowledgement, by buckets of <see cref="StatBuckets"/>.</summary>
    Latency = 5,

    /// <summary>How long hooks took to answer, by the same buckets.</summary>
    Answer = 6,
}

/// <summary>Buckets of the two histograms.</summary>
public static class StatBuckets
{
    private static readonly int[] s_bounds =
    [
        1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000, 20_000, 30_000,
        60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 14_400_000, 86_400_000,
    ];

    /// <summary>Upper bounds in milliseconds, inclusive; one more bucket takes what is longer.</summary>
    public static IReadOnlyList<int> Bounds => s_bounds;

    /// <summary>The bucket of a duration.</summary>
    public static int Of(long ms)
    {
        var index = Array.BinarySearch(s_bounds, (int)Math.Clamp(ms, 0, int.MaxValue));
        return index < 0 ? ~index : index;
    }

    /// <summary>The value below which a share of what was counted lies, drawn straight inside its bucket; null when nothing was counted.</summary>
    /// <param name="counts">One count for each bucket.</param>
    /// <param name="share">0 to 1.</param>
    public static double? Quantile(ReadOnlySpan<long> counts, double share)
    {
        var total = 0L;
        foreach (var count in counts)
        {
            total += count;
        }

        if (total == 0)
        {
            return null;
        }

        var rank = share * total;
        var below = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0 && below + counts[i] >= rank)
            {
                var low = i == 0 ? 0 : s_bounds[i - 1];
                var high = i < s_bounds.Length ? s_bounds[i] : s_bounds[^1];
                return low + ((high - low) * ((rank - below) / counts[i]));
            }

            below += counts[i];
        }

        return s_bounds[^1];
    }
}
