using HoiAm.Model;
using HoiAm.Protocols.Codes;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.EsmsCallback;

namespace HoiAm.Receiver;

/// <summary>A status callback, decoded, as your handler gets it.</summary>
public sealed record EsmsCallback
{
    /// <summary>
    /// What makes it the same callback again: the hub's callback id; for a sender that gives none, such as eSMS itself, a digest of its
    /// content. Handlers may use it as their own key, since after a crash a callback may be handled once more.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>Everything that could be read.</summary>
    public required EsmsCallbackReading Reading { get; init; }

    /// <summary>When it arrived here.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When it happened (the hub's <c>X-HoiAm-Event-Time</c>); null when the sender does not say.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>The sender's try that got through (<c>X-HoiAm-Attempt</c>), from 1; null when the sender does not say.</summary>
    public int? SenderAttempt { get; init; }

    /// <summary>Which time your handler is asked, from 1; it starts anew with the process.</summary>
    public int HandlingAttempt { get; init; } = 1;

    /// <summary>The query of a GET or the body of a POST, as received.</summary>
    public string Raw { get; init; } = "";

    /// <summary>The facts.</summary>
    public CallbackFacts Facts => Reading.Facts;

    /// <summary>The message, as the send returned it.</summary>
    public string SmsId => Facts.SmsId;

    /// <summary>Your own id of the send; "" when you gave none.</summary>
    public string RequestId => Facts.RequestId;

    /// <summary>What became of the message: SendStatus 5 alone does not tell.</summary>
    public CallbackOutcome Outcome => Reading.Outcome;

    /// <summary>True when nothing further will come for this message.</summary>
    public bool IsFinal => Outcome is not (CallbackOutcome.Pending or CallbackOutcome.Unknown);

    /// <summary>Zalo's result as it was told.</summary>
    public ErrorInfoReading ErrorInfo => Reading.ErrorInfo;

    /// <summary>What Zalo's code means and whether a retry helps; null when there is no code.</summary>
    public ZaloResultCode? Zalo => ErrorInfo.Error is { } code ? ZaloResultCodes.Find(code) : null;

    /// <summary>The carrier's name; "" when unknown.</summary>
    public string TelcoName => TelcoNames.Name(Facts.TelcoId);

    /// <summary>Id, message, state: no number, no text.</summary>
    public override string ToString() => $"EsmsCallback {{ Id = {Id}, SmsId = {SmsId}, Outcome = {Outcome} }}";
}
