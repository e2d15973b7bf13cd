using System.Globalization;

namespace HoiAm.Sending;

/// <summary>Reads the dates of the eSMS calls. Times without a zone are Vietnam's (+07:00, no daylight saving; protocol G 41, 53).</summary>
public static class SendDates
{
    /// <summary>Vietnam's offset.</summary>
    public static TimeSpan Offset { get; } = TimeSpan.FromHours(7);

    private static readonly string[] s_times =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy/MM/dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy/MM/dd HH:mm", "yyyy-M-d H:m:s", "yyyy/M/d H:m:s",
        "yyyy-M-d H:m", "yyyy/M/d H:m", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd", "yyyy/MM/dd",
    ];

    private static readonly string[] s_zonedTimes = ["yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", "yyyy-MM-ddTHH:mmzzz"];

    private static readonly string[] s_days = ["dd/MM/yyyy", "d/M/yyyy"];

    /// <summary>
    /// A SendDate. Empty, past and present mean now and give null; false when the text is no date (161).
    /// </summary>
    public static bool TryParseSchedule(string text, DateTimeOffset now, out DateTimeOffset? at)
    {
        at = null;
        if (text.Length == 0)
        {
            return true;
        }

        if (!TryParse(text, out var parsed))
        {
            return false;
        }

        at = parsed > now ? parsed : null;
        return true;
    }

    /// <summary>A date and time, with or without seconds, or ISO 8601 with or without a zone.</summary>
    public static bool TryParse(string text, out DateTimeOffset at)
    {
        const DateTimeStyles Styles = DateTimeStyles.AllowWhiteSpaces;

        // A trailing Z is written as an offset, so that one pattern reads both.
        var zoned = text.EndsWith('Z') ? text[..^1] + "+00:00" : text;
        if (DateTimeOffset.TryParseExact(zoned, s_zonedTimes, CultureInfo.InvariantCulture, Styles, out at))
        {
            at = at.ToUniversalTime();
            return true;
        }

        if (DateTime.TryParseExact(text, s_times, CultureInfo.InvariantCulture, Styles, out var local) && local.Year is > 1900 and < 9999)
        {
            at = new DateTimeOffset(local, Offset).ToUniversalTime();
            return true;
        }

        return false;
    }

    /// <summary>A day, dd/MM/yyyy; its first moment in Vietnam.</summary>
    public static bool TryParseDay(string text, out DateTimeOffset start)
    {
        start = default;
        if (!DateTime.TryParseExact(text, s_days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day.Year is <= 1900 or 9999)
        {
            return false;
        }

        start = new DateTimeOffset(day, Offset).ToUniversalTime();
        return true;
    }
}
