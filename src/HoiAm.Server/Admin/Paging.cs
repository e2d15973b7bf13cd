using System.Globalization;
using HoiAm.Server.Json;

namespace HoiAm.Server.Admin;

/// <summary><c>limit</c> and <c>cursor</c> of a list, and its answer.</summary>
internal readonly record struct Paging(int Limit, long? Cursor)
{
    public const int LimitDefault = 50;

    public const int LimitMax = 500;

    /// <summary>Reads them; refuses what is out of range.</summary>
    public static Paging Read(AdminCall call)
    {
        var limit = LimitDefault;
        if (call.Query("limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LimitMax))
        {
            throw new AdminRefusal(Answers.Invalid("limit", "must be a whole number from 1 to 500"));
        }

        if (call.Query("cursor") is not { } cursorText)
        {
            return new Paging(limit, null);
        }

        return long.TryParse(cursorText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var cursor)
            ? new Paging(limit, cursor)
            : throw new AdminRefusal(Answers.Invalid("cursor", "must be the \"next\" of an earlier answer"));
    }

    /// <summary>A page: one row more than the limit was asked for, to know whether there is a next one.</summary>
    public object Page<T>(List<T> rows, Func<T, long> key, Func<T, object> show)
    {
        string? next = null;
        if (rows.Count > Limit)
        {
            rows.RemoveRange(Limit, rows.Count - Limit);
            next = key(rows[^1]).ToString("x", CultureInfo.InvariantCulture);
        }

        return new { items = rows.Select(show).ToList(), next };
    }

    /// <summary>Reads a moment of the query.</summary>
    public static DateTimeOffset? Moment(AdminCall call, string name)
    {
        if (call.Query(name) is not { } text)
        {
            return null;
        }

        // A "+" that was not encoded arrives as a blank; a zone is the only thing that may stand behind the time of day.
        if (text.Length > 6 && text[^6] == ' ' && text[^3] == ':' && text.Contains('T', StringComparison.Ordinal))
        {
            text = text[..^6] + "+" + text[^5..];
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.ToUniversalTime()
            : throw new AdminRefusal(Answers.Invalid(name, "must be a time like 2026-01-31T08:00:00Z"));
    }
}
