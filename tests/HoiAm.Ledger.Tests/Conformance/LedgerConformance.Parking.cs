using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task EarlyReport_IsParkedAndMatchedWhenItsMessageIsRegistered()
    {
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, raw: """{"a":1}""")));
        Assert.Equal(1, await Bench.CountAsync("orphan"));

        await Bench.RegisterAsync(Make.Message());

        Assert.Equal(SendStatus.Finished, (await Bench.MessageAsync()).SendStatus);
        Assert.Equal("""{"a":1}"""u8.ToArray(), Assert.Single(await Bench.ReportsAsync()).Raw.ToArray());
        Assert.Equal(0, await Bench.CountAsync("orphan"));
        Assert.Equal(0, await Bench.CountAsync("orphan_reference"));
        Assert.Single(Bench.Queue.Enqueued);
    }

    [Fact]
    public async Task EarlyReport_SurvivesARestartWithAllItsFacts()
    {
        var at = new DateTimeOffset(2026, 1, 1, 3, 4, 5, TimeSpan.FromHours(7));
        await Ledger.AppendAsync(Make.Report(
            -2, null, "req", price: 12.3456m, errorInfo: """{"error":-114}""", partnerId: "zalo-1", telco: 4, segments: 3, at: at));
        await Bench.KillAsync();
        await Bench.RegisterAsync(Make.Message(kind: MessageKind.Zns, vendorRequest: "req"));

        var recipient = await Bench.RecipientAsync();
        Assert.Equal(RecipientState.Failed, recipient.State);
        Assert.Equal(123_456, recipient.Charged);
        Assert.Equal(("""{"error":-114}""", "zalo-1"), (recipient.ErrorInfo, recipient.PartnerId));
        Assert.Equal((4, 3), (recipient.TelcoId, recipient.Segments));
        Assert.Equal(at.ToUnixTimeMilliseconds(), recipient.EventAtMs);
        Assert.True(recipient.HandedOver);
    }

    [Fact]
    public async Task EarlyRefusal_IsStillARefusalWhenItIsMatched()
    {
        await Ledger.AppendAsync(Make.Report(-2, errorInfo: """{"error":-114}""", isRefusal: true));
        await Bench.RegisterAsync(Make.Message(kind: MessageKind.Zns));

        Assert.Equal((1, 0), ((await Bench.MessageAsync()).Finals, (await Bench.MessageAsync()).HandedOver));
    }

    [Fact]
    public async Task EarlyReports_AreMatchedInTheOrderOfTheirArrival()
    {
        // Alternating keys: the order must be that of arrival, not first all of one key and then all of the other.
        await Ledger.AppendAsync(Make.Report(0, "ref"));
        await Ledger.AppendAsync(Make.Report(1, null, "req"));
        await Ledger.AppendAsync(Make.Report(2, "ref"));
        await Ledger.AppendAsync(Make.Report(-2, null, "req"));

        await Bench.RegisterAsync(Make.Message(referent: "ref", vendorRequest: "req"));

        Assert.Equal(
            [ReportEffect.Advanced, ReportEffect.Advanced, ReportEffect.Advanced, ReportEffect.Contradiction],
            (await Bench.ReportsAsync()).Select(r => r.Effect));
        Assert.Equal(RecipientState.Delivered, (await Bench.MessageAsync()).State);
    }

    [Fact]
    public async Task RepeatOfAParkedReport_IsARepeat()
    {
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2)));
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(2)));
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(1)));
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, address: "0987654321")));
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, vendor: 9)));
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, "sms-1", "req")));
        Assert.Equal(5, await Bench.CountAsync("orphan"));
    }

    [Fact]
    public async Task RepeatOfAnUnmappedParkedReport_IsARepeat()
    {
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(4711)));
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(4711)));
    }

    [Fact]
    public async Task EarlyReportOfAnotherVendor_StaysParked()
    {
        await Ledger.AppendAsync(Make.Report(2, vendor: 9));
        await Bench.RegisterAsync(Make.Message(vendor: 7));

        Assert.Equal(1, await Bench.CountAsync("orphan"));
        Assert.Empty(await Bench.ReportsAsync());
    }

    [Fact]
    public async Task EarlyReportOfAnotherNumber_StaysParked()
    {
        await Ledger.AppendAsync(Make.Report(2, address: "0987654321"));
        await Bench.RegisterAsync(Make.Message());

        Assert.Equal(1, await Bench.CountAsync("orphan"));
    }

    [Fact]
    public async Task ThousandsOfEarlyReportsOfOneMessage_AreAllMatched()
    {
        const int Count = 1_500;
        await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
            Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, address: Make.PhoneOf(i))))));
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(2, address: Make.PhoneOf(Count - 1))));

        await Bench.RegisterAsync(Make.Message(recipients: Count));

        var message = await Bench.MessageAsync();
        Assert.Equal((Count, Count), (message.Finals, message.Successes));
        Assert.Equal(0, await Bench.CountAsync("orphan"));
        Assert.Single(await Bench.CallbacksAsync());
    }

    [Fact]
    public async Task ParkedReport_CanBeAttachedByHand()
    {
        await Ledger.AppendAsync(Make.Report(2, "typo", address: "0987654321"));
        await Bench.RegisterAsync(Make.Message());
        var orphan = await OrphanAsync("typo");

        Assert.Null(await Ledger.AttachAsync(orphan, "no such message"));
        Assert.Null(await Ledger.AttachAsync(orphan + 1, "sms-1"));
        Assert.Equal(ReportEffect.Advanced, await Ledger.AttachAsync(orphan, "sms-1"));
        Assert.Null(await Ledger.AttachAsync(orphan, "sms-1"));

        Assert.Equal(SendStatus.Finished, (await Bench.MessageAsync()).SendStatus);
        Assert.Single(Bench.Queue.Enqueued);
        Assert.Equal(0, await Bench.CountAsync("orphan"));
        Assert.Equal(0, await Bench.CountAsync("orphan_reference"));
    }

    [Fact]
    public async Task ParkedReport_IsAttachedToTheLegThatIsUnderWay()
    {
        await Ledger.AppendAsync(Make.Report(2, "typo", address: "0987654321"));
        await Bench.RegisterAsync(Make.Message(kind: MessageKind.Zns));
        await Ledger.AppendAsync(Make.Report(-2));
        await Bench.RegisterAsync(Make.Message(leg: 1, referent: "sms-1.1"));

        Assert.Equal(ReportEffect.Advanced, await Ledger.AttachAsync(await OrphanAsync("typo"), "sms-1"));

        Assert.Equal(1, (await Bench.MessageAsync(leg: 1)).Successes);
        Assert.Equal((0, 0), ((await Bench.MessageAsync()).Successes, (await Bench.MessageAsync()).Contradictions));
    }

    [Fact]
    public async Task ParkedReportAttachedToSeveralRecipients_NeedsTheNumber()
    {
        await Ledger.AppendAsync(Make.Report(2, "typo", address: "0987654321"));
        await Ledger.AppendAsync(Make.Report(2, "typo2", address: Make.PhoneOf(1)));
        await Bench.RegisterAsync(Make.Message(recipients: 3));

        Assert.Null(await Ledger.AttachAsync(await OrphanAsync("typo"), "sms-1"));
        Assert.Equal(ReportEffect.Advanced, await Ledger.AttachAsync(await OrphanAsync("typo2"), "sms-1"));
        Assert.Equal(1, (await Bench.MessageAsync()).Successes);
    }

    private Task<long> OrphanAsync(string referent) => Bench.Ledger.WriteAsync(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT id FROM orphan WHERE referent_id = '{referent}'";
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    });
}
