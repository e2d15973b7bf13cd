using System.Globalization;
using HoiAm.Model;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.ErrorInfos;

/// <summary>
/// The three documented forms of <c>error_info</c> (protocol A.3), as they are before the query's own percent-encoding and after a web
/// framework has taken that off again:
/// <list type="bullet">
/// <item>24, 25: a JSON string literal that holds the JSON object;</item>
/// <item>25 by UID, and every kind in the plain profile: the JSON object itself;</item>
/// <item>26, 27: the object encoded once more, the reserved characters left bare, followed by <c>____dd/MM/yyyy HH:mm:ss</c>.</item>
/// </list>
/// </summary>
public static class ErrorInfoCodec
{
    private const string TimeMark = "____";

    /// <summary>The value to put into a form or JSON body, or to percent-encode into a query.</summary>
    /// <param name="json">Zalo's result as plain JSON; empty gives an empty value in every kind.</param>
    /// <param name="time">Local time for kinds 26 and 27; without one they end with the JSON.</param>
    /// <param name="kind">Decides the form.</param>
    /// <param name="profile"><see cref="CallbackProfile.Plain"/> overrides the kind.</param>
    public static string Encode(string json, DateTime? time, MessageKind kind, CallbackProfile profile)
    {
        ArgumentNullException.ThrowIfNull(json);
        var builder = new TextBuilder(stackalloc char[512]);
        try
        {
            Encode(ref builder, json, time, kind, profile);
            return builder.ToString();
        }
        finally
        {
            builder.Dispose();
        }
    }

    /// <summary>
    /// Reads any of the forms, and text that is none of them. Never throws: what cannot be parsed comes back as
    /// <see cref="ErrorInfoReading.Text"/> with <see cref="ErrorInfoReading.Parsed"/> false.
    /// </summary>
    /// <param name="onceDecoded">The value after the web framework's decoding; a raw, unencoded value does as well.</param>
    public static ErrorInfoReading Decode(ReadOnlySpan<char> onceDecoded)
    {
        if (onceDecoded.IsWhiteSpace())
        {
            return ErrorInfoReading.Empty;
        }

        // Step 1: a second decoding, only where the first one left a sure sign of it. A message may hold a literal percent sign.
        var text = onceDecoded;
        if (IsStillEncoded(text))
        {
            text = PercentCoding.Decode(text, plusIsBlank: false);
        }

        // Step 2: out of the JSON string literal.
        text = text.Trim();
        if (text is ['"', .., '"'] && LeadingJson.Unquote(text) is { } content)
        {
            text = content;
        }

        // Step 3: the time behind the last four underscores, if it is one.
        DateTime? time = null;
        var mark = text.LastIndexOf(TimeMark);
        if (mark >= 0 && ReadTail(text[(mark + TimeMark.Length)..]) is { } tail)
        {
            time = tail;
            text = text[..mark];
        }

        // Step 4: the longest leading JSON value.
        return LeadingJson.Read(text, time);
    }

    internal static void Encode(ref TextBuilder to, string json, DateTime? time, MessageKind kind, CallbackProfile profile)
    {
        if (json.Length == 0)
        {
            return;
        }

        if (profile == CallbackProfile.Plain || kind is not (
            MessageKind.Zns or MessageKind.ZnsPriority or MessageKind.ZaloFollower or MessageKind.ZnsJourney))
        {
            to.Append(json);
            return;
        }

        if (kind is MessageKind.Zns or MessageKind.ZnsPriority)
        {
            AppendLiteral(ref to, json);
            return;
        }

        PercentCoding.AppendUriEscaped(ref to, json);
        if (time is { } local)
        {
            to.Append(TimeMark);
            // The blank is encoded together with the JSON, that is twice on the wire.
            to.Append(local, "dd/MM/yyyy");
            to.Append("%20");
            to.Append(local, "HH:mm:ss");
        }
    }

    private static void AppendLiteral(ref TextBuilder to, ReadOnlySpan<char> text)
    {
        to.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"' or '\\':
                    to.Append('\\');
                    to.Append(c);
                    break;
                case '\n':
                    to.Append("\\n");
                    break;
                case '\r':
                    to.Append("\\r");
                    break;
                case '\t':
                    to.Append("\\t");
                    break;
                case < ' ':
                    to.Append("\\u00");
                    to.Append(TextBuilder.HexDigit(c >> 4));
                    to.Append(TextBuilder.HexDigit(c & 15));
                    break;
                default:
                    to.Append(c);
                    break;
            }
        }

        to.Append('"');
    }

    private static bool IsStillEncoded(ReadOnlySpan<char> text)
    {
        if (text.Contains('{'))
        {
            return false;
        }

        if (text.Contains("%7B", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // A result that is no object has no brace; then the blank inside the appended time gives the encoding away.
        var mark = text.LastIndexOf(TimeMark);
        return mark >= 0 && text[mark..].Contains("%20", StringComparison.Ordinal);
    }

    private static DateTime? ReadTail(ReadOnlySpan<char> text) =>
        DateTime.TryParseExact(text.Trim(), WireTime.TailFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
