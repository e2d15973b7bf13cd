using HoiAm.Dispatch.Lanes;
using HoiAm.Dispatch.Tests.Support;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Lanes;

public sealed class DispatcherTests
{
    private static readonly Hook s_hook = Sim.Hook(1);

    [Fact]
    public void HookAnswers_IsDeliveredOnce()
    {
        var sim = new Sim();
        sim.Commit(s_hook, 100);
        sim.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(100, sim.Count(s_hook, CallbackState.Delivered));
        Assert.Equal(100, sim.Sender.Tries.Count);
        Assert.Equal(8, sim.Sender.HookPeaks[1]);
        AssertIdle(sim);
    }

    [Fact]
    public void HookFailsFiveTimes_IsDeliveredOnTheSixthRequest()
    {
        var sim = new Sim();
        sim.Script(s_hook, callback => callback.Attempts < 5 ? Reply.Hang : Reply.Ok);
        var row = sim.Ledger.Commit(sim.Dispatcher, s_hook);
        sim.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(CallbackState.Delivered, row.State);
        Assert.Equal(6, row.Attempts);
        AssertIdle(sim);
    }

    [Fact]
    public void HookNeverAnswers_IsExhaustedAfterSixTriesOnSchedule()
    {
        var sim = new Sim();
        sim.Script(s_hook, Reply.Hang);
        var row = sim.Ledger.Commit(sim.Dispatcher, s_hook);
        sim.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal((CallbackState.Exhausted, ExhaustedReason.Retries), (row.State, row.Reason));
        var gaps = sim.Sender.Tries.Zip(sim.Sender.Tries.Skip(1), (a, b) => (b.At - a.At).TotalSeconds - 10).ToArray();
        double[] pauses = [5, 30, 120, 600, 1800];
        Assert.Equal(pauses.Length, gaps.Length);
        Assert.All(gaps.Zip(pauses), pair => Assert.InRange(pair.First, pair.Second, (pair.Second * 1.1) + 0.01));
        AssertIdle(sim);
    }

    [Fact]
    public void TimeoutOnly_GivesUpAtOnceOnA500()
    {
        var sim = new Sim();
        sim.Policies[1] = new HookPolicy { Retry = new RetryPolicy { On = RetryOn.TimeoutOnly } };
        sim.Script(s_hook, Reply.Of(500));
        var row = sim.Ledger.Commit(sim.Dispatcher, s_hook);
        Assert.Equal((CallbackState.Exhausted, ExhaustedReason.Refused, 1), Tuple(sim, row));
    }

    [Fact]
    public void NotBeforeMoment_IsKept()
    {
        var sim = new Sim();
        sim.Ledger.Commit(sim.Dispatcher, s_hook, wait: TimeSpan.FromSeconds(1));
        sim.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(sim.Sender.Tries);
        sim.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Single(sim.Sender.Tries);
    }

