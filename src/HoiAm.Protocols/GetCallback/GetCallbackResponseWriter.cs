using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using HoiAm.Model;

namespace HoiAm.Protocols.GetCallback;

/// <summary>One message of an answer: what its callback would say now, and where that callback goes.</summary>
/// <param name="Facts">The message's facts. A state that is not final is allowed.</param>
/// <param name="CallbackUrl">The customer's URL as given in the send call.</param>
public sealed record GetCallbackItem(CallbackFacts Facts, string CallbackUrl);

/// <summary>
/// Writes answers (protocol B.3, section G 11, 13 to 17; contract section 2): members, order and types of the documented sample. Numbers
/// are numbers, <c>TotalPrice</c> keeps a decimal place, <c>RequestId</c> is null when there is none.
/// </summary>
public static class GetCallbackResponseWriter
{
    // The documented answer shows quotes as \" and leaves everything else readable.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <c>Code</c> 100 with the items in the given order.</summary>
    public static void Write(IReadOnlyList<GetCallbackItem> items, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Utf8JsonWriter(output, s_options);
        Begin(writer, 100, "Success");
        foreach (var item in items)
        {
            WriteItem(writer, item.Facts, item.CallbackUrl);
        }

        End(writer);
    }

    /// <summary>Writes an answer that is no success: the same shape with an empty list. See <see cref="GetCallbackErrors"/>.</summary>
    public static void WriteError(int code, string message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Utf8JsonWriter(output, s_options);
        Begin(writer, code, message);
        End(writer);
    }

    private static void Begin(Utf8JsonWriter writer, int code, string message)
    {
        writer.WriteStartObject();
        writer.WriteNumber("Code"u8, code);
        writer.WriteString("Message"u8, message);
        writer.WriteStartArray("Data_callback"u8);
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteItem(Utf8JsonWriter writer, CallbackFacts facts, string callbackUrl)
    {
        // The page knows only 2 (waiting) and 5 (finished): 1, 2, 7 become 2 with zero counters, 4 becomes 5 with all failed.
        var rejected = facts.SendStatus == SendStatus.Rejected;
        var final = rejected || facts.SendStatus == SendStatus.Finished;
        writer.WriteStartObject();
        writer.WriteString("SMSID"u8, facts.SmsId);
        writer.WriteNumber("SendFailed"u8, rejected ? facts.TotalReceiver : final ? facts.SendFailed : 0);
        writer.WriteNumber("SendSuccess"u8, final && !rejected ? facts.SendSuccess : 0);
        writer.WriteNumber("SendStatus"u8, final ? 5 : 2);
        WritePrice(writer, facts.TotalPrice);
        writer.WriteNumber("TotalReceiver"u8, facts.TotalReceiver);
        writer.WriteNumber("TotalSent"u8, final ? facts.TotalSent : 0);
        WriteText(writer, "RequestId"u8, facts.RequestId.Length == 0 ? null : facts.RequestId);
        writer.WriteNumber("TypeId"u8, facts.Kind.TypeId());
        writer.WriteNumber("Telcoid"u8, facts.Kind == MessageKind.ZnsByUid ? 9 : facts.TelcoId);
        writer.WriteString("PhoneNumber"u8, facts.PhoneNumber);
        writer.WriteString("CallbackUrl"u8, callbackUrl);
        var zalo = facts.Kind.IsZalo();
        WriteText(writer, "Partnerids"u8, zalo ? facts.PartnerIds : null);
        WriteText(writer, "ErrorInfo"u8, zalo ? facts.ErrorInfo : null);
        WriteText(writer, "OAId"u8, zalo ? facts.OaId : null);
        var hasTemplate = zalo && facts.Kind is not (MessageKind.ZaloFollower or MessageKind.ZnsJourney);
        WriteText(writer, "ZnsTempId"u8, hasTemplate || facts.TempId.Length != 0 ? facts.TempId : null);
        writer.WriteEndObject();
    }

    private static void WritePrice(Utf8JsonWriter writer, decimal price)
    {
        Span<byte> text = stackalloc byte[64];
        price.TryFormat(text, out var written, "0.0###", CultureInfo.InvariantCulture);
        writer.WritePropertyName("TotalPrice"u8);
        writer.WriteRawValue(text[..written], skipInputValidation: true);
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteString(name, text);
        }
    }
}
