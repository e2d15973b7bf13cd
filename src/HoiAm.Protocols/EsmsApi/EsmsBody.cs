using System.Text;
using System.Text.Json;
using System.Xml;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>
/// Turns a body into fields by what it is, not by what its content type says (protocol I 4): <c>{</c> is JSON, <c>&lt;</c> is XML,
/// a multipart boundary is a multipart form, everything else with an <c>=</c> is a form. Never throws on what a client sent.
/// </summary>
internal static class EsmsBody
{
    /// <summary>No documented request is deeper than six levels (the transaction payload).</summary>
    public const int DepthMax = 16;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly XmlReaderSettings s_xml = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        ConformanceLevel = ConformanceLevel.Document,
    };

    /// <summary>The fields; null when the body cannot be decoded. An empty body has no fields.</summary>
    public static EsmsFields? Read(ReadOnlySpan<byte> body, string? contentType)
    {
        try
        {
            return Decode(body, contentType);
        }
        catch (Exception e) when (e is JsonException or XmlException or DecoderFallbackException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads <c>a=1&amp;b=2</c>: a query without its question mark, or a form.</summary>
    public static EsmsFields ReadPairs(ReadOnlySpan<char> text)
    {
        var fields = new EsmsFields();
        if (text.StartsWith("?"))
        {
            text = text[1..];
        }

        while (!text.IsEmpty)
        {
            var end = text.IndexOf('&');
            var pair = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            var equals = pair.IndexOf('=');
            if (equals > 0)
            {
                fields.Set(Unescape(pair[..equals]).Trim(), ScalarNode.Of(Unescape(pair[(equals + 1)..])));
            }
        }

        return fields;
    }

    private static EsmsFields? Decode(ReadOnlySpan<byte> body, string? contentType)
    {
        if (body.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            body = body[3..];
        }

        body = body.Trim(" \t\r\n\0"u8);
        if (body.IsEmpty)
        {
            return new EsmsFields();
        }

        if (body[0] == (byte)'{')
        {
            return ReadJson(body);
        }

        var text = s_utf8.GetString(body);
        if (text[0] == '<')
        {
            return ReadXml(text);
        }

        if (text.StartsWith("--", StringComparison.Ordinal))
        {
            return MultipartForm.Read(text, contentType);
        }

        return text[0] != '[' && text.Contains('=', StringComparison.Ordinal) ? ReadPairs(text) : null;
    }

    private static EsmsFields? ReadJson(ReadOnlySpan<byte> body)
    {
        // Comments and trailing commas are written by people who try things out by hand.
        var options = new JsonReaderOptions { MaxDepth = DepthMax, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var reader = new Utf8JsonReader(body, options);
        reader.Read();
        var fields = ReadObject(ref reader, body);

        // Anything behind the object makes it no request.
        return reader.Read() ? null : fields;
    }

    private static EsmsFields ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        var fields = new EsmsFields();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!.Trim();
            reader.Read();
            fields.Set(name, ReadValue(ref reader, body));
        }

        return fields;
    }

    private static FieldNode ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var start = (int)reader.TokenStartIndex;
                var outer = reader.CurrentDepth == 1;
                var fields = ReadObject(ref reader, body);

                // Only a field of the request itself keeps its text (Payload): slicing every level would cost depth times size.
                return new ObjectNode(fields, outer ? s_utf8.GetString(body[start..(int)reader.BytesConsumed]) : "");
            case JsonTokenType.StartArray:
                var items = new List<FieldNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadValue(ref reader, body));
                }

                return new ListNode(items);
            case JsonTokenType.String:
                return ScalarNode.Of(reader.GetString()!);
            case JsonTokenType.Number:
                // The number's own text: ids of 19 digits do not survive a double.
                return ScalarNode.Of(s_utf8.GetString(reader.ValueSpan));
            case JsonTokenType.True:
                return ScalarNode.Of("true");
            case JsonTokenType.False:
                return new ScalarNode("false", IsAbsent: true);
            default:
                return new ScalarNode("", IsAbsent: true);
        }
    }

    // <RQST> with flat elements, and CONTACTS/CUSTOMER/PHONE, which become the list Phones (protocol C.2). An encoding declaration is
    // ignored: the text is decoded already.
    private static EsmsFields ReadXml(string text)
    {
        var fields = new EsmsFields();
        var phones = new List<FieldNode>();
        using var source = new StringReader(text);
        using var xml = XmlReader.Create(source, s_xml);
        xml.MoveToContent();
        var element = "";
        while (xml.Read())
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element when xml.Depth > EsmsBody.DepthMax:
                    throw new XmlException("The request is nested too deeply.");
                case XmlNodeType.Element:
                    element = xml.IsEmptyElement ? "" : xml.LocalName;
                    fields.Set(xml.LocalName, ScalarNode.Of(""));
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when element.Equals("PHONE", StringComparison.OrdinalIgnoreCase):
                    phones.Add(ScalarNode.Of(xml.Value.Trim()));
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when element.Length > 0:
                    fields.Set(element, ScalarNode.Of(fields.Text(element) + xml.Value));
                    break;
                case XmlNodeType.EndElement:
                    element = "";
                    break;
            }
        }

        if (phones.Count > 0)
        {
            fields.Set("Phones", new ListNode(phones));
        }

        return fields;
    }

    // A percent sign that starts no escape stays as it is: clients send "50% off" unencoded.
    private static string Unescape(ReadOnlySpan<char> text)
    {
        var plain = text.Contains('+') ? text.ToString().Replace('+', ' ') : text.ToString();
        return plain.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(plain) : plain;
    }
}
