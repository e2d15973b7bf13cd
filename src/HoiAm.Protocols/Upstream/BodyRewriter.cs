using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Protocols.Upstream;

/// <summary>Rewrites a body by what it is: JSON in place, a form pair by pair, XML element by element.</summary>
internal static class BodyRewriter
{
    private const string FormType = "application/x-www-form-urlencoded";
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The new body and its type; null when it cannot be rewritten.</summary>
    public static (byte[]? Body, string? ContentType) Rewrite(byte[] body, string? contentType, FieldEdit edit)
    {
        var trimmed = body.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? body[3..] : body;
        var first = trimmed.AsSpan().IndexOfAnyExcept(" \t\r\n\0"u8);
        try
        {
            return first < 0 ? (s_utf8.GetBytes(edit.AddMissing("")), FormType)
                : trimmed[first] == (byte)'{' ? (JsonSplice.Rewrite(trimmed, edit), contentType)
                : trimmed[first] == (byte)'<' ? (Xml(s_utf8.GetString(trimmed.AsSpan(first)), edit), contentType)
                : trimmed.AsSpan(first).StartsWith("--"u8) ? (Multipart(trimmed, contentType, edit), FormType)
                : (s_utf8.GetBytes(edit.AddMissing(edit.Pairs(s_utf8.GetString(trimmed.AsSpan(first)).TrimEnd('\r', '\n', '\0')))), contentType);
        }
        catch (Exception error) when (error is JsonException or XmlException or InvalidOperationException)
        {
            return (null, null);
        }
    }

    private static byte[] Xml(string text, FieldEdit edit)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        using var source = new StringReader(text.TrimEnd('\0'));
        using var reader = XmlReader.Create(source, settings);
        var document = XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        foreach (var element in document.Root!.Descendants().Where(e => !e.HasElements).ToList())
        {
            if (edit.Replace(element.Name.LocalName, string.IsNullOrWhiteSpace(element.Value)) is { } put)
            {
                element.Value = put;
            }
        }

        foreach (var (name, value) in edit.Missing().ToList())
        {
            // The documented elements are in capitals.
            document.Root.AddFirst(new XElement(document.Root.Name.Namespace + name.ToUpperInvariant(), value));
        }

        return s_utf8.GetBytes(document.Declaration + document.ToString(SaveOptions.DisableFormatting));
    }

    private static byte[]? Multipart(byte[] body, string? contentType, FieldEdit edit)
    {
        if (EsmsBody.Read(body, contentType) is not { } fields)
        {
            return null;
        }

        var pairs = fields.Nodes.Select(n => Uri.EscapeDataString(n.Key) + "=" + Uri.EscapeDataString((n.Value as ScalarNode)?.Text ?? ""));
        return s_utf8.GetBytes(edit.AddMissing(edit.Pairs(string.Join('&', pairs))));
    }
}
