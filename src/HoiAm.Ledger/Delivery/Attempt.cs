namespace HoiAm.Ledger.Delivery;

/// <summary>How one try ended. Everything but <see cref="Delivered"/> is the receiver's side or the way there, unless it says otherwise.</summary>
public enum AttemptOutcome : byte
{
    /// <summary>Not tried yet.</summary>
    None = 0,

    /// <summary>A 2xx answer (exactly 200 where the policy says <c>non-200</c>).</summary>
    Delivered = 1,

    /// <summary>No connection, no headers or no end of headers in time; also HTTP 408 and 504.</summary>
    TimedOut = 2,

    /// <summary>Nobody listens at the address.</summary>
    ConnectionRefused = 3,

    /// <summary>The connection broke before the headers ended.</summary>
    ConnectionReset = 4,

    /// <summary>The name has no address, or the resolver failed.</summary>
    DnsFailed = 5,

    /// <summary>TLS failed: certificate, name or handshake.</summary>
    TlsFailed = 6,

    /// <summary>What came back was no HTTP answer, or its headers were too large.</summary>
    ProtocolError = 7,

    /// <summary>An HTTP status that is not an acknowledgement; see <see cref="Attempt.HttpStatus"/>.</summary>
    HttpStatus = 8,

    /// <summary>A redirect, which is never followed.</summary>
    Redirected = 9,

    /// <summary>The address is private, loopback, link-local or otherwise special, and the account does not allow it.</summary>
    Blocked = 10,

    /// <summary>The stored URL cannot be used at all.</summary>
    BadUrl = 11,

    /// <summary>Our side: the hub stopped while the try was under way; it does not count.</summary>
    Interrupted = 12,
}

/// <summary>One try of one callback.</summary>
public sealed record Attempt
{
    /// <summary>Number of the try over the callback's whole life, from 1; replays count on.</summary>
    public required int Number { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Milliseconds from begin to verdict.</summary>
    public required int DurationMs { get; init; }

    /// <summary>How it ended.</summary>
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>The answer's status, 0 when there was none.</summary>
    public int HttpStatus { get; init; }

    /// <summary>One sentence for people; null when the try was acknowledged.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// The first bytes of the answer's body as text, at most <see cref="SnippetLengthMax"/> characters, or <see cref="DocumentLengthMax"/>
    /// when it is an XML document; null when there were none.
    /// </summary>
    public string? ResponseSnippet { get; init; }

    /// <summary>What the answer's <c>Retry-After</c> asked for; null when it was absent or unreadable.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Longest snippet kept, in characters.</summary>
    public const int SnippetLengthMax = 256;

    /// <summary>Longest XML document kept, in characters: a short code's partner answers with the text for its sender (protocol A.9).</summary>
    public const int DocumentLengthMax = 2_000;
}
