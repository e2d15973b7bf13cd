using HoiAm.Model;

namespace HoiAm.Ledger.Facts;

/// <summary>Where a report came from.</summary>
public enum ReportSource : byte
{
    /// <summary>A vendor's POST (seed 003).</summary>
    Vendor = 0,

    /// <summary>An eSMS status callback that reached us as its hook.</summary>
    EsmsCallback = 1,

    /// <summary>Asked for: GetCallback, GetSendStatus, QueryZnsStatus.</summary>
    Pull = 2,

    /// <summary>An administrator: approval, rejection, attached orphan.</summary>
    Operator = 3,

    /// <summary>Nobody: silence for too long.</summary>
    Presumed = 4,
}

/// <summary>One delivery report on its way into the ledger: who says what about whom. Raw bytes are kept whatever becomes of the rest.</summary>
public sealed class IncomingReport
{
    /// <summary>Where it came from.</summary>
    public required ReportSource Source { get; init; }

    /// <summary>Number of the vendor that reported; 0 when none did.</summary>
    public required int Vendor { get; init; }

    /// <summary>The recipient, normalised (<see cref="RecipientAddress"/>).</summary>
    public required string Address { get; init; }

    /// <summary>The vendor's id of the message; null when absent.</summary>
    public string? ReferentId { get; init; }

    /// <summary>The sender's id as the vendor echoes it; null when absent.</summary>
    public string? RequestId { get; init; }

    /// <summary>The status number as reported; null when absent.</summary>
    public int? StatusCode { get; init; }

    /// <summary>What the number means for this vendor.</summary>
    public required ReportedStatus Status { get; init; }

    /// <summary>Zalo's or the vendor's error text; null when absent.</summary>
    public string? ErrorInfo { get; init; }

    /// <summary>Zalo's message id; null when absent.</summary>
    public string? PartnerId { get; init; }

    /// <summary>True when Zalo refused before hand-over: an error and no message id (contract section 2).</summary>
    public bool IsRefusal { get; init; }

    /// <summary>The carrier 1 to 7 as reported; null when absent.</summary>
    public byte? TelcoId { get; init; }

    /// <summary>Billed segments; null when absent.</summary>
    public int? Segments { get; init; }

    /// <summary>Cost in VND; null when absent.</summary>
    public decimal? Price { get; init; }

    /// <summary>When it happened, as the report says; null when it does not.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>The body or query exactly as received.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }
}

/// <summary>What reports did to the message that they were appended to.</summary>
/// <param name="Changed">Reports that were not repeats.</param>
/// <param name="IsFinal">The message is final now.</param>
/// <param name="WasFinal">It was before.</param>
public readonly record struct AppendedToMessage(int Changed, bool IsFinal, bool WasFinal);

/// <summary>What a report did.</summary>
public enum ReportEffect : byte
{
    /// <summary>The recipient's state moved forward.</summary>
    Advanced = 0,

    /// <summary>It told a state that was passed already.</summary>
    Late = 1,

    /// <summary>It contradicts a final state; the first final stands.</summary>
    Contradiction = 2,

    /// <summary>Its status number is in no map.</summary>
    Unmapped = 3,

    /// <summary>It bore no status.</summary>
    NoStatus = 4,

    /// <summary>A known number without delivery state.</summary>
    Ignored = 5,

    /// <summary>Delivered before, now also seen.</summary>
    Seen = 6,

    /// <summary>A real report replaced a presumed expiry.</summary>
    ReplacedPresumed = 7,

    /// <summary>The same report came before.</summary>
    Repeated = 8,

    /// <summary>It matches no message yet and waits for one.</summary>
    Parked = 9,
}
