using HoiAm.Dispatch.Tests.Support;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Lanes;

/// <summary>Somebody sets the clock. Moments on disk are the wall clock's, waiting is the steady one's: whichever says first that it is time is right.</summary>
public sealed class WallClockTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly Hook s_hook = Sim.Hook(1);

    [Fact]
    public void ClockStoodADayBack_WhatWaitsOnDiskGoesWhenItIsSetRight()
    {
        var sim = new Sim();
        sim.Clock.SetWallClock(-s_day);

        // Made before the clock was set back, and put on disk by the start after it.
        var row = sim.Ledger.Commit(sim.Dispatcher, s_hook, wait: s_day);
        sim.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((CallbackState.Parked, 0), (row.State, row.Attempts));

        sim.Clock.SetWallClock(s_day);
        sim.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(CallbackState.Delivered, row.State);
        DispatcherTests.AssertIdle(sim);
    }

    [Fact]
    public void ClockStoodADayAhead_WhatWaitsOnDiskGoesWhenItsPauseIsOver()
    {
        var sim = new Sim();
        sim.Clock.SetWallClock(s_day);
        sim.Script(s_hook, Reply.Of(503) with { RetryAfter = TimeSpan.FromMinutes(10) });
        var row = sim.Ledger.Commit(sim.Dispatcher, s_hook);
        sim.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((CallbackState.Parked, 1), (row.State, row.Attempts));

        sim.Clock.SetWallClock(-s_day);
        sim.Script(s_hook, Reply.Ok);
        sim.Clock.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal(1, row.Attempts);
        sim.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(CallbackState.Delivered, row.State);
        DispatcherTests.AssertIdle(sim);
    }

    [Fact]
    public void ClockIsSetForward_ARetryThatIsDueByItNeedNotWait()
    {
        var sim = new Sim();
        sim.Script(s_hook, Reply.Of(503) with { RetryAfter = TimeSpan.FromHours(10) });
        var row = sim.Ledger.Commit(sim.Dispatcher, s_hook);
        sim.Clock.Advance(TimeSpan.FromMinutes(1));
        sim.Script(s_hook, Reply.Ok);
        sim.Clock.SetWallClock(s_day);
        sim.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(CallbackState.Delivered, row.State);
    }
}
