using System.Text;

namespace HoiAm.Tidy.Tests.Support;

/// <summary>
/// C# source with comments and the contents of literals blanked out, character for character, so that braces and words that are left are
/// code and line numbers still hold. A small scanner of our own: the compiler's is too heavy for a test that counts lines.
/// </summary>
internal static class CSharpText
{
    /// <summary>The source, as long as before, with blanks where there was no code.</summary>
    public static string CodeOnly(string source)
    {
        var code = new StringBuilder(source);
        var at = 0;
        while (at < source.Length)
        {
            var end = TokenEnd(source, at);
            if (end > at)
            {
                Blank(code, at, end);
                at = end;
            }
            else
            {
                at++;
            }
        }

        return code.ToString();
    }

    // Where the comment or literal that begins here ends; the same place when none begins here.
    private static int TokenEnd(string s, int at) => s[at] switch
    {
        '/' when Next(s, at) == '/' => LineEnd(s, at),
        '/' when Next(s, at) == '*' => After(s, "*/", at + 2),
        '\'' => CharEnd(s, at),
        '#' when IsFirstOnLine(s, at) => LineEnd(s, at),
        '"' or '$' or '@' => StringEnd(s, at),
        _ => at,
    };

    private static char Next(string s, int at) => at + 1 < s.Length ? s[at + 1] : '\0';

    private static int LineEnd(string s, int at) => s.IndexOf('\n', at) is var end && end < 0 ? s.Length : end;

    private static int After(string s, string mark, int from) => s.IndexOf(mark, from, StringComparison.Ordinal) is var at && at < 0 ? s.Length : at + mark.Length;

    private static bool IsFirstOnLine(string s, int at)
    {
        while (--at >= 0 && s[at] is ' ' or '\t')
        {
        }

        return at < 0 || s[at] == '\n';
    }

    private static int CharEnd(string s, int at)
    {
        var end = at + 1;
        while (end < s.Length && s[end] != '\'' && s[end] != '\n')
        {
            end += s[end] == '\\' ? 2 : 1;
        }

        return Math.Min(end + 1, s.Length);
    }

    private static int StringEnd(string s, int at)
    {
        var quote = at;
        var holes = 0;
        var verbatim = false;
        while (quote < s.Length && s[quote] is '$' or '@')
        {
            holes += s[quote] == '$' ? 1 : 0;
            verbatim |= s[quote] == '@';
            quote++;
        }

        if (quote >= s.Length || s[quote] != '"')
        {
            return at;
        }

        var quotes = 0;
        while (quote + quotes < s.Length && s[quote + quotes] == '"')
        {
            quotes++;
        }

        // Three and more begin a raw text, which ends at as many again; two are an empty one. A verbatim text doubles its quotes instead.
        return verbatim ? ShortStringEnd(s, quote + 1, verbatim, holes > 0)
            : quotes >= 3 ? After(s, new string('"', quotes), quote + quotes)
            : quotes == 2 ? quote + 2
            : ShortStringEnd(s, quote + 1, verbatim, holes > 0);
    }

    private static int ShortStringEnd(string s, int at, bool verbatim, bool hasHoles)
    {
        while (at < s.Length)
        {
            var c = s[at];
            if (c == '"')
            {
                if (!verbatim || Next(s, at) != '"')
                {
                    return at + 1;
                }

                at += 2;
            }
            else if (c == '\\' && !verbatim)
            {
                at += 2;
            }
            else if (c == '{' && hasHoles)
            {
                at = Next(s, at) == '{' ? at + 2 : HoleEnd(s, at + 1);
            }
            else
            {
                at++;
            }
        }

        return s.Length;
    }

    private static int HoleEnd(string s, int at)
    {
        for (var depth = 1; at < s.Length; at++)
        {
            var end = TokenEnd(s, at);
            if (end > at)
            {
                at = end - 1;
            }
            else if (s[at] == '{')
            {
                depth++;
            }
            else if (s[at] == '}' && --depth == 0)
            {
                return at + 1;
            }
        }

        return s.Length;
    }

    private static void Blank(StringBuilder code, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (code[i] != '\n')
            {
                code[i] = ' ';
            }
        }
    }
}
