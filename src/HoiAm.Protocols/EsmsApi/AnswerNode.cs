using System.Globalization;
using System.Text.Json;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>An object of an answer: members in any casing, every scalar as string, number or boolean, null as absent.</summary>
internal readonly struct AnswerNode(JsonElement element)
{
    public bool Has(string name) => Find(name) is not null;

    /// <summary>"" when absent; a number in its own digits.</summary>
    public string Text(string name) => Find(name) is { } value ? Scalar(value) : "";

    /// <summary>Null when absent or null.</summary>
    public string? TextOrNull(string name) => Find(name) is { ValueKind: not JsonValueKind.Null } value ? Scalar(value) : null;

    public int Integer(string name) => int.TryParse(Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public long Long(string name) => long.TryParse(Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public decimal Amount(string name) =>
        decimal.TryParse(Text(name), NumberStyles.Number & ~NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var amount) ? amount : 0;

    public bool Flag(string name) => Text(name) is "1" or "true" or "True";

    public AnswerNode? Object(string name) => Find(name) is { ValueKind: JsonValueKind.Object } value ? new AnswerNode(value) : null;

    public IEnumerable<AnswerNode> Objects(string name) => Array(name).Where(e => e.ValueKind == JsonValueKind.Object).Select(e => new AnswerNode(e));

    public IEnumerable<string> Texts(string name) => Array(name).Select(Scalar);

    private IEnumerable<JsonElement> Array(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : Enumerable.Empty<JsonElement>();

    // The exact name first: {"error":…} and Error are two things to no page, but a member in the documented casing always wins.
    private JsonElement? Find(string name)
    {
        if (element.TryGetProperty(name, out var exact))
        {
            return exact;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return null;
    }

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "",
    };
}
