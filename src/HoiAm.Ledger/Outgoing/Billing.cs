using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Outgoing;

/// <summary>
/// Money of messages. The quoted price is debited when a message is accepted; what a receiver costs in the end is booked as a difference
/// in the transaction of the report that ends it. A balance never goes below zero: a report that asks for more gets what is there.
/// </summary>
internal static class Billing
{
    /// <summary>Debits the quoted price of all receivers and what is held; false when the balance does not cover it. One line a carrier.</summary>
    public static bool TryCharge(GroupContext group, SendOrder order)
    {
        var message = order.Message;
        var connection = group.Store.Connection;
        var price = message.Recipients.Sum(r => ReportFold.ToUnits(r.Price));
        if (BalanceBook.TryTake(connection, message.Account, price + order.Hold) is not { } after)
        {
            return false;
        }

        var running = after + price + order.Hold;
        foreach (var carrier in message.Recipients.GroupBy(r => r.TelcoId))
        {
            var amount = carrier.Sum(r => ReportFold.ToUnits(r.Price));
            if (amount > 0)
            {
                running -= amount;
                var only = carrier.Count() == 1 ? carrier.First().Address : "";
                var vendor = order.Parts.FirstOrDefault(p => (p.Telcos & (1 << carrier.Key)) != 0).Vendor;
                BalanceBook.Add(connection, Line(group, message, vendor, BalanceBook.Charge) with
                {
                    Recipient = only,
                    Telco = carrier.Key,
                    Segments = order.Segments * carrier.Count(),
                    Amount = -amount,
                    After = running,
                });
            }
        }

        if (order.Hold > 0)
        {
            BalanceBook.Add(connection, Line(group, message, message.Vendor, BalanceBook.Hold) with { Amount = -order.Hold, After = after });
        }

        return true;
    }

    /// <summary>What is booked for a receiver now: the quote until it is final, then what it costs.</summary>
    public static long Booked(RecipientRow recipient) => recipient.State.IsFinal() ? recipient.Charged : recipient.Price;

    /// <summary>
    /// Books the difference to what was booked before, also when a report that is not the last names a price. Lowers the charge, or the
    /// price, when the balance does not cover a higher one.
    /// </summary>
    public static void Settle(GroupContext group, MessageRow message, RecipientRow recipient, long bookedBefore)
    {
        var more = Booked(recipient) - bookedBefore;
        if (more == 0)
        {
            return;
        }

        var connection = group.Store.Connection;
        var line = Line(group, message, more > 0 ? BalanceBook.Charge : BalanceBook.Refund) with
        {
            Recipient = recipient.Address,
            Telco = recipient.TelcoId,
        };
        if (more < 0)
        {
            // Only when nothing is charged any more are its segments given back too.
            var segments = Booked(recipient) == 0 ? SentFacts.Read(message.Extra).Segments : 0;
            BalanceBook.Add(connection, line with
            {
                Segments = segments, Amount = -more, After = BalanceBook.Give(connection, message.Account, -more),
            });
            return;
        }

        var taken = Math.Min(more, BalanceBook.Read(connection, message.Account));
        if (recipient.State.IsFinal())
        {
            recipient.Charged -= more - taken;
            message.Charged -= more - taken;
        }
        else
        {
            recipient.Price -= more - taken;
        }

        if (taken > 0)
        {
            var segments = bookedBefore == 0 ? SentFacts.Read(message.Extra).Segments : 0;
            BalanceBook.Add(connection, line with
            {
                Segments = segments, Amount = -taken, After = BalanceBook.TryTake(connection, message.Account, taken)!.Value,
            });
        }
    }

    /// <summary>Gives back what was held for the second leg.</summary>
    public static void Release(GroupContext group, MessageRow message, long hold)
    {
        if (hold > 0)
        {
            var after = BalanceBook.Give(group.Store.Connection, message.Account, hold);
            BalanceBook.Add(group.Store.Connection, Line(group, message, BalanceBook.Release) with { Amount = hold, After = after });
        }
    }

    private static BalanceLine Line(GroupContext group, MessageDraft message, int vendor, string reason) => new()
    {
        AtMs = group.NowMs,
        Account = message.Account,
        Vendor = vendor,
        SmsId = message.SmsId!,
        Leg = message.Leg,
        Kind = (int)message.Kind,
        Amount = 0,
        Reason = reason,
    };

    private static BalanceLine Line(GroupContext group, MessageRow message, string reason) => new()
    {
        AtMs = group.NowMs,
        Account = message.Account,
        Vendor = message.Vendor,
        SmsId = message.SmsId,
        Leg = message.Leg,
        Kind = (int)message.Kind,
        Amount = 0,
        Reason = reason,
    };
}
