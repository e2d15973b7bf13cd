using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task Reports_AreKeptRawAndChained()
    {
        await Bench.RegisterAsync(Make.Message());
        await Ledger.AppendAsync(Make.Report(1, raw: "first"));
        Bench.Time.Advance(TimeSpan.FromSeconds(3));
        await Ledger.AppendAsync(Make.Report(2, raw: ""));
        await Bench.ReopenAsync();

        var reports = await Bench.ReportsAsync();
        Assert.Equal(["first", ""], reports.Select(r => System.Text.Encoding.UTF8.GetString(r.Raw.Span)));
        Assert.Equal([0, reports[0].Id], reports.Select(r => r.Previous));
        Assert.Equal(reports[1].Id, (await Bench.MessageAsync()).LastReport);
        Assert.Equal(3_000, reports[1].AtMs - reports[0].AtMs);
        Assert.Equal([1, 2], reports.Select(r => r.StatusCode));
        Assert.All(reports, r => Assert.Equal((ReportSource.Vendor, Make.Vendor, ""), (r.Source, r.Vendor, r.Address)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    [InlineData(0)]
    [InlineData(null)]
    [InlineData(4)]
    [InlineData(17)]
    [InlineData(-16)]
    [InlineData(31)]
    public async Task RepeatedReport_CausesNothing(int? status)
    {
        await Bench.RegisterAsync(Make.Message(account: 3));
        Assert.NotEqual(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(status)));
        var callbacks = Bench.Queue.Enqueued.Count;

        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(status)));

        Assert.Single(await Bench.ReportsAsync());
        Assert.Equal(callbacks, Bench.Queue.Enqueued.Count);
    }

    [Fact]
    public async Task RepeatFoundByTheOtherReference_IsARepeatToo()
    {
        await Bench.RegisterAsync(Make.Message(referent: "ref", vendorRequest: "req"));
        await Ledger.AppendAsync(Make.Report(2, "ref", "req"));

        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(2, null, "req")));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(-17)]
    [InlineData(4711)]
    [InlineData(int.MinValue)]
    public async Task RareStatusNumber_IsARepeatToo_PerRecipientAndVendor(int status)
    {
        await Bench.RegisterAsync(Make.Message(recipients: 3));
        await Bench.RegisterAsync(Make.Message("sms-2", recipients: 3));
        var first = Make.Report(status, address: Make.PhoneOf(0));

        Assert.Equal(ReportEffect.Unmapped, await Ledger.AppendAsync(first));
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(first));
        Assert.Equal(ReportEffect.Unmapped, await Ledger.AppendAsync(Make.Report(status, address: Make.PhoneOf(1))));
        Assert.Equal(ReportEffect.Unmapped, await Ledger.AppendAsync(Make.Report(status, "sms-2", address: Make.PhoneOf(0))));
        await Bench.ReopenAsync();
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(first));
        Assert.Equal(2, (await Bench.ReportsAsync()).Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(null)]
    [InlineData(4711)]
    public async Task MessageOfAnyVendor_HearsEachVendorOnce(int? status)
    {
        await Bench.RegisterAsync(Make.Message(vendor: 0));
        var fromOne = await Ledger.AppendAsync(Make.Report(status, vendor: 1));
        var fromTwo = await Ledger.AppendAsync(Make.Report(status, vendor: 2));

        Assert.NotEqual(ReportEffect.Repeated, fromOne);
        Assert.Equal(status == 2 ? ReportEffect.Late : fromOne, fromTwo);
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(status, vendor: 1)));
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(status, vendor: 2)));
        Assert.Equal([1, 2], (await Bench.ReportsAsync()).Select(r => r.Vendor));
    }

    [Fact]
    public async Task PriceOfAReportThatIsNotFinal_IsThePriceOfTheDelivery()
    {
        await Bench.RegisterAsync(Make.Message());
        await Ledger.AppendAsync(Make.Report(1, price: 900.5m));
        Assert.Equal(0, (await Bench.MessageAsync()).Charged);
        await Ledger.AppendAsync(Make.Report(2));

        Assert.Equal(900.5m, ReportFold.FromUnits((await Bench.MessageAsync()).Charged));
    }

    [Theory]
    [InlineData(null, ReportEffect.NoStatus)]
    [InlineData(17, ReportEffect.Unmapped)]
    [InlineData(4711, ReportEffect.Unmapped)]
    [InlineData(4, ReportEffect.Ignored)]
    public async Task StatusThatSaysNothing_IsKeptAndChangesNothing(int? status, ReportEffect effect)
    {
        await Bench.RegisterAsync(Make.Message(account: 3));

        Assert.Equal(effect, await Ledger.AppendAsync(Make.Report(status)));

        Assert.Equal(RecipientState.Accepted, (await Bench.MessageAsync()).State);
        Assert.Equal(effect, Assert.Single(await Bench.ReportsAsync()).Effect);
        Assert.Empty(await Bench.CallbacksAsync());
    }

    [Fact]
    public async Task StateOutOfOrder_OnlyMovesForward()
    {
        await Bench.RegisterAsync(Make.Message(account: 3));

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(7, means: ReportedStatus.Sent)));
        Assert.Equal(ReportEffect.Late, await Ledger.AppendAsync(Make.Report(0)));
        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2)));
        Assert.Equal(ReportEffect.Late, await Ledger.AppendAsync(Make.Report(1)));

        Assert.Equal(RecipientState.Delivered, (await Bench.RecipientAsync()).State);
        Assert.Equal([SendStatus.Sent, SendStatus.Finished], (await Bench.CallbacksAsync()).Select(Status));
    }

    [Fact]
    public async Task FirstFinal_WinsAndContradictionsAreCounted()
    {
        await Bench.RegisterAsync(Make.Message());

        await Ledger.AppendAsync(Make.Report(2));
        Assert.Equal(ReportEffect.Contradiction, await Ledger.AppendAsync(Make.Report(-2)));
        Assert.Equal(ReportEffect.Contradiction, await Ledger.AppendAsync(Make.Report(-1)));
        Assert.Equal(ReportEffect.Contradiction, await Ledger.AppendAsync(Make.Report(6)));
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(6)));

        var message = await Bench.MessageAsync();
        Assert.Equal((3, RecipientState.Delivered, 1, 1), (message.Contradictions, message.State, message.Finals, message.Successes));
        Assert.Single(await Bench.CallbacksAsync());
        Assert.Equal(4, (await Bench.ReportsAsync()).Count);
    }

    [Fact]
    public async Task SeenAfterDelivered_IsAMarkWithoutSecondCallback()
    {
        await Bench.RegisterAsync(Make.Message());
        await Ledger.AppendAsync(Make.Report(2));

        Assert.Equal(ReportEffect.Seen, await Ledger.AppendAsync(Make.Report(3)));
        Assert.Equal(ReportEffect.Late, await Ledger.AppendAsync(Make.Report(9, means: ReportedStatus.Seen)));

        Assert.True((await Bench.RecipientAsync()).Seen);
        Assert.Single(await Bench.CallbacksAsync());
    }

    [Fact]
    public async Task SeenBeforeDelivered_IsDeliveredAndSeen()
    {
        await Bench.RegisterAsync(Make.Message());

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(3)));
        Assert.Equal(ReportEffect.Late, await Ledger.AppendAsync(Make.Report(2)));

        var recipient = await Bench.RecipientAsync();
        Assert.Equal((RecipientState.Delivered, true), (recipient.State, recipient.Seen));
    }

    [Fact]
    public async Task PresumedExpiry_IsFinalMarkedAndPushed()
    {
        await Bench.RegisterAsync(Make.Message());

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Presumed()));

        var message = await Bench.MessageAsync();
        Assert.Equal((SendStatus.Finished, 1, 1), (message.SendStatus, message.Presumed, message.Finals));
        Assert.Single(Bench.Queue.Enqueued);
    }

    [Fact]
    public async Task PresumedExpiry_GivesWayToARealFinalOnly()
    {
        await Bench.RegisterAsync(Make.Message());
        await Ledger.AppendAsync(Presumed());

        Assert.Equal(ReportEffect.Late, await Ledger.AppendAsync(Make.Report(1)));
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Presumed()));
        Assert.Equal(RecipientState.Expired, (await Bench.RecipientAsync()).State);
        Assert.Equal(ReportEffect.ReplacedPresumed, await Ledger.AppendAsync(Make.Report(2)));
        Assert.Equal(ReportEffect.Contradiction, await Ledger.AppendAsync(Make.Report(-2)));

        var message = await Bench.MessageAsync();
        Assert.Equal((0, 1, 1, 8_500_000L), (message.Presumed, message.Finals, message.Successes, message.Charged));
        Assert.Equal(RecipientState.Delivered, message.State);
        Assert.Equal(RecipientState.Delivered, (await Bench.RecipientAsync()).State);
        Assert.Equal(["SendFailed=1", "SendFailed=0"], (await Bench.CallbacksAsync()).Select(c => c.Query.Split('&')[3]));
    }

    [Theory]
    [InlineData(ReportSource.Vendor)]
    [InlineData(ReportSource.EsmsCallback)]
    [InlineData(ReportSource.Pull)]
    public async Task PresumedExpiry_IsConfirmedByARealExpiry(ReportSource source)
    {
        await Bench.RegisterAsync(Make.Message());
        await Ledger.AppendAsync(Presumed());

        Assert.Equal(ReportEffect.ReplacedPresumed, await Ledger.AppendAsync(Make.Report(6, source: source)));

        Assert.Equal((0, 1), ((await Bench.MessageAsync()).Presumed, (await Bench.MessageAsync()).Finals));
        Assert.Equal(ReportEffect.Contradiction, await Ledger.AppendAsync(Make.Report(2)));
    }

    [Fact]
    public async Task PresumedExpiryThatComesTooLate_IsNoContradiction()
    {
        await Bench.RegisterAsync(Make.Message());
        await Ledger.AppendAsync(Make.Report(2));

        Assert.Equal(ReportEffect.Late, await Ledger.AppendAsync(Presumed()));
        Assert.Equal(0, (await Bench.MessageAsync()).Contradictions);
    }

    [Fact]
    public async Task OneRecipientRejected_Is4()
    {
        await Bench.RegisterAsync(Make.Message());
        await Ledger.AppendAsync(Make.Report(-1));

        Assert.Equal(
            "?SMSID=sms-1&SendStatus=4&TotalReceiver=1&SendFailed=1&SendSuccess=0&TotalSent=0&TotalPrice=0.0000",
            Assert.Single(await Bench.CallbacksAsync()).Query);
    }

    [Fact]
    public async Task ThreeRecipients_Are5OnceAllAreFinal()
    {
        await Bench.RegisterAsync(Make.Message(recipients: 3));
        await Ledger.AppendAsync(Make.Report(-1, address: Make.PhoneOf(0)));
        await Ledger.AppendAsync(Make.Report(2, address: Make.PhoneOf(2)));
        Assert.Equal(SendStatus.Waiting, (await Bench.MessageAsync()).SendStatus);
        Assert.Empty(Bench.Queue.Enqueued);

        await Ledger.AppendAsync(Make.Report(-2, address: Make.PhoneOf(1)));

        Assert.Equal(
            "?SMSID=sms-1&SendStatus=5&TotalReceiver=3&SendFailed=2&SendSuccess=1&TotalSent=2&TotalPrice=850.0000",
            Assert.Single(Bench.Queue.Enqueued).Query);
    }

    [Fact]
    public async Task ThreeRecipientsAllRejected_Are4()
    {
        await Bench.RegisterAsync(Make.Message(recipients: 3));
        for (var i = 0; i < 3; i++)
        {
            await Ledger.AppendAsync(Make.Report(-1, address: Make.PhoneOf(i)));
        }

        Assert.Contains("SendStatus=4&TotalReceiver=3&SendFailed=3", Assert.Single(Bench.Queue.Enqueued).Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FiveThousandRecipients_FoldIntoOneCallbackWithExactCounters()
    {
        const int Count = 5_000;
        await Bench.RegisterAsync(Make.Message(recipients: Count));
        int[] statuses = [2, -2, -1, 6];

        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Ledger.AppendAsync(Make.Report(statuses[i % 4], address: Make.PhoneOf(i))).AsTask()));

        Assert.Equal(
            "?SMSID=sms-1&SendStatus=5&TotalReceiver=5000&SendFailed=3750&SendSuccess=1250&TotalSent=3750&TotalPrice=1062500.0000",
            Assert.Single(await Bench.CallbacksAsync()).Query);
    }

    [Fact]
    public async Task FurthestPendingState_IsTheMessages()
    {
        await Bench.RegisterAsync(Make.Message(account: 3, recipients: 3));

        await Ledger.AppendAsync(Make.Report(0, address: Make.PhoneOf(0)));
        Assert.Equal(SendStatus.PendingApproval, (await Bench.MessageAsync()).SendStatus);
        await Ledger.AppendAsync(Make.Report(7, address: Make.PhoneOf(1), means: ReportedStatus.Sent));
        Assert.Equal(SendStatus.Sent, (await Bench.MessageAsync()).SendStatus);
        await Ledger.AppendAsync(Make.Report(1, address: Make.PhoneOf(2)));
        Assert.Equal(SendStatus.Sent, (await Bench.MessageAsync()).SendStatus);
        Assert.Equal(1, (await Bench.MessageAsync()).HandedOver);
    }

    [Theory]
    [InlineData(MessageKind.Zns, true, null, 0)]
    [InlineData(MessageKind.Zns, true, "zalo-1", 1)]
    [InlineData(MessageKind.Zns, false, null, 1)]
    [InlineData(MessageKind.CustomerCareSms, true, null, 1)]
    public async Task Refusal_CountsAsNotSentForZaloWithoutMessageId(MessageKind kind, bool refusal, string? partnerId, int sent)
    {
        await Bench.RegisterAsync(Make.Message(kind: kind));

        await Ledger.AppendAsync(Make.Report(-2, isRefusal: refusal, partnerId: partnerId, errorInfo: """{"error":-114}"""));

        var message = await Bench.MessageAsync();
        Assert.Equal((1, 0, sent, 0L), (message.Finals, message.Successes, message.HandedOver, message.Charged));
        Assert.Equal(SendStatus.Finished, message.SendStatus);
    }

    [Theory]
    [InlineData(2, null, ReportEffect.Advanced)]
    [InlineData(3, null, ReportEffect.Advanced)]
    [InlineData(7, ReportedStatus.Sent, ReportEffect.Advanced)]
    [InlineData(null, null, ReportEffect.NoStatus)]
    public async Task ZalosRefusal_WinsOverAVendorThatSaysSentOrDelivered(int? status, ReportedStatus? means, ReportEffect effect)
    {
        await Bench.RegisterAsync(Make.Message(kind: MessageKind.Zns));

        Assert.Equal(effect, await Ledger.AppendAsync(Make.Report(status, means: means, isRefusal: true, errorInfo: """{"error":-114}""")));

        var message = await Bench.MessageAsync();
        Assert.Equal((effect == ReportEffect.Advanced ? 1 : 0, 0, 0, 0L), (message.Finals, message.Successes, message.HandedOver, message.Charged));
    }

    [Theory]
    [InlineData(2, null, 8_500_000)]
    [InlineData(2, 123.45, 1_234_500)]
    [InlineData(2, 0.0, 0)]
    [InlineData(-2, null, 0)]
    [InlineData(-2, 300.0, 3_000_000)]
    [InlineData(-1, null, 0)]
    [InlineData(6, 1.00005, 10_001)]
    public async Task Price_IsTheMessagesUnlessTheReportBearsOne(int status, double? price, long charged)
    {
        await Bench.RegisterAsync(Make.Message(price: 850m));

        await Ledger.AppendAsync(Make.Report(status, price: (decimal?)price));

        Assert.Equal(charged, (await Bench.MessageAsync()).Charged);
        Assert.Equal(charged, (await Bench.RecipientAsync()).Charged);
    }

    [Fact]
    public async Task FactsOfTheReport_ReachTheRecipient()
    {
        await Bench.RegisterAsync(Make.Message(kind: MessageKind.Zns));
        var at = Bench.Time.GetUtcNow().AddMinutes(-3);

        await Ledger.AppendAsync(Make.Report(2, partnerId: "zalo-1", errorInfo: "{}", telco: 6, segments: 2, at: at));

        var recipient = await Bench.RecipientAsync();
        Assert.Equal(("zalo-1", "{}", 6, 2), (recipient.PartnerId, recipient.ErrorInfo, (int)recipient.TelcoId, recipient.Segments));
        Assert.Equal(at.ToUnixTimeMilliseconds(), recipient.EventAtMs);
        Assert.Equal(at.ToUnixTimeMilliseconds(), Assert.Single(await Bench.CallbacksAsync()).EventAtMs);
    }

    [Fact]
    public async Task Approval_SettlesEveryRecipientThatWaits()
    {
        await Bench.RegisterAsync(Make.Message(account: 3, recipients: 3, state: RecipientState.PendingApproval));

        Assert.Null(await Ledger.DecideAsync("unknown", ReportedStatus.Waiting, "{}"u8.ToArray()));
        Assert.True(await Ledger.DecideAsync("sms-1", ReportedStatus.Waiting, "{}"u8.ToArray()));
        Assert.False(await Ledger.DecideAsync("sms-1", ReportedStatus.Waiting, "{}"u8.ToArray()));

        Assert.All(await Bench.RecipientsAsync(), r => Assert.Equal(RecipientState.Waiting, r.State));
        Assert.Equal(SendStatus.Waiting, (await Bench.MessageAsync()).SendStatus);
        Assert.All(await Bench.ReportsAsync(), r => Assert.Equal(ReportSource.Operator, r.Source));
        Assert.Equal([SendStatus.Waiting], (await Bench.CallbacksAsync()).Select(Status));
    }

    [Fact]
    public async Task Rejection_Is4AndPushedOnce()
    {
        await Bench.RegisterAsync(Make.Message(recipients: 3, state: RecipientState.PendingApproval));

        Assert.True(await Ledger.DecideAsync("sms-1", ReportedStatus.Rejected, "{}"u8.ToArray()));

        Assert.Contains("SendStatus=4&", Assert.Single(Bench.Queue.Enqueued).Query, StringComparison.Ordinal);
        Assert.Equal(ReportEffect.Contradiction, await Ledger.AppendAsync(Make.Report(2, address: Make.PhoneOf(0))));
    }

    private static IncomingReport Presumed() => Make.Report(null, source: ReportSource.Presumed, means: ReportedStatus.Expired);

    // Account 3 gets JSON bodies, the others queries; both bear the same text.
    private static SendStatus Status(CallbackRow callback)
    {
        var text = callback.Body is { } body ? System.Text.Encoding.ASCII.GetString(body) : callback.Query;
        return (SendStatus)(text.Split('&')[1]["SendStatus=".Length] - '0');
    }
}
