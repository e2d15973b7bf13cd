using System.Text;
using System.Text.Json;

namespace HoiAm.Protocols.GetCallback;

/// <summary>
/// Reads a request (protocol B.1, section G 11, 12 and I). Names in any casing, scalars as text, number or boolean; <c>ListRefid</c> as
/// array or as one text with ids separated by commas, semicolons or line ends. Never throws.
/// </summary>
public static class GetCallbackRequestReader
{
    private const string Accepted =
        "Accepted is a JSON object with ApiKey, SecretKey, ListRefid (an array of SMSIDs) and OAId (optional).";

    private const int DepthMax = 16;

    /// <summary>Reads one request.</summary>
    /// <param name="body">UTF-8, with or without a byte order mark.</param>
    public static GetCallbackRequestReading Read(ReadOnlySpan<byte> body)
    {
        body = body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body;
        var draft = default(Draft);
        if (body.Trim(" \t\r\n"u8).IsEmpty)
        {
            draft.Error = "The body is empty.";
        }
        else if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            draft.Error = "The body is not valid UTF-8.";
        }
        else
        {
            ReadBody(ref draft, body);
        }

        draft.Error ??= draft.RefIds is null ? "ListRefid is missing." : null;
        var request = new GetCallbackRequest(draft.ApiKey ?? "", draft.SecretKey ?? "", draft.RefIds ?? [], draft.OaId);
        return new GetCallbackRequestReading(request, draft.Error is null ? null : $"{draft.Error} {Accepted}");
    }

    private static void ReadBody(ref Draft draft, ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax, AllowTrailingCommas = true });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                draft.Error = "The body is not a JSON object.";
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString() ?? "";
                reader.Read();
                ReadField(ref draft, name, ref reader);
            }

            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what an escaped half of a surrogate pair gives.
            draft.Error = "The body is not valid JSON.";
        }
    }

    private static void ReadField(ref Draft draft, string name, ref Utf8JsonReader reader)
    {
        if (Is(name, "ApiKey"))
        {
            draft.ApiKey = Scalar(ref reader);
        }
        else if (Is(name, "SecretKey"))
        {
            draft.SecretKey = Scalar(ref reader);
        }
        else if (Is(name, "OAId"))
        {
            draft.OaId = Scalar(ref reader);
        }
        else if (Is(name, "ListRefid"))
        {
            ReadList(ref draft, ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private static void ReadList(ref Draft draft, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            var ids = new List<string>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    reader.Skip();
                    draft.Error = "ListRefid holds something that is no SMSID.";
                }
                else if (Scalar(ref reader) is { } id)
                {
                    // Compared exactly, so nothing is trimmed (protocol A.6).
                    ids.Add(id);
                }
            }

            draft.RefIds = ids;
        }
        else if (reader.TokenType is JsonTokenType.StartObject)
        {
            reader.Skip();
            draft.Error = "ListRefid is an object.";
        }
        else
        {
            draft.RefIds = Scalar(ref reader) is { } text
                ? text.Split([',', ';', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                : null;
        }
    }

    // Null, "" and false mean absent (protocol I 3).
    private static string? Scalar(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString() is { Length: > 0 } text ? text : null;
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            case JsonTokenType.True:
                return "true";
            default:
                reader.Skip();
                return null;
        }
    }

    private static bool Is(string name, string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private ref struct Draft
    {
        public string? ApiKey;
        public string? SecretKey;
        public string? OaId;
        public IReadOnlyList<string>? RefIds;
        public string? Error;
    }
}
