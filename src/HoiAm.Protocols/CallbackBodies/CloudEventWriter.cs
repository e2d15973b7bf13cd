using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using HoiAm.Model;
using HoiAm.Protocols.Codes;
using HoiAm.Protocols.ErrorInfos;

namespace HoiAm.Protocols.CallbackBodies;

/// <summary>
/// Writes a status callback as a CloudEvent 1.0 in structured JSON mode, with everything decoded: outcome, carrier, Zalo's code with its
/// name and class, times. The shape of <c>data</c> is in <c>docs/schemas/message-status.json</c>.
/// </summary>
public static class CloudEventWriter
{
    /// <summary>The event's <c>type</c>; a change that receivers could stumble over gets a new one.</summary>
    public const string EventType = "hoiam.message.status.v1";

    /// <summary>The event's <c>dataschema</c>, the <c>$id</c> of the schema.</summary>
    public const string DataSchema = "urn:hoiam:schema:message-status:1";

    /// <summary>The media type of the body.</summary>
    public const string MediaType = "application/cloudevents+json";

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The event as JSON in UTF-8.</summary>
    public static byte[] Write(MessageEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("specversion", "1.0");
            writer.WriteString("id", e.CallbackId);
            writer.WriteString("source", e.Source);
            writer.WriteString("type", EventType);
            writer.WriteString("subject", e.Facts.SmsId);
            writer.WriteString("time", Time(e.OccurredAt));
            writer.WriteString("datacontenttype", "application/json");
            writer.WriteString("dataschema", DataSchema);
            writer.WriteStartObject("data");
            WriteMessage(writer, e);
            WriteOutcome(writer, e);
            WriteRecipient(writer, e.Facts);
            WriteZalo(writer, e.Facts);
            WriteCall(writer, e.Facts.Voice);
            writer.WriteString("createdAt", Time(e.CreatedAt));
            writer.WriteString("occurredAt", Time(e.OccurredAt));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>RFC 3339 in UTC with milliseconds.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A name of ours as it stands in JSON: camelCase.</summary>
    internal static string Word(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static void WriteMessage(Utf8JsonWriter writer, MessageEvent e)
    {
        writer.WriteString("callbackId", e.CallbackId);
        writer.WriteString("smsId", e.Facts.SmsId);
        writer.WriteNumber("leg", e.Leg);
        writer.WriteString("account", e.Account);
        Text(writer, "requestId", e.Facts.RequestId);
        Text(writer, "switchSmsId", e.Facts.SwitchSmsId);
        writer.WriteString("kind", Word(e.Facts.Kind.ToString()));
        if (e.Facts.Kind == MessageKind.VoiceCall)
        {
            writer.WriteNull("typeId");
        }
        else
        {
            writer.WriteNumber("typeId", e.Facts.Kind.TypeId());
        }
    }

    private static void WriteOutcome(Utf8JsonWriter writer, MessageEvent e)
    {
        writer.WriteString("outcome", e.Outcome.Word());
        writer.WriteBoolean("final", e.Outcome.IsFinal());
        writer.WriteBoolean("presumed", e.Presumed);
        writer.WriteBoolean("seen", e.Seen);
        writer.WriteNumber("sendStatus", (int)e.Facts.SendStatus);
        writer.WriteStartObject("counts");
        writer.WriteNumber("receivers", e.Facts.TotalReceiver);
        writer.WriteNumber("sent", e.Facts.TotalSent);
        writer.WriteNumber("succeeded", e.Facts.SendSuccess);
        writer.WriteNumber("failed", e.Facts.SendFailed);
        writer.WriteEndObject();
        writer.WriteStartObject("price");
        writer.WritePropertyName("amount");
        writer.WriteRawValue(e.Facts.TotalPrice.ToString("F4", CultureInfo.InvariantCulture));
        writer.WriteString("currency", "VND");
        writer.WriteEndObject();
    }

    private static void WriteRecipient(Utf8JsonWriter writer, CallbackFacts facts)
    {
        if (facts.PhoneNumber.Length == 0)
        {
            writer.WriteNull("recipient");
        }
        else
        {
            writer.WriteStartObject("recipient");
            writer.WriteString("address", facts.PhoneNumber);
            var known = RecipientAddress.Normalize(facts.PhoneNumber, out var form) is not null;
            Text(writer, "form", known ? Word(form.ToString()) : "");
            writer.WriteEndObject();
        }

        if (facts.TelcoId is >= 1 and <= 7)
        {
            writer.WriteStartObject("telco");
            writer.WriteNumber("id", facts.TelcoId);
            writer.WriteString("name", TelcoNames.Name(facts.TelcoId));
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("telco");
        }
    }

    private static void WriteZalo(Utf8JsonWriter writer, CallbackFacts facts)
    {
        if (!facts.Kind.IsZalo())
        {
            writer.WriteNull("zalo");
            Text(writer, "errorInfo", facts.ErrorInfo);
            return;
        }

        var info = ErrorInfoCodec.Decode(facts.ErrorInfo);
        writer.WriteStartObject("zalo");
        if (info.Error is { } code)
        {
            var known = ZaloResultCodes.Find(code);
            writer.WriteNumber("code", code);
            writer.WriteString("name", known.English);
            writer.WriteString("class", Word(known.RetryClass.ToString()));
        }
        else
        {
            writer.WriteNull("code");
            writer.WriteNull("name");
            writer.WriteNull("class");
        }

        Text(writer, "message", info.Message);
        Text(writer, "messageId", facts.PartnerIds);
        Text(writer, "userId", info.UserId);
        Text(writer, "deliveredAt", Delivered(info));
        Text(writer, "oaId", facts.OaId);
        Text(writer, "templateId", facts.TempId);
        writer.WriteEndObject();
        Text(writer, "errorInfo", facts.ErrorInfo);
    }

    private static void WriteCall(Utf8JsonWriter writer, VoiceCallFacts? call)
    {
        if (call is null)
        {
            writer.WriteNull("call");
            return;
        }

        writer.WriteStartObject("call");
        writer.WriteNumber("durationSeconds", call.CallDuration);
        Text(writer, "status", call.CallStatus);
        Text(writer, "keyPressed", call.Ivr);
        writer.WriteBoolean("succeeded", call.SentResult);
        Text(writer, "callerId", call.CallerId);
        writer.WriteEndObject();
    }

    // Zalo writes milliseconds since 1970 as text.
    private static string? Delivered(ErrorInfoReading info) =>
        long.TryParse(info.DeliveryTime, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms is > 0 and < 4_102_444_800_000
            ? Time(DateTimeOffset.FromUnixTimeMilliseconds(ms))
            : null;

    private static void Text(Utf8JsonWriter writer, string name, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteString(name, text);
        }
    }
}
