using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;

namespace HoiAm.Ledger.Rows;

/// <summary>A report as it is kept.</summary>
public sealed class ReportRow
{
    public long Id { get; set; }
    public long MessageId { get; set; }

    /// <summary>The message's report before this one, 0 when it is the first.</summary>
    public long Previous { get; set; }
    public long AtMs { get; set; }
    public ReportSource Source { get; set; }
    public int Vendor { get; set; }
    public int? StatusCode { get; set; }
    public ReportEffect Effect { get; set; }
    public required string Address { get; set; }
    public ReadOnlyMemory<byte> Raw { get; set; }
}

/// <summary>A report that matches no message yet.</summary>
public sealed class OrphanRow
{
    public long Id { get; set; }
    public required IncomingReport Report { get; set; }
    public long AtMs { get; set; }
}

/// <summary>A callback as it is kept.</summary>
public sealed class CallbackRow
{
    public long Id { get; set; }
    public long MessageId { get; set; }

    /// <summary>The message's callback before this one, 0 when it is the first.</summary>
    public long Previous { get; set; }
    public int Account { get; set; }

    /// <summary>0 when the message had no hook: such a callback is only there to be pulled.</summary>
    public int Hook { get; set; }
    public CallbackState State { get; set; }
    public ExhaustedReason Reason { get; set; }
    public long CreatedAtMs { get; set; }
    public long EventAtMs { get; set; }
    public long DueAtMs { get; set; }
    public int Tries { get; set; }
    public int Attempts { get; set; }
    public bool IsReplay { get; set; }
    public CallbackFormat Format { get; set; }
    public required string Query { get; set; }
    public byte[]? Body { get; set; }

    /// <summary>What its counts belong to; not kept: read along with what lanes are given, and known from its message otherwise.</summary>
    public StatTag Tag { get; set; }

    /// <summary>The tries, encoded by <see cref="AttemptLog"/>.</summary>
    public byte[]? Log { get; set; }

    /// <summary>The node that has it, where several share a store; 0 otherwise.</summary>
    public int Owner { get; set; }

    /// <summary>A row of its own with the same values.</summary>
    public CallbackRow Copy() => (CallbackRow)MemberwiseClone();

    /// <summary>The row as the lanes see it.</summary>
    public static DueCallback ToDue(CallbackRow row, Hook hook) => new()
    {
        Id = row.Id,
        Hook = hook,
        Query = row.Query,
        Format = row.Format,
        Body = row.Body ?? [],
        DueAt = DateTimeOffset.FromUnixTimeMilliseconds(row.DueAtMs),
        EventTime = DateTimeOffset.FromUnixTimeMilliseconds(row.EventAtMs),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
        Attempts = row.Attempts,
        Tries = row.Tries,
        IsReplay = row.IsReplay,
        Tag = row.Tag,
    };
}
