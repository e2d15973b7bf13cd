using System.Globalization;
using System.Text;

namespace HoiAm.Ledger.Postgres;

/// <summary>Texts in what PostgreSQL stores: it knows no NUL and no half of a character.</summary>
public static class PostgresText
{
    private const char Mark = '\uF8FF';

    /// <summary>
    /// The text as it is stored. PostgreSQL keeps neither NUL nor half a character, and customers may send both in their ids: they are
    /// written as a mark of the private use area and four digits.
    /// </summary>
    public static string? Clean(string? text)
    {
        if (text is null || text.AsSpan().IndexOfAnyInRange('\uD800', Mark) < 0 && !text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        var stored = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                stored.Append(c).Append(text[++i]);
            }
            else if (c is '\0' or Mark || char.IsSurrogate(c))
            {
                stored.Append(CultureInfo.InvariantCulture, $"{Mark}{(int)c:x4}");
            }
            else
            {
                stored.Append(c);
            }
        }

        return stored.ToString();
    }

    /// <summary>The text again.</summary>
    public static string Restore(string stored)
    {
        if (!stored.Contains(Mark, StringComparison.Ordinal))
        {
            return stored;
        }

        var text = new StringBuilder(stored.Length);
        for (var i = 0; i < stored.Length; i++)
        {
            if (stored[i] == Mark && i + 4 < stored.Length
                && ushort.TryParse(stored.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var c))
            {
                text.Append((char)c);
                i += 4;
            }
            else
            {
                text.Append(stored[i]);
            }
        }

        return text.ToString();
    }
}
