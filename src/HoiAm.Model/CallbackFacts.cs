namespace HoiAm.Model;

/// <summary>Everything that one status callback says, free of any wire form (protocol A.2 and A.8). Texts are decoded, never null.</summary>
public sealed record CallbackFacts
{
    /// <summary>Which parameters there are and in which order.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>SMSID as the send call returned it; for calls the ReferenceId.</summary>
    public required string SmsId { get; init; }

    /// <summary>SendStatus of the whole message.</summary>
    public required SendStatus SendStatus { get; init; }

    /// <summary>Receivers that failed, were rejected or expired.</summary>
    public int SendFailed { get; init; }

    /// <summary>Receivers that were reached.</summary>
    public int SendSuccess { get; init; }

    /// <summary>Cost in VND.</summary>
    public decimal TotalPrice { get; init; }

    /// <summary>Receivers in all.</summary>
    public int TotalReceiver { get; init; }

    /// <summary>Receivers that were handed to the channel (protocol G 24).</summary>
    public int TotalSent { get; init; }

    /// <summary>The customer's own id; empty when none was given.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Carrier 1 to 7, or 0 when unknown; by UID the wire says 9 whatever this is (protocol G 21).</summary>
    public byte TelcoId { get; init; }

    /// <summary>Receiver as the wire shows it: local number 0…, Zalo user id or hash. Empty when the kind bears none.</summary>
    public string PhoneNumber { get; init; } = "";

    /// <summary>switchsmsid, kind 2 and 8 only; empty by default (protocol G 29).</summary>
    public string SwitchSmsId { get; init; } = "";

    /// <summary>Zalo's message id (partnerids).</summary>
    public string PartnerIds { get; init; } = "";

    /// <summary>Zalo's result as plain JSON text, without any of the wire's encodings; empty when there is none.</summary>
    public string ErrorInfo { get; init; } = "";

    /// <summary>The local time (Asia/Ho_Chi_Minh) that kinds 26 and 27 append to error_info, if known.</summary>
    public DateTime? ErrorInfoTime { get; init; }

    /// <summary>Official Account id; text, since 19 digits overflow a double.</summary>
    public string OaId { get; init; } = "";

    /// <summary>ZNS template id.</summary>
    public string TempId { get; init; } = "";

    /// <summary>What only calls have; null for every other kind.</summary>
    public VoiceCallFacts? Voice { get; init; }
}

/// <summary>The part of a callback that only calls have (protocol A.8).</summary>
/// <param name="CallDuration">Seconds.</param>
/// <param name="CallStatus"><c>ANSWERED</c>, <c>NO ANSWER</c> or empty.</param>
/// <param name="Ivr">Key pressed, may be empty.</param>
/// <param name="SentResult">True when the call succeeded (wire: 1), else false (wire: 0).</param>
/// <param name="CallerId">CID, the calling number.</param>
public sealed record VoiceCallFacts(int CallDuration, string CallStatus, string Ivr, bool SentResult, string CallerId);

/// <summary>How callbacks are written for one customer (contract section 2, profiles).</summary>
public enum CallbackProfile : byte
{
    /// <summary>Section G's defaults: documented names and order, braces percent-encoded.</summary>
    Default = 0,

    /// <summary>The documented samples' bytes, bare braces included.</summary>
    ByteExact = 1,

    /// <summary><c>error_info</c> as once-encoded plain JSON in every kind.</summary>
    Plain = 2,
}
