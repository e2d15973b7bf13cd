using System.Text.Json;

namespace HoiAm.Server.Json;

/// <summary>Parses what a stranger sent. What the parser lets through and the first reader of a text would throw on is refused here, once.</summary>
internal static class JsonBody
{
    /// <summary>The document. Every text in it can be read.</summary>
    /// <exception cref="JsonException">It is no JSON, no UTF-8, too deep, or holds half of a surrogate pair.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, int depthMax)
    {
        // Windows' own tools write a byte order mark before UTF-8; it says nothing that is not known.
        if (body.Span.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        if (!System.Text.Unicode.Utf8.IsValid(body.Span))
        {
            throw new JsonException("The body is not valid UTF-8.");
        }

        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = depthMax });
        while (reader.Read())
        {
            if (reader.ValueIsEscaped && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !IsWhole(in reader))
            {
                throw new JsonException("A text holds half of a surrogate pair.");
            }
        }

        return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = depthMax });
    }

    private static bool IsWhole(ref readonly Utf8JsonReader reader)
    {
        try
        {
            _ = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
