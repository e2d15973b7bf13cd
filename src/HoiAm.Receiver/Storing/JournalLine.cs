using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace HoiAm.Receiver.Storing;

/// <summary>What a line of the journal says.</summary>
internal enum JournalMark : byte
{
    /// <summary>A callback was kept.</summary>
    Kept,

    /// <summary>It was handled.</summary>
    Done,

    /// <summary>It was set aside.</summary>
    Aside,

    /// <summary>It waits again.</summary>
    Back,
}

/// <summary>
/// One line: eight hexadecimal digits of a checksum, a blank, JSON, a line feed. Text, so that anybody can read the journal with what every
/// machine has; the checksum tells a line that was torn by a power cut from one that is whole.
/// </summary>
internal static class JournalLine
{
    private const int SumLength = 8;

    public static void Write(IBufferWriter<byte> output, JournalMark mark, string id, KeptCallback? callback)
    {
        var json = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("mark"u8, Name(mark));
            writer.WriteString("id"u8, id);
            if (callback is not null)
            {
                WriteCallback(writer, callback);
            }

            writer.WriteEndObject();
        }

        Span<byte> sum = stackalloc byte[SumLength];
        Sum(json.WrittenSpan, sum);
        output.Write(sum);
        output.Write(" "u8);
        output.Write(json.WrittenSpan);
        output.Write("\n"u8);
    }

    /// <summary>Reads a line without its line feed; false when it is not whole.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> line, out JournalMark mark, out string id, out KeptCallback? callback)
    {
        (mark, id, callback) = (default, "", null);
        Span<byte> sum = stackalloc byte[SumLength];
        if (line.Length <= SumLength + 1)
        {
            return false;
        }

        var json = line[(SumLength + 1)..];
        Sum(json.Span, sum);
        if (!sum.SequenceEqual(line.Span[..SumLength]))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            id = root.GetProperty("id").GetString()!;
            var known = Mark(root.GetProperty("mark").GetString());
            mark = known ?? default;
            callback = known == JournalMark.Kept ? ReadCallback(root, id) : null;
            return known is not null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // The checksum holds, so somebody wrote this: a newer version, or a hand.
            return false;
        }
    }

    private static void WriteCallback(Utf8JsonWriter writer, KeptCallback callback)
    {
        writer.WriteString("at"u8, callback.ReceivedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        if (callback.ContentType is { } type)
        {
            writer.WriteString("type"u8, type);
            writer.WriteBase64String("body"u8, callback.Body.Span);
        }
        else
        {
            writer.WriteString("query"u8, callback.Query);
        }

        if (callback.EventTime.Length > 0)
        {
            writer.WriteString("event"u8, callback.EventTime);
        }

        if (callback.SenderAttempt is { } attempt)
        {
            writer.WriteNumber("attempt"u8, attempt);
        }
    }

    private static KeptCallback ReadCallback(JsonElement root, string id) => new()
    {
        Id = id,
        ReceivedAt = root.GetProperty("at").GetDateTimeOffset(),
        Query = root.TryGetProperty("query", out var query) ? query.GetString()! : "",
        ContentType = root.TryGetProperty("type", out var type) ? type.GetString() : null,
        Body = root.TryGetProperty("body", out var body) ? body.GetBytesFromBase64() : default,
        EventTime = root.TryGetProperty("event", out var time) ? time.GetString()! : "",
        SenderAttempt = root.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : null,
    };

    private static string Name(JournalMark mark) => mark switch
    {
        JournalMark.Kept => "kept",
        JournalMark.Done => "done",
        JournalMark.Aside => "aside",
        _ => "back",
    };

    private static JournalMark? Mark(string? name) => name switch
    {
        "kept" => JournalMark.Kept,
        "done" => JournalMark.Done,
        "aside" => JournalMark.Aside,
        "back" => JournalMark.Back,
        _ => null,
    };

    private static void Sum(ReadOnlySpan<byte> json, Span<byte> hex)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json, hash);
        for (var i = 0; i < SumLength / 2; i++)
        {
            hash[i].TryFormat(hex[(2 * i)..], out _, "x2", CultureInfo.InvariantCulture);
        }
    }
}
