using System.Globalization;

namespace HoiAm.Dispatch.Retrying;

/// <summary>Reads <c>Retry-After</c> (RFC 9110, 10.2.3): seconds or an HTTP date.</summary>
public static class RetryAfterHeader
{
    private static readonly string[] s_dates = ["r", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy"];

    /// <summary>How long to wait, 0 s to 24 h; null when the text is neither form.</summary>
    /// <param name="text">The header's value.</param>
    /// <param name="now">The moment that a date is measured against.</param>
    public static TimeSpan? Parse(string? text, DateTimeOffset now)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty || trimmed.Length > 64)
        {
            return null;
        }

        if (trimmed.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            // More digits than a day has seconds can only mean "very long".
            var seconds = trimmed.TrimStart('0').Length > 6 ? int.MaxValue : int.Parse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture);
            return seconds >= Defaults.RetryAfterMax.TotalSeconds ? Defaults.RetryAfterMax : TimeSpan.FromSeconds(seconds);
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParseExact(trimmed, s_dates, CultureInfo.InvariantCulture, Utc, out var date))
        {
            return null;
        }

        var wait = date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Defaults.RetryAfterMax ? Defaults.RetryAfterMax : wait;
    }
}
