using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using HoiAm.Protocols.Codes;
using HoiAm.Protocols.GetCallback;

namespace HoiAm.Client;

/// <summary>How a call ended.</summary>
public enum EsmsOutcome : byte
{
    /// <summary>eSMS answered with success. For a send that is acceptance, not delivery.</summary>
    Accepted = 0,

    /// <summary>
    /// A send whose first answer was lost: the repeat was refused as known (124), so the first one was accepted. The SMSID went down with
    /// the lost answer; the callback bears it beside the RequestId.
    /// </summary>
    AcceptedEarlier = 1,

    /// <summary>eSMS refused: <see cref="EsmsReply.Code"/> says why, or, when that is empty, <see cref="EsmsReply.HttpStatus"/>.</summary>
    Refused = 2,

    /// <summary>Too many requests (160 or HTTP 429), also after waiting.</summary>
    RateLimited = 3,

    /// <summary>The server is there but cannot serve: HTTP 5xx or 408.</summary>
    Unavailable = 4,

    /// <summary>No answer in time.</summary>
    TimedOut = 5,

    /// <summary>No connection came about, so nothing was sent; or the connection broke, see <see cref="EsmsReply.IsUncertain"/>.</summary>
    Unreachable = 6,

    /// <summary>An answer that is none of eSMS's.</summary>
    Unreadable = 7,

    /// <summary>Not asked: the hours of GetCallback are closed. <see cref="EsmsReply.RetryAfter"/> says when they open.</summary>
    Withheld = 8,
}

/// <summary>What came of a call. A refusal is a reply like any other; nothing of it is thrown. Its text may be logged.</summary>
public record EsmsReply
{
    /// <summary>How it ended.</summary>
    public required EsmsOutcome Outcome { get; init; }

    /// <summary>True when eSMS accepted.</summary>
    public bool IsSuccess => Outcome is EsmsOutcome.Accepted or EsmsOutcome.AcceptedEarlier;

    /// <summary>
    /// True for a send of which nobody knows whether eSMS took it: it was handed over and no answer was understood. Repeat it with the same
    /// RequestId, or wait for its callback; repeated with another one it may reach the receiver twice.
    /// </summary>
    public bool IsUncertain { get; init; }

    /// <summary>The documented result code as on the wire, such as <c>100</c>; "" when none was received.</summary>
    public string Code { get; init; } = "";

    /// <summary>The entry of <see cref="Code"/> in the documents; null when they do not have it.</summary>
    public EsmsResultCode? Known => int.TryParse(Code, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? EsmsResultCodes.Find(code) : null;

    /// <summary>What <see cref="Code"/> means, in short; without one, what happened.</summary>
    public string Meaning => Code is "0" or "00" ? "Success." : Known?.Meaning ?? (Code.Length > 0 ? $"Code {Code} is in no document." : Message);

    /// <summary>eSMS's own text; without an answer, what happened.</summary>
    public string Message { get; init; } = "";

    /// <summary>HTTP status of the last answer; null when there was none.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The last answer as received, as text; "" when there was none. Not part of <see cref="object.ToString"/>.</summary>
    public string RawBody { get; init; } = "";

    /// <summary>Requests made, 0 when none was.</summary>
    public int Attempts { get; init; }

    /// <summary>How long the server, or the hours of GetCallback, ask to wait; null when nothing was said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Adds what may be logged.</summary>
    protected virtual bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Append(CultureInfo.InvariantCulture, $"Outcome = {Outcome}, Code = {Code}, Meaning = {Meaning}, HttpStatus = {HttpStatus}, Attempts = {Attempts}");
        if (IsUncertain)
        {
            builder.Append(", IsUncertain = True");
        }

        return true;
    }
}

/// <summary>A reply with typed content.</summary>
/// <typeparam name="T">What the call is about.</typeparam>
public sealed record EsmsReply<T> : EsmsReply
    where T : class
{
    /// <summary>The content; null when there is no success, or it lacks what it should bring (then see <see cref="EsmsReply.RawBody"/>).</summary>
    public T? Value { get; init; }

    /// <summary>Adds what may be logged, without the content: that may hold numbers and texts of people.</summary>
    protected override bool PrintMembers(StringBuilder builder) => base.PrintMembers(builder);
}

/// <summary>What came of a send.</summary>
public sealed record EsmsSendReply : EsmsReply
{
    /// <summary>The id that the callbacks bear; "" when none came back. 146 brings one although it is a refusal.</summary>
    public string SmsId { get; init; } = "";

    /// <summary>The RequestId that was sent, given or generated; "" for the calls that have none (protocol C.2).</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Multi-channel messages: the RequestId of each part, in their order; else empty.</summary>
    public ImmutableArray<string> PartRequestIds { get; init; } = [];

    /// <summary>The state of the first message when this one was refused as a repeat (124), if eSMS tells; else null.</summary>
    public int? FirstSendStatus { get; init; }

    /// <summary>Adds what may be logged.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        base.PrintMembers(builder);
        builder.Append(", SmsId = ").Append(SmsId).Append(", RequestId = ").Append(RequestId);
        return true;
    }
}

/// <summary>What came of one row of a bulk send.</summary>
/// <param name="Phone">As sent.</param>
/// <param name="RequestId">As sent, given or generated.</param>
/// <param name="Outcome">Accepted, AcceptedEarlier or Refused; what the whole call came to when there is no answer for the row.</param>
/// <param name="SmsId">The row's id; "" when there is none.</param>
/// <param name="Code">The row's result code; "" when there is none.</param>
/// <param name="Message">eSMS's text for a refused row.</param>
public sealed record EsmsBulkRow(string Phone, string RequestId, EsmsOutcome Outcome, string SmsId, string Code, string Message);

/// <summary>What came of a bulk send.</summary>
public sealed record EsmsBulkReply : EsmsReply
{
    /// <summary>A result for every row of the request, in its order.</summary>
    public ImmutableArray<EsmsBulkRow> Rows { get; init; } = [];

    /// <summary>Adds what may be logged.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        base.PrintMembers(builder);
        builder.Append(CultureInfo.InvariantCulture, $", Rows = {Rows.Length}");
        return true;
    }
}

/// <summary>What came of one GetCallback.</summary>
public sealed record EsmsPullReply : EsmsReply
{
    /// <summary>The ids that were asked about.</summary>
    public ImmutableArray<string> Asked { get; init; } = [];

    /// <summary>What eSMS knows of them: decoded, in the order of the answer. Ids that it does not know are missing.</summary>
    public ImmutableArray<GetCallbackAnswerItem> Items { get; init; } = [];

    /// <summary>Adds what may be logged.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        base.PrintMembers(builder);
        builder.Append(CultureInfo.InvariantCulture, $", Asked = {Asked.Length}, Items = {Items.Length}");
        return true;
    }
}