    [Fact]
    public void OneHookOfFiftyHangs_OthersAreAllDeliveredMeanwhile()
    {
        var sim = new Sim();
        var hooks = Enumerable.Range(1, 50).Select(i => Sim.Hook(i)).ToArray();
        sim.Script(hooks[0], Reply.Hang);
        for (var round = 0; round < 40; round++)
        {
            foreach (var hook in hooks)
            {
                sim.Commit(hook, 2);
            }

            sim.Clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.All(hooks.Skip(1), hook => Assert.Equal(80, sim.Count(hook, CallbackState.Delivered)));
        Assert.Equal(0, sim.Count(hooks[0], CallbackState.Delivered));
        var first = sim.Sender.Tries.Where(t => t.Hook != 1).ToLookup(t => t.Id, t => t.At);
        Assert.All(sim.Ledger.Rows.Where(r => r.Hook.Id != 1), r => Assert.InRange(first[r.Id].Single() - r.CreatedAt, TimeSpan.Zero, TimeSpan.FromMilliseconds(10)));
    }

    [Fact]
    public void DeadHostWith300Paths_LeavesOthersTheirSlots()
    {
        var sim = new Sim(new DispatcherOptions { ExtraSlots = 64, DoubtfulSlots = 16, HostConcurrencyMax = 32 });
        var dead = Enumerable.Range(1, 300).Select(i => Sim.Hook(i, "http://dead:80")).ToArray();
        var other = Sim.Hook(1_000);
        foreach (var hook in dead)
        {
            sim.Script(hook, Reply.Hang);
            sim.Commit(hook, 5);
        }

        for (var i = 0; i < 300; i++)
        {
            sim.Commit(other, 1);
            sim.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(300, sim.Count(other, CallbackState.Delivered));
        Assert.InRange(sim.Sender.HostPeaks["http://dead:80"], 2, 32);
        Assert.Equal(300, sim.Sender.Tries.Select(t => t.Hook).Where(id => id <= 300).Distinct().Count());
    }

    [Fact]
    public void HundredDeadHosts_LeaveAHealthyLaneItsOwnSlot()
    {
        var sim = new Sim(new DispatcherOptions { ExtraSlots = 10, DoubtfulSlots = 4 });
        foreach (var hook in Enumerable.Range(1, 100).Select(i => Sim.Hook(i)))
        {
            sim.Script(hook, Reply.Hang);
            sim.Commit(hook, 8);
        }

        var other = Sim.Hook(1_000);
        sim.Commit(other, 100);
        sim.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(100, sim.Count(other, CallbackState.Delivered));
    }

    [Fact]
    public void Backlog_WaitsOnDiskAndIsAllDelivered()
    {
        var sim = new Sim(new DispatcherOptions { SeatsPerLane = 16 });
        sim.Commit(s_hook, 1_000);
        Assert.InRange(sim.Health(s_hook).Live, 1, 16);
        Assert.InRange(sim.Health(s_hook).Parked, 900, 1_000);
        sim.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1_000, sim.Count(s_hook, CallbackState.Delivered));
        Assert.Equal(1_000, sim.Sender.Tries.Count);
        AssertIdle(sim);
    }

    [Fact]
    public void FreshStream_LeavesTheBacklogItsShare()
    {
        var sim = new Sim(new DispatcherOptions { SeatsPerLane = 64 });
        sim.Policies[1] = new HookPolicy { MaxConcurrency = 1 };
        sim.Commit(s_hook, 264);
        for (var i = 0; i < 1_000; i++)
        {
            // Two come while one is sent: fresh ones never run out.
            sim.Commit(s_hook, 2);
            sim.Clock.Advance(TimeSpan.FromMilliseconds(5));
        }

        Assert.InRange(sim.Ledger.Rows.Count(r => r.Id <= 264 && r.State == CallbackState.Delivered), 220, 264);
    }

    [Fact]
    public void Pause_HoldsEverythingAndSpendsNothing()
    {
        var sim = new Sim();
        sim.Script(s_hook, Reply.Hang with { Takes = TimeSpan.FromSeconds(2) });
        sim.Commit(s_hook, 20);
        sim.Dispatcher.Pause(s_hook);
        Assert.Equal(HookState.Paused, sim.Health(s_hook).State);
        sim.Clock.Advance(TimeSpan.FromHours(100));
        Assert.Equal(8, sim.Sender.Tries.Count);
        Assert.Equal(20, sim.Count(s_hook, CallbackState.Parked));
        sim.Script(s_hook, Reply.Ok);
        sim.Dispatcher.Resume(s_hook);
        sim.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(20, sim.Count(s_hook, CallbackState.Delivered));
        AssertIdle(sim);
    }

    [Fact]
    public void ReplayOnAPausedHook_Passes()
    {
        var sim = new Sim();
        sim.Script(s_hook, Reply.Of(400));
        var row = sim.Ledger.Commit(sim.Dispatcher, s_hook);
        sim.Clock.Advance(TimeSpan.FromSeconds(1));
        sim.Dispatcher.Pause(s_hook);
        sim.Commit(s_hook, 3);
        sim.Script(s_hook, Reply.Ok);
        sim.Ledger.Replay(sim.Dispatcher, row);
        sim.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(CallbackState.Delivered, row.State);
        Assert.Equal(2, row.Attempts);
        Assert.Equal(3, sim.Count(s_hook, CallbackState.Parked));
    }

    [Fact]
    public void Stop_LetsTriesEndAndLeavesTheRestPending()
    {
        var sim = new Sim();
        sim.Commit(s_hook, 20);
        var stopping = sim.Dispatcher.StopAsync(TimeSpan.FromSeconds(20));
        sim.Clock.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(8, sim.Count(s_hook, CallbackState.Delivered));
        Assert.Equal(12, sim.Count(s_hook, CallbackState.Live));
        Assert.False(sim.Dispatcher.TryReserve(s_hook));
        Assert.True(SpinWait.SpinUntil(() => stopping.IsCompletedSuccessfully, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task StopWithHungTries_BreaksThemOffUnspent()
    {
        var sim = new Sim();
        sim.Script(s_hook, Reply.Hang with { Takes = TimeSpan.FromMinutes(2) });
        sim.Commit(s_hook, 3);
        var stopping = sim.Dispatcher.StopAsync(TimeSpan.FromSeconds(20));
        sim.Clock.Advance(TimeSpan.FromSeconds(20));
        await stopping;
        Assert.All(sim.Ledger.Rows, r => Assert.Equal((CallbackState.Live, 0, 0), (r.State, r.Attempts, r.Tries)));
        Assert.Empty(sim.Errors);
    }

    [Fact]
    public void CallbackAskedFor_IsTriedNow_AndItsNeighboursAtTheirTime()
    {
        var sim = new Sim();
        sim.Script(s_hook, callback => callback.Attempts == 0 ? Reply.Of(500) : Reply.Ok);
        sim.Commit(s_hook, 3);
        sim.Clock.Advance(TimeSpan.FromSeconds(1));
        var wanted = sim.Ledger.Rows.ElementAt(1);

        sim.Dispatcher.BringForward(s_hook, new HashSet<long> { wanted.Id, 4711 });
        sim.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([wanted], sim.Ledger.Rows.Where(r => r.State == CallbackState.Delivered));
        sim.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(3, sim.Count(s_hook, CallbackState.Delivered));
        Assert.Equal(6, sim.Sender.Tries.Count);
        AssertIdle(sim);
    }

    [Fact]
    public async Task TestCall_IsNoCallback()
    {
        var sim = new Sim();
        sim.Dispatcher.Pause(s_hook);
        var call = sim.Dispatcher.TestCallAsync(s_hook, TestContext.Current.CancellationToken);
        sim.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(AttemptOutcome.Delivered, (await call).Outcome);
        Assert.Empty(sim.Ledger.Rows);
    }

    [Fact]
    public void Start_PicksUpWhatIsParked()
    {
        var sim = new Sim();
        sim.Dispatcher.Pause(s_hook);
        sim.Commit(s_hook, 500);
        var due = sim.Ledger.Rows.Min(r => r.DueAt);
        var again = new Dispatcher(sim.Ledger, sim.Sender, sim, sim.Clock, new DispatcherOptions { Schedule = item => item.Execute() });
        again.Start([new ParkedBacklog(s_hook, 500, due)]);
        sim.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(500, sim.Count(s_hook, CallbackState.Delivered));
    }

    [Fact]
    public void Release_GivesTheSeatBack()
    {
        var sim = new Sim(new DispatcherOptions { SeatsPerLane = 2 });
        Assert.True(sim.Dispatcher.TryReserve(s_hook));
        Assert.True(sim.Dispatcher.TryReserve(s_hook));
        Assert.False(sim.Dispatcher.TryReserve(s_hook));
        sim.Dispatcher.Release(s_hook);
        Assert.True(sim.Dispatcher.TryReserve(s_hook));
    }

    [Fact]
    public void SeatsOfTheHub_AreBounded()
    {
        var sim = new Sim(new DispatcherOptions { SeatsTotal = 10, SeatsPerLane = 8 });
        Assert.Equal(10, Enumerable.Range(0, 30).Count(i => sim.Dispatcher.TryReserve(Sim.Hook(i % 3))));
    }

    internal static void AssertIdle(Sim sim)
    {
        var totals = sim.Dispatcher.Totals();
        Assert.Equal((0, 0L, 0L), (totals.InFlight, totals.Live, totals.Parked));
        Assert.Empty(sim.Errors);
    }

    private static (CallbackState, ExhaustedReason, int) Tuple(Sim sim, SimLedger.Row row)
    {
        sim.Clock.Advance(TimeSpan.FromHours(2));
        return (row.State, row.Reason, row.Attempts);
    }
}
