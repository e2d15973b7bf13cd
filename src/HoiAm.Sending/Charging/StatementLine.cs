using System.Collections.Immutable;
using HoiAm.Model;

namespace HoiAm.Sending;

/// <summary>Why a balance changed.</summary>
public enum ChargeReason : byte
{
    /// <summary>A receiver of an accepted message.</summary>
    Charge,

    /// <summary>Given back: refused, rejected, or never handed over.</summary>
    Refund,

    /// <summary>An administrator put money in or took it out.</summary>
    Adjustment,
}

/// <summary>One change of a balance. The ledger writes it in the transaction that makes the change.</summary>
/// <param name="At">When.</param>
/// <param name="Account">Whose balance.</param>
/// <param name="Vendor">Who carried the message; "" for an adjustment.</param>
/// <param name="SmsId">Which message; "" for an adjustment.</param>
/// <param name="Recipient">Which receiver; "" for an adjustment.</param>
/// <param name="Kind">Kind of the message; null for an adjustment.</param>
/// <param name="TelcoId">Carrier, 0 when unknown.</param>
/// <param name="Segments">Billed segments.</param>
/// <param name="Reason">Why.</param>
/// <param name="Amount">VND, as it changes the balance: a charge is negative, a refund positive.</param>
public sealed record StatementLine(
    DateTimeOffset At,
    string Account,
    string Vendor,
    string SmsId,
    string Recipient,
    MessageKind? Kind,
    byte TelcoId,
    int Segments,
    ChargeReason Reason,
    decimal Amount);

/// <summary>One group of a statement: an account's lines of one vendor, kind and carrier.</summary>
/// <param name="Account">Account.</param>
/// <param name="Vendor">Vendor.</param>
/// <param name="Kind">Kind, null for adjustments.</param>
/// <param name="TelcoId">Carrier.</param>
/// <param name="Lines">How many lines.</param>
/// <param name="Segments">Segments charged, those given back taken off.</param>
/// <param name="Charged">Sum of the charges, not positive.</param>
/// <param name="Refunded">Sum of the refunds, not negative.</param>
/// <param name="Adjusted">Sum of the adjustments.</param>
public sealed record StatementGroup(
    string Account, string Vendor, MessageKind? Kind, byte TelcoId, int Lines, long Segments, decimal Charged, decimal Refunded, decimal Adjusted)
{
    /// <summary>What the group did to the balance.</summary>
    public decimal Net => Charged + Refunded + Adjusted;
}

/// <summary>A month's lines and their sums. The sums are made from the lines and from nothing else.</summary>
public static class Statement
{
    /// <summary>The month that a moment belongs to, by Vietnam's calendar.</summary>
    public static (int Year, int Month) MonthOf(DateTimeOffset at)
    {
        var local = at.ToOffset(SendDates.Offset);
        return (local.Year, local.Month);
    }

    /// <summary>The lines of a month, in their order.</summary>
    public static ImmutableArray<StatementLine> OfMonth(IEnumerable<StatementLine> lines, int year, int month) =>
        [.. lines.Where(l => MonthOf(l.At) == (year, month)).OrderBy(l => l.At)];

    /// <summary>Groups by account, vendor, kind and carrier, in that order.</summary>
    public static ImmutableArray<StatementGroup> Groups(IEnumerable<StatementLine> lines) =>
    [
        .. lines.GroupBy(l => (l.Account, l.Vendor, l.Kind, l.TelcoId))
            .OrderBy(g => g.Key.Account, StringComparer.Ordinal)
            .ThenBy(g => g.Key.Vendor, StringComparer.Ordinal)
            .ThenBy(g => g.Key.Kind?.TypeId() ?? int.MaxValue)
            .ThenBy(g => g.Key.TelcoId)
            .Select(g => new StatementGroup(
                g.Key.Account,
                g.Key.Vendor,
                g.Key.Kind,
                g.Key.TelcoId,
                g.Count(),
                g.Sum(l => l.Reason == ChargeReason.Refund ? -(long)l.Segments : l.Segments),
                Sum(g, ChargeReason.Charge),
                Sum(g, ChargeReason.Refund),
                Sum(g, ChargeReason.Adjustment))),
    ];

    private static decimal Sum(IEnumerable<StatementLine> lines, ChargeReason reason) =>
        lines.Where(l => l.Reason == reason).Sum(l => l.Amount);
}
