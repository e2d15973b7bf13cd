using System.Globalization;
using System.Text;
using System.Text.Json;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>
/// The fields of one call on their way out. Flat ones can become JSON, a query, a form or XML; nested ones exist in JSON only. Absent
/// values are left out: nothing on the wire means the same as an empty text (protocol I 3), and is what the samples do.
/// </summary>
internal sealed class WireFields
{
    private readonly List<KeyValuePair<string, string>> _flat = [];
    private readonly List<(string Name, Action<Utf8JsonWriter> Write)> _nested = [];

    public WireFields Add(string name, string value)
    {
        if (value.Length > 0)
        {
            _flat.Add(new(name, value));
        }

        return this;
    }

    public WireFields Flag(string name, bool value) => value ? Add(name, "1") : this;

    public WireFields Nest(string name, Action<Utf8JsonWriter> write)
    {
        _nested.Add((name, write));
        return this;
    }

    public WireFields List(string name, IEnumerable<string> items) => Nest(name, json =>
    {
        json.WriteStartArray();
        foreach (var item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    });

    public byte[] ToJson() => EsmsJson.Write(WriteMembers);

    public void WriteObject(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>For a query and a form alike: blanks are <c>%20</c>, which both read.</summary>
    public string ToPairs()
    {
        var text = new TextBuilder(stackalloc char[512]);
        try
        {
            foreach (var (name, value) in _flat)
            {
                if (!text.Written.IsEmpty)
                {
                    text.Append('&');
                }

                PercentCoding.AppendEscaped(ref text, name);
                text.Append('=');
                PercentCoding.AppendEscaped(ref text, value);
            }

            return text.ToString();
        }
        finally
        {
            text.Dispose();
        }
    }

    /// <summary>The <c>RQST</c> of protocol C.2: upper-case names, receivers as CONTACTS/CUSTOMER/PHONE.</summary>
    public byte[] ToXml(IEnumerable<string> phones)
    {
        var xml = new StringBuilder("<RQST>");
        foreach (var (name, value) in _flat)
        {
            var element = name.ToUpperInvariant();
            xml.Append(CultureInfo.InvariantCulture, $"<{element}>{Escape(value)}</{element}>");
        }

        xml.Append("<CONTACTS>");
        foreach (var phone in phones)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<CUSTOMER><PHONE>{Escape(phone)}</PHONE></CUSTOMER>");
        }

        return Encoding.UTF8.GetBytes(xml.Append("</CONTACTS></RQST>").ToString());
    }

    // Only what the two marks of XML need, and no character that XML 1.0 cannot carry: a text with one would make the whole call unreadable.
    private static string Escape(string text)
    {
        var kept = new string([.. text.Where((c, i) => IsXml(text, c, i))]);
        return kept.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\r", "&#13;", StringComparison.Ordinal);
    }

    private static bool IsXml(string text, char c, int i) => c switch
    {
        '\t' or '\n' or '\r' => true,
        < ' ' or '\uFFFE' or '\uFFFF' => false,
        _ when char.IsHighSurrogate(c) => i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]),
        _ when char.IsLowSurrogate(c) => i > 0 && char.IsHighSurrogate(text[i - 1]),
        _ => true,
    };

    private void WriteMembers(Utf8JsonWriter json)
    {
        foreach (var (name, value) in _flat)
        {
            json.WriteString(name, value);
        }

        foreach (var (name, write) in _nested)
        {
            json.WritePropertyName(name);
            write(json);
        }
    }
}
