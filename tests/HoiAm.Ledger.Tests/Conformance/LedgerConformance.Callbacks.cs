using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task ByDefault_OnlyFinalStatesArePushed()
    {
        await Bench.RegisterAsync(Make.Message());
        await Ledger.AppendAsync(Make.Report(0));
        await Ledger.AppendAsync(Make.Report(1));
        await Ledger.AppendAsync(Make.Report(7, means: ReportedStatus.Sent));
        Assert.Empty(await Bench.CallbacksAsync());

        await Ledger.AppendAsync(Make.Report(2));

        var callback = Assert.Single(Bench.Queue.Enqueued);
        Assert.Equal(
            "?SMSID=sms-1&SendStatus=5&TotalReceiver=1&SendFailed=0&SendSuccess=1&TotalSent=1&TotalPrice=850.0000", callback.Query);
        Assert.Equal(ScriptedAccounts.Hook, callback.Hook.Url);
        Assert.Equal("http://shop.example", callback.Hook.HostKey);
        Assert.Equal((0, 0, false), (callback.Attempts, callback.Tries, callback.IsReplay));
        Assert.Equal(Bench.Time.GetUtcNow(), callback.CreatedAt);
        Assert.Equal(1, Bench.Queue.Taken);
    }

    [Fact]
    public async Task EveryStateThatIsWanted_IsPushedInOrder()
    {
        await Bench.RegisterAsync(Make.Message(account: 3));
        await Ledger.AppendAsync(Make.Report(0));
        await Ledger.AppendAsync(Make.Report(1));
        await Ledger.AppendAsync(Make.Report(7, means: ReportedStatus.Sent));
        await Ledger.AppendAsync(Make.Report(2));

        var callbacks = await Bench.CallbacksAsync();
        Assert.Equal([SendStatus.PendingApproval, SendStatus.Waiting, SendStatus.Sent, SendStatus.Finished], callbacks.Select(Status));
        Assert.Equal([CallbackState.Live, CallbackState.Held, CallbackState.Held, CallbackState.Held], callbacks.Select(c => c.State));
        Assert.All(callbacks, c => Assert.Equal(CallbackFormat.EsmsPostJson, c.Format));
        Assert.Equal(callbacks[0].Body, Assert.Single(Bench.Queue.Enqueued).Body);
    }

    [Fact]
    public async Task FirstTry_IsNotBeforeTheDelayAfterTheMessage()
    {
        await Bench.RegisterAsync(Make.Message("a"));
        await Bench.RegisterAsync(Make.Message("b"));
        var created = Bench.Time.GetUtcNow();

        await Ledger.AppendAsync(Make.Report(2, "a"));
        Bench.Time.Advance(TimeSpan.FromSeconds(10));
        await Ledger.AppendAsync(Make.Report(2, "b"));

        Assert.Equal(created.AddSeconds(1), Bench.Queue.Enqueued[0].DueAt);
        Assert.Equal(created.AddSeconds(10), Bench.Queue.Enqueued[1].DueAt);
    }

    [Fact]
    public async Task EarlyReport_IsPushedAfterTheDelayToo()
    {
        await Ledger.AppendAsync(Make.Report(2));
        Bench.Time.Advance(TimeSpan.FromMinutes(1));
        var created = Bench.Time.GetUtcNow();
        await Bench.RegisterAsync(Make.Message());

        Assert.Equal(created.AddSeconds(1), Assert.Single(Bench.Queue.Enqueued).DueAt);
        Assert.Equal(created.AddMinutes(-1), Bench.Queue.Enqueued[0].EventTime);
    }

    [Fact]
    public async Task HookOfTheMessage_GoesBeforeTheAccounts()
    {
        await Bench.RegisterAsync(Make.Message(hook: "https://own.example:8443/x"));
        await Ledger.AppendAsync(Make.Report(2));

        Assert.Equal(
            ("https://own.example:8443/x", "https://own.example:8443"),
            (Bench.Queue.Enqueued[0].Hook.Url, Bench.Queue.Enqueued[0].Hook.HostKey));
    }

    [Fact]
    public async Task MessageWithoutHook_LeavesACancelledCallbackToBePulled()
    {
        await Bench.RegisterAsync(Make.Message(account: 2));
        await Ledger.AppendAsync(Make.Report(2));

        var callback = Assert.Single(await Bench.CallbacksAsync());
        Assert.Equal((CallbackState.Cancelled, ExhaustedReason.NoHook, 0), (callback.State, callback.Reason, callback.Hook));
        Assert.Contains("SendStatus=5", callback.Query, StringComparison.Ordinal);
        Assert.Empty(Bench.Queue.Enqueued);
        Assert.Equal(0, Bench.Queue.Taken);
    }

    [Fact]
    public async Task UnknownAccount_GetsNoCallback()
    {
        await Bench.RegisterAsync(Make.Message(account: 99));

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2)));
        Assert.Empty(await Bench.CallbacksAsync());
    }

    [Fact]
    public async Task SameUrl_IsOneHookPerAccountThroughRestarts()
    {
        await Bench.RegisterAsync(Make.Message("a"));
        await Bench.RegisterAsync(Make.Message("b"));
        await Bench.RegisterAsync(Make.Message("c", account: 3));
        await Ledger.AppendAsync(Make.Report(2, "a"));
        await Ledger.AppendAsync(Make.Report(2, "b"));
        await Ledger.AppendAsync(Make.Report(2, "c"));
        var hooks = Bench.Queue.Enqueued.Select(c => c.Hook.Id).ToList();
        await Bench.ReopenAsync();
        await Bench.RegisterAsync(Make.Message("d"));
        await Ledger.AppendAsync(Make.Report(2, "d"));

        Assert.Equal(hooks[0], hooks[1]);
        Assert.NotEqual(hooks[0], hooks[2]);
        Assert.Equal(hooks[0], Bench.Queue.Enqueued[0].Hook.Id);
    }

    [Fact]
    public async Task CallbacksOfOneMessage_LeaveOneAfterTheOther()
    {
        await ThreeCallbacksAsync();
        var ids = (await Bench.CallbacksAsync()).Select(c => c.Id).ToList();
        Assert.Equal([ids[0]], Enqueued());

        await Bench.SettleAsync(Failed(ids[0], CallbackState.Live));
        Assert.Equal([ids[0]], Enqueued());
        await Bench.SettleAsync(Make.Delivered(ids[0], 2));
        Assert.Equal([ids[0], ids[1]], Enqueued());
        await Bench.SettleAsync(Make.Exhausted(ids[1]));
        Assert.Equal(ids, Enqueued());
        Assert.Equal(0, await Bench.CountAsync("held"));
    }

    [Fact]
    public async Task CallbackHeldBack_IsReleasedAfterARestartToo()
    {
        await ThreeCallbacksAsync();
        var ids = (await Bench.CallbacksAsync()).Select(c => c.Id).ToList();
        await Bench.KillAsync();

        await Bench.SettleAsync(Make.Delivered(ids[0]));
        Assert.Equal([ids[1]], Enqueued());
        await Bench.ReopenAsync();
        await Bench.SettleAsync(Make.Delivered(ids[1]));
        Assert.Equal([ids[2]], Enqueued());
    }

    [Fact]
    public async Task CallbackHeldBack_IsParkedWhenThereIsNoSeatOnItsRelease()
    {
        await ThreeCallbacksAsync();
        var ids = (await Bench.CallbacksAsync()).Select(c => c.Id).ToList();
        Bench.Queue.Seats = 1;

        await Bench.SettleAsync(Make.Delivered(ids[0]));

        Assert.Equal(CallbackState.Parked, (await Bench.CallbackAsync(ids[1])).State);
        Assert.Single(Bench.Queue.Parked);
        var (taken, _, left) = await Ledger.TakeParkedAsync(await Bench.HookAsync(3), Bench.Time.GetUtcNow().AddSeconds(1), 10);
        Assert.Equal((ids[1], 0L), (Assert.Single(taken).Id, left));
    }

    [Fact]
    public async Task OrderHolds_WhenTheHookWasMissingInBetween()
    {
        await Bench.RegisterAsync(Make.Message(account: 3));
        var account = Bench.Accounts.Find(3)!;
        await Ledger.AppendAsync(Make.Report(0));
        Bench.Accounts.Set(account with { CallbackUrl = null });
        await Ledger.AppendAsync(Make.Report(1));
        Bench.Accounts.Set(account);
        await Ledger.AppendAsync(Make.Report(2));

        var callbacks = await Bench.CallbacksAsync();
        Assert.Equal([CallbackState.Live, CallbackState.Cancelled, CallbackState.Held], callbacks.Select(c => c.State));
        await Bench.SettleAsync(Make.Delivered(callbacks[0].Id));
        Assert.Equal([callbacks[0].Id, callbacks[2].Id], Enqueued());
    }

    [Fact]
    public async Task CallbacksOfOtherMessages_DoNotWait()
    {
        for (var i = 0; i < 3; i++)
        {
            await Bench.RegisterAsync(Make.Message("m" + i));
            await Ledger.AppendAsync(Make.Report(2, "m" + i));
        }

        Assert.Equal(3, Bench.Queue.Enqueued.Count);
    }

    [Fact]
    public async Task FullLane_ParksAndTellsWhenItIsDue()
    {
        Bench.Queue.Seats = 2;
        await DeliverAsync(5);

        Assert.Equal(2, Bench.Queue.Enqueued.Count);
        Assert.Equal(3, Bench.Queue.Parked.Count);
        Assert.All(Bench.Queue.Parked, p => Assert.Equal(Bench.Time.GetUtcNow().AddSeconds(1), p.DueAt));
        Assert.Equal(2, Bench.Queue.Taken);
        Assert.Equal(3, await Bench.CountAsync("parked"));
    }

    [Fact]
    public async Task ParkedCallbacks_AreTakenOldestDueFirstAndOnlyOnce()
    {
        Bench.Queue.Seats = 0;
        await DeliverAsync(3);
        Bench.Time.Advance(TimeSpan.FromSeconds(20));
        await DeliverAsync(2, from: 3);
        var hook = Bench.Queue.Parked[0].Hook;
        var now = Bench.Time.GetUtcNow();

        var none = await Ledger.TakeParkedAsync(hook, now.AddSeconds(-20), 10);
        Assert.Empty(none.Taken);
        Assert.Equal((now.AddSeconds(-19), 5L), (none.NextDue!.Value, none.Left));

        var first = await Ledger.TakeParkedAsync(hook, now, 2);
        var second = await Ledger.TakeParkedAsync(hook, now, 10);
        Assert.Equal((now.AddSeconds(1), 2L), (second.NextDue!.Value, second.Left));
        var third = await Ledger.TakeParkedAsync(hook, now.AddSeconds(1), 10);

        Assert.Equal([2, 1, 2], new[] { first, second, third }.Select(t => t.Taken.Count));
        Assert.Equal((null, 0L), (third.NextDue, third.Left));
        var all = first.Taken.Concat(second.Taken).Concat(third.Taken).ToList();
        Assert.Equal(all.OrderBy(c => c.Id).Select(c => c.Id), all.Select(c => c.Id));
        Assert.Equal(5, all.DistinctBy(c => c.Id).Count());
        Assert.All(all, c => Assert.Contains("SendStatus=5", c.Query, StringComparison.Ordinal));
        Assert.Equal(CallbackState.Live, (await Bench.CallbackAsync(all[0].Id)).State);
    }

    [Fact]
    public async Task ParkedCountsOfAHook_SurviveARestart()
    {
        Bench.Queue.Seats = 0;
        await DeliverAsync(3);
        await Bench.KillAsync();

        Assert.Equal(3, (await Ledger.TakeParkedAsync(await Bench.HookAsync(), Bench.Time.GetUtcNow(), 10)).Left);
    }

    [Fact]
    public async Task LiveCallbacksWithoutSeat_CanBeParked()
    {
        await DeliverAsync(2);
        var ids = Enqueued().ToList();
        await Bench.SettleAsync(Make.Delivered(ids[0]));

        await Ledger.ParkAsync([.. ids, 4711]);
        await Ledger.ParkAsync(ids);

        Assert.Equal(1, await Bench.CountAsync("parked"));
        var taken = await Ledger.TakeParkedAsync(await Bench.HookAsync(), Bench.Time.GetUtcNow().AddSeconds(1), 10);
        Assert.Equal((ids[1], 0L), (Assert.Single(taken.Taken).Id, taken.Left));
    }

    [Fact]
    public async Task RecordedTries_AreKeptInOrder()
    {
        await DeliverAsync(1);
        var id = Bench.Queue.Enqueued[0].Id;
        var due = Bench.Time.GetUtcNow().AddSeconds(5);

        await Bench.SettleAsync(Failed(id, CallbackState.Live, 1, due));
        var live = await Bench.CallbackAsync(id);
        Assert.Equal((CallbackState.Live, 1, 1, due.ToUnixTimeMilliseconds()), (live.State, live.Tries, live.Attempts, live.DueAtMs));
        await Bench.SettleAsync(Failed(id, CallbackState.Live, 2, due), Make.Delivered(id, 3));

        var row = await Bench.CallbackAsync(id);
        Assert.Equal((CallbackState.Delivered, 3, 3), (row.State, row.Tries, row.Attempts));
        Assert.Equal([1, 2, 3], AttemptLog.Read(row.Log).Select(a => a.Number));
        Assert.Equal([503, 503, 200], AttemptLog.Read(row.Log).Select(a => a.HttpStatus));
    }

    [Fact]
    public async Task FirstTryAcknowledged_IsRecordedWithoutALook()
    {
        await DeliverAsync(1);
        var id = Bench.Queue.Enqueued[0].Id;

        await Bench.SettleAsync(Make.Delivered(id));
        await Bench.ReopenAsync();

        var row = await Bench.CallbackAsync(id);
        Assert.Equal((CallbackState.Delivered, 1, 1, ExhaustedReason.None), (row.State, row.Tries, row.Attempts, row.Reason));
        Assert.Equal(Make.Attempt(1), Assert.Single(AttemptLog.Read(row.Log)));
    }

    [Fact]
    public async Task CallbackPutBack_WaitsOnDiskUntilItIsDue()
    {
        await DeliverAsync(1);
        var callback = Bench.Queue.Enqueued[0];
        var due = Bench.Time.GetUtcNow().AddMinutes(10);

        await Bench.SettleAsync(Failed(callback.Id, CallbackState.Parked, 1, due));
        await Bench.SettleAsync(new Settlement { CallbackId = callback.Id, State = CallbackState.Parked, DueAt = due.AddMinutes(1), Tries = 1 });

        Assert.Equal(1, await Bench.CountAsync("parked"));
        Assert.Empty((await Ledger.TakeParkedAsync(callback.Hook, due.AddSeconds(30), 10)).Taken);
        var (taken, next, left) = await Ledger.TakeParkedAsync(callback.Hook, due.AddMinutes(1), 10);
        Assert.Equal((1, 1, due.AddMinutes(1)), (Assert.Single(taken).Tries, taken[0].Attempts, taken[0].DueAt));
        Assert.Equal((null, 0L), (next, left));
    }

    [Fact]
    public async Task CallbackGivenUpWithoutATry_IsExhaustedWithItsReason()
    {
        await DeliverAsync(1);
        var id = Bench.Queue.Enqueued[0].Id;

        await Bench.SettleAsync(
            new Settlement { CallbackId = id, State = CallbackState.Exhausted, Reason = ExhaustedReason.Expired, Tries = 0 });

        var row = await Bench.CallbackAsync(id);
        Assert.Equal((CallbackState.Exhausted, ExhaustedReason.Expired, 0), (row.State, row.Reason, row.Attempts));
    }

    [Fact]
    public async Task SettlementOfAnUnknownCallback_IsIgnored()
    {
        await Bench.SettleAsync(Make.Delivered(4711), Failed(4711, CallbackState.Live, 3));

        Assert.Equal(0, await Bench.CountAsync("callback"));
        Assert.Null(Bench.Writer.Unavailable);
    }

    private static Settlement Failed(long callback, CallbackState state, int number = 1, DateTimeOffset due = default) => new()
    {
        CallbackId = callback,
        Attempt = Make.Attempt(number, AttemptOutcome.HttpStatus, 503),
        State = state,
        Tries = number,
        DueAt = due == default ? DateTimeOffset.UnixEpoch.AddYears(56) : due,
    };

    private IEnumerable<long> Enqueued() => Bench.Queue.Enqueued.Select(c => c.Id);

    private async Task DeliverAsync(int count, int from = 0)
    {
        for (var i = from; i < from + count; i++)
        {
            await Bench.RegisterAsync(Make.Message("m" + i));
            await Ledger.AppendAsync(Make.Report(2, "m" + i));
        }
    }

    private async Task ThreeCallbacksAsync()
    {
        await Bench.RegisterAsync(Make.Message(account: 3));
        await Ledger.AppendAsync(Make.Report(0));
        await Ledger.AppendAsync(Make.Report(1));
        await Ledger.AppendAsync(Make.Report(2));
    }
}
