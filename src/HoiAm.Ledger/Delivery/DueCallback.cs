using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Tracing;

namespace HoiAm.Ledger.Delivery;

/// <summary>How a callback is put on the wire (contract section 4, <c>callbackFormat</c>).</summary>
public enum CallbackFormat : byte
{
    /// <summary>eSMS's own: GET, everything in the query.</summary>
    EsmsGet = 0,

    /// <summary>The same names as a form body.</summary>
    EsmsPostForm = 1,

    /// <summary>The same names as a flat JSON object.</summary>
    EsmsPostJson = 2,

    /// <summary>Structured CloudEvents JSON with decoded facts.</summary>
    CloudEvents = 3,

    /// <summary>A vendor's report (protocol F), one for each recipient: for a hub or program that takes those.</summary>
    Vendor = 4,
}

/// <summary>Where a callback stands.</summary>
public enum CallbackState : byte
{
    /// <summary>Pending, and a lane in memory has it.</summary>
    Live = 0,

    /// <summary>Pending, on disk, until its lane has room or its time has come.</summary>
    Parked = 1,

    /// <summary>Pending, behind an earlier callback of the same SMSID.</summary>
    Held = 2,

    /// <summary>Acknowledged.</summary>
    Delivered = 3,

    /// <summary>Given up; see <see cref="ExhaustedReason"/>. Can be pulled and replayed.</summary>
    Exhausted = 4,

    /// <summary>Called off by an administrator.</summary>
    Cancelled = 5,
}

/// <summary>Why a callback was given up.</summary>
public enum ExhaustedReason : byte
{
    /// <summary>It was not.</summary>
    None = 0,

    /// <summary>All tries are used up.</summary>
    Retries = 1,

    /// <summary>The receiver's answer ends the sequence.</summary>
    Refused = 2,

    /// <summary>The address is not allowed.</summary>
    Blocked = 3,

    /// <summary>The hook was shut off for 72 hours.</summary>
    Expired = 4,

    /// <summary>The message had no hook: the callback is only there to be pulled (with state cancelled).</summary>
    NoHook = 5,
}

/// <summary>A hook: scheme, host, port and path of one account, without the query.</summary>
/// <param name="Id">Number in the ledger.</param>
/// <param name="Account">Number of the account.</param>
/// <param name="Url">For example <c>https://shop.example:8443/hooks/dlr</c>; the path as the customer wrote it.</param>
/// <param name="HostKey">Scheme, host and port in lower case: hooks with the same key share a bound.</param>
public sealed record Hook(int Id, int Account, string Url, string HostKey);

/// <summary>A callback that is to be sent, with its exact bytes.</summary>
public sealed class DueCallback
{
    /// <summary>Number in the ledger; time-ordered.</summary>
    public required long Id { get; init; }

    /// <summary>The hook it goes to.</summary>
    public required Hook Hook { get; init; }

    /// <summary>What follows the hook's URL on the request line, from <c>?</c> on; may be empty for formats with a body. ASCII.</summary>
    public required string Query { get; init; }

    /// <summary>The wire form.</summary>
    public CallbackFormat Format { get; init; }

    /// <summary>The request's body; empty for GET.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>Not before this moment.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>When what it tells happened.</summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary>When it was written to the ledger; a shut-off hook keeps it for 72 hours from here. A replay passes a shut-off hook and never
    /// expires: it is over when its tries are used up.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Tries so far over its whole life.</summary>
    public int Attempts { get; set; }

    /// <summary>Tries so far in this sequence; a replay starts a new one.</summary>
    public int Tries { get; set; }

    /// <summary>True when a person asked for it: it passes an open breaker and a pause does not hold it.</summary>
    public bool IsReplay { get; init; }

    /// <summary>What its counts belong to.</summary>
    public StatTag Tag { get; init; }

    /// <summary>Under which of its names this node got the callback (docs/scaling.md); 0 for the embedded store. It is not sent under another.</summary>
    public int Owner { get; set; }

    /// <summary>What it came from, while it is in memory and somebody traces; else null.</summary>
    public CallbackOrigin? Origin { get; set; }

    /// <summary>The id that receivers see in <c>X-HoiAm-Callback-Id</c>, stable over retries and replays.</summary>
    public string PublicId => CallbackIds.Format(Id);
}

/// <summary>The public form of callback ids.</summary>
public static class CallbackIds
{
    /// <summary><c>cb_</c> and the number in lower-case hex, 16 digits.</summary>
    public static string Format(long id) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cb_{id:x16}");

    /// <summary>Reads <see cref="Format"/> back; false when the text is no callback id.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long id)
    {
        id = 0;
        return text.Length == 19
            && text.StartsWith("cb_")
            && long.TryParse(text[3..], System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out id)
            && id > 0;
    }
}
