using HoiAm.Model;

namespace HoiAm.Protocols.CallbackBodies;

/// <summary>What became of a message, in one word: state and counters taken together.</summary>
public enum MessageOutcome : byte
{
    /// <summary><c>accepted</c>: nothing heard yet.</summary>
    Accepted = 0,

    /// <summary><c>pendingApproval</c>: held until somebody approves the text.</summary>
    PendingApproval = 1,

    /// <summary><c>waiting</c>: approved, waiting to be sent.</summary>
    Waiting = 2,

    /// <summary><c>sent</c>: handed to the carrier, report pending.</summary>
    Sent = 3,

    /// <summary><c>delivered</c>: every receiver was reached; final.</summary>
    Delivered = 4,

    /// <summary><c>failed</c>: no receiver was reached; final.</summary>
    Failed = 5,

    /// <summary><c>rejected</c>: every receiver was rejected before sending; final.</summary>
    Rejected = 6,

    /// <summary><c>expired</c>: the only receiver was not reached in time; final.</summary>
    Expired = 7,

    /// <summary><c>partlyDelivered</c>: some receivers were reached and some were not; final.</summary>
    PartlyDelivered = 8,
}

/// <summary>A status callback as an event: the facts of the callback, and what the wire of eSMS has no name for.</summary>
public sealed record MessageEvent
{
    /// <summary>The callback's id, the same over retries and replays: the event's <c>id</c>.</summary>
    public required string CallbackId { get; init; }

    /// <summary>Which hub and account the event comes from: the event's <c>source</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Id of the account.</summary>
    public string Account { get; init; } = "";

    /// <summary>What the other formats say too.</summary>
    public required CallbackFacts Facts { get; init; }

    /// <summary>What became of the message.</summary>
    public required MessageOutcome Outcome { get; init; }

    /// <summary>True when nothing was heard for so long that the message is taken for expired; a real report may still replace that.</summary>
    public bool Presumed { get; init; }

    /// <summary>True when the receiver has seen the message.</summary>
    public bool Seen { get; init; }

    /// <summary>Which leg of a multi-channel message, from 0.</summary>
    public int Leg { get; init; }

    /// <summary>When the message was accepted or registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When what the event tells happened: the event's <c>time</c>.</summary>
    public required DateTimeOffset OccurredAt { get; init; }
}

/// <summary>The words of <see cref="MessageOutcome"/>.</summary>
public static class MessageOutcomes
{
    private static readonly string[] s_words =
        ["accepted", "pendingApproval", "waiting", "sent", "delivered", "failed", "rejected", "expired", "partlyDelivered"];

    /// <summary>Every word, in the order of the values.</summary>
    public static IReadOnlyList<string> Words => s_words;

    /// <summary>The word as it stands in events.</summary>
    public static string Word(this MessageOutcome outcome) => s_words[(int)outcome];

    /// <summary>True for outcomes that no later event changes, a presumed one excepted.</summary>
    public static bool IsFinal(this MessageOutcome outcome) => outcome >= MessageOutcome.Delivered;

    /// <summary>The outcome of a word; null when it is none.</summary>
    public static MessageOutcome? Parse(string? word)
    {
        var index = Array.IndexOf(s_words, word);
        return index < 0 ? null : (MessageOutcome)index;
    }
}
