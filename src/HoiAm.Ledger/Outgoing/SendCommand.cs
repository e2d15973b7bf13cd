using System.Text.Json;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Outgoing;

/// <summary>
/// Accepts what customers ask to be sent: RequestIds found new, balance debited, message entered, charge line and outbox row written, all
/// in the group's one transaction. Each order has an outcome of its own.
/// </summary>
internal sealed class SendCommand(IReadOnlyList<SendOrder> orders) : WaitedCommand<IReadOnlyList<SendOutcome>>
{
    /// <summary>How long a RequestId stays used, from the acceptance of its message (protocol G 35).</summary>
    public static readonly TimeSpan RequestIdKept = TimeSpan.FromHours(24);

    private const int Begun = 1;
    private const int Withdrawn = 2;
    private int _stage;

    internal override int Weight => orders.Sum(o => 1024 + (o.Message.Recipients.Count * 256));

    /// <summary>Takes it back before its turn has come; false when it is being written, or was.</summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _stage, Withdrawn, 0) == 0;

    internal override void Announce(GroupKeys keys)
    {
        foreach (var order in orders)
        {
            foreach (var requestId in order.RequestIds)
            {
                keys.AddRequest(order.Message.Account, requestId);
            }

            keys.AddMessage(order.Message, order.Message.SmsId!);
        }
    }

    protected override IReadOnlyList<SendOutcome> Run(GroupContext group) =>
        Interlocked.CompareExchange(ref _stage, Begun, 0) == Withdrawn
            ? Refuse(new TimeoutException("It was withdrawn before its turn came."))
            : [.. orders.Select(o => Accept(group, o))];

    private static SendOutcome Accept(GroupContext group, SendOrder order)
    {
        foreach (var requestId in order.RequestIds)
        {
            if (FindFirst(group, order.Message.Account, requestId) is { } first)
            {
                return new SendOutcome(SendResult.Repeated, (int)first.SendStatus);
            }
        }

        if (order.Billed && !Billing.TryCharge(group, order))
        {
            return new SendOutcome(SendResult.BalanceTooLow);
        }

        if (order.Code is { } code)
        {
            Keep(group, order.Message.Account, code);
        }

        if (order.Start != SendStart.KeepCodeOnly)
        {
            var message = Enter(group, order);
            foreach (var later in order.RequestIds.Where(id => id != order.Message.RequestId))
            {
                // The second leg's id is used from now on, although its message may never be entered.
                group.Store.AddReference(ReferenceKey.Of(ReferenceKind.Request, order.Message.Account, later), message);
            }
        }

        return new SendOutcome(SendResult.Accepted);
    }

    /// <summary>Enters what was paid for and gives it to its routes; gives the number of the message.</summary>
    private static long Enter(GroupContext group, SendOrder order)
    {
        var id = RegisterCommand.Enter(group, order.Message, order.Message.SmsId!).MessageId;
        switch (order.Start)
        {
            case SendStart.Reject:
                Report(group, id, ReportedStatus.Rejected, new { action = "reject", reason = order.Reason });
                break;
            case SendStart.Pretend:
                Report(group, id, ReportedStatus.Delivered, new { action = "deliver", reason = "Sandbox=1: nothing was sent." });
                break;
            default:
                PutOut(group, id, order);
                break;
        }

        return id;
    }

    /// <summary>
    /// What follows from the end of a first leg: what was held is given back, and when nobody was reached the second leg is paid for and
    /// entered, under the same SMSID. A first leg that is only taken for expired is followed by none: days later nobody wants it.
    /// </summary>
    public static void AfterFirstLeg(GroupContext group, MessageRow first, bool mayFollow)
    {
        var facts = SentFacts.Read(first.Extra);
        Billing.Release(group, first, facts.Hold);
        if (!mayFollow || first.Successes > 0 || facts.Fallback is not { } second)
        {
            return;
        }

        if (second.Billed && second.Start != SendStart.Reject && !Billing.TryCharge(group, second))
        {
            second = second with { Message = second.Message.Unpaid(), Billed = false, Start = SendStart.Reject, Reason = "The balance does not cover the second leg." };
        }

        Enter(group, second);
    }

    private static void PutOut(GroupContext group, long id, SendOrder order)
    {
        var due = Math.Max(order.SendAtMs, group.NowMs);
        var state = order.Start == SendStart.AwaitApproval ? OutboxState.AwaitsApproval : OutboxState.Ready;
        foreach (var part in order.Parts)
        {
            group.Store.Connection.Execute(
                "INSERT INTO outbox (message, route, telcos, due_at, state, tries, detail) VALUES (@p0, @p1, @p2, @p3, @p4, 0, NULL)",
                id,
                part.Route,
                part.Telcos,
                due,
                (int)state);
        }

        if (state == OutboxState.Ready)
        {
            group.AddReady(id, due);
        }
    }

    private static void Report(GroupContext group, long id, ReportedStatus status, object raw)
    {
        var message = group.Store.GetMessage(id)!;
        foreach (var recipient in group.Store.ListRecipients(message))
        {
            var report = new IncomingReport
            {
                Source = ReportSource.Operator,
                Vendor = message.Vendor,
                Address = recipient.Address,
                Status = status,
                Raw = JsonSerializer.SerializeToUtf8Bytes(raw),
            };
            ReportCommand.Append(group, message, recipient, report, group.NowMs);
        }
    }

    /// <summary>The message of the account that used this RequestId within its 24 hours; null when none did.</summary>
    public static MessageRow? FindFirst(GroupContext group, int account, string requestId)
    {
        var ids = group.Ids;
        ids.Clear();
        group.Store.FindMessages(ReferenceKey.Of(ReferenceKind.Request, account, requestId), ids);
        var notBefore = group.NowMs - (long)RequestIdKept.TotalMilliseconds;
        foreach (var id in ids)
        {
            if (group.Store.GetMessage(id) is not { Extra: { } extra } message || message.Account != account || message.CreatedAtMs <= notBefore)
            {
                continue;
            }

            // The index holds hashes: the text decides.
            var facts = SentFacts.Read(extra);
            if (!facts.Pretended && (message.RequestId == requestId || facts.Fallback?.Message.RequestId == requestId || facts.Relay?.Second?.RequestId == requestId))
            {
                return message;
            }
        }

        return null;
    }

    private static void Keep(GroupContext group, int account, KeptCode code) => group.Store.Connection.Execute(
        """
        INSERT INTO otp (account, phone, code, expires_at, used, wrong) VALUES (@p0, @p1, @p2, @p3, 0, 0)
        ON CONFLICT (account, phone) DO UPDATE SET code = excluded.code, expires_at = excluded.expires_at, used = 0, wrong = 0
        """,
        account,
        code.Phone,
        code.Code,
        code.ExpiresAtMs);
}

/// <summary>Where a message stands in the outbox.</summary>
public enum OutboxState : byte
{
    /// <summary>A route can take it when it is due.</summary>
    Ready = 0,

    /// <summary>An administrator has to approve it first.</summary>
    AwaitsApproval = 1,

    /// <summary>Handed over; it waits for approval there.</summary>
    AwaitsApprovalThere = 2,

    /// <summary>Approved after it was handed over: its route goes on.</summary>
    ApprovedThere = 3,

    /// <summary>Handed over without a clear answer, where a second time might send it twice: a person decides, or a report tells.</summary>
    Uncertain = 4,
}
