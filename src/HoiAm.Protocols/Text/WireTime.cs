using System.Globalization;

namespace HoiAm.Protocols.Text;

/// <summary>Times as vendors and eSMS write them. Without a zone they are local time of Asia/Ho_Chi_Minh, +07:00 all year (G 53, G 59).</summary>
public static class WireTime
{
    /// <summary>The offset of Asia/Ho_Chi_Minh, which knows no daylight saving.</summary>
    public static readonly TimeSpan VietnamOffset = TimeSpan.FromHours(7);

    /// <summary>The form that eSMS appends to <c>error_info</c>: <c>dd/MM/yyyy HH:mm:ss</c>, local time.</summary>
    internal const string TailFormat = "dd/MM/yyyy HH:mm:ss";

    // From 2000 to 2100: what lies outside is a counter or a placeholder, not a time.
    private const long EpochSecondsMin = 946_684_800;
    private const long EpochSecondsMax = 4_102_444_800;

    /// <summary>The wall clock in Vietnam at a moment, as callbacks show it.</summary>
    public static DateTime ToVietnam(DateTimeOffset moment) => moment.ToOffset(VietnamOffset).DateTime;

    /// <summary>
    /// Reads ISO 8601, <c>yyyy-MM-dd HH:mm[:ss]</c>, <c>dd/MM/yyyy HH:mm[:ss]</c>, <c>dd-MM-yyyy HH:mm[:ss]</c> (slashes and dashes alike,
    /// fractions allowed), <c>yyyyMMddHHmmss</c>, and epoch seconds or milliseconds between the years 2000 and 2100.
    /// </summary>
    /// <returns>Null when the text is none of them.</returns>
    public static DateTimeOffset? Read(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty || text.Length > 40)
        {
            return null;
        }

        return text.ContainsAnyExceptInRange('0', '9') ? ReadCalendar(text) : ReadDigits(text);
    }

    private static DateTimeOffset? ReadDigits(ReadOnlySpan<char> digits)
    {
        if (digits.Length == 14)
        {
            return DateTime.TryParseExact(digits, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
                && local.Year is >= 2000 and <= 2100
                ? new DateTimeOffset(local, VietnamOffset)
                : null;
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return number switch
        {
            >= EpochSecondsMin and < EpochSecondsMax => DateTimeOffset.FromUnixTimeSeconds(number),
            >= EpochSecondsMin * 1000 and < EpochSecondsMax * 1000 => DateTimeOffset.FromUnixTimeMilliseconds(number),
            _ => null,
        };
    }

    private static DateTimeOffset? ReadCalendar(ReadOnlySpan<char> text)
    {
        var scan = new Scanner(text);
        if (!scan.Number(1, 4, out var first, out var firstDigits) || !scan.Separator(out var separator)
            || !scan.Number(1, 2, out var month, out _) || !scan.Exactly(separator)
            || !scan.Number(1, 4, out var last, out var lastDigits))
        {
            return null;
        }

        int year, day;
        if (firstDigits == 4 && lastDigits <= 2)
        {
            (year, day) = (first, last);
        }
        else if (firstDigits <= 2 && lastDigits == 4)
        {
            (year, day) = (last, first);
        }
        else
        {
            return null;
        }

        if (!scan.BlankOrT() || !scan.Number(1, 2, out var hour, out _) || !scan.Exactly(':') || !scan.Number(2, 2, out var minute, out _))
        {
            return null;
        }

        var second = 0;
        var ticks = 0L;
        if (scan.Exactly(':') && (!scan.Number(2, 2, out second, out _) || !scan.Fraction(out ticks)))
        {
            return null;
        }

        if (!scan.Zone(out var offset) || year is < 2000 or > 2100 || month is < 1 or > 12 || day < 1
            || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return null;
        }

        return new DateTimeOffset(new DateTime(year, month, day, hour, minute, second).AddTicks(ticks), offset);
    }

    private ref struct Scanner(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        public bool Number(int digitsMin, int digitsMax, out int value, out int digits)
        {
            value = 0;
            digits = 0;
            while (digits < digitsMax && digits < _rest.Length && char.IsAsciiDigit(_rest[digits]))
            {
                value = (value * 10) + (_rest[digits++] - '0');
            }

            _rest = _rest[digits..];
            return digits >= digitsMin;
        }

        public bool Exactly(char c)
        {
            if (_rest.IsEmpty || _rest[0] != c)
            {
                return false;
            }

            _rest = _rest[1..];
            return true;
        }

        public bool Separator(out char separator)
        {
            separator = _rest.IsEmpty ? '\0' : _rest[0];
            return separator is '-' or '/' && Exactly(separator);
        }

        public bool BlankOrT()
        {
            if (Exactly('T') || Exactly('t'))
            {
                return true;
            }

            var length = _rest.Length;
            _rest = _rest.TrimStart(' ');
            return _rest.Length < length;
        }

        // Seven digits are what the clock can hold; finer ones are read and dropped.
        public bool Fraction(out long ticks)
        {
            ticks = 0;
            if (!Exactly('.') && !Exactly(','))
            {
                return true;
            }

            var digits = 0;
            for (; digits < _rest.Length && char.IsAsciiDigit(_rest[digits]); digits++)
            {
                ticks = digits < 7 ? (ticks * 10) + (_rest[digits] - '0') : ticks;
            }

            for (var i = digits; i < 7; i++)
            {
                ticks *= 10;
            }

            _rest = _rest[digits..];
            return digits > 0;
        }

        public bool Zone(out TimeSpan offset)
        {
            offset = VietnamOffset;
            _rest = _rest.TrimStart(' ');
            if (_rest.IsEmpty)
            {
                return true;
            }

            offset = TimeSpan.Zero;
            if (Exactly('Z') || Exactly('z'))
            {
                return _rest.IsEmpty;
            }

            var negative = Exactly('-');
            if (!negative && !Exactly('+'))
            {
                return false;
            }

            if (!Number(2, 2, out var hours, out _))
            {
                return false;
            }

            Exactly(':');
            var minutes = 0;
            if (!_rest.IsEmpty && (!Number(2, 2, out minutes, out _) || !_rest.IsEmpty))
            {
                return false;
            }

            offset = new TimeSpan(hours, minutes, 0);
            offset = negative ? -offset : offset;
            return hours <= 14 && minutes <= 59 && offset.Duration() <= TimeSpan.FromHours(14);
        }
    }
}
