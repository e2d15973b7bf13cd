using HoiAm.Ledger.Counting;
using HoiAm.Model;

namespace HoiAm.Ledger.Rows;

/// <summary>
/// A message with the state folded from its recipients. Counters are kept incrementally, so that a report costs the same whether the
/// message has one recipient or 5,000. The only recipient of a message is kept here, not in a table of its own.
/// </summary>
public sealed class MessageRow
{
    public long Id { get; set; }
    public required string SmsId { get; set; }
    public int Leg { get; set; }
    public int Account { get; set; }
    public MessageKind Kind { get; set; }
    public int Vendor { get; set; }
    public long CreatedAtMs { get; set; }
    public string? RequestId { get; set; }
    public string? VendorRequestId { get; set; }
    public string? ReferentId { get; set; }
    public string? CallbackUrl { get; set; }
    public string? OaId { get; set; }
    public string? TempId { get; set; }
    public string? Extra { get; set; }
    public long Fingerprint { get; set; }

    /// <summary>Recipients in all.</summary>
    public int Total { get; set; }

    /// <summary>Furthest progress; final when all recipients are. Never goes back.</summary>
    public RecipientState State { get; set; }

    /// <summary>Recipients in a final state.</summary>
    public int Finals { get; set; }

    /// <summary>Of these, reached.</summary>
    public int Successes { get; set; }

    /// <summary>Of these, rejected.</summary>
    public int Rejections { get; set; }

    /// <summary>Recipients handed to the channel.</summary>
    public int HandedOver { get; set; }

    /// <summary>Presumed expiries among the finals.</summary>
    public int Presumed { get; set; }

    /// <summary>Reports that contradicted a final state.</summary>
    public int Contradictions { get; set; }

    /// <summary>Cost of the final recipients, in 1/10,000 VND.</summary>
    public long Charged { get; set; }

    /// <summary>Newest report, 0 when none; reports are chained from here.</summary>
    public long LastReport { get; set; }

    /// <summary>Newest callback, 0 when none; callbacks are chained from here.</summary>
    public long LastCallback { get; set; }

    /// <summary>The only recipient; for several recipients just the first one's address and telco, as the wire shows them.</summary>
    public required RecipientRow First { get; set; }

    /// <summary>Bytes that an engine keeps for what changes in the row; only the engine that set it knows what it means.</summary>
    public int Room { get; set; }

    /// <summary>What its counts belong to.</summary>
    public StatTag Tag => new(Account, Vendor, First.TelcoId, (byte)Kind);

    /// <summary>A row of its own with the same values.</summary>
    public MessageRow Copy()
    {
        var copy = (MessageRow)MemberwiseClone();
        copy.First = First.Copy();
        return copy;
    }

    /// <summary>The SendStatus that customers see.</summary>
    public SendStatus SendStatus =>
        !State.IsFinal() ? State.PendingStatus()
        : Rejections == Total ? SendStatus.Rejected
        : SendStatus.Finished;
}

/// <summary>One recipient of a message.</summary>
public sealed class RecipientRow
{
    public required string Address { get; set; }
    public int Index { get; set; }
    public RecipientState State { get; set; }
    public byte TelcoId { get; set; }
    public bool HandedOver { get; set; }
    public bool Presumed { get; set; }
    public bool Seen { get; set; }

    /// <summary>Cost if it is reached, in 1/10,000 VND.</summary>
    public long Price { get; set; }

    /// <summary>What it cost in the end, in 1/10,000 VND.</summary>
    public long Charged { get; set; }

    /// <summary>One bit for each status that was reported, so that a repetition is known without a look at the reports.</summary>
    public long SeenStatuses { get; set; }

    /// <summary>Billed segments, 0 when unknown.</summary>
    public int Segments { get; set; }

    /// <summary>When the last advance happened, Unix milliseconds; 0 when none did.</summary>
    public long EventAtMs { get; set; }

    public string? PartnerId { get; set; }
    public string? ErrorInfo { get; set; }

    /// <summary>A row of its own with the same values.</summary>
    public RecipientRow Copy() => (RecipientRow)MemberwiseClone();
}
