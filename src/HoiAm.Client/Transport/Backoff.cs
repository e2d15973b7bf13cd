using System.Security.Cryptography;

namespace HoiAm.Client.Transport;

/// <summary>How long to wait before the next attempt.</summary>
internal static class Backoff
{
    /// <summary>
    /// The server's wish when it has one, else a doubling pause, less up to a half by chance, so that many clients do not come back at
    /// once. Null: the wish is longer than allowed, so the caller has to decide.
    /// </summary>
    /// <param name="attempts">Attempts made, from 1.</param>
    /// <param name="asked">Retry-After.</param>
    /// <param name="first">Pause after the first attempt.</param>
    /// <param name="longest">Longest pause.</param>
    public static TimeSpan? Next(int attempts, TimeSpan? asked, TimeSpan first, TimeSpan longest)
    {
        if (asked is { } wish)
        {
            return wish <= longest ? wish : null;
        }

        var pause = Math.Min(first.TotalMilliseconds * Math.Pow(2, attempts - 1), longest.TotalMilliseconds);
        const int steps = 1 << 16;
        return TimeSpan.FromMilliseconds(pause * (0.5 + (RandomNumberGenerator.GetInt32(steps) / (2.0 * steps))));
    }
}
