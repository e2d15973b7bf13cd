namespace HoiAm.Protocols.ErrorInfos;

/// <summary>What an <c>error_info</c> (or the pull's <c>ErrorInfo</c>) says, whatever its encoding was (protocol A.3, B.4).</summary>
public sealed record ErrorInfoReading
{
    /// <summary>Nothing was there.</summary>
    public static readonly ErrorInfoReading Empty = new();

    /// <summary>Zalo's code: 0 success, negative an error (section E.2); null when it could not be read.</summary>
    public int? Error { get; init; }

    /// <summary>Zalo's text; empty when there is none. For input that is no JSON, the input itself.</summary>
    public string Message { get; init; } = "";

    /// <summary><c>data.message_id</c>, in kinds 26 and 27.</summary>
    public string? MessageId { get; init; }

    /// <summary><c>data.user_id</c>, in kinds 26 and 27; text, since it overflows a double.</summary>
    public string? UserId { get; init; }

    /// <summary><c>data.delivery_time</c>, by UID: epoch milliseconds as text; null when absent or null.</summary>
    public string? DeliveryTime { get; init; }

    /// <summary><c>data.message</c>, by UID.</summary>
    public string? DataMessage { get; init; }

    /// <summary><c>data.status</c>, by UID: −1 message unknown, 0 at Zalo's server, 1 on the user's phone.</summary>
    public int? Status { get; init; }

    /// <summary>The leading JSON value, exactly as its characters came; empty when there is none.</summary>
    public string Json { get; init; } = "";

    /// <summary>The local time (Asia/Ho_Chi_Minh) behind <c>____</c>, in kinds 26 and 27.</summary>
    public DateTime? Time { get; init; }

    /// <summary>What stood behind the JSON value; null when nothing did.</summary>
    public string? TrailingText { get; init; }

    /// <summary>The text after all decoding, without the time: the JSON and what follows it, or whatever else it was.</summary>
    public string Text { get; init; } = "";

    /// <summary>True when a JSON object (or a bare code) was found. False: keep <see cref="Text"/> and show it as it is.</summary>
    public bool Parsed { get; init; }

    /// <summary>What the facts of a callback keep: the JSON when there is one, else the text.</summary>
    internal string Plain => Parsed ? Json : Text;
}
