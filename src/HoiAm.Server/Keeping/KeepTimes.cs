using System.Globalization;
using HoiAm.Server.Hosting;

namespace HoiAm.Server.Keeping;

/// <summary>How long what is kept; null for ever.</summary>
internal sealed record KeepTimes(
    TimeSpan? Messages, TimeSpan? Reports, TimeSpan? Callbacks, TimeSpan? Orphans, TimeSpan? Audit, TimeSpan? Stats, TimeSpan? Charges, TimeSpan? Texts)
{
    // A RequestId is used for 24 hours, a try may be put off for as long, and a dead hook's callbacks wait for 72 hours.
    private const int MessageDaysMin = 4;

    /// <summary>Reads the options.</summary>
    /// <exception cref="StartupException">One of them cannot be read.</exception>
    public static KeepTimes Of(KeepOptions options) => new(
        Days("--retain-messages", options.Messages, 90, MessageDaysMin),
        Days("--retain-reports", options.Reports, 90),
        Days("--retain-callbacks", options.Callbacks, 90, MessageDaysMin),
        Days("--retain-orphans", options.Orphans, 30),
        Days("--retain-audit", options.Audit, 730),
        Days("--retain-stats", options.Stats, 400),
        Days("--retain-charges", options.Charges, 3_650),
        After(options.MaskTextAfter));

    private static TimeSpan? Days(string name, string? text, int standard, int min = 1)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return TimeSpan.FromDays(standard);
        }

        if (text.Trim().Equals("forever", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days >= min && days <= 36_500
            ? TimeSpan.FromDays(days)
            : throw new StartupException($"{name} must be a number of days from {min} to 36500, or forever, not '{text}'.");
    }

    private static TimeSpan? After(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return TimeSpan.FromMinutes(10);
        }

        if (text.Trim().Equals("never", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var after)
            && after >= TimeSpan.Zero && after <= TimeSpan.FromDays(36_500)
            ? after
            : throw new StartupException($"--mask-text-after must be a length of time like 00:10:00, or never, not '{text}'.");
    }
}
