using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Model;

namespace HoiAm.Ledger.Folding;

/// <summary>
/// Folds one report into the state of its recipient and message. Pure: no store, no clock. State only moves forward; the first final
/// state stands (design section 3, protocol G 60); only a presumed expiry gives way to a real report.
/// </summary>
public static class ReportFold
{
    /// <summary>Applies the report and tells what it did. <paramref name="eventAtMs"/> is when it happened, Unix milliseconds.</summary>
    public static ReportEffect Apply(MessageRow message, RecipientRow recipient, IncomingReport report, long eventAtMs)
    {
        var bit = StatusBit(message, report);
        if (bit != 0 && (recipient.SeenStatuses & bit) != 0)
        {
            return ReportEffect.Repeated;
        }

        recipient.SeenStatuses |= bit;
        switch (report.Status)
        {
            case ReportedStatus.Unmapped:
                return ReportEffect.Unmapped;
            case ReportedStatus.Missing:
                return ReportEffect.NoStatus;
            case ReportedStatus.Ignore:
                return ReportEffect.Ignored;
        }

        var refused = IsRefused(message, recipient, report);
        var target = Target(report.Status);
        if (refused && report.Source == ReportSource.Vendor && target is RecipientState.Sent or RecipientState.Delivered)
        {
            // The vendor says that it passed the message on, Zalo that it did not take it: Zalo knows. An upstream's counters speak for themselves.
            target = RecipientState.Failed;
        }

        var effect = ReportEffect.Advanced;
        if (recipient.State.IsFinal())
        {
            // Silence is no evidence: a presumption that comes after a final state neither replaces nor contradicts it.
            if (report.Source == ReportSource.Presumed)
            {
                return ReportEffect.Late;
            }

            if (!recipient.Presumed || !target.IsFinal())
            {
                return AfterFinal(message, recipient, report.Status, target);
            }

            Take(message, recipient, -1);
            effect = ReportEffect.ReplacedPresumed;
        }
        else if (target <= recipient.State)
        {
            return ReportEffect.Late;
        }

        Move(message, recipient, report, target, refused, eventAtMs);
        return effect;
    }

    // A refusal by Zalo came before the hand-over, whatever status the vendor gave it (contract section 2, protocol G 24).
    private static bool IsRefused(MessageRow message, RecipientRow recipient, IncomingReport report) =>
        report.IsRefusal && (report.PartnerId ?? recipient.PartnerId) is null && message.Kind.IsZalo();

    private static ReportEffect AfterFinal(MessageRow message, RecipientRow recipient, ReportedStatus status, RecipientState target)
    {
        if (!target.IsFinal())
        {
            return ReportEffect.Late;
        }

        if (target != recipient.State)
        {
            message.Contradictions++;
            return ReportEffect.Contradiction;
        }

        if (status == ReportedStatus.Seen && !recipient.Seen)
        {
            recipient.Seen = true;
            return ReportEffect.Seen;
        }

        return ReportEffect.Late;
    }

    private static void Move(MessageRow message, RecipientRow recipient, IncomingReport report, RecipientState target, bool refused, long eventAtMs)
    {
        // An upstream told the totals of the whole message before anybody told what became of this recipient: the totals stand.
        var isTold = message.Finals == message.Total && !recipient.State.IsFinal();
        recipient.State = target;
        recipient.Seen |= report.Status == ReportedStatus.Seen && target == RecipientState.Delivered;
        recipient.Presumed = report.Source == ReportSource.Presumed;
        recipient.EventAtMs = eventAtMs;
        recipient.PartnerId = report.PartnerId ?? recipient.PartnerId;
        recipient.ErrorInfo = report.ErrorInfo ?? recipient.ErrorInfo;
        recipient.TelcoId = report.TelcoId ?? recipient.TelcoId;
        recipient.Segments = report.Segments ?? recipient.Segments;

        // Handed over: whatever the telco or Zalo took. A refusal and a rejection came before that.
        var handedBefore = recipient.HandedOver;
        recipient.HandedOver = target switch
        {
            RecipientState.Sent or RecipientState.Delivered => true,
            RecipientState.Failed or RecipientState.Expired => !refused,
            _ => false,
        };
        if (target.IsFinal())
        {
            recipient.Charged = report.Price is { } price ? ToUnits(price)
                : target == RecipientState.Delivered ? recipient.Price
                : 0;
        }

        if (isTold)
        {
            return;
        }

        message.HandedOver += (recipient.HandedOver ? 1 : 0) - (handedBefore ? 1 : 0);
        if (target.IsFinal())
        {
            Take(message, recipient, +1);
        }
        else if (report.Price is { } told)
        {
            // What it will cost is known before how it ends: from now on that is the price, unless a later report says otherwise.
            recipient.Price = ToUnits(told);
        }

        if (message.Finals == message.Total)
        {
            // Also when it was final before: a presumed expiry that was replaced changes which final it is.
            message.State = FinalOf(message);
        }
        else if (!target.IsFinal() && target > message.State)
        {
            message.State = target;
        }
    }

