using HoiAm.Ledger.Facts;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Folding;

/// <summary>One report of a made-up history.</summary>
internal sealed record Step(int Recipient, ReportSource Source, int? Code, ReportedStatus Status, decimal? Price, bool Refusal, string? PartnerId)
{
    public override string ToString() => $"#{Recipient} {Source} {Code} {Status} {Price}{(Refusal ? " refused" : "")} {PartnerId}";
}

/// <summary>
/// The rules of states once more, written down plainly and apart from the ledger: what each recipient has heard, in which state it is,
/// and what the message looks like when everything is counted again from the beginning.
/// </summary>
internal sealed class FoldModel(int recipients, bool isZalo, decimal price, bool knowsRareNumbers = false)
{
    private readonly Recipient[] _recipients = [.. Enumerable.Range(0, recipients).Select(_ => new Recipient { Price = price })];
    private RecipientState _furthest = RecipientState.Accepted;

    public int Contradictions { get; private set; }

    public int Finals => _recipients.Count(r => r.IsFinal);

    public int Successes => _recipients.Count(r => r.State == RecipientState.Delivered);

    public int Rejections => _recipients.Count(r => r.State == RecipientState.Rejected);

    public int HandedOver => _recipients.Count(r => r.HandedOver);

    public int Presumed => _recipients.Count(r => r.Presumed);

    public decimal Charged => _recipients.Sum(r => r.Charged);

    public IEnumerable<RecipientState> States => _recipients.Select(r => r.State);

    public SendStatus Status =>
        Finals < recipients ? _furthest.PendingStatus()
        : Rejections == recipients ? SendStatus.Rejected
        : SendStatus.Finished;

    public ReportEffect Apply(Step step)
    {
        var recipient = _recipients[step.Recipient];
        if (!recipient.Heard.Add(Identity(step)))
        {
            return ReportEffect.Repeated;
        }

        switch (step.Status)
        {
            case ReportedStatus.Unmapped:
                return ReportEffect.Unmapped;
            case ReportedStatus.Missing:
                return ReportEffect.NoStatus;
            case ReportedStatus.Ignore:
                return ReportEffect.Ignored;
        }

        var target = step.Status switch
        {
            ReportedStatus.PendingApproval => RecipientState.PendingApproval,
            ReportedStatus.Waiting => RecipientState.Waiting,
            ReportedStatus.Sent => RecipientState.Sent,
            ReportedStatus.Failed => RecipientState.Failed,
            ReportedStatus.Rejected => RecipientState.Rejected,
            ReportedStatus.Expired => RecipientState.Expired,
            _ => RecipientState.Delivered,
        };
        if (step.Source == ReportSource.Vendor && target is RecipientState.Sent or RecipientState.Delivered && IsRefused(recipient, step))
        {
            target = RecipientState.Failed;
        }

        var targetIsFinal = target is RecipientState.Delivered or RecipientState.Failed or RecipientState.Rejected or RecipientState.Expired;
        if (!recipient.IsFinal)
        {
            if (!targetIsFinal && target <= recipient.State)
            {
                return ReportEffect.Late;
            }

            Enter(recipient, target, targetIsFinal, step);
            return ReportEffect.Advanced;
        }

        if (!targetIsFinal || step.Source == ReportSource.Presumed)
        {
            return ReportEffect.Late;
        }

        if (recipient.Presumed)
        {
            Enter(recipient, target, targetIsFinal, step);
            return ReportEffect.ReplacedPresumed;
        }

        if (target != recipient.State)
        {
            Contradictions++;
            return ReportEffect.Contradiction;
        }

        if (step.Status == ReportedStatus.Seen && !recipient.Seen)
        {
            recipient.Seen = true;
            return ReportEffect.Seen;
        }

        return ReportEffect.Late;
    }

    private bool IsRefused(Recipient recipient, Step step) =>
        isZalo && step.Refusal && step.PartnerId is null && recipient.PartnerId is null;

    private void Enter(Recipient recipient, RecipientState target, bool targetIsFinal, Step step)
    {
        recipient.State = target;
        recipient.IsFinal = targetIsFinal;
        recipient.Presumed = step.Source == ReportSource.Presumed;
        recipient.Seen |= step.Status == ReportedStatus.Seen && target == RecipientState.Delivered;
        var refused = IsRefused(recipient, step);
        recipient.PartnerId ??= step.PartnerId;
        recipient.HandedOver = target is RecipientState.Sent or RecipientState.Delivered
            || (target is RecipientState.Failed or RecipientState.Expired && !refused);
        if (targetIsFinal)
        {
            recipient.Charged = step.Price ?? (target == RecipientState.Delivered ? recipient.Price : 0);
            return;
        }

        recipient.Price = step.Price ?? recipient.Price;
        _furthest = target > _furthest ? target : _furthest;
    }

    // Rare numbers are not the fold's to remember: the ledger looks them up before it folds.
    private object Identity(Step step) => step.Source switch
    {
        ReportSource.Presumed => "presumed",
        ReportSource.Vendor => knowsRareNumbers || step.Code is null or (>= -16 and <= 31) ? ("vendor", step.Code) : new object(),
        _ => ("told", step.Status),
    };

    private sealed class Recipient
    {
        public HashSet<object> Heard { get; } = [];

        public RecipientState State { get; set; }

        public bool IsFinal { get; set; }

        public bool Presumed { get; set; }

        public bool Seen { get; set; }

        public bool HandedOver { get; set; }

        public decimal Price { get; set; }

        public decimal Charged { get; set; }

        public string? PartnerId { get; set; }
    }
}
