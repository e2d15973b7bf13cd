using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HoiAm.Server.Sending.Routes.Submitting;

/// <summary>The little JSON that providers speak: objects out, lenient objects in.</summary>
internal static class ProviderJson
{
    public const string ContentType = "application/json";

    /// <summary>An object, whose members <paramref name="members"/> writes.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The members of an object by name in any casing, scalars as text, those of <c>data</c> among them; null when it is no object.</summary>
    public static Dictionary<string, string>? Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            Add(values, json.RootElement);
            return values;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Add(Dictionary<string, string> values, JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object && member.Name.Equals("data", StringComparison.OrdinalIgnoreCase))
            {
                Add(values, member.Value);
            }
            else if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            {
                values.TryAdd(member.Name, member.Value.ToString());
            }
        }
    }
}
