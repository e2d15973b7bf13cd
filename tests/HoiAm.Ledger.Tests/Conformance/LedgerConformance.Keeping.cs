using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Keeping;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    private long NowMs => Bench.Time.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task DroppedMessage_GoesWithRecipientsAndEveryReference()
    {
        await Bench.RegisterAsync(Make.Message("one", referent: "ref-1", vendorRequest: "vr-1", requestId: "r-1"));
        await Bench.RegisterAsync(Make.Message("many", recipients: 3));
        await Ledger.AppendAsync(Make.Report(2, referent: "ref-1", partnerId: "zalo-1"));
        await Bench.SettleAsync([.. Bench.Queue.Enqueued.Select(c => Make.Delivered(c.Id))]);
        var ids = new[] { (await Bench.MessageAsync("one")).Id, (await Bench.MessageAsync("many")).Id };

        Assert.Equal(0, await Ledger.DropMessagesAsync(ids, NowMs));
        Bench.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2 + 4, await Ledger.DropMessagesAsync(ids, NowMs));

        foreach (var table in new[] { "message", "recipient", "reference" })
        {
            Assert.Equal(0, await Bench.CountAsync(table));
        }

        // A report that comes later is parked like one of an id that was never there.
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, referent: "ref-1")));
    }

    [Theory]
    [InlineData(CallbackState.Live)]
    [InlineData(CallbackState.Parked)]
    [InlineData(CallbackState.Held)]
    public async Task MessageAndCallbackThatWait_StayHoweverOld(CallbackState state)
    {
        Bench.Queue.Seats = state == CallbackState.Parked ? 0 : int.MaxValue;
        await Bench.RegisterAsync(Make.Message(account: 3));
        await Ledger.AppendAsync(Make.Report(1));
        if (state == CallbackState.Held)
        {
            await Ledger.AppendAsync(Make.Report(2));
        }

        Bench.Time.Advance(TimeSpan.FromDays(4_000));
        var message = await Bench.MessageAsync();
        var callbacks = await Bench.CallbacksAsync();
        Assert.Equal(state, callbacks[^1].State);
        Assert.Equal(0, await Ledger.DropMessagesAsync([message.Id], NowMs));
        Assert.Equal(0, await Ledger.DropCallbacksAsync(0, long.MaxValue, NowMs));
        Assert.Equal(callbacks.Count, (await Bench.CallbacksAsync()).Count);
    }

    [Fact]
    public async Task MessageInTheOutbox_StaysAndKeepsItsText()
    {
        await GiveAsync(1_000);
        await Ledger.SendAsync([Order("a", "r") with { SendAtMs = NowMs + 1 }]);
        var id = (await Bench.MessageAsync("a")).Id;
        Bench.Time.Advance(TimeSpan.FromDays(400));

        Assert.Equal(0, await Ledger.DropMessagesAsync([id], NowMs));
        Assert.Equal(0, await Ledger.MaskTextsAsync([id], 7));
        Assert.Equal(1, await Bench.CountAsync("unmasked"));

        await Ledger.WriteAsync(c => c.Execute("DELETE FROM outbox"));
        Assert.Equal(1, await Ledger.MaskTextsAsync([id], null));
        Assert.Equal(0, await Ledger.MaskTextsAsync([id], null));
        Assert.Equal(0, await Bench.CountAsync("unmasked"));
        Assert.True(SentFacts.Read((await Bench.MessageAsync("a")).Extra).Masked);
        Assert.Equal(7, await Ledger.WriteAsync(c => c.Scalar("SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'masked_upto'")));
        Assert.Equal(2, await Ledger.DropMessagesAsync([id], NowMs));
    }

    [Fact]
    public async Task SettledCallbacks_GoWithTheirPlaceInTheFeed()
    {
        await DeliverAsync(3);
        var ids = Bench.Queue.Enqueued.Select(c => c.Id).ToList();
        await Bench.SettleAsync(Make.Delivered(ids[0]), Make.Exhausted(ids[1]));
        await Ledger.WriteAsync(c => c.Execute("INSERT INTO feed (account, callback) SELECT account, id FROM callback"));
        Bench.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(2, await Ledger.DropCallbacksAsync(ids[0], ids[^1], NowMs));
        Assert.Equal([ids[2]], await Ledger.WriteAsync(c => c.Query("SELECT callback FROM feed", r => r.GetInt64(0))));
        await Bench.SettleAsync(Make.Delivered(ids[2]));
        Assert.Equal(CallbackState.Delivered, (await Bench.CallbackAsync(ids[2])).State);
    }

    [Fact]
    public async Task OldOrphan_GoesWithItsKeys()
    {
        await Ledger.AppendAsync(Make.Report(2, referent: "early"));
        var id = await Ledger.WriteAsync(c => c.Scalar("SELECT id FROM orphan"));
        Assert.Equal(0, await Ledger.DropOrphansAsync([id], NowMs));
        Bench.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await Ledger.DropOrphansAsync([id, 4711], NowMs));
        Assert.Equal(0, await Bench.CountAsync("orphan_reference"));
        await Bench.RegisterAsync(Make.Message("early"));
        Assert.Empty(await Bench.ReportsAsync("early"));
    }

    [Fact]
    public void MaskedFacts_KeepWhatTheLedgerDecidesBy()
    {
        var facts = new SentFacts
        {
            Billed = true,
            Legs = true,
            Segments = 2,
            Hold = 5,
            Content = "Mã: 482913, cảm ơn!",
            Brandname = "Shop",
            Parameters = [new("otp", "482913")],
            Payload = "{\"otp\":\"482913\"}",
        };
        var masked = SentFacts.Read(TextMask.Mask(facts).ToJson());

        Assert.Equal("**: ******, *** **!", masked.Content);
        Assert.Equal("******", masked.Parameters![0].Value);
        Assert.Null(masked.Payload);
        Assert.Equal((true, true, 2, 5L, "Shop", true), (masked.Billed, masked.Legs, masked.Segments, masked.Hold, masked.Brandname, masked.Masked));
        Assert.True(SentFacts.IsBilled(masked.ToJson()) && SentFacts.HasLegs(masked.ToJson()));
    }

    [Fact]
    public async Task ErasedPerson_IsOutOfAMessageOfManyAndTheOthersStay()
    {
        await Bench.RegisterAsync(Make.Message("many", recipients: 3));
        foreach (var i in new[] { 0, 1, 2 })
        {
            await Ledger.AppendAsync(Make.Report(2, referent: "many", address: Make.PhoneOf(i)));
        }

        await Bench.SettleAsync([.. Bench.Queue.Enqueued.Select(c => Make.Delivered(c.Id))]);
        var order = new ErasureOrder(new HashSet<string> { Make.PhoneOf(1) }, "erased-x", text => text);
        var erased = await Ledger.EraseAsync((await Bench.MessageAsync("many")).Id, order);

        Assert.Equal((1, 1, 1, 0), (erased.Messages, erased.Recipients, erased.Reports, erased.Pending));
        Assert.Equal([Make.PhoneOf(0), "erased-x.1", Make.PhoneOf(2)], (await Bench.RecipientsAsync("many")).Select(r => r.Address));
        Assert.All(await Bench.RecipientsAsync("many"), r => Assert.Equal(RecipientState.Delivered, r.State));
        Assert.Equal(default, await Ledger.EraseAsync((await Bench.MessageAsync("many")).Id, order));
    }
}
