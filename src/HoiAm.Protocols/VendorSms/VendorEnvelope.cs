using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HoiAm.Protocols.VendorSms;

/// <summary>Writes the answers to a vendor's report (protocol F.2, section G 61, 65; contract section 2), all in one envelope.</summary>
public static class VendorEnvelope
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The answer of HTTP 200: <c>data</c> echoes the accepted fields in the order and with the very JSON tokens that were received.
    /// Unknown fields are not echoed; of repeated ones only the last, which is the one that counted.
    /// </summary>
    /// <param name="receivedBody">The body that <see cref="VendorReportReader"/> accepted.</param>
    /// <param name="output">Where to.</param>
    public static void WriteSuccess(ReadOnlySpan<byte> receivedBody, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        receivedBody = VendorFields.WithoutMark(receivedBody);
        Span<Echo> echoes = stackalloc Echo[VendorFields.Count];
        var count = System.Text.Unicode.Utf8.IsValid(receivedBody) ? FindEchoes(receivedBody, echoes) : 0;
        output.Write("{\"code\":0,\"data\":{"u8);
        var first = true;
        foreach (ref readonly var echo in echoes[..count])
        {
            output.Write(first ? "\""u8 : ",\""u8);
            output.Write(receivedBody.Slice(echo.NameStart, echo.NameLength));
            output.Write("\":"u8);
            output.Write(receivedBody.Slice(echo.ValueStart, echo.ValueLength));
            first = false;
        }

        output.Write("},\"message\":\"success\",\"errors\":{},\"total_record\":0,\"current_page\":0}"u8);
    }

    /// <summary>An answer that is not 200: <c>code</c> is the HTTP status, <c>data</c> null, <c>errors</c> field → list of texts.</summary>
    /// <param name="httpStatus">400 to 599.</param>
    /// <param name="message">What was wrong and what is accepted.</param>
    /// <param name="errors">Null for none.</param>
    /// <param name="output">Where to.</param>
    public static void WriteError(
        int httpStatus, string message, IReadOnlyDictionary<string, string[]>? errors, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Utf8JsonWriter(output, s_options);
        writer.WriteStartObject();
        writer.WriteNumber("code"u8, httpStatus);
        writer.WriteNull("data"u8);
        writer.WriteString("message"u8, message);
        writer.WriteStartObject("errors"u8);
        foreach (var (field, texts) in errors ?? new Dictionary<string, string[]>())
        {
            writer.WriteStartArray(field);
            foreach (var text in texts)
            {
                writer.WriteStringValue(text);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteNumber("total_record"u8, 0);
        writer.WriteNumber("current_page"u8, 0);
        writer.WriteEndObject();
    }

    // Finds the last occurrence of each known field, in order of those occurrences. Nothing when the body is no JSON object.
    private static int FindEchoes(ReadOnlySpan<byte> body, Span<Echo> echoes)
    {
        // A repeated field leaves its place, so that the array never needs more rooms than there are fields.
        var count = 0;
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = VendorFields.DepthMax });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return 0;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = VendorFields.Find(in reader);
                var nameStart = (int)reader.TokenStartIndex + 1;
                var nameLength = reader.ValueSpan.Length;
                reader.Read();
                var valueStart = (int)reader.TokenStartIndex;
                reader.Skip();
                if (field is { } known)
                {
                    count = Drop(echoes[..count], known);
                    echoes[count++] = new Echo(known, nameStart, nameLength, valueStart, (int)reader.BytesConsumed - valueStart);
                }
            }

            return count;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    private static int Drop(Span<Echo> echoes, VendorField field)
    {
        for (var i = 0; i < echoes.Length; i++)
        {
            if (echoes[i].Field == field)
            {
                echoes[(i + 1)..].CopyTo(echoes[i..]);
                return echoes.Length - 1;
            }
        }

        return echoes.Length;
    }

    private readonly record struct Echo(VendorField Field, int NameStart, int NameLength, int ValueStart, int ValueLength);
}
