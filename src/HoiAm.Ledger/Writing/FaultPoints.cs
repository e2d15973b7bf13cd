using System.Diagnostics;

namespace HoiAm.Ledger.Writing;

/// <summary>
/// Places at which a test may kill the process: <c>HOIAM_KILL_AT=name</c> or <c>name:n</c> for the n-th time it is passed. Unset, as in
/// every real run, a pass costs one comparison.
/// </summary>
public static class FaultPoints
{
    private static readonly string? s_name;
    private static int s_left = 1;

    static FaultPoints()
    {
        var setting = Environment.GetEnvironmentVariable("HOIAM_KILL_AT");
        if (string.IsNullOrEmpty(setting))
        {
            return;
        }

        var colon = setting.IndexOf(':', StringComparison.Ordinal);
        s_name = colon < 0 ? setting : setting[..colon];
        if (colon >= 0 && int.TryParse(setting.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture, out var count))
        {
            s_left = count;
        }
    }

    /// <summary>Kills the process here, without any clean-up, when a test asked for it.</summary>
    public static void Hit(string name)
    {
        if (s_name is not null && s_name == name && Interlocked.Decrement(ref s_left) == 0)
        {
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
