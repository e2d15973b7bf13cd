using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using HoiAm.Client.Transport;

namespace HoiAm.Client.Feed;

/// <summary>What a call of the feed came to.</summary>
public enum CallbackFeedOutcome : byte
{
    /// <summary>A page, perhaps an empty one.</summary>
    Page = 0,

    /// <summary>400 and whatever else of 4xx: the cursor is none of this hub's, or this is no hub.</summary>
    Refused = 1,

    /// <summary>401: the keys are wrong.</summary>
    Unauthorized = 2,

    /// <summary>403: the account may not be used from here.</summary>
    Forbidden = 3,

    /// <summary>429: too many failed tries from this address.</summary>
    RateLimited = 4,

    /// <summary>408 and 5xx: passing trouble.</summary>
    Unavailable = 5,

    /// <summary>No answer in time.</summary>
    TimedOut = 6,

    /// <summary>No connection, or a broken one.</summary>
    Unreachable = 7,

    /// <summary>2xx or 3xx with something that is no page.</summary>
    Unreadable = 8,
}

/// <summary>What came of asking for a page. Its text may be logged: it has no numbers and no texts of people.</summary>
public sealed record CallbackFeedReply
{
    /// <summary>What it came to.</summary>
    public required CallbackFeedOutcome Outcome { get; init; }

    /// <summary>True for <see cref="CallbackFeedOutcome.Page"/>.</summary>
    public bool IsPage => Outcome == CallbackFeedOutcome.Page;

    /// <summary>True when the same question may be answered later.</summary>
    public bool MayPass => Outcome is CallbackFeedOutcome.RateLimited or CallbackFeedOutcome.Unavailable or CallbackFeedOutcome.TimedOut
        or CallbackFeedOutcome.Unreachable;

    /// <summary>The callbacks in the order of their making.</summary>
    public ImmutableArray<CallbackFeedItem> Items { get; init; } = [];

    /// <summary>Where to go on, also when nothing is left; without a page the place that was asked for. Null: at the beginning.</summary>
    public string? Next { get; init; }

    /// <summary>True when more wait behind this page.</summary>
    public bool HasMore { get; init; }

    /// <summary>HTTP status of the last answer; null when there was none.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>What the hub says of a refusal; without an answer, what happened; "" for a page.</summary>
    public string Message { get; init; } = "";

    /// <summary>How long the hub asks to wait; null when it says nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Requests made.</summary>
    public int Attempts { get; init; }

    internal static CallbackFeedReply Of(Attempt attempt, int attempts, string? after)
    {
        var reply = new CallbackFeedReply
        {
            Outcome = OutcomeOf(attempt),
            HttpStatus = attempt.HttpStatus,
            Message = attempt.Fault,
            RetryAfter = attempt.RetryAfter,
            Attempts = attempts,
            Next = after,
        };
        try
        {
            using var json = JsonDocument.Parse(attempt.Body);
            var root = json.RootElement;
            if (reply.IsPage && root.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
            {
                return reply with
                {
                    Items = [.. items.EnumerateArray().Select(CallbackFeedItem.Read)],
                    Next = root.TryGetProperty("next", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : after,
                    HasMore = root.TryGetProperty("more", out var more) && more.ValueKind == JsonValueKind.True,
                };
            }

            return reply.IsPage ? reply with { Outcome = CallbackFeedOutcome.Unreadable }
                : root.ValueKind == JsonValueKind.Object && root.TryGetProperty("detail", out var detail) ? reply with { Message = detail.ToString() }
                : reply;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            return reply.IsPage ? reply with { Outcome = CallbackFeedOutcome.Unreadable } : reply;
        }
    }

    private static CallbackFeedOutcome OutcomeOf(Attempt attempt) => attempt switch
    {
        { Kind: AttemptKind.TimedOut } => CallbackFeedOutcome.TimedOut,
        { Kind: AttemptKind.NotSent or AttemptKind.Broken } => CallbackFeedOutcome.Unreachable,
        { Kind: AttemptKind.TooLong } => CallbackFeedOutcome.Unreadable,
        { HttpStatus: 200 } => CallbackFeedOutcome.Page,
        { HttpStatus: 401 } => CallbackFeedOutcome.Unauthorized,
        { HttpStatus: 403 } => CallbackFeedOutcome.Forbidden,
        { HttpStatus: 429 } => CallbackFeedOutcome.RateLimited,
        { HttpStatus: 408 or >= 500 } => CallbackFeedOutcome.Unavailable,
        { HttpStatus: >= 400 } => CallbackFeedOutcome.Refused,
        _ => CallbackFeedOutcome.Unreadable,
    };

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Outcome = {Outcome}, Items = {Items.Length}, Next = {Next}, HasMore = {HasMore}, HttpStatus = {HttpStatus}, Attempts = {Attempts}");
        return true;
    }
}
