using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HoiAm.Protocols.ErrorInfos;

/// <summary>Reads the JSON value that a text begins with and keeps what follows it apart (protocol B.4).</summary>
internal static class LeadingJson
{
    private const int DepthMax = 16;

    /// <summary>The content of a JSON string literal; null when the text is none.</summary>
    public static string? Unquote(ReadOnlySpan<char> literal)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(literal.Length));
        try
        {
            var reader = new Utf8JsonReader(buffer.AsSpan(0, Encoding.UTF8.GetBytes(literal, buffer)));
            return reader.Read() && reader.TokenType == JsonTokenType.String && reader.BytesConsumed == Encoding.UTF8.GetByteCount(literal)
                ? reader.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what an escaped half of a surrogate pair gives.
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads the leading object, or a text that is a bare integer code and nothing else.</summary>
    public static ErrorInfoReading Read(ReadOnlySpan<char> text, DateTime? time)
    {
        var trimmed = text.Trim();
        if (int.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code))
        {
            var bare = trimmed.ToString();
            return new ErrorInfoReading { Error = code, Json = bare, Text = bare, Time = time, Parsed = true };
        }

        var whole = text.ToString();
        if (trimmed is not ['{', ..])
        {
            return new ErrorInfoReading { Message = whole, Text = whole, Time = time };
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var utf8 = buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
            return ReadObject(utf8, whole, time);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new ErrorInfoReading { Message = whole, Text = whole, Time = time };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ErrorInfoReading ReadObject(ReadOnlySpan<byte> utf8, string whole, DateTime? time)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DepthMax });
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        int? error = null, status = null;
        string? message = null, messageId = null, userId = null, deliveryTime = null, dataMessage = null;
        var inData = false;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0))
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                inData = false;
                continue;
            }

            var name = reader.GetString() ?? "";
            reader.Read();
            if (!inData && reader.TokenType == JsonTokenType.StartObject && Is(name, "data"))
            {
                inData = true;
                continue;
            }

            var value = Scalar(ref reader);
            switch (inData)
            {
                case false when Is(name, "error"):
                    error = Integer(value);
                    break;
                case false when Is(name, "message"):
                    message = value;
                    break;
                case true when Is(name, "message_id"):
                    messageId = value;
                    break;
                case true when Is(name, "user_id"):
                    userId = value;
                    break;
                case true when Is(name, "delivery_time"):
                    deliveryTime = value;
                    break;
                case true when Is(name, "message"):
                    dataMessage = value;
                    break;
                case true when Is(name, "status"):
                    status = Integer(value);
                    break;
            }
        }

        var end = (int)reader.BytesConsumed;
        var trailing = Encoding.UTF8.GetString(utf8[end..]);
        return new ErrorInfoReading
        {
            Error = error,
            Message = message ?? "",
            MessageId = messageId,
            UserId = userId,
            DeliveryTime = deliveryTime,
            DataMessage = dataMessage,
            Status = status,
            Json = Encoding.UTF8.GetString(utf8[start..end]),
            Time = time,
            TrailingText = string.IsNullOrWhiteSpace(trailing) ? null : trailing,
            Text = whole,
            Parsed = true,
        };
    }

    // A scalar as text, null for null; objects and arrays of unknown members are passed over.
    private static string? Scalar(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            default:
                reader.Skip();
                return null;
        }
    }

    private static bool Is(string name, string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static int? Integer(string? text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
