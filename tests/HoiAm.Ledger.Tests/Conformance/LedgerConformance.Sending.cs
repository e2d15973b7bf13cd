using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    private const long Unit = 10_000;

    [Fact]
    public async Task AcceptedOrder_IsPaidAndInTheOutbox()
    {
        await GiveAsync(1_000);

        Assert.Equal([new SendOutcome(SendResult.Accepted)], await Ledger.SendAsync([Order("a", "r-1")]));
        Assert.Equal(RecipientState.Accepted, (await Bench.MessageAsync("a")).State);
        Assert.Equal(1, await Bench.CountAsync("outbox"));
        await AssertMoneyAsync(150);
    }

    [Fact]
    public async Task RequestId_IsUsedFor24Hours_PerAccount_AndOnlyByWhatWasStored()
    {
        await GiveAsync(10_000);
        await GiveAsync(10_000, account: 2);
        await Ledger.SendAsync([Order("a", "r")]);
        Bench.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));

        Assert.Equal(new SendOutcome(SendResult.Repeated, 2), (await Ledger.SendAsync([Order("b", "r")]))[0]);
        Assert.Equal(SendResult.Accepted, (await Ledger.SendAsync([Order("c", "R")]))[0].Result);
        Assert.Equal(SendResult.Accepted, (await Ledger.SendAsync([Order("d", "r", account: 2)]))[0].Result);
        Bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(SendResult.Accepted, (await Ledger.SendAsync([Order("e", "r")]))[0].Result);
        await Bench.RegisterAsync(Make.Message("registered", requestId: "by-hand"));
        Assert.Equal(SendResult.Accepted, (await Ledger.SendAsync([Order("f", "by-hand")]))[0].Result);
    }

    [Fact]
    public async Task OrdersOfOneCall_EachHaveTheirOwnOutcome()
    {
        await GiveAsync(1_700);

        var outcomes = await Ledger.SendAsync([Order("a", "r"), Order("b", "r"), Order("c"), Order("d")]);

        Assert.Equal([SendResult.Accepted, SendResult.Repeated, SendResult.Accepted, SendResult.BalanceTooLow], outcomes.Select(o => o.Result));
        await AssertMoneyAsync(0);
    }

    [Fact]
    public async Task RefusalAtAnyCall_TakesBackAllOfTheOrder()
    {
        await GiveAsync(100_000);
        var accepted = 0;
        for (var at = 1; at < 40; at++)
        {
            Bench.Store.RefuseOnce(at);
            try
            {
                await Ledger.SendAsync([Order("m" + at, "r" + at, recipients: 2)]);
                accepted++;
            }
            catch (StoreUnavailableException)
            {
                await UntilAsync(() => Bench.Writer.Unavailable is null);
            }

            Bench.Store.RefuseOnce(-1);
            Assert.Equal(accepted, await Bench.CountAsync("message"));
            Assert.Equal(accepted, await Bench.CountAsync("outbox"));
            await AssertMoneyAsync(100_000 - (accepted * 1_700));
        }

        Assert.InRange(accepted, 1, 38);
    }

    [Fact]
    public async Task OrderWhoseTurnDoesNotCome_IsWithdrawn_AndItsRequestIdIsFree()
    {
        await GiveAsync(1_000);
        using var gate = await WriterGate.CloseAsync(Bench);
        await Assert.ThrowsAsync<TimeoutException>(() => Ledger.SendAsync([Order("late", "r")], TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(30)));
        await gate.OpenAsync();
        await Bench.FlushAsync();

        Assert.Equal((0L, 0L), (await Bench.CountAsync("message"), await Bench.CountAsync("outbox")));
        Assert.Equal(SendResult.Accepted, (await Ledger.SendAsync([Order("again", "r")], TimeSpan.FromSeconds(30), TimeSpan.Zero))[0].Result);
        await AssertMoneyAsync(150);
    }

    [Theory]
    [InlineData(2, null, 150)]
    [InlineData(-2, null, 1_000)]
    [InlineData(-1, null, 1_000)]
    [InlineData(6, null, 1_000)]
    [InlineData(2, 400, 600)]
    [InlineData(-2, 50, 950)]
    [InlineData(2, 5_000, 0)]
    public async Task Report_BooksTheDifferenceToTheQuote(int status, int? price, int left)
    {
        await GiveAsync(1_000);
        await Ledger.SendAsync([Order("a")]);
        await Ledger.AppendAsync(Make.Report(status, "a", price: price));
        await Ledger.AppendAsync(Make.Report(status, "a", price: price));
        await Ledger.AppendAsync(Make.Report(status == 2 ? -2 : 2, "a"));

        await AssertMoneyAsync(left);
        Assert.Equal((1_000 - left) * Unit, (await Bench.MessageAsync("a")).Charged);
    }

    // 1,000 given, 850 quoted: the price that a report names before the end is booked when it comes, and stands unless the end says otherwise.
    [Theory]
    [InlineData(900, 2, null, 100, 100)]
    [InlineData(400, 2, null, 600, 600)]
    [InlineData(0, 2, null, 1_000, 1_000)]
    [InlineData(900, -2, null, 100, 1_000)]
    [InlineData(900, 2, 300, 100, 700)]
    [InlineData(5_000, 2, null, 0, 0)]
    public async Task PriceBeforeTheEnd_IsBookedAtOnce(int early, int status, int? late, int between, int left)
    {
        await GiveAsync(1_000);
        await Ledger.SendAsync([Order("a")]);
        await Ledger.AppendAsync(Make.Report(1, "a", price: early));
        await AssertMoneyAsync(between);
        await Ledger.AppendAsync(Make.Report(status, "a", price: late));

        await AssertMoneyAsync(left);
        Assert.Equal((1_000 - left) * Unit, (await Bench.MessageAsync("a")).Charged);
    }

    [Fact]
    public async Task PresumedExpiry_IsPaidAgainWhenItWasDelivered_AsFarAsTheBalanceGoes()
    {
        await GiveAsync(1_000);
        await Ledger.SendAsync([Order("a")]);
        await Ledger.AppendAsync(Make.Report(null, "a", means: ReportedStatus.Expired, source: ReportSource.Presumed));
        await AssertMoneyAsync(1_000);
        await Ledger.SendAsync([Order("b")]);
        await Ledger.AppendAsync(Make.Report(2, "a"));

        await AssertMoneyAsync(0);
        Assert.Equal(150 * Unit, (await Bench.MessageAsync("a")).Charged);
    }

    [Fact]
    public async Task MessageThatWasOnlyRegistered_CostsNoBalance()
    {
        await GiveAsync(1_000);
        await Bench.RegisterAsync(Make.Message());
        await Ledger.AppendAsync(Make.Report(2));

        await AssertMoneyAsync(1_000);
    }

    [Fact]
    public async Task SecondLeg_IsEnteredOnce_WhenTheFirstFails()
    {
        await GiveAsync(850);
        await Ledger.SendAsync([Legs("a")]);
        await AssertMoneyAsync(0);
        await Ledger.AppendAsync(Make.Report(-2, "a"));
        await AssertMoneyAsync(0);
        await Ledger.AppendAsync(Make.Report(6, "a"));
        await Ledger.AppendAsync(Make.Report(2, "a.1"));

        Assert.Equal(2, await Bench.CountAsync("message"));
        Assert.Equal(RecipientState.Delivered, (await Bench.MessageAsync("a", leg: 1)).State);
        await AssertMoneyAsync(0);
        var callbacks = (await Bench.MessageAsync("a", leg: 1)).LastCallback;
        Assert.Equal(Delivery.CallbackState.Held, (await Bench.CallbackAsync(callbacks)).State);
    }

    // Nobody wants a text days later; what was held for it is given back, and stays given back whatever the first leg says in the end.
    [Fact]
    public async Task SecondLeg_IsReleasedAndNotEntered_WhenTheFirstIsOnlyTakenForExpired()
    {
        await GiveAsync(850);
        await Ledger.SendAsync([Legs("a")]);
        await Ledger.AppendAsync(Make.Report(null, "a", means: ReportedStatus.Expired, source: ReportSource.Presumed));
        await AssertMoneyAsync(850);
        await Ledger.AppendAsync(Make.Report(-2, "a"));

        Assert.Equal(1, await Bench.CountAsync("message"));
        await AssertMoneyAsync(850);
    }

    [Fact]
    public async Task SecondLeg_IsReleased_WhenTheFirstSucceeds()
    {
        await GiveAsync(850);
        await Ledger.SendAsync([Legs("a")]);
        await Ledger.AppendAsync(Make.Report(2, "a"));

        Assert.Equal(1, await Bench.CountAsync("message"));
        await AssertMoneyAsync(850 - 330);
    }

    [Fact]
    public async Task SecondLegThatIsNotCovered_IsRejected_NotForgotten()
    {
        // The first leg failed and cost more than it was quoted for, so nothing is left for the second.
        await GiveAsync(850);
        await Ledger.SendAsync([Legs("a")]);
        await Ledger.AppendAsync(Make.Report(-2, "a", price: 800));

        Assert.Equal(SendStatus.Rejected, (await Bench.MessageAsync("a", leg: 1)).SendStatus);
        await AssertMoneyAsync(850 - 330);
    }

    [Fact]
    public async Task Decision_LetsGoOrTakesOut()
    {
        await GiveAsync(10_000);
        await Ledger.SendAsync([Order("a") with { Start = SendStart.AwaitApproval }, Order("b") with { Start = SendStart.AwaitApproval }]);
        foreach (var id in (string[])["a", "b"])
        {
            await Ledger.AppendAsync(Make.Report(0, id));
        }

        Assert.True(await Ledger.DecideAsync("a", ReportedStatus.Waiting, default));
        Assert.True(await Ledger.DecideAsync("b", ReportedStatus.Rejected, default));
        var states = await Ledger.WriteAsync(c => c.Query("SELECT state FROM outbox", r => (OutboxState)r.GetInt32(0)));
        Assert.Equal([OutboxState.Ready], states);
        await AssertMoneyAsync(10_000 - 850);
    }

    private static SendOrder Order(string smsId, string? requestId = null, int account = 1, int recipients = 1, int leg = 0, decimal price = 850m, SendOrder? second = null, long hold = 0)
    {
        var draft = Make.Message(smsId, account, requestId: requestId, recipients: recipients, price: price, leg: leg, referent: leg == 0 ? null : smsId + ".1", vendorRequest: leg == 0 ? null : smsId + ".1");
        var facts = new SentFacts { Billed = true, Legs = second is not null, Segments = 1, Hold = hold, Fallback = second };
        return new SendOrder
        {
            Message = new MessageDraft
            {
                Account = account,
                SmsId = smsId,
                Leg = leg,
                Kind = draft.Kind,
                Vendor = Make.Vendor,
                ReferentId = draft.ReferentId,
                VendorRequestId = draft.VendorRequestId,
                RequestId = requestId,
                Recipients = draft.Recipients,
                Extra = facts.ToJson(),
            },
            RequestIds = requestId is null ? [] : [requestId],
            Parts = [new SendPart("test", Make.Vendor, SendPart.AllTelcos)],
            Billed = true,
            Hold = hold,
        };
    }

    // 330 first, 850 when that fails: 520 are held.
    private static SendOrder Legs(string smsId) => Order(smsId, price: 330m, second: Order(smsId, leg: 1), hold: 520 * Unit);

    private Task<long> GiveAsync(int vnd, int account = 1) => Ledger.WriteAsync(connection =>
    {
        var after = BalanceBook.Give(connection, account, vnd * Unit);
        BalanceBook.Add(connection, new BalanceLine { AtMs = 1, Account = account, Amount = vnd * Unit, After = after, Reason = BalanceBook.Adjustment });
        return after;
    });

    // The balance is this, and it is the sum of its lines, each of which says what was left behind it.
    private async Task AssertMoneyAsync(int vnd)
    {
        var (balance, lines) = await Ledger.WriteAsync(c => (
            BalanceBook.Read(c, 1),
            c.Query("SELECT amount, balance_after FROM charge WHERE account = 1 ORDER BY id", r => (Amount: r.GetInt64(0), After: r.GetInt64(1)))));
        var sum = 0L;
        foreach (var (amount, after) in lines)
        {
            sum += amount;
            Assert.Equal(sum, after);
            Assert.True(after >= 0);
        }

        Assert.Equal((vnd * Unit, sum), (balance, balance));
    }
}
