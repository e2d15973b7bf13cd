using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.CallbackBodies;

/// <summary>
/// The eSMS status callback as the body of a POST (protocol J 1): the names, their casing, order and values of the GET, as a form or as a
/// flat JSON object. A value is what a receiver of the GET sees after its framework decoded the query once.
/// </summary>
public static class EsmsCallbackBodies
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The parameters as <c>application/x-www-form-urlencoded</c>, ASCII; a blank is <c>%20</c>, which every form reader takes.</summary>
    /// <param name="facts">What to say.</param>
    /// <param name="profile">How <c>error_info</c> is written.</param>
    public static byte[] Form(CallbackFacts facts, CallbackProfile profile)
    {
        var builder = new TextBuilder(stackalloc char[1024]);
        try
        {
            foreach (var (name, value) in EsmsCallbackWriter.Pairs(facts, profile))
            {
                if (builder.Written.Length > 0)
                {
                    builder.Append('&');
                }

                builder.Append(name);
                builder.Append('=');
                PercentCoding.AppendEscaped(ref builder, value);
            }

            var body = new byte[builder.Written.Length];
            Encoding.ASCII.GetBytes(builder.Written, body);
            return body;
        }
        finally
        {
            builder.Dispose();
        }
    }

    /// <summary>The parameters as one flat JSON object in UTF-8. Every value is a text, as the parameter table types it.</summary>
    /// <param name="facts">What to say.</param>
    /// <param name="profile">How <c>error_info</c> is written.</param>
    public static byte[] Json(CallbackFacts facts, CallbackProfile profile)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output, s_options))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in EsmsCallbackWriter.Pairs(facts, profile))
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Reads either body: an object is JSON, anything else a form. Values that are numbers or booleans count as their text, <c>null</c> as
    /// empty; members that hold objects or lists are passed over. Never throws; what is neither comes back as not recognized.
    /// </summary>
    /// <param name="body">The body as received.</param>
    public static EsmsCallbackReading Read(ReadOnlySpan<byte> body)
    {
        var text = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        return Pairs(text) is { } pairs ? EsmsCallbackReader.Read(pairs) : EsmsCallbackReader.Read(Encoding.UTF8.GetString(text).Trim());
    }

    /// <summary>Names and values of a JSON body; null when the text is no object.</summary>
    internal static List<KeyValuePair<string, string>>? Pairs(ReadOnlySpan<byte> text)
    {
        if (!text.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            return null;
        }

        var pairs = new List<KeyValuePair<string, string>>();
        try
        {
            var reader = new Utf8JsonReader(text);
            using var document = JsonDocument.ParseValue(ref reader);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (Text(member.Value) is { } value)
                {
                    pairs.Add(new(member.Name, value));
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Broken JSON, or half of a surrogate pair in a text: nothing that can be trusted.
            pairs.Clear();
        }

        return pairs;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => "",
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
