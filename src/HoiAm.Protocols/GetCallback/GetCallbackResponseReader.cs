using System.Globalization;
using System.Text.Json;
using HoiAm.Protocols.EsmsCallback;

namespace HoiAm.Protocols.GetCallback;

/// <summary>One message of an answer that was read.</summary>
/// <param name="Callback">Facts, outcome and decoded ErrorInfo, as from a callback.</param>
/// <param name="CallbackUrl">The customer's URL as eSMS shows it.</param>
public sealed record GetCallbackAnswerItem(EsmsCallbackReading Callback, string CallbackUrl);

/// <summary>An answer that was read.</summary>
public sealed record GetCallbackAnswer
{
    /// <summary>False when the body is no such answer at all.</summary>
    public required bool Parsed { get; init; }

    /// <summary>100 for success; 0 when there was none.</summary>
    public int Code { get; init; }

    /// <summary>eSMS's text; when <see cref="Parsed"/> is false, what is wrong with the body.</summary>
    public string Message { get; init; } = "";

    /// <summary>The messages in the given order.</summary>
    public IReadOnlyList<GetCallbackAnswerItem> Items { get; init; } = [];
}

/// <summary>
/// Reads answers of GetCallback for a client (protocol B.3, B.4): numbers as numbers or as text, nulls, names in any casing, text behind
/// the JSON of <c>ErrorInfo</c>. Never throws.
/// </summary>
public static class GetCallbackResponseReader
{
    // Member of the answer → parameter of the callback with the same meaning.
    private static readonly Dictionary<string, string> s_pushNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ErrorInfo"] = "error_info",
        ["ZnsTempId"] = "tempid",
    };

    /// <summary>Reads one answer.</summary>
    /// <param name="body">UTF-8, with or without a byte order mark.</param>
    public static GetCallbackAnswer Read(ReadOnlySpan<byte> body)
    {
        body = body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body;
        if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            return new GetCallbackAnswer { Parsed = false, Message = "The body is not valid UTF-8." };
        }

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { AllowTrailingCommas = true, MaxDepth = 16 });
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? ReadAnswer(document.RootElement)
                : new GetCallbackAnswer { Parsed = false, Message = "The body is not a JSON object." };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new GetCallbackAnswer { Parsed = false, Message = "The body is not valid JSON." };
        }
    }

    private static GetCallbackAnswer ReadAnswer(JsonElement root)
    {
        var code = 0;
        var message = "";
        var hasCode = false;
        var items = new List<GetCallbackAnswerItem>();
        foreach (var member in root.EnumerateObject())
        {
            if (Is(member, "Code"))
            {
                hasCode = int.TryParse(Scalar(member.Value), NumberStyles.Integer, CultureInfo.InvariantCulture, out code);
            }
            else if (Is(member, "Message"))
            {
                message = Scalar(member.Value);
            }
            else if (Is(member, "Data_callback") && member.Value.ValueKind == JsonValueKind.Array)
            {
                items.AddRange(member.Value.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Select(ReadItem));
            }
        }

        return hasCode
            ? new GetCallbackAnswer { Parsed = true, Code = code, Message = message, Items = items }
            : new GetCallbackAnswer { Parsed = false, Message = "The body has no Code." };
    }

    private static GetCallbackAnswerItem ReadItem(JsonElement element)
    {
        // The members are those of the push under partly other names, so the push's own reader does the rest.
        var pairs = new List<KeyValuePair<string, string>>();
        var callbackUrl = "";
        foreach (var member in element.EnumerateObject())
        {
            if (Is(member, "CallbackUrl"))
            {
                callbackUrl = Scalar(member.Value);
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                pairs.Add(new(s_pushNames.GetValueOrDefault(member.Name, member.Name), Scalar(member.Value)));
            }
        }

        return new GetCallbackAnswerItem(EsmsCallbackReader.Read(pairs), callbackUrl);
    }

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    private static bool Is(JsonProperty member, string name) => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
