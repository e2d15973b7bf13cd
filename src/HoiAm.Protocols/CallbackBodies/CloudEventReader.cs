using System.Globalization;
using System.Text.Json;
using HoiAm.Model;

namespace HoiAm.Protocols.CallbackBodies;

/// <summary>Reads the events that <see cref="CloudEventWriter"/> writes. Members that it does not know are passed over.</summary>
public static class CloudEventReader
{
    private static readonly TimeSpan s_vietnam = TimeSpan.FromHours(7);

    /// <summary>The event; null when the body is no event of ours. Never throws.</summary>
    /// <param name="body">The body in UTF-8.</param>
    public static MessageEvent? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return Text(root, "type") == CloudEventWriter.EventType && Member(root, "data") is { ValueKind: JsonValueKind.Object } data
                ? Read(root, data)
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static MessageEvent? Read(JsonElement root, JsonElement data)
    {
        if (Text(root, "id") is not { Length: > 0 } id || Text(data, "smsId") is not { Length: > 0 }
            || MessageOutcomes.Parse(Text(data, "outcome")) is not { } outcome
            || Kind(Text(data, "kind")) is not { } kind
            || Time(root, "time") is not { } occurred)
        {
            return null;
        }

        return new MessageEvent
        {
            CallbackId = id,
            Source = Text(root, "source") ?? "",
            Account = Text(data, "account") ?? "",
            Outcome = outcome,
            Presumed = Flag(data, "presumed"),
            Seen = Flag(data, "seen"),
            Leg = Number(data, "leg"),
            CreatedAt = Time(data, "createdAt") ?? occurred,
            OccurredAt = occurred,
            Facts = Facts(data, kind, occurred),
        };
    }

    private static CallbackFacts Facts(JsonElement data, MessageKind kind, DateTimeOffset occurred)
    {
        var counts = Member(data, "counts");
        var zalo = Member(data, "zalo");
        var local = occurred.ToOffset(s_vietnam).DateTime;
        return new CallbackFacts
        {
            Kind = kind,
            SmsId = Text(data, "smsId")!,
            SendStatus = (SendStatus)Number(data, "sendStatus"),
            SendFailed = Number(counts, "failed"),
            SendSuccess = Number(counts, "succeeded"),
            TotalReceiver = Number(counts, "receivers"),
            TotalSent = Number(counts, "sent"),
            TotalPrice = Member(Member(data, "price"), "amount") is { ValueKind: JsonValueKind.Number } price ? price.GetDecimal() : 0,
            RequestId = Text(data, "requestId") ?? "",
            SwitchSmsId = Text(data, "switchSmsId") ?? "",
            TelcoId = (byte)Number(Member(data, "telco"), "id"),
            PhoneNumber = Text(Member(data, "recipient"), "address") ?? "",
            PartnerIds = Text(zalo, "messageId") ?? "",
            ErrorInfo = Text(data, "errorInfo") ?? "",
            ErrorInfoTime = kind is MessageKind.ZaloFollower or MessageKind.ZnsJourney && Text(data, "errorInfo") is not null
                ? local.AddTicks(-(local.Ticks % TimeSpan.TicksPerSecond))
                : null,
            OaId = Text(zalo, "oaId") ?? "",
            TempId = Text(zalo, "templateId") ?? "",
            Voice = Member(data, "call") is { ValueKind: JsonValueKind.Object } call
                ? new VoiceCallFacts(
                    Number(call, "durationSeconds"),
                    Text(call, "status") ?? "",
                    Text(call, "keyPressed") ?? "",
                    Flag(call, "succeeded"),
                    Text(call, "callerId") ?? "")
                : null,
        };
    }

    private static MessageKind? Kind(string? word)
    {
        foreach (var kind in Enum.GetValues<MessageKind>())
        {
            if (CloudEventWriter.Word(kind.ToString()) == word)
            {
                return kind;
            }
        }

        return null;
    }

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static int Number(JsonElement? of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : 0;

    private static bool Flag(JsonElement? of, string name) => Member(of, name) is { ValueKind: JsonValueKind.True };

    private static DateTimeOffset? Time(JsonElement of, string name) =>
        DateTimeOffset.TryParse(Text(of, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : null;
}
