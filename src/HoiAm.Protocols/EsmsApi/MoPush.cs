using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>A text that a person sent to a short code, pushed to the partner by GET (protocol A.9).</summary>
/// <param name="Sender">The person's number in any spelling; written in 84 form.</param>
/// <param name="Content">The whole text.</param>
/// <param name="ServiceNumber">The short code.</param>
/// <param name="Keyword">The text's first word.</param>
/// <param name="CpId">The partner.</param>
/// <param name="SmsId">Id of the text, unique.</param>
/// <param name="ReceivedAt">When it came.</param>
public sealed record MoPush(
    string Sender, string Content, string ServiceNumber, string Keyword, string CpId, string SmsId, DateTimeOffset ReceivedAt)
{
    /// <summary>
    /// The query in the documented order, names and casing, without a question mark:
    /// <c>sender&amp;content&amp;serviceNumber&amp;keyword&amp;sign&amp;cpid&amp;smsid&amp;receiverTime</c>.
    /// </summary>
    public string Query(string privateKey)
    {
        var time = ReceiverTime;
        var query = new StringBuilder();
        Add("sender", Sender.StartsWith('0') ? "84" + Sender[1..] : Sender.TrimStart('+'));
        Add("content", Content);
        Add("serviceNumber", ServiceNumber);
        Add("keyword", Keyword);
        Add("sign", Sign(privateKey, CpId, SmsId, Content, time));
        Add("cpid", CpId);
        Add("smsid", SmsId);
        Add("receiverTime", time);
        return query.ToString();

        void Add(string name, string value) =>
            query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    /// <summary>receiverTime: yyyyMMddHHmmss in Vietnam.</summary>
    public string ReceiverTime => ReceivedAt.ToOffset(TimeSpan.FromHours(7)).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    /// <summary>Base64 of the MD5 of the UTF-8 of the values, in their order, followed by the private key.</summary>
    /// <param name="privateKey">The partner's key; never logged.</param>
    /// <param name="values">For a push: cpid, smsid, content, receiverTime.</param>
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Security", "CA5351", Justification = "The documented signature is MD5; a partner checks exactly that.")]
    public static string Sign(string privateKey, params ReadOnlySpan<string> values) =>
        Convert.ToBase64String(MD5.HashData(Encoding.UTF8.GetBytes(string.Concat(string.Concat(values.ToArray()), privateKey))));
}

/// <summary>What the partner answers: the text that goes back to the person.</summary>
/// <param name="Message">The text.</param>
/// <param name="SmsId">The push it answers.</param>
/// <param name="Receiver">Who gets it.</param>
public sealed record MoReply(string Message, string SmsId, string Receiver)
{
    /// <summary>Longest reply that is read, in characters.</summary>
    public const int LengthMax = 16 * 1024;

    // The documented answer has one level below its root.
    private const int DepthMax = 8;

    private static readonly XmlReaderSettings s_xml = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>
    /// Reads <c>ClientResponse</c>; null when it is none. The documented sample closes Smsid with another tag: what was read before such a
    /// fault counts, if there is a message.
    /// </summary>
    public static MoReply? TryRead(string xml)
    {
        if (xml.Length > LengthMax)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            Read(xml, values);
        }
        catch (XmlException)
        {
            // The values found so far decide below.
        }

        return values.TryGetValue("Message", out var message)
            ? new MoReply(message, values.GetValueOrDefault("Smsid", ""), values.GetValueOrDefault("Receiver", ""))
            : null;
    }

    private static void Read(string xml, Dictionary<string, string> values)
    {
        using var source = new StringReader(xml.TrimStart('\uFEFF', ' ', '\r', '\n', '\t'));
        using var reader = XmlReader.Create(source, s_xml);
        if (reader.MoveToContent() != XmlNodeType.Element || !reader.LocalName.Equals("ClientResponse", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var element = "";
        while (reader.Read() && reader.Depth <= DepthMax)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                element = reader.LocalName;
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && element.Length > 0)
            {
                values[element] = values.GetValueOrDefault(element, "") + reader.Value.Trim();
            }
            else if (reader.NodeType == XmlNodeType.EndElement)
            {
                element = "";
            }
        }
    }
}
