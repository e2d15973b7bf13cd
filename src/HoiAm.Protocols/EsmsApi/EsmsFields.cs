using System.Diagnostics.CodeAnalysis;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>A value of a request, whatever form the request had.</summary>
internal abstract record FieldNode;

/// <summary>A string, number or boolean as text. <see cref="IsAbsent"/> marks null, "" and false, which mean absent for a field of its
/// own (protocol I 3), but keep their place inside a list.</summary>
internal sealed record ScalarNode(string Text, bool IsAbsent) : FieldNode
{
    public static ScalarNode Of(string text) => new(text, text.Length == 0);
}

/// <summary>A JSON array, or several XML or form values of one name.</summary>
internal sealed record ListNode(IReadOnlyList<FieldNode> Items) : FieldNode;

/// <summary>A JSON object with the text it was written as.</summary>
internal sealed record ObjectNode(EsmsFields Fields, string Raw) : FieldNode;

/// <summary>The fields of one request or one object in it. Names are compared without case (protocol I 2); of two equal names the last wins.</summary>
internal sealed class EsmsFields
{
    private readonly Dictionary<string, FieldNode> _nodes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names in the order of their first appearance, in their own casing.</summary>
    public IEnumerable<KeyValuePair<string, FieldNode>> Nodes => _nodes;

    public int Count => _nodes.Count;

    public void Set(string name, FieldNode node) => _nodes[name] = node;

    /// <summary>Adds what is not here yet, e.g. the query behind the body.</summary>
    public void Fill(EsmsFields other)
    {
        foreach (var (name, node) in other._nodes)
        {
            _nodes.TryAdd(name, node);
        }
    }

    public bool TryGet(string name, [NotNullWhen(true)] out FieldNode? node) => _nodes.TryGetValue(name, out node);

    /// <summary>The first of the given names that has a value, else "".</summary>
    public string Text(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (TryGet(name, out var node) && ScalarText(node) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return "";
    }

    /// <summary>The same without blanks around it, for ids, keys and numbers.</summary>
    public string Id(params ReadOnlySpan<string> names) => Text(names).Trim();

    /// <summary>True for 1, true, yes; false for everything else and for absent.</summary>
    public bool Flag(params ReadOnlySpan<string> names)
    {
        var text = Id(names);
        return text is "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("yes", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The nested object of that name, or null.</summary>
    public ObjectNode? Object(string name) => TryGet(name, out var node) ? node as ObjectNode : null;

    /// <summary>The items of a list; a single value counts as a list of one; nothing when absent.</summary>
    public IReadOnlyList<FieldNode> Items(string name) => TryGet(name, out var node)
        ? node switch
        {
            ListNode list => list.Items,
            ScalarNode { IsAbsent: true } => [],
            _ => [node],
        }
        : [];

    private static string? ScalarText(FieldNode node) => node switch
    {
        ScalarNode { IsAbsent: false } scalar => scalar.Text,
        ListNode { Items: [ScalarNode { IsAbsent: false } only] } => only.Text,
        _ => null,
    };
}
