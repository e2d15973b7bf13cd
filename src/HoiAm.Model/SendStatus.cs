namespace HoiAm.Model;

/// <summary>The processing state that eSMS shows for a whole message (protocol A.5). 5 means finished, not delivered: the counters tell.</summary>
public enum SendStatus : byte
{
    /// <summary>Nothing known.</summary>
    None = 0,

    /// <summary>1: waiting for approval.</summary>
    PendingApproval = 1,

    /// <summary>2: waiting to be sent.</summary>
    Waiting = 2,

    /// <summary>4: rejected; final.</summary>
    Rejected = 4,

    /// <summary>5: processing finished, the outcome is in the counters; final.</summary>
    Finished = 5,

    /// <summary>7: handed to the telco, report pending.</summary>
    Sent = 7,
}

/// <summary>What became of one recipient. The order of the values is the order of progress; everything from <see cref="Delivered"/> on is final.</summary>
public enum RecipientState : byte
{
    /// <summary>Accepted, nothing heard yet.</summary>
    Accepted = 0,

    /// <summary>Held until somebody approves the text.</summary>
    PendingApproval = 1,

    /// <summary>Approved, waiting to be sent.</summary>
    Waiting = 2,

    /// <summary>Handed to the telco.</summary>
    Sent = 3,

    /// <summary>Final: delivered.</summary>
    Delivered = 4,

    /// <summary>Final: failed.</summary>
    Failed = 5,

    /// <summary>Final: rejected before it was sent.</summary>
    Rejected = 6,

    /// <summary>Final: expired.</summary>
    Expired = 7,
}

/// <summary>Rules over <see cref="RecipientState"/>.</summary>
public static class RecipientStates
{
    /// <summary>True when no later report may change the state (a presumed expiry excepted).</summary>
    public static bool IsFinal(this RecipientState state) => state >= RecipientState.Delivered;

    /// <summary>The SendStatus of a state that is not final: accepted and waiting are both 2.</summary>
    public static SendStatus PendingStatus(this RecipientState state) => state switch
    {
        RecipientState.PendingApproval => SendStatus.PendingApproval,
        RecipientState.Sent => SendStatus.Sent,
        _ => SendStatus.Waiting,
    };
}

/// <summary>What a vendor's status number means to us, after the vendor's own map (contract section 2, <c>statusMap</c>).</summary>
public enum ReportedStatus : byte
{
    /// <summary>The number is in no map: kept, listed for mapping, changes nothing.</summary>
    Unmapped = 0,

    /// <summary>The report bore no status: kept, changes nothing (protocol G 64).</summary>
    Missing = 1,

    /// <summary>Held for approval.</summary>
    PendingApproval = 2,

    /// <summary>Approved, waiting.</summary>
    Waiting = 3,

    /// <summary>Handed to the telco.</summary>
    Sent = 4,

    /// <summary>Delivered; final.</summary>
    Delivered = 5,

    /// <summary>Failed; final.</summary>
    Failed = 6,

    /// <summary>Rejected; final.</summary>
    Rejected = 7,

    /// <summary>Expired; final.</summary>
    Expired = 8,

    /// <summary>Seen by the receiver: delivered, with a mark.</summary>
    Seen = 9,

    /// <summary>Known to carry no delivery state (subscribe, unsubscribe): kept, changes nothing.</summary>
    Ignore = 10,
}
