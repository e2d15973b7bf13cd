using System.Threading.Tasks.Sources;
using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Model;

namespace HoiAm.Ledger.Writing;

/// <summary>Appends one report: kept raw, matched, folded, and the callback that follows written, all in the group's one transaction.</summary>
internal sealed class ReportCommand(IncomingReport report, long receivedAtMs) : LedgerCommand, IValueTaskSource<ReportEffect>
{
    private ManualResetValueTaskSourceCore<ReportEffect> _waiter;
    private ReportEffect _effect;

    public ValueTask<ReportEffect> Task => new(this, _waiter.Version);

    internal override int Weight => report.Raw.Length + 512;

    internal override void Announce(GroupKeys keys) => keys.AddReport(report);

    internal override void Apply(GroupContext group)
    {
        var match = Correlation.Find(group, report);
        if (match is null && group.Store.Guard(report))
        {
            // Another node may have registered the message since; from here on it cannot.
            match = Correlation.Find(group, report);
        }

        if (match is var (message, recipient))
        {
            _effect = Append(group, message, recipient, report, receivedAtMs);
            group.Count(StatSeries.Reports, message.Tag with { Telco = recipient.TelcoId }, (byte)_effect);
        }
        else
        {
            _effect = Park(group);
            group.Count(StatSeries.Reports, new StatTag(0, report.Vendor, report.TelcoId ?? 0, 0), (byte)_effect);
        }
    }

    internal override void Complete() => _waiter.SetResult(_effect);

    internal override void Fail(Exception error) => _waiter.SetException(error);

    /// <summary>Folds a report into its message and writes everything that follows from it.</summary>
    public static ReportEffect Append(
        GroupContext group, MessageRow message, RecipientRow recipient, IncomingReport report, long receivedAtMs)
    {
        if (ReportMemory.IsRepeat(group, message, recipient, report))
        {
            return ReportEffect.Repeated;
        }

        var stateBefore = message.State;
        var eventAtMs = report.EventTime?.ToUnixTimeMilliseconds() ?? receivedAtMs;
        var isBilled = SentFacts.IsBilled(message.Extra);
        var bookedBefore = isBilled ? Billing.Booked(recipient) : 0;
        var partnerBefore = recipient.PartnerId;
        var effect = ReportFold.Apply(message, recipient, report, eventAtMs);
        if (effect == ReportEffect.Repeated)
        {
            return effect;
        }

        if (effect is ReportEffect.Advanced or ReportEffect.ReplacedPresumed && recipient.State.IsFinal())
        {
            group.Count(StatSeries.Outcomes, message.Tag with { Telco = recipient.TelcoId }, (byte)recipient.State);
        }

        var row = new ReportRow
        {
            Id = group.Store.NextId(),
            MessageId = message.Id,
            Previous = message.LastReport,
            AtMs = receivedAtMs,
            Source = report.Source,
            Vendor = report.Vendor,
            StatusCode = report.StatusCode,
            Effect = effect,
            Address = message.Total == 1 ? "" : recipient.Address,
            Raw = report.Raw,
        };
        group.Store.InsertReport(row);
        message.LastReport = row.Id;
        if (recipient.PartnerId is { } partner && partner != partnerBefore)
        {
            group.Store.AddReference(ReferenceKey.Of(ReferenceKind.Partner, message.Account, partner), message.Id);
        }

        if (isBilled)
        {
            Billing.Settle(group, message, recipient, bookedBefore);
        }

        if (message.Leg > 0 || SentFacts.HasLegs(message.Extra))
        {
            FollowOtherLeg(group, message);
        }

        CallbackEmitter.Follow(group, message, recipient, stateBefore, effect, eventAtMs);
        if (message.Total > 1)
        {
            group.Store.UpdateRecipient(message.Id, recipient);
        }

        group.Store.UpdateMessage(message);
        if (isBilled && message.State.IsFinal() && !stateBefore.IsFinal() && SentFacts.HasLegs(message.Extra))
        {
            SendCommand.AfterFirstLeg(group, message, mayFollow: report.Source != ReportSource.Presumed);
        }

        return effect;
    }

    /// <summary>Appends reports to one message; null when there is none.</summary>
    public static AppendedToMessage? AppendAll(GroupContext group, long messageId, IReadOnlyList<IncomingReport> reports)
    {
        if (group.Store.GetMessage(messageId) is not { } message)
        {
            return null;
        }

        var wasFinal = message.State.IsFinal();
        var changed = 0;
        foreach (var report in reports)
        {
            var recipient = Correlation.FindRecipient(group.Store, message, report.Address) ?? (message.Total == 1 ? message.First : null);
            if (recipient is not null && Append(group, message, recipient, report, group.NowMs) != ReportEffect.Repeated)
            {
                changed++;
            }
        }

        return new AppendedToMessage(changed, message.State.IsFinal(), wasFinal);
    }

    // Callbacks of one SMSID leave in order, whichever leg they tell of: each follows on the newest of both.
    internal static void FollowOtherLeg(GroupContext group, MessageRow message)
    {
        if (RegisterCommand.FindBySmsId(group, message.SmsId, message.Leg > 0 ? 0 : 1) is { } other)
        {
            message.LastCallback = Math.Max(message.LastCallback, other.LastCallback);
        }
    }

    ReportEffect IValueTaskSource<ReportEffect>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReportEffect>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<ReportEffect>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    // The report may come before the send answer that names its message (protocol G 58): it is kept until the message is registered.
    private ReportEffect Park(GroupContext group)
    {
        if (group.Store.HasOrphans)
        {
            var ids = group.Ids;
            ids.Clear();
            group.Store.FindOrphans(OrphanKeys.Repeat(report), ids);
            foreach (var id in ids)
            {
                if (group.Store.GetOrphan(id) is { } orphan && IsRepeat(orphan.Report))
                {
                    return ReportEffect.Repeated;
                }
            }
        }

        Span<long> keys = stackalloc long[OrphanKeys.Max];
        var count = OrphanKeys.Of(report, keys);
        group.Store.InsertOrphan(
            new OrphanRow { Id = group.Store.NextId(), Report = report, AtMs = receivedAtMs }, keys[..count]);
        return ReportEffect.Parked;
    }

    private bool IsRepeat(IncomingReport other) =>
        other.Vendor == report.Vendor && other.ReferentId == report.ReferentId && other.RequestId == report.RequestId
        && other.Address == report.Address && other.StatusCode == report.StatusCode && other.Source == report.Source
        && other.Status == report.Status;
}
