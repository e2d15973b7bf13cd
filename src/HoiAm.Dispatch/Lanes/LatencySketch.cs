using System.Numerics;

namespace HoiAm.Dispatch.Lanes;

/// <summary>Rough quantiles of one lane's durations: counters in half-octave steps of milliseconds, halved now and then so that old tries fade.</summary>
internal sealed class LatencySketch
{
    private const int Buckets = 40;
    private const int FadeAt = 2_048;
    private readonly ushort[] _counts = new ushort[Buckets];
    private int _total;

    /// <summary>Adds a duration in milliseconds.</summary>
    public void Add(int ms)
    {
        _counts[Bucket(ms)]++;
        if (++_total < FadeAt)
        {
            return;
        }

        _total = 0;
        for (var i = 0; i < Buckets; i++)
        {
            _counts[i] /= 2;
            _total += _counts[i];
        }
    }

    /// <summary>The duration in milliseconds that the share <paramref name="q"/> of tries stays within; null without tries.</summary>
    public int? Quantile(double q)
    {
        if (_total == 0)
        {
            return null;
        }

        var rank = Math.Max(1, (int)Math.Ceiling(q * _total));
        for (var i = 0; i < Buckets; i++)
        {
            rank -= _counts[i];
            if (rank <= 0)
            {
                return UpperEdge(i);
            }
        }

        return UpperEdge(Buckets - 1);
    }

    // Bucket 0 holds 0 and 1 ms; then two buckets per power of two: [2^k, 1.5·2^k) and [1.5·2^k, 2^(k+1)).
    private static int Bucket(int ms)
    {
        if (ms <= 1)
        {
            return 0;
        }

        var power = BitOperations.Log2((uint)ms);
        var half = (ms >> (power - 1)) & 1;
        return Math.Min(Buckets - 1, (2 * power) - 1 + half);
    }

    private static int UpperEdge(int bucket)
    {
        if (bucket == 0)
        {
            return 1;
        }

        var power = (bucket + 1) / 2;
        return (bucket & 1) == 1 ? (3 << (power - 1)) - 1 : (2 << power) - 1;
    }
}
