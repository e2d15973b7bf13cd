using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task StoreAway_EveryCallAnswersSo()
    {
        await Bench.RegisterAsync(Make.Message());
        var hook = await Bench.HookAsync();
        Bench.Store.Away = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.AppendAsync(Make.Report(2)).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.RegisterAsync(Make.Message("b")));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.ReplayAsync([1]));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.ParkAsync([1]));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.TakeParkedAsync(hook, Bench.Time.GetUtcNow(), 1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.AttachAsync(1, "sms-1"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.DecideAsync("sms-1", Model.ReportedStatus.Rejected, default));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.WriteAsync(_ => 1));
        Assert.Equal("The test's disk is full.", Bench.Writer.Unavailable);
        Assert.Equal(0, Bench.Writer.Waiting);
    }

    [Fact]
    public async Task StoreBack_IsNoticedWithoutAnybodyAsking()
    {
        Bench.Store.Away = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.RegisterAsync(Make.Message()));
        Bench.Store.Away = false;

        await UntilAsync(() => Bench.Writer.Unavailable is null);
        await Bench.RegisterAsync(Make.Message());
    }

    [Fact]
    public async Task CommitWhoseAnswerIsLost_FeedsItsCallbacksOnceItIsKnown()
    {
        await Bench.RegisterAsync(Make.Message("a"));
        Bench.Store.LostAnswer = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.AppendAsync(Make.Report(2, "a")).AsTask());

        // Whoever was refused says it again; the callback that is on disk already reaches its lane, and only once.
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(2, "a")));
        Assert.Equal((1, 1), (Bench.Queue.Taken, Bench.Queue.Enqueued.Count));
        Assert.Equal(CallbackState.Live, (await Bench.CallbackAsync(Bench.Queue.Enqueued[0].Id)).State);
    }

    [Fact]
    public async Task CommitWhoseAnswerIsLost_GivesItsSeatsBackWhenNothingWasWritten()
    {
        await Bench.RegisterAsync(Make.Message("a"));
        Bench.Store.LostAnswer = false;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.AppendAsync(Make.Report(2, "a")).AsTask());

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, "a")));
        Assert.Equal((1, 1), (Bench.Queue.Taken, Bench.Queue.Enqueued.Count));
    }

    [Fact]
    public async Task TryRecordedInACommitWhoseAnswerIsLost_IsRecordedOnce()
    {
        await DeliverAsync(1);
        var id = Bench.Queue.Enqueued[0].Id;
        Bench.Store.LostAnswer = true;
        Ledger.Settle(Failed(id, CallbackState.Live, 1));

        // The try may be written alone or with this; whichever group it is in loses its answer.
        await Record.ExceptionAsync(() => Bench.FlushAsync());
        await Bench.FlushAsync();

        Assert.Equal([1], AttemptLog.Read((await Bench.CallbackAsync(id)).Log).Select(a => a.Number));
        Assert.Equal(0, Bench.Writer.Waiting);
    }

    [Fact]
    public async Task StoreStillAway_StaysReportedWhileNobodyAsks()
    {
        Bench.Store.Away = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.RegisterAsync(Make.Message()));

        // Several looks of the writer later it must still say so.
        var calls = Bench.Store.Calls;
        await UntilAsync(() => Bench.Store.Calls > calls + 5);
        Assert.NotNull(Bench.Writer.Unavailable);
    }

    [Fact]
    public async Task TriesRecordedWhileTheStoreIsAway_AreKeptInOrder()
    {
        await DeliverAsync(1);
        var id = Bench.Queue.Enqueued[0].Id;
        Bench.Store.Away = true;

        Ledger.Settle(Failed(id, CallbackState.Live, 1));
        await RefusedGroupAsync();
        Ledger.Settle(Failed(id, CallbackState.Live, 2));
        await RefusedGroupAsync();
        Ledger.Settle(Make.Delivered(id, 3));
        await RefusedGroupAsync();
        Assert.Equal(3, Bench.Writer.Waiting);
        Bench.Store.Away = false;
        await UntilAsync(() => Bench.Writer.Waiting == 0);

        var row = await Bench.CallbackAsync(id);
        Assert.Equal((CallbackState.Delivered, 3), (row.State, row.Attempts));
        Assert.Equal([1, 2, 3], AttemptLog.Read(row.Log).Select(a => a.Number));
    }

    [Fact]
    public async Task TriesOfMoreThanOneGroup_StayInOrderWhenTheStoreComesBackInBetween()
    {
        await using var bench = StartBench(new WriterOptions { GroupCountMax = 2, Gap = TimeSpan.Zero, RetryPause = TimeSpan.FromMilliseconds(1) });
        await bench.RegisterAsync(Make.Message());
        await bench.Ledger.AppendAsync(Make.Report(2));
        var id = bench.Queue.Enqueued[0].Id;
        bench.Store.Away = true;
        for (var i = 1; i <= 9; i++)
        {
            bench.Ledger.Settle(Failed(id, CallbackState.Live, i));
        }

        bench.Ledger.Settle(Make.Delivered(id, 10));
        var groups = bench.Store.Groups;
        await UntilAsync(() => bench.Store.Groups > groups + 7);
        bench.Store.Away = false;
        await UntilAsync(() => bench.Writer.Waiting == 0);

        var row = await bench.CallbackAsync(id);
        Assert.Equal(CallbackState.Delivered, row.State);
        Assert.Equal(Enumerable.Range(1, 10), AttemptLog.Read(row.Log).Select(a => a.Number));
    }

    [Fact]
    public async Task StoreThatGoesAwayBehindAPoisonedCommand_KeepsTheTriesInOrder()
    {
        await DeliverAsync(1);
        var id = Bench.Queue.Enqueued[0].Id;
        using var gate = await WriterGate.CloseAsync(Bench);
        var poisoned = Ledger.RegisterAsync(new MessageDraft { Account = 1, SmsId = "b", Kind = Model.MessageKind.Zns, Recipients = [] });
        Ledger.Settle(Failed(id, CallbackState.Live, 1));
        Ledger.Settle(Make.Delivered(id, 2));

        // In the group of one that the first try is then written in, the disk is full just once.
        var refused = 0;
        Bench.Store.Fault = call => call == "UpdateCallback" && refused++ == 0 ? new StoreUnavailableException() : null;
        await gate.OpenAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => poisoned);
        await UntilAsync(() => Bench.Writer.Waiting == 0);

        var row = await Bench.CallbackAsync(id);
        Assert.Equal(CallbackState.Delivered, row.State);
        Assert.Equal([1, 2], AttemptLog.Read(row.Log).Select(a => a.Number));
    }

    [Fact(Timeout = 60_000)]
    public async Task StoreAwayAtShutdown_AnswersEverybodyAndEnds()
    {
        var bench = StartBench(new WriterOptions { GroupCountMax = 5, Gap = TimeSpan.Zero });
        using var gate = await WriterGate.CloseAsync(bench);
        var tasks = Enumerable.Range(0, 50).Select(i => bench.Ledger.RegisterAsync(Make.Message("m" + i))).ToList();
        bench.Ledger.Settle(Make.Delivered(1));
        bench.Store.Away = true;
        var closing = bench.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<StoreUnavailableException>(gate.OpenAsync);

        foreach (var task in tasks)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => task);
        }

        await closing;
    }

    [Fact]
    public async Task RefusalAtAnyCall_IsAnsweredAndLeavesNothingBehind()
    {
        await using var reference = StartBench(new WriterOptions { Gap = TimeSpan.Zero });
        var calls = reference.Store.Calls;
        var expected = await StoryAsync(reference, retry: false);
        calls = reference.Store.Calls - calls;

        // The same story with the store refusing once, at each call in turn: who is refused asks again, and the end is the same.
        for (var at = 1L; at <= calls; at += at < 40 ? 1 : 4)
        {
            await using var bench = StartBench(new WriterOptions { Gap = TimeSpan.Zero, RetryPause = TimeSpan.FromMilliseconds(1) });
            bench.Store.RefuseOnce(at);
            Assert.Equal(expected, await StoryAsync(bench, retry: true));
        }
    }

    private async Task RefusedGroupAsync()
    {
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.WriteAsync(_ => 1));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 5_000, "It did not come about.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    // Early report, several recipients, every kind of callback move; told back as text.
    private static async Task<string> StoryAsync(LedgerBench bench, bool retry)
    {
        bench.Queue.Seats = 2;
        await Again(() => bench.Ledger.AppendAsync(Make.Report(0, "a")).AsTask());
        await Again(() => bench.Ledger.RegisterAsync(Make.Message("a", account: 3, fingerprint: 1)));
        await Again(() => bench.Ledger.AppendAsync(Make.Report(1, "a")).AsTask());
        await Again(() => bench.Ledger.AppendAsync(Make.Report(2, "a")).AsTask());
        await Again(() => bench.Ledger.RegisterAsync(Make.Message("b", recipients: 2, fingerprint: 2)));
        await Again(() => bench.Ledger.AppendAsync(Make.Report(2, "b", address: Make.PhoneOf(0))).AsTask());
        await Again(() => bench.Ledger.AppendAsync(Make.Report(-2, "b", address: Make.PhoneOf(1))).AsTask());
        await Again(() => bench.Ledger.RegisterAsync(Make.Message("c", fingerprint: 3)));
        await Again(() => bench.Ledger.AppendAsync(Make.Report(-1, "c")).AsTask());
        var first = (await Again(() => bench.CallbacksAsync("a")))[0].Id;
        bench.Ledger.Settle(Make.Exhausted(first));
        await UntilAsync(() => bench.Writer.Waiting == 0);
        await Again(() => bench.Ledger.ReplayAsync([first]));
        var hook = await Again(() => bench.HookAsync(3));
        var taken = await Again(() => bench.Ledger.TakeParkedAsync(hook, bench.Time.GetUtcNow().AddSeconds(9), 9));
        var seats = bench.Queue.Taken;
        await bench.ReopenAsync();

        var text = $"seats {seats}, orphans {await bench.CountAsync("orphan")}, parked {await bench.CountAsync("parked")}, taken {taken.Taken.Count}\n";
        foreach (var id in new[] { "a", "b", "c" })
        {
            var message = await bench.MessageAsync(id);
            text += $"{id} {message.State} {message.Finals} {message.Charged} reports {(await bench.ReportsAsync(id)).Count} callbacks ";
            text += string.Join(' ', (await bench.CallbacksAsync(id)).Select(c => $"{c.State}:{c.Attempts}{c.Query}")) + "\n";
        }

        return text;

        async Task<T> Again<T>(Func<Task<T>> act)
        {
            try
            {
                return await act();
            }
            catch (StoreUnavailableException) when (retry)
            {
                return await act();
            }
        }
    }
}
