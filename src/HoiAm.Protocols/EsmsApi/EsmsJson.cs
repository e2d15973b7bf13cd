using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>Writes the JSON of the answers: compact, and with text left readable, as the documented samples have it.</summary>
internal static class EsmsJson
{
    // The relaxed encoder leaves Vietnamese letters, apostrophes and plus signs as they are. It is safe here because the answers are
    // application/json and are never put into a page.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object, whose members <paramref name="members"/> writes.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
