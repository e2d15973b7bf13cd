using System.Text.Encodings.Web;
using System.Text.Json;
using HoiAm.Model;

namespace HoiAm.Sending;

/// <summary>
/// The result of a call inside a vendor report. The vendor's report has no fields for calls (protocol F.1), so the simulated carriers put
/// them as JSON into <c>errorInfo</c>, as they do with Zalo's result.
/// </summary>
public static class VoiceResult
{
    /// <summary>Writes the JSON.</summary>
    public static string Json(VoiceCallFacts facts)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("callDuration", facts.CallDuration);
            json.WriteString("callStatus", facts.CallStatus);
            json.WriteString("ivr", facts.Ivr);
            json.WriteBoolean("sentResult", facts.SentResult);
            json.WriteString("cid", facts.CallerId);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Reads it back; null when the text is something else.</summary>
    public static VoiceCallFacts? TryRead(string errorInfo)
    {
        if (!errorInfo.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(errorInfo, new JsonDocumentOptions { MaxDepth = 4 });
            var root = json.RootElement;
            return root.TryGetProperty("callStatus", out var status) && status.ValueKind == JsonValueKind.String
                ? new VoiceCallFacts(Number(root, "callDuration"), status.GetString()!, Text(root, "ivr"), IsTrue(root, "sentResult"), Text(root, "cid"))
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static int Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static bool IsTrue(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
