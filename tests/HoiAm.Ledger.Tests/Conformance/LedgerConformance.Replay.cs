using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task ReplayOfASettledCallback_ReopensItUnderItsIdWithItsBytes()
    {
        await DeliverAsync(2);
        var before = Bench.Queue.Enqueued.ToList();
        await Bench.SettleAsync(Make.Delivered(before[0].Id), Make.Exhausted(before[1].Id));

        Assert.Equal(
            [ReplayResult.Reopened, ReplayResult.Reopened, ReplayResult.Unknown],
            await Ledger.ReplayAsync([before[0].Id, before[1].Id, 4711]));
        Assert.Equal(2, Bench.Queue.Parked.Count);
        var (taken, _, _) = await Ledger.TakeParkedAsync(before[0].Hook, Bench.Time.GetUtcNow(), 10);

        Assert.Equal(before.Select(c => (c.Id, c.Query, c.PublicId)), taken.Select(c => (c.Id, c.Query, c.PublicId)));
        Assert.All(taken, c => Assert.Equal((true, 0, 1), (c.IsReplay, c.Tries, c.Attempts)));
        Assert.Equal(ExhaustedReason.None, (await Bench.CallbackAsync(before[1].Id)).Reason);
    }

    [Fact]
    public async Task AttemptsOfAReplay_AreNumberedOn()
    {
        await DeliverAsync(1);
        var id = Bench.Queue.Enqueued[0].Id;
        await Bench.SettleAsync(Make.Exhausted(id));
        await Ledger.ReplayAsync([id]);
        var (taken, _, _) = await Ledger.TakeParkedAsync(Bench.Queue.Enqueued[0].Hook, Bench.Time.GetUtcNow(), 10);

        await Bench.SettleAsync(new Settlement
        {
            CallbackId = id, Attempt = Make.Attempt(taken[0].Attempts + 1), State = CallbackState.Delivered, Tries = 1,
        });

        var row = await Bench.CallbackAsync(id);
        Assert.Equal((CallbackState.Delivered, 1, 2), (row.State, row.Tries, row.Attempts));
        Assert.Equal([1, 2], AttemptLog.Read(row.Log).Select(a => a.Number));
    }

    [Fact]
    public async Task ReplayOfAParkedCallback_BringsItToTheFront()
    {
        Bench.Queue.Seats = 0;
        await DeliverAsync(3);
        var hook = Bench.Queue.Parked[0].Hook;
        var last = (await Bench.CallbacksAsync("m2"))[0].Id;

        Assert.Equal([ReplayResult.BroughtForward], await Ledger.ReplayAsync([last]));
        Assert.Equal([ReplayResult.BroughtForward], await Ledger.ReplayAsync([last]));

        Assert.Equal(3, await Bench.CountAsync("parked"));
        var (taken, _, left) = await Ledger.TakeParkedAsync(hook, Bench.Time.GetUtcNow().AddSeconds(5), 1);
        Assert.Equal((last, true, 2L), (Assert.Single(taken).Id, taken[0].IsReplay, left));
    }

    [Fact]
    public async Task ReplayOfALiveOrHeldCallback_LeavesItsPlace()
    {
        await ThreeCallbacksAsync();
        var ids = (await Bench.CallbacksAsync()).Select(c => c.Id).ToList();

        Assert.Equal([ReplayResult.BroughtForward, ReplayResult.BroughtForward], await Ledger.ReplayAsync([ids[0], ids[1]]));

        Assert.Equal([ids[0]], Bench.Queue.Forward);
        Assert.Equal(0, await Bench.CountAsync("parked"));
        Assert.Equal([CallbackState.Live, CallbackState.Held], (await Bench.CallbacksAsync()).Take(2).Select(c => c.State));
        await Bench.SettleAsync(Make.Delivered(ids[0]));
        Assert.Equal([ids[0], ids[1]], Enqueued());
    }

    [Fact]
    public async Task ReplayOfACallbackThatWaitsForItsRetry_IsDueNow()
    {
        await DeliverAsync(1);
        var id = Bench.Queue.Enqueued[0].Id;
        await Bench.SettleAsync(new Settlement
        {
            CallbackId = id, Attempt = Make.Attempt(1, AttemptOutcome.TimedOut, 0), State = CallbackState.Live, Tries = 1,
            DueAt = Bench.Time.GetUtcNow().AddMinutes(1),
        });

        Assert.Equal([ReplayResult.BroughtForward], await Ledger.ReplayAsync([id]));

        Assert.Equal([id], Bench.Queue.Forward);
        var row = await Bench.CallbackAsync(id);
        Assert.Equal((CallbackState.Live, Bench.Time.GetUtcNow().ToUnixTimeMilliseconds()), (row.State, row.DueAtMs));
    }

    [Fact]
    public async Task ReplayWithoutHook_SaysSo()
    {
        await Bench.RegisterAsync(Make.Message(account: 2));
        await Ledger.AppendAsync(Make.Report(2));
        var id = (await Bench.CallbacksAsync())[0].Id;

        Assert.Equal([ReplayResult.NoHook], await Ledger.ReplayAsync([id]));
        Assert.Equal(CallbackState.Cancelled, (await Bench.CallbackAsync(id)).State);
    }

    [Fact]
    public async Task NewCallbackOfAReplayedMessage_WaitsForTheReplay()
    {
        await Bench.RegisterAsync(Make.Message(account: 3));
        await Ledger.AppendAsync(Make.Report(1));
        var first = Bench.Queue.Enqueued[0];
        await Bench.SettleAsync(Make.Exhausted(first.Id));
        await Ledger.ReplayAsync([first.Id]);
        await Ledger.AppendAsync(Make.Report(2));

        Assert.Equal(CallbackState.Held, (await Bench.CallbacksAsync())[1].State);
        await Ledger.TakeParkedAsync(first.Hook, Bench.Time.GetUtcNow(), 10);
        await Bench.SettleAsync(Make.Delivered(first.Id, 2));
        Assert.Equal(2, Bench.Queue.Enqueued.Count);
    }

    [Fact]
    public async Task SeveralCallbacksOfOneMessageReplayed_LeaveInOrder()
    {
        await ThreeCallbacksAsync();
        var ids = (await Bench.CallbacksAsync()).Select(c => c.Id).ToList();
        await Bench.SettleAsync(Make.Exhausted(ids[0]), Make.Exhausted(ids[1]), Make.Exhausted(ids[2]));
        var hook = Bench.Queue.Enqueued[0].Hook;

        await Ledger.ReplayAsync(ids);

        for (var i = 0; i < 3; i++)
        {
            var (taken, _, _) = await Ledger.TakeParkedAsync(hook, Bench.Time.GetUtcNow(), 10);
            var next = taken.Count > 0 ? taken : [.. Bench.Queue.Enqueued.Skip(2 + i)];
            Assert.Equal((ids[i], true), (Assert.Single(next).Id, next[0].IsReplay));
            await Bench.SettleAsync(Make.Delivered(ids[i], 2));
        }

        Assert.All(await Bench.CallbacksAsync(), c => Assert.Equal(CallbackState.Delivered, c.State));
        Assert.Equal(0, await Bench.CountAsync("held"));
    }
}