    /// <summary>
    /// Takes over what an upstream tells of a whole message with several recipients of whom some were reached and some were not: the totals
    /// count, and nobody knows yet which recipients they are. Presumed expiries make room.
    /// </summary>
    public static ReportEffect ApplyTotals(MessageRow message, IReadOnlyList<RecipientRow> recipients, int successes, int handedOver, long charged)
    {
        var replaces = message.Presumed > 0;
        successes = Math.Clamp(successes, 0, message.Total);
        if (message.State.IsFinal() && !replaces)
        {
            if (message.Successes == successes)
            {
                return ReportEffect.Repeated;
            }

            message.Contradictions++;
            return ReportEffect.Contradiction;
        }

        foreach (var recipient in recipients.Where(r => r.Presumed || !r.State.IsFinal()))
        {
            recipient.State = RecipientState.Sent;
            recipient.Presumed = false;
            recipient.HandedOver = true;
            recipient.Charged = 0;
        }

        message.Finals = message.Total;
        message.Successes = successes;
        message.Rejections = 0;
        message.Presumed = 0;
        message.HandedOver = Math.Clamp(handedOver, 0, message.Total);
        message.Charged = charged;
        message.State = FinalOf(message);
        return replaces ? ReportEffect.ReplacedPresumed : ReportEffect.Advanced;
    }

    // Adds the recipient's part to the message's counters, or takes it away again before a presumed expiry is replaced.
    private static void Take(MessageRow message, RecipientRow recipient, int sign)
    {
        message.Finals += sign;
        message.Charged += sign * recipient.Charged;
        message.Successes += recipient.State == RecipientState.Delivered ? sign : 0;
        message.Rejections += recipient.State == RecipientState.Rejected ? sign : 0;
        message.Presumed += recipient.Presumed ? sign : 0;
    }

    // The message's own final state is only a mark; its counters tell the outcome.
    private static RecipientState FinalOf(MessageRow message) =>
        message.Successes > 0 ? RecipientState.Delivered
        : message.Rejections == message.Total ? RecipientState.Rejected
        : RecipientState.Failed;

    private static RecipientState Target(ReportedStatus status) => status switch
    {
        ReportedStatus.PendingApproval => RecipientState.PendingApproval,
        ReportedStatus.Waiting => RecipientState.Waiting,
        ReportedStatus.Sent => RecipientState.Sent,
        ReportedStatus.Delivered or ReportedStatus.Seen => RecipientState.Delivered,
        ReportedStatus.Failed => RecipientState.Failed,
        ReportedStatus.Rejected => RecipientState.Rejected,
        ReportedStatus.Expired => RecipientState.Expired,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    /// <summary>
    /// The bit under which a report's status is remembered; 0 for what <see cref="ReportMemory"/> remembers: numbers outside −16…31, and
    /// everything about a message of which several vendors may report, since one bit cannot tell them apart.
    /// </summary>
    public static long StatusBit(MessageRow message, IncomingReport report)
    {
        return report.Source switch
        {
            // A bit of its own: a real expiry after the presumed one is news.
            ReportSource.Presumed => 1L << 63,
            not ReportSource.Vendor => 1L << (48 + (int)report.Status),
            _ when message.Vendor == 0 => 0,
            _ => report.StatusCode switch
            {
                null => 1L << 62,
                >= -16 and <= 31 => 1L << (report.StatusCode.Value + 16),
                _ => 0,
            },
        };
    }

    /// <summary>VND to the ledger's unit of 1/10,000 VND; halves away from zero.</summary>
    public static long ToUnits(decimal price) => (long)decimal.Round(price * 10_000m, 0, MidpointRounding.AwayFromZero);

    /// <summary>The ledger's unit back to VND, with four fraction digits.</summary>
    public static decimal FromUnits(long units) => new decimal(units) / 10_000m;
}
