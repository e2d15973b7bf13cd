using HoiAm.Model;

namespace HoiAm.Ledger.Relaying;

/// <summary>What the hub must know of a send that it passes on: enough to enter the message once the upstream has given it an SMSID.</summary>
/// <param name="Kind">What kind of message it is.</param>
/// <param name="Recipients">Addresses, normalised where that is possible, each once.</param>
public sealed record RelayedSend(MessageKind Kind, IReadOnlyList<string> Recipients)
{
    /// <summary>How a RequestId begins that the hub made because the caller gave none.</summary>
    public const string MadeIdPrefix = "hoiam-";

    /// <summary>The caller's RequestId; null when it gave none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The RequestId that the upstream got: the caller's, or one that the hub made.</summary>
    public string UpstreamRequestId { get; init; } = "";

    /// <summary>The caller's own hook; null takes the account's.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>Official Account; null when none.</summary>
    public string? OaId { get; init; }

    /// <summary>Template; null when none.</summary>
    public string? TempId { get; init; }

    /// <summary>When it was to be sent, Unix milliseconds; 0 for at once.</summary>
    public long SendAtMs { get; init; }

    /// <summary>campaignid; null when none.</summary>
    public string? Campaign { get; init; }

    /// <summary>Sender name; null when none.</summary>
    public string? Brandname { get; init; }

    /// <summary>The channel that follows when this one fails, under the same SMSID; null when there is none.</summary>
    public RelayedSend? Second { get; init; }
}

/// <summary>
/// What an upstream's callback says of a whole message, taken over as it is: its counters may count segments, or leave everything at zero
/// (protocol A.2), and are told on unchanged.
/// </summary>
/// <param name="TypeId">Kind of the callback.</param>
/// <param name="Status">SendStatus.</param>
/// <param name="Success">SendSuccess.</param>
/// <param name="Failed">SendFailed.</param>
/// <param name="Receivers">TotalReceiver.</param>
/// <param name="Sent">TotalSent.</param>
/// <param name="Price">TotalPrice in 1/10,000 VND.</param>
/// <param name="SwitchSmsId">switchsmsid; null when empty.</param>
public sealed record ToldTotals(int TypeId, int Status, int Success, int Failed, int Receivers, int Sent, long Price, string? SwitchSmsId);

/// <summary>Where a send that was passed on stands, as long as anything about it is open.</summary>
public enum RelayState : byte
{
    /// <summary>Written down before the upstream was called; after a crash nobody knows whether it was.</summary>
    Intent = 0,

    /// <summary>The upstream may or may not have it.</summary>
    Uncertain = 1,

    /// <summary>The upstream has it and its SMSID is stored; the caller may not have had the answer.</summary>
    Accepted = 2,

    /// <summary>The upstream says that it has it, and its SMSID is not known: a callback will tell.</summary>
    Confirmed = 3,
}

/// <summary>A send that is to be passed on.</summary>
/// <param name="Account">Number of the account.</param>
/// <param name="Operation">Name of the call.</param>
/// <param name="Sends">A message for each answer that is expected: one, or one per row of a bulk send.</param>
public sealed record RelayIntent(int Account, string Operation, IReadOnlyList<RelayedSend> Sends)
{
    /// <summary>True when the upstream knows the call by its RequestId, so that passing it on again cannot send it twice.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>True for a bulk send: its rows are judged by the upstream, each for itself.</summary>
    public bool IsBulk { get; init; }

    /// <summary>The caller's own RequestIds, second channels included.</summary>
    public IReadOnlyList<string> OwnIds => [.. All.Select(s => s.RequestId).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Every message with its second channel.</summary>
    public IEnumerable<RelayedSend> All => Sends.SelectMany(s => s.Second is { } second ? [s, second] : (IEnumerable<RelayedSend>)[s]);
}

/// <summary>What the ledger says to an intent.</summary>
public enum RelayPermit : byte
{
    /// <summary>Pass it on: it is written down.</summary>
    Go = 0,

    /// <summary>Pass it on once more: it was uncertain, and the RequestId makes that safe.</summary>
    GoAgain = 1,

    /// <summary>It was accepted before, and the caller may not have had the answer: here it is.</summary>
    Stored = 2,

    /// <summary>The RequestId was used within 24 hours (124).</summary>
    Repeated = 3,

    /// <summary>It is uncertain, and passing it on again might send it twice.</summary>
    Unclear = 4,
}

/// <summary>The answer to an intent.</summary>
/// <param name="Permit">What to do.</param>
/// <param name="Id">Number of the record, with <see cref="RelayPermit.Go"/> and <see cref="RelayPermit.GoAgain"/>.</param>
/// <param name="Answer">The upstream's answer, with <see cref="RelayPermit.Stored"/>.</param>
/// <param name="FirstStatus">SendStatus of the first message, with <see cref="RelayPermit.Repeated"/>.</param>
/// <param name="Sends">What was recorded the first time, with <see cref="RelayPermit.GoAgain"/>: hub-made ids stay the same.</param>
public sealed record RelayAnswer(RelayPermit Permit, long Id = 0, byte[]? Answer = null, int FirstStatus = 0, IReadOnlyList<RelayedSend>? Sends = null);

/// <summary>A record of a send that was passed on and is not settled.</summary>
public sealed record RelayRecord(
    long Id, int Account, string Operation, RelayState State, long AtMs, int Tries, bool IsRepeatable, IReadOnlyList<RelayedSend> Sends, string? Detail, byte[]? Answer);
