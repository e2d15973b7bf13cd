using System.Text.Json;

namespace HoiAm.Protocols.Upstream;

/// <summary>One row of the answer to a bulk send.</summary>
/// <param name="Code">Its result code.</param>
/// <param name="SmsId">Its SMSID; empty when refused.</param>
/// <param name="Phone">The phone as the upstream shows it.</param>
public readonly record struct UpstreamAnswerRow(string Code, string SmsId, string Phone);

/// <summary>What an eSMS-compatible provider answered (protocol C.3, D), as far as somebody between needs to know it.</summary>
public sealed class UpstreamAnswer
{
    /// <summary>CodeResult, CodeResponse, Code or Error; empty for <c>{"error":…}</c>.</summary>
    public required string Code { get; init; }

    /// <summary>SMSID; empty when absent. Not trimmed: it is opaque (protocol A.6).</summary>
    public required string SmsId { get; init; }

    /// <summary>Rows of a bulk answer, in order.</summary>
    public required IReadOnlyList<UpstreamAnswerRow> Rows { get; init; }

    /// <summary>True for 100.</summary>
    public bool IsSuccess => Code == "100";

    /// <summary>Reads an answer; null when it is not one: HTML, half a JSON, another JSON.</summary>
    public static UpstreamAnswer? Read(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            body = body[3..];
        }

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 32 });
            using var json = JsonDocument.ParseValue(ref reader);
            while (reader.Read())
            {
                return null;
            }

            return json.RootElement.ValueKind == JsonValueKind.Object ? Of(json.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static UpstreamAnswer? Of(JsonElement root)
    {
        var code = Text(root, "CodeResult") ?? Text(root, "CodeResponse") ?? Text(root, "Code") ?? Text(root, "Error");
        if (code is null)
        {
            return null;
        }

        // {"error":"Invalid request"} bears a sentence where others bear a number.
        var isNumber = code.Length is > 0 and < 8 && code.AsSpan().TrimStart('-').IndexOfAnyExceptInRange('0', '9') < 0;
        var rows = Find(root, "detail") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object)
                .Select(e => new UpstreamAnswerRow(Text(e, "CodeResult") ?? "", Text(e, "SMSID") ?? "", Text(e, "Phone") ?? "")).ToList()
            : [];
        return new UpstreamAnswer { Code = isNumber ? code : "", SmsId = Text(root, "SMSID") ?? Text(root, "SMSId") ?? "", Rows = rows };
    }

    private static string? Text(JsonElement root, string name) => Find(root, name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    private static JsonElement? Find(JsonElement root, string name)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return null;
    }
}
