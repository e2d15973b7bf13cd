using HoiAm.Dispatch.Lanes;
using HoiAm.Dispatch.Tests.Support;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Lanes;

/// <summary>Bounds that hold whatever customers, hooks and the disk do.</summary>
public sealed class OverloadTests
{
    private static readonly Hook s_hook = Sim.Hook(1);

    [Fact]
    public void PathPerMessage_LeavesABoundedNumberOfLanes()
    {
        var sim = new Sim(new DispatcherOptions { LanesMax = 100 });
        for (var i = 1; i <= 5_000; i++)
        {
            sim.Commit(Sim.Hook(i), 1);
            sim.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(sim.Dispatcher.Totals().Hooks, 1, 200);
        Assert.All(sim.Ledger.Rows, r => Assert.Equal(CallbackState.Delivered, r.State));
        DispatcherTests.AssertIdle(sim);
    }

    [Fact]
    public void LanesThatHaveSomethingToRemember_AreKept()
    {
        var sim = new Sim(new DispatcherOptions { LanesMax = 10 });
        var (paused, failing, waiting) = (Sim.Hook(9_001), Sim.Hook(9_002), Sim.Hook(9_003));
        sim.Dispatcher.Pause(paused);
        sim.Script(failing, Reply.Of(500));
        sim.Script(waiting, Reply.Of(429) with { RetryAfter = TimeSpan.FromHours(5) });
        sim.Commit(failing, 1);
        sim.Commit(waiting, 1);
        for (var i = 1; i <= 200; i++)
        {
            sim.Commit(Sim.Hook(i), 1);
            sim.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(HookState.Paused, sim.Health(paused).State);
        Assert.True(sim.Health(failing).ConsecutiveFailures > 0);
        Assert.Equal(1, sim.Health(waiting).Parked);
    }

    [Fact]
    public void TooManyTriesUnrecorded_NothingMoreIsSentUntilTheyAre()
    {
        var sim = new Sim();
        sim.Ledger.IsBehind = true;
        sim.Commit(s_hook, 20);
        sim.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(sim.Sender.Tries);
        sim.Ledger.IsBehind = false;
        sim.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(20, sim.Count(s_hook, CallbackState.Delivered));
        DispatcherTests.AssertIdle(sim);
    }

    [Fact]
    public void SlowHookWithALongQueue_IsCalledBehindUntilItIsThrough()
    {
        var sim = new Sim();
        sim.Script(s_hook, Reply.Ok with { Takes = TimeSpan.FromSeconds(2) });
        sim.Commit(s_hook, 500);
        Assert.Equal(0, sim.Dispatcher.Totals().Behind);
        sim.Commit(s_hook, 1_500);
        Assert.Equal(1, sim.Dispatcher.Totals().Behind);
        sim.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(0, sim.Dispatcher.Totals().Behind);
        Assert.Equal(2_000, sim.Count(s_hook, CallbackState.Delivered));
    }

    [Fact]
    public void HookAnswersAfterCallbacksWereGivenUp_IsToldOnce()
    {
        var recovered = new List<Hook>();
        var sim = new Sim(new DispatcherOptions { OnRecovered = recovered.Add });
        sim.Policies[1] = new HookPolicy { Retry = new RetryPolicy { MaxRetries = 0 } };
        sim.Script(s_hook, Reply.Of(500));
        sim.Commit(s_hook, 5);
        sim.Clock.Advance(TimeSpan.FromSeconds(1));
        sim.Script(s_hook, Reply.Ok);
        Assert.Empty(recovered);
        sim.Commit(s_hook, 5);
        sim.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([s_hook], recovered);
    }

    [Fact]
    public void OneCallbackThatTheHookChokesOn_IsNoOutage()
    {
        var recovered = new List<Hook>();
        var sim = new Sim(new DispatcherOptions { OnRecovered = recovered.Add });
        sim.Policies[1] = new HookPolicy { Retry = new RetryPolicy { MaxRetries = 2, Delays = [TimeSpan.FromSeconds(1)] } };
        sim.Script(s_hook, callback => callback.Id == 1 ? Reply.Of(500) : Reply.Ok);
        for (var i = 0; i < 20; i++)
        {
            sim.Commit(s_hook, 1);
            sim.Clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal(1, sim.Count(s_hook, CallbackState.Exhausted));
        Assert.Empty(recovered);
    }
}
