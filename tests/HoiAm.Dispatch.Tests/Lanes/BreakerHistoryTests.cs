using HoiAm.Dispatch.Lanes;
using HoiAm.Dispatch.Tests.Support;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Lanes;

public sealed class BreakerHistoryTests
{
    private static readonly Hook s_hook = Sim.Hook(1);

    [Fact]
    public void DeadHook_OpensAndDefersWithoutSpending()
    {
        var sim = Opened(100, out var spent);
        Assert.Equal(HookState.Open, sim.Health(s_hook).State);
        Assert.InRange(spent, 20, 27);
        sim.Clock.Advance(TimeSpan.FromHours(48));
        Assert.Equal(spent, sim.Ledger.Rows.Sum(r => r.Tries));
        Assert.Equal(100, sim.Count(s_hook, CallbackState.Parked));
        Assert.Empty(sim.Errors);
    }

    [Fact]
    public void Probes_GrowFrom30SecondsTo5Minutes()
    {
        var sim = Opened(100, out _);
        var before = sim.Sender.Tries.Count;
        sim.Clock.Advance(TimeSpan.FromHours(1));
        var probes = sim.Sender.Tries.Skip(before - 1).Select(t => t.At).ToArray();
        var gaps = probes.Zip(probes.Skip(1), (a, b) => (b - a).TotalSeconds).Skip(1).ToArray();
        Assert.InRange(probes.Length, 10, 16);
        Assert.All(gaps.Skip(4), gap => Assert.InRange(gap, 310, 340.1));
        Assert.All(gaps.Zip(gaps.Skip(1)), pair => Assert.True(pair.Second > pair.First * 0.9));
    }

    [Fact]
    public void HookRecovers_EverythingIsDelivered()
    {
        var sim = Opened(500, out _);
        sim.Clock.Advance(TimeSpan.FromMinutes(20));
        sim.Script(s_hook, Reply.Ok);
        sim.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(500, sim.Count(s_hook, CallbackState.Delivered));
        Assert.Equal(HookState.Healthy, sim.Health(s_hook).State);
        DispatcherTests.AssertIdle(sim);
    }

    [Fact]
    public void After72Hours_CallbacksExpireWithoutATry()
    {
        var sim = Opened(300, out var spent);
        var tries = sim.Sender.Tries.Count;
        sim.Clock.Advance(TimeSpan.FromHours(73));
        Assert.All(sim.Ledger.Rows, r => Assert.Equal((CallbackState.Exhausted, ExhaustedReason.Expired), (r.State, r.Reason)));
        Assert.Equal(spent, sim.Ledger.Rows.Sum(r => r.Tries));
        Assert.InRange(sim.Sender.Tries.Count - tries, 700, 72 * 12 + 20);
        DispatcherTests.AssertIdle(sim);
    }

    [Fact]
    public void ManualReplay_PassesAnOpenBreaker()
    {
        var sim = new Sim();
        var row = sim.Ledger.Commit(sim.Dispatcher, s_hook);
        sim.Script(s_hook, Reply.Of(400));
        sim.Clock.Advance(TimeSpan.FromSeconds(1));
        sim.Script(s_hook, Reply.Of(400));
        Open(sim, 50);
        var at = sim.Clock.GetUtcNow();
        sim.Ledger.Replay(sim.Dispatcher, row);
        Assert.Equal((row.Id, at), (sim.Sender.Tries[^1].Id, sim.Sender.Tries[^1].At));
        Assert.Equal(HookState.Open, sim.Health(s_hook).State);
    }

    [Fact]
    public void SuccessfulTestCall_ProbesAtOnce()
    {
        var sim = Opened(50, out _);
        sim.Clock.Advance(TimeSpan.FromHours(1));
        sim.Script(s_hook, Reply.Ok);
        var call = sim.Dispatcher.TestCallAsync(s_hook, TestContext.Current.CancellationToken);
        sim.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(call.IsCompletedSuccessfully);
        Assert.Equal(50, sim.Count(s_hook, CallbackState.Delivered));
    }

    [Fact]
    public void OneCallbackThatFailsForEver_DoesNotOpen()
    {
        var sim = new Sim();
        sim.Policies[1] = new HookPolicy { Retry = new RetryPolicy { MaxRetries = 20, Delays = [TimeSpan.FromSeconds(1)] } };
        sim.Script(s_hook, Reply.Of(500));
        var row = sim.Ledger.Commit(sim.Dispatcher, s_hook);
        sim.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((CallbackState.Exhausted, 21), (row.State, row.Attempts));
        Assert.NotEqual(HookState.Open, sim.Health(s_hook).State);
    }

    [Fact]
    public void AnswersThatRefuse_ShowALivingServer()
    {
        var sim = new Sim();
        sim.Script(s_hook, Reply.Of(404));
        sim.Commit(s_hook, 100);
        sim.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(100, sim.Count(s_hook, CallbackState.Exhausted));
        Assert.Equal(600, sim.Sender.Tries.Count);
    }

    [Fact]
    public void HookAsksForLess_ItsBoundFallsToOneAndRisesAgain()
    {
        var sim = new Sim();
        sim.Script(s_hook, Reply.Of(429));
        sim.Commit(s_hook, 14);
        sim.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, sim.Health(s_hook).ConcurrencyLimit);
        sim.Script(s_hook, Reply.Ok);
        sim.Commit(s_hook, 50);
        sim.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(8, sim.Health(s_hook).ConcurrencyLimit);
    }

    [Fact]
    public void CapPerMinute_HoldsInEveryWindow()
    {
        var sim = new Sim();
        sim.Policies[1] = new HookPolicy { MaxPerMinute = 240 };
        sim.Commit(s_hook, 1_000);
        sim.Clock.Advance(TimeSpan.FromMinutes(5));
        var starts = sim.Sender.Tries.Select(t => t.At).ToArray();
        Assert.Equal(1_000, starts.Length);
        Assert.All(starts.Zip(starts.Skip(240)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromMinutes(1)));
        Assert.InRange(starts[^1] - starts[0], TimeSpan.FromSeconds(249), TimeSpan.FromSeconds(252));
    }

    private static Sim Opened(int callbacks, out int spent)
    {
        var sim = new Sim();
        spent = Open(sim, callbacks);
        return sim;
    }

    private static int Open(Sim sim, int callbacks)
    {
        sim.Script(s_hook, Reply.Hang);
        sim.Commit(s_hook, callbacks);
        for (var i = 0; i < 600 && (sim.Health(s_hook).State != HookState.Open || sim.Sender.InFlight > 0); i++)
        {
            sim.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        return sim.Ledger.Rows.Where(r => r.State != CallbackState.Exhausted).Sum(r => r.Tries);
    }
}
