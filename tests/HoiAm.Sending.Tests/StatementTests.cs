using FsCheck;
using FsCheck.Fluent;
using HoiAm.Model;

namespace HoiAm.Sending.Tests;

public sealed class StatementTests
{
    private static readonly StatementLine s_charge = new(
        Sandbox.Now, "acme", "sandbox", "id-1", "0901888484", MessageKind.CustomerCareSms, 2, 2, ChargeReason.Charge, -1700m);

    private static readonly StatementLine s_refund = s_charge with { At = Sandbox.Now.AddSeconds(1), Reason = ChargeReason.Refund, Amount = 1700m };

    private static readonly StatementLine s_call = s_charge with { Kind = MessageKind.VoiceCall, TelcoId = 1, Segments = 1, Amount = -600.5m };

    [Fact]
    public void Month_IsVietnams()
    {
        Assert.Equal((2026, 1), Statement.MonthOf(new DateTimeOffset(2025, 12, 31, 17, 0, 0, TimeSpan.Zero)));
        Assert.Equal((2025, 12), Statement.MonthOf(new DateTimeOffset(2025, 12, 31, 16, 59, 59, TimeSpan.Zero)));
    }

    [Fact]
    public void GroupsCsv_EndsWithTheTotal()
    {
        using var writer = new StringWriter();
        StatementCsv.WriteGroups(writer, Statement.Groups([s_charge, s_refund, s_call]));

        var rows = writer.ToString().Split("\r\n");
        Assert.Equal("account,vendor,type,carrier,lines,segments,charged,refunded,adjusted,net", rows[0]);
        Assert.Equal("acme,sandbox,voice,1,1,1,-600.5000,0.0000,0.0000,-600.5000", rows[1]);
        Assert.Equal("acme,sandbox,2,2,2,0,-1700.0000,1700.0000,0.0000,0.0000", rows[2]);
        Assert.EndsWith("total,,,,3,1,-2300.5000,1700.0000,0.0000,-600.5000\r\n", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void LinesCsv_HasLocalTimesAndSafeTexts()
    {
        using var writer = new StringWriter();
        StatementCsv.WriteLines(
            writer,
            [
                s_charge with { Account = "=1+1", Vendor = "a,\"b\"" },
                new StatementLine(Sandbox.Now, "acme", "", "", "", null, 0, 0, ChargeReason.Adjustment, 1_000_000m),
            ]);

        var lines = writer.ToString().Split("\r\n");
        Assert.Equal("2026-01-01T07:00:00.000+07:00,'=1+1,\"a,\"\"b\"\"\",id-1,0901888484,2,2,2,charge,-1700.0000", lines[1]);
        Assert.Equal("2026-01-01T07:00:00.000+07:00,acme,,,,,0,0,adjustment,1000000.0000", lines[2]);
    }

    [Fact]
    public void Sums_EqualTheLinesWhateverTheyAre()
    {
        var line =
            from account in Gen.Elements("a", "b")
            from vendor in Gen.Elements("v", "w")
            from kind in Gen.Elements<MessageKind?>(null, MessageKind.Zns, MessageKind.PromoSms)
            from telco in Gen.Choose(0, 7)
            from reason in Gen.Elements(Enum.GetValues<ChargeReason>())
            from amount in Gen.Choose(-1_000_000, 1_000_000)
            select new StatementLine(Sandbox.Now, account, vendor, "", "", kind, (byte)telco, 1, reason, amount / 10_000m);

        Prop.ForAll(
            line.ListOf().ToArbitrary(),
            lines =>
            {
                var groups = Statement.Groups(lines);
                return groups.Sum(g => g.Net) == lines.Sum(l => l.Amount) && groups.Sum(g => g.Lines) == lines.Count;
            }).QuickCheckThrowOnFailure();
    }
}
