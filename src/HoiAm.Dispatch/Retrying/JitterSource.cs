namespace HoiAm.Dispatch.Retrying;

/// <summary>
/// Random numbers for jitter: SplitMix64 over an atomic counter, because it needs no lock, and a seed makes a simulation repeatable.
/// </summary>
internal sealed class JitterSource(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 to 1, exclusive.</summary>
    public double Next()
    {
        unchecked
        {
            var z = Interlocked.Add(ref _state, 0x9E3779B97F4A7C15UL);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
