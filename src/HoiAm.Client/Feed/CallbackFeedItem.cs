using System.Globalization;
using System.Text;
using System.Text.Json;
using HoiAm.Protocols.EsmsCallback;

namespace HoiAm.Client.Feed;

/// <summary>A callback as the hub keeps it.</summary>
public sealed record CallbackFeedItem
{
    /// <summary>Its id, the one of the header <c>X-HoiAm-Callback-Id</c>: what was taken by the hook too is known by it.</summary>
    public required string Id { get; init; }

    /// <summary>The message; null for results of registrations and texts to a short code.</summary>
    public string? SmsId { get; init; }

    /// <summary>What became of its delivery: <c>pending</c>, <c>delivered</c>, <c>exhausted</c> or <c>cancelled</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>When the hub made it, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When what it tells happened, UTC.</summary>
    public DateTimeOffset EventTime { get; init; }

    /// <summary>How often its delivery was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>The account's <c>callbackFormat</c> when it was made, such as <c>esms-get</c> or <c>cloudevents</c>.</summary>
    public string Format { get; init; } = "";

    /// <summary>The query as it is sent, without a question mark.</summary>
    public string Query { get; init; } = "";

    /// <summary>Media type of <see cref="Body"/>; null when there is none.</summary>
    public string? ContentType { get; init; }

    /// <summary>The body as it is sent; null when there is none.</summary>
    public string? Body { get; init; }

    /// <summary>
    /// What it tells, decoded. Null in the formats <c>cloudevents</c> and <c>vendor</c>, whose <see cref="Body"/> says it plainly, and for
    /// what is no status.
    /// </summary>
    public EsmsCallbackReading? Reading { get; init; }

    internal static CallbackFeedItem Read(JsonElement item)
    {
        var (format, query, body) = (Text(item, "format") ?? "", Text(item, "query") ?? "", Text(item, "body"));
        return new CallbackFeedItem
        {
            Id = Text(item, "id") ?? throw new FormatException("A callback without an id."),
            SmsId = Text(item, "smsId"),
            State = Text(item, "state") ?? "",
            CreatedAt = Time(item, "createdAt"),
            EventTime = Time(item, "eventTime"),
            Attempts = item.TryGetProperty("attempts", out var attempts) && attempts.TryGetInt32(out var count) ? count : 0,
            Format = format,
            Query = query,
            ContentType = Text(item, "contentType"),
            Body = body,
            Reading = format.StartsWith("esms-", StringComparison.Ordinal) ? CallbackPushReader.Read(query, Encoding.UTF8.GetBytes(body ?? "")).Status : null,
        };
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset Time(JsonElement item, string name) =>
        DateTimeOffset.TryParse(Text(item, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : default;

    // Queries and bodies may hold numbers and texts of people.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Id = ").Append(Id).Append(", SmsId = ").Append(SmsId).Append(", State = ").Append(State).Append(", Format = ").Append(Format);
        return true;
    }
}
