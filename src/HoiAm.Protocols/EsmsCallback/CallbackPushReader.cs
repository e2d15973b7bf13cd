using System.Text;
using System.Text.Json;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.EsmsCallback;

/// <summary>What eSMS calls a customer's URL for (protocol A.1, A.8, A.9).</summary>
public enum PushKind : byte
{
    /// <summary>Nothing that is documented.</summary>
    Unknown = 0,

    /// <summary>The status of a message or call.</summary>
    Status = 1,

    /// <summary>A text that a person sent to a short code.</summary>
    ShortCode = 2,

    /// <summary>The result of a registration.</summary>
    Registration = 3,
}

/// <summary>A request to a customer's URL, read.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Status">The status callback; null for the other kinds.</param>
/// <param name="Raw">Query or body as received.</param>
/// <param name="Query">What can be passed on character for character, without a question mark; null when it came as JSON or has characters that no request line bears.</param>
/// <param name="Values">Decoded values by name, in any casing; of a repeated name the last.</param>
public sealed record CallbackPush(
    PushKind Kind, EsmsCallbackReading? Status, string Raw, string? Query, IReadOnlyDictionary<string, string> Values);

/// <summary>Reads what comes to a customer's URL: by GET or POST, as query, form or flat JSON, names in any casing and order. Never throws.</summary>
public static class CallbackPushReader
{
    /// <summary>What is accepted, one sentence for whoever calls with something else.</summary>
    public const string Accepted =
        "Accepted are eSMS status callbacks (SMSID or ReferenceId with SendStatus), short-code texts and registration results, by GET with a query or by POST with a query, a form or a flat JSON object.";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a request; its kind is <see cref="PushKind.Unknown"/> when it is none of the documented ones.</summary>
    /// <param name="query">The raw query, with or without its question mark.</param>
    /// <param name="body">The raw body; empty for GET.</param>
    public static CallbackPush Read(string? query, ReadOnlySpan<byte> body)
    {
        var line = query is ['?', ..] ? query[1..] : query ?? "";
        if (Text(body) is not { } text)
        {
            return new CallbackPush(PushKind.Unknown, null, line, null, new Dictionary<string, string>());
        }

        var isJson = text.StartsWith('{');
        if ((isJson ? Members(text) : Pairs(text)) is not { } members)
        {
            return new CallbackPush(PushKind.Unknown, null, text, null, new Dictionary<string, string>());
        }

        var all = Pairs(line).Concat(members).ToList();
        var passed = isJson ? null : line.Length == 0 ? text : text.Length == 0 ? line : $"{line}&{text}";
        var raw = isJson && line.Length > 0 ? $"{line}\n{text}" : isJson ? text : passed!;
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in all)
        {
            if (value.Length > 0 || !values.ContainsKey(name))
            {
                values[name] = value;
            }
        }

        var reading = isJson || text.Length > 0 ? EsmsCallbackReader.Read(all) : EsmsCallbackReader.Read(line);
        var kind = KindOf(values, reading);
        return new CallbackPush(
            kind, kind == PushKind.Status ? reading : null, raw, passed is not null && PercentCoding.IsRequestLineSafe(passed) ? passed : null, values);
    }

    // A short-code text has an smsid too, so it is looked for first.
    private static PushKind KindOf(Dictionary<string, string> values, EsmsCallbackReading reading)
    {
        if (values.ContainsKey("sender") && values.ContainsKey("content") && (values.ContainsKey("serviceNumber") || values.ContainsKey("receiverTime")))
        {
            return PushKind.ShortCode;
        }

        if (reading.IsRecognized && (values.ContainsKey("SendStatus") || values.ContainsKey("SentResult") || values.ContainsKey("CallStatus")))
        {
            return PushKind.Status;
        }

        return values.ContainsKey("ServicePreviewId")
            || ((values.ContainsKey("TempId") || values.ContainsKey("TemplateId")) && (values.ContainsKey("Result") || values.ContainsKey("Status")))
            ? PushKind.Registration
            : PushKind.Unknown;
    }

    private static string? Text(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            body = body[3..];
        }

        try
        {
            return s_utf8.GetString(body.Trim(" \t\r\n"u8));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static List<KeyValuePair<string, string>> Pairs(string text)
    {
        var found = new List<KeyValuePair<string, string>>();
        var pairs = new QueryPairs(text);
        while (pairs.MoveNext())
        {
            found.Add(new(PercentCoding.Decode(pairs.Name, plusIsBlank: true), PercentCoding.Decode(pairs.Value, plusIsBlank: true)));
        }

        return found;
    }

    private static List<KeyValuePair<string, string>>? Members(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 16, AllowTrailingCommas = true });
            return json.RootElement.ValueKind != JsonValueKind.Object ? null : [.. json.RootElement.EnumerateObject().Select(m => KeyValuePair.Create(
                m.Name, m.Value.ValueKind == JsonValueKind.Null ? "" : m.Value.ValueKind == JsonValueKind.String ? m.Value.GetString()! : m.Value.GetRawText()))];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
