using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Protocols.Upstream;

/// <summary>Replaces values inside a JSON text and leaves every other byte where it is.</summary>
internal static class JsonSplice
{
    private static readonly JsonReaderOptions s_lenient =
        new() { MaxDepth = EsmsBody.DepthMax, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly record struct Cut(int Start, int End, byte[] Put);

    /// <summary>The text with its replacements. Throws <see cref="JsonException"/> when it is no object.</summary>
    public static byte[] Rewrite(byte[] json, FieldEdit edit)
    {
        var cuts = new List<Cut>();
        var reader = new Utf8JsonReader(json, s_lenient);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A JSON object is expected.");
        }

        var open = (int)reader.BytesConsumed;
        var members = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            members++;
            var name = reader.GetString()!;
            reader.Read();
            if (edit.HasParts && name.Trim().Equals("Data", StringComparison.OrdinalIgnoreCase) && reader.TokenType == JsonTokenType.StartArray)
            {
                Parts(ref reader, edit, cuts);
                continue;
            }

            var (start, end, isEmpty) = Value(ref reader);
            if (edit.Replace(name, isEmpty) is { } put)
            {
                cuts.Add(new Cut(start, end, Quote(put)));
            }
        }

        cuts.Add(new Cut(open, open, Members(edit.Missing(), members > 0)));
        return Apply(json, cuts);
    }

    private static void Parts(ref Utf8JsonReader reader, FieldEdit edit, List<Cut> cuts)
    {
        var part = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var open = (int)reader.BytesConsumed;
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var name = reader.GetString()!;
                names.Add(name.Trim());
                reader.Read();
                var (start, end, isEmpty) = Value(ref reader);
                if (edit.ReplaceInPart(part, name, isEmpty) is { } put)
                {
                    cuts.Add(new Cut(start, end, Quote(put)));
                }
            }

            cuts.Add(new Cut(open, open, Members(edit.MissingInPart(part, names), names.Count > 0)));
            part++;
        }
    }

    private static (int Start, int End, bool IsEmpty) Value(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        var isEmpty = reader.TokenType is JsonTokenType.Null or JsonTokenType.False
            || (reader.TokenType == JsonTokenType.String && string.IsNullOrWhiteSpace(reader.GetString()));
        reader.Skip();
        return (start, (int)reader.BytesConsumed, isEmpty);
    }

    private static byte[] Members(IEnumerable<(string Name, string Value)> missing, bool others)
    {
        var text = string.Join(',', missing.Select(m => $"\"{m.Name}\":{System.Text.Encoding.UTF8.GetString(Quote(m.Value))}"));
        return System.Text.Encoding.UTF8.GetBytes(text.Length > 0 && others ? text + "," : text);
    }

    private static byte[] Quote(string text) => [(byte)'"', .. JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    private static byte[] Apply(byte[] json, List<Cut> cuts)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 256);
        var at = 0;
        foreach (var cut in cuts.OrderBy(c => c.Start))
        {
            output.Write(json.AsSpan(at, cut.Start - at));
            output.Write(cut.Put);
            at = cut.End;
        }

        output.Write(json.AsSpan(at));
        return output.WrittenSpan.ToArray();
    }
}
