using HoiAm.Ledger.Facts;

namespace HoiAm.Ledger.Outgoing;

/// <summary>What becomes of an order that is accepted.</summary>
public enum SendStart : byte
{
    /// <summary>Handed to its routes, at once or at its time.</summary>
    Send = 0,

    /// <summary>Kept until an administrator approves it.</summary>
    AwaitApproval = 1,

    /// <summary>Stored as rejected at no cost (answer 146).</summary>
    Reject = 2,

    /// <summary>Only its code is kept; there is no message.</summary>
    KeepCodeOnly = 3,

    /// <summary>Stored as delivered at no cost: Sandbox=1 of an account that wants callbacks for it.</summary>
    Pretend = 4,
}

/// <summary>A route that takes an order, or a part of it.</summary>
/// <param name="Route">Its name.</param>
/// <param name="Vendor">Number of the vendor that will report.</param>
/// <param name="Telcos">Bit n set: receivers of carrier n go there; bit 0 those of an unknown one.</param>
public readonly record struct SendPart(string Route, int Vendor, int Telcos)
{
    /// <summary>Every carrier.</summary>
    public const int AllTelcos = 0xFF;
}

/// <summary>A generated code that is kept with the order.</summary>
/// <param name="Phone">Local form.</param>
/// <param name="Code">The code.</param>
/// <param name="ExpiresAtMs">From then on it is invalid, Unix milliseconds.</param>
public sealed record KeptCode(string Phone, string Code, long ExpiresAtMs);

/// <summary>A message that a customer asks to be sent, judged and priced. The ledger finds its ids new, charges and stores it, or refuses.</summary>
public sealed record SendOrder
{
    /// <summary>The message with its SMSID; its <see cref="MessageDraft.Extra"/> is a <see cref="SentFacts"/>.</summary>
    public required MessageDraft Message { get; init; }

    /// <summary>Ids that must be new within 24 hours: those of all legs, each once.</summary>
    public IReadOnlyList<string> RequestIds { get; init; } = [];

    /// <summary>Who carries it.</summary>
    public IReadOnlyList<SendPart> Parts { get; init; } = [];

    /// <summary>What becomes of it.</summary>
    public SendStart Start { get; init; }

    /// <summary>Why, with <see cref="SendStart.Reject"/>: goes into its story.</summary>
    public string? Reason { get; init; }

    /// <summary>True when the balance pays.</summary>
    public bool Billed { get; init; }

    /// <summary>Billed segments per receiver.</summary>
    public int Segments { get; init; } = 1;

    /// <summary>Debited beyond the price, for a dearer second leg; 1/10,000 VND.</summary>
    public long Hold { get; init; }

    /// <summary>When to hand it over, Unix milliseconds; 0 for at once.</summary>
    public long SendAtMs { get; init; }

    /// <summary>The code to keep, if any.</summary>
    public KeptCode? Code { get; init; }
}

/// <summary>How an order ended.</summary>
public enum SendResult : byte
{
    /// <summary>Stored and paid for.</summary>
    Accepted = 0,

    /// <summary>One of its RequestIds was used within 24 hours (124).</summary>
    Repeated = 1,

    /// <summary>The balance does not cover it (103).</summary>
    BalanceTooLow = 2,
}

/// <summary>The outcome of an order.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="FirstStatus">With <see cref="SendResult.Repeated"/>: SendStatus of the message that has the id.</param>
public readonly record struct SendOutcome(SendResult Result, int FirstStatus = 0);

/// <summary>Told after the commit about messages that routes can take now. Called from the writer's one thread; must neither block nor throw.</summary>
public interface IOutboxFeed
{
    /// <summary>A message is in the outbox, due at this moment (Unix milliseconds).</summary>
    void Ready(long messageId, long dueAtMs);
}
