using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace HoiAm.Sending;

/// <summary>
/// A registered text with gaps: <c>{P1,20}</c> of SMS templates, <c>{{name}}</c> of ZNS templates. Matching is by reachable positions, so
/// a hostile text costs length times length at most, never more.
/// </summary>
public sealed class TextPattern
{
    private readonly ImmutableArray<Piece> _pieces;

    private TextPattern(ImmutableArray<Piece> pieces) => _pieces = pieces;

    /// <summary>An SMS template. A mark that is none, e.g. a lone brace, is plain text.</summary>
    public static TextPattern OfSms(string template)
    {
        var pieces = ImmutableArray.CreateBuilder<Piece>();
        var literal = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var end = template[i] == '{' ? template.IndexOf('}', i) : -1;
            if (end > 0 && TryMark(template.AsSpan(i + 1, end - i - 1), out var limit))
            {
                Flush(pieces, literal);
                pieces.Add(new Piece(null, "", limit, Optional: false));
                i = end;
            }
            else
            {
                literal.Append(template[i]);
            }
        }

        Flush(pieces, literal);
        return new TextPattern(pieces.ToImmutable());
    }

    /// <summary>A ZNS template; HTML tags are dropped and runs of blanks count as one.</summary>
    public static TextPattern OfZns(ZnsTemplate template)
    {
        var text = Squeeze(DropTags(template.Content));
        var pieces = ImmutableArray.CreateBuilder<Piece>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var end = text.AsSpan(i).StartsWith("{{") ? text.IndexOf("}}", i, StringComparison.Ordinal) : -1;
            var parameter = end > 0 ? template.Parameters.FirstOrDefault(p => p.Name == text[(i + 2)..end].Trim()) : null;
            if (parameter is not null)
            {
                Flush(pieces, literal);
                pieces.Add(new Piece(null, parameter.Name, parameter.Limit, !parameter.Required));
                i = end + 1;
            }
            else
            {
                literal.Append(text[i]);
            }
        }

        Flush(pieces, literal);
        return new TextPattern(pieces.ToImmutable());
    }

    /// <summary>Runs of blanks and line ends as one blank each, none at the ends.</summary>
    public static string Squeeze(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>True when the whole text fits; <paramref name="values"/> are what stands in the gaps, in order, by name.</summary>
    public bool TryMatch(string text, out ImmutableArray<KeyValuePair<string, string>> values)
    {
        // reach[k] holds the positions at which the first k pieces can end.
        var reach = new bool[_pieces.Length + 1][];
        reach[0] = new bool[text.Length + 1];
        reach[0][0] = true;
        for (var k = 0; k < _pieces.Length; k++)
        {
            reach[k + 1] = Step(text, reach[k], _pieces[k]);
        }

        values = [];
        if (!reach[^1][text.Length])
        {
            return false;
        }

        var found = new Stack<KeyValuePair<string, string>>();
        var position = text.Length;
        for (var k = _pieces.Length - 1; k >= 0; k--)
        {
            var start = StartOf(reach[k], _pieces[k], position);
            if (_pieces[k].Literal is null)
            {
                found.Push(KeyValuePair.Create(_pieces[k].Name, text[start..position]));
            }

            position = start;
        }

        values = [.. found];
        return true;
    }

    private static bool[] Step(string text, bool[] from, Piece piece)
    {
        var to = new bool[from.Length];
        var last = int.MinValue;
        for (var i = 0; i < from.Length; i++)
        {
            if (piece.Literal is { } literal)
            {
                if (from[i] && string.CompareOrdinal(text, i, literal, 0, literal.Length) == 0 && i + literal.Length <= text.Length)
                {
                    to[i + literal.Length] = true;
                }

                continue;
            }

            // A gap ends here when it can have begun at most Limit before; the nearest beginning is enough to know.
            if (from[i] && piece.Optional)
            {
                to[i] = true;
            }

            to[i] |= last != int.MinValue && i - last <= piece.Limit;
            last = from[i] ? i : last;
        }

        return to;
    }

    private static int StartOf(bool[] from, Piece piece, int end)
    {
        if (piece.Literal is { } literal)
        {
            return end - literal.Length;
        }

        var start = piece.Optional && from[end] ? end : end - 1;
        while (!from[start])
        {
            start--;
        }

        return start;
    }

    private static void Flush(ImmutableArray<Piece>.Builder pieces, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            pieces.Add(new Piece(literal.ToString(), "", 0, Optional: false));
            literal.Clear();
        }
    }

    // P1,20: the number names the kind of value, which is not checked; 20 is its longest length.
    private static bool TryMark(ReadOnlySpan<char> mark, out int limit)
    {
        limit = 0;
        var comma = mark.IndexOf(',');
        return comma > 1
            && mark[0] is 'P' or 'p'
            && mark[1..comma].IndexOfAnyExceptInRange('0', '9') < 0
            && int.TryParse(mark[(comma + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out limit)
            && limit is > 0 and <= 1000;
    }

    private static string DropTags(string html)
    {
        var text = new StringBuilder(html.Length);
        var inTag = false;
        foreach (var c in html)
        {
            if (c == '<' || (inTag && c != '>'))
            {
                inTag = true;
            }
            else if (inTag)
            {
                inTag = false;
                text.Append(' ');
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private sealed record Piece(string? Literal, string Name, int Limit, bool Optional);
}
