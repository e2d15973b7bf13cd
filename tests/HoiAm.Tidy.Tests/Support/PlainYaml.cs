namespace HoiAm.Tidy.Tests.Support;

/// <summary>
/// The plain part of YAML that our own files keep to: mappings, lists and one-line values by indentation, and comments on lines of their
/// own. Anything beyond it is refused, so that a file which passes is read the same by every parser.
/// </summary>
internal sealed class PlainYaml
{
    private readonly List<(int Indent, string Text, int Number)> _lines = [];
    private int _next;

    private PlainYaml(string text)
    {
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var trimmed = line.TrimStart(' ');
            if (trimmed.Contains('\t', StringComparison.Ordinal))
            {
                throw new FormatException($"Line {number} has a tab.");
            }

            if (trimmed.Length > 0 && trimmed[0] != '#')
            {
                _lines.Add((line.Length - trimmed.Length, trimmed.TrimEnd(), number));
            }
        }
    }

    /// <summary>Dictionaries, lists and texts; a <see cref="FormatException"/> for everything else.</summary>
    public static object? Parse(string text)
    {
        var yaml = new PlainYaml(text);
        var value = yaml.Block(0);
        return yaml._next == yaml._lines.Count ? value : throw yaml.Fault("is indented as nothing before it");
    }

    private object? Block(int indent)
    {
        if (_next == _lines.Count || _lines[_next].Indent < indent)
        {
            return null;
        }

        return _lines[_next].Text.StartsWith("- ", StringComparison.Ordinal) ? List(_lines[_next].Indent) : Mapping(_lines[_next].Indent);
    }

    private List<object?> List(int indent)
    {
        var list = new List<object?>();
        while (_next < _lines.Count && _lines[_next].Indent == indent && _lines[_next].Text.StartsWith("- ", StringComparison.Ordinal))
        {
            // What follows the dash is the first line of a mapping two further in.
            var (_, text, number) = _lines[_next];
            _lines[_next] = (indent + 2, text[2..], number);
            if (text.Contains(':', StringComparison.Ordinal))
            {
                list.Add(Mapping(indent + 2));
            }
            else
            {
                list.Add(Scalar(text[2..]));
                _next++;
            }
        }

        return list;
    }

    private Dictionary<string, object?> Mapping(int indent)
    {
        var mapping = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (_next < _lines.Count && _lines[_next].Indent == indent && !_lines[_next].Text.StartsWith("- ", StringComparison.Ordinal))
        {
            var text = _lines[_next].Text;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var rest = colon < 1 ? throw Fault("has no key") : text[(colon + 1)..];
            if (rest.Length > 0 && rest[0] != ' ')
            {
                throw Fault("has no space behind its colon");
            }

            object? value = rest.Length == 0 ? null : Scalar(rest.Trim());
            _next++;
            if (value is null)
            {
                value = Block(indent + 1);
            }
            else if (_next < _lines.Count && _lines[_next].Indent > indent)
            {
                throw Fault("stands below a value");
            }

            if (!mapping.TryAdd(text[..colon], value))
            {
                throw new FormatException($"The key {text[..colon]} is there twice.");
            }
        }

        return mapping;
    }

    private string Scalar(string text)
    {
        if (text[0] == '"')
        {
            return text.Length > 1 && text[^1] == '"' && !text[1..^1].Contains('"', StringComparison.Ordinal) ? text[1..^1] : throw Fault("has a quote that is not closed");
        }

        // Inside a plain value these mean something else to a full parser.
        return text[0] is '{' or '[' or '&' or '*' or '!' or '|' or '>' or '\'' or '%' or '@' || text.Contains(": ", StringComparison.Ordinal) || text.Contains(" #", StringComparison.Ordinal)
            ? throw Fault("needs quotes")
            : text;
    }

    private FormatException Fault(string what) => new($"Line {(_next < _lines.Count ? _lines[_next].Number : 0)} {what}.");
}
