using System.Text.RegularExpressions;

namespace HoiAm.Tidy.Tests.Support;

/// <summary>A function or property and how many lines it takes, attributes and comments before it not counted.</summary>
internal sealed record FunctionLength(string Name, int Line, int Lines);

/// <summary>Finds the members of the types in a source. Tables of data (a field with its initializer) are no functions.</summary>
internal static partial class FunctionFinder
{
    public static List<FunctionLength> Find(string source)
    {
        var code = CSharpText.CodeOnly(source);
        var found = new List<FunctionLength>();
        Members(code, 0, code.Length, found);
        return found;
    }

    [GeneratedRegex(@"\b(class|struct|record|interface|enum|namespace|extension)\b")]
    private static partial Regex TypeWord();

    [GeneratedRegex(@"([A-Za-z_][A-Za-z0-9_]*)\s*(<[^()]*>)?\s*\(|\b(this)\s*\[|([A-Za-z_][A-Za-z0-9_]*)\s*$")]
    private static partial Regex NamePattern();

    // Goes through the items between two braces: each ends at a semicolon or at the brace that closes its block.
    private static void Members(string code, int from, int to, List<FunctionLength> found)
    {
        var at = from;
        while ((at = SkipBlanksAndAttributes(code, at, to)) < to)
        {
            if (code[at] is '}' or ';' or ',')
            {
                at++;
                continue;
            }

            var (brace, end) = ItemEnd(code, at, to);
            var header = code[at..(brace < 0 ? end : brace)];
            if (brace >= 0 && !IsData(header) && TypeWord().IsMatch(Before(header, '(')))
            {
                Members(code, brace + 1, end - 1, found);
            }
            else if (!IsData(header) && !header.StartsWith("using ", StringComparison.Ordinal))
            {
                found.Add(new FunctionLength(NameOf(header), LineOf(code, at), LineOf(code, end - 1) - LineOf(code, at) + 1));
            }

            at = end;
        }
    }

    private static int SkipBlanksAndAttributes(string code, int at, int to)
    {
        while (at < to)
        {
            if (char.IsWhiteSpace(code[at]))
            {
                at++;
            }
            else if (code[at] == '[')
            {
                at = Close(code, at, to) + 1;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    // The first block of the item, if it has one, and where the item ends.
    private static (int Brace, int End) ItemEnd(string code, int at, int to)
    {
        var first = -1;
        for (var i = at; i < to; i++)
        {
            if (code[i] is '(' or '[')
            {
                i = Close(code, i, to);
            }
            else if (code[i] == ';')
            {
                return (first, i + 1);
            }
            else if (code[i] == '{')
            {
                first = first < 0 ? i : first;
                i = Close(code, i, to);

                // A block ends a member, unless an expression goes on behind it: "=> x switch { … };", "= new() { … };".
                var header = code[at..first];
                if (!header.Contains("=>", StringComparison.Ordinal) && !IsData(header))
                {
                    return (first, Math.Min(i + 1, to));
                }
            }
        }

        return (first, to);
    }

    private static int Close(string code, int open, int to)
    {
        var depth = 0;
        for (var i = open; i < to; i++)
        {
            depth += code[i] is '(' or '[' or '{' ? 1 : code[i] is ')' or ']' or '}' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return to - 1;
    }

    // "name = value", outside of parentheses; arrows and comparisons are no assignment, and an operator's name is none either.
    private static bool IsData(string header)
    {
        if (header.Contains(" operator ", StringComparison.Ordinal))
        {
            return false;
        }

        var depth = 0;
        for (var i = 0; i < header.Length; i++)
        {
            depth += header[i] is '(' or '[' or '{' ? 1 : header[i] is ')' or ']' or '}' ? -1 : 0;
            if (depth == 0 && header[i] == '=')
            {
                return (i + 1 >= header.Length || header[i + 1] != '>') && (i == 0 || header[i - 1] is not ('=' or '!' or '<' or '>'));
            }
        }

        return false;
    }

    private static string Before(string header, char mark) => header.IndexOf(mark, StringComparison.Ordinal) is var at && at >= 0 ? header[..at] : header;

    private static string NameOf(string header)
    {
        var match = NamePattern().Match(header.Split("=>")[0].Trim());
        return match.Success ? match.Groups.Values.Skip(1).First(g => g.Success && g.Index >= 0 && !g.Value.StartsWith('<')).Value : "statement";
    }

    private static int LineOf(string code, int at) => code.AsSpan(0, Math.Min(at, code.Length)).Count('\n') + 1;
}
