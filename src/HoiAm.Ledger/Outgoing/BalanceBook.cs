using System.Data.Common;
using HoiAm.Ledger.Storage;

namespace HoiAm.Ledger.Outgoing;

/// <summary>One change of a balance, in 1/10,000 VND.</summary>
public sealed record BalanceLine
{
    /// <summary>Unix milliseconds.</summary>
    public required long AtMs { get; init; }

    /// <summary>Number of the account.</summary>
    public required int Account { get; init; }

    /// <summary>Number of the vendor that carries the message; 0 when several do or none.</summary>
    public int Vendor { get; init; }

    /// <summary>The message; empty for an adjustment.</summary>
    public string SmsId { get; init; } = "";

    /// <summary>Its leg.</summary>
    public int Leg { get; init; }

    /// <summary>The receiver; empty when the line stands for several.</summary>
    public string Recipient { get; init; } = "";

    /// <summary>Kind of the message; 0 for an adjustment.</summary>
    public int Kind { get; init; }

    /// <summary>Carrier, 0 when unknown.</summary>
    public int Telco { get; init; }

    /// <summary>Segments charged or given back; 0 when only the amount changes.</summary>
    public int Segments { get; init; }

    /// <summary>As it changes the balance: a charge is negative.</summary>
    public required long Amount { get; init; }

    /// <summary>The balance behind it.</summary>
    public long After { get; init; }

    /// <summary>charge, refund, hold, release or adjustment.</summary>
    public required string Reason { get; init; }

    /// <summary>What an administrator wrote; null otherwise.</summary>
    public string? Note { get; init; }
}

/// <summary>Balances and their lines. Every call runs inside a transaction of the ledger, so that a change and its line are one.</summary>
public static class BalanceBook
{
    public const string Charge = "charge";
    public const string Refund = "refund";
    public const string Hold = "hold";
    public const string Release = "release";
    public const string Adjustment = "adjustment";

    /// <summary>The balance; 0 for an account that never had one.</summary>
    public static long Read(DbConnection connection, int account) =>
        connection.Scalar("SELECT amount FROM balance WHERE account = @p0", account);

    /// <summary>Takes an amount if the balance covers it; gives the balance behind it, or null when it does not cover it.</summary>
    public static long? TryTake(DbConnection connection, int account, long amount) => amount == 0
        ? Read(connection, account)
        : connection.ScalarOrNull(
            "UPDATE balance SET amount = amount - @p1 WHERE account = @p0 AND amount >= @p1 RETURNING amount", account, amount);

    /// <summary>Gives an amount; gives the balance behind it.</summary>
    public static long Give(DbConnection connection, int account, long amount) => connection.Scalar(
        """
        INSERT INTO balance (account, amount) VALUES (@p0, @p1)
        ON CONFLICT (account) DO UPDATE SET amount = balance.amount + excluded.amount RETURNING amount
        """,
        account,
        amount);

    /// <summary>Writes a line.</summary>
    public static void Add(DbConnection connection, BalanceLine line) => connection.Execute(
        """
        INSERT INTO charge (at, account, vendor, smsid, leg, recipient, kind, telco, segments, amount, balance_after, reason, note)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)
        """,
        line.AtMs,
        line.Account,
        line.Vendor,
        line.SmsId,
        line.Leg,
        line.Recipient,
        line.Kind,
        line.Telco,
        line.Segments,
        line.Amount,
        line.After,
        line.Reason,
        line.Note);
}
