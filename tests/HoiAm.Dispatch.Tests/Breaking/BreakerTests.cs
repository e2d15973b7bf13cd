using FsCheck;
using FsCheck.Fluent;
using HoiAm.Dispatch.Breaking;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Breaking;

public sealed class BreakerTests
{
    [Fact]
    public void AnyRow_OpensExactlyAfterTheThresholdOverTwoCallbacks() => Prop.ForAll(
        Gen.Choose(0, 3).ListOf().ToArbitrary(),
        signs =>
        {
            // 0 is a sign of life, 1 to 3 are failures of that callback. The model counts since the last sign of life.
            var breaker = default(Breaker);
            var run = new List<int>();
            foreach (var sign in signs.SelectMany(s => Enumerable.Repeat(s, s == 0 ? 1 : 6)))
            {
                if (sign == 0)
                {
                    var closes = breaker.Live();
                    if (closes != IsOpen(run))
                    {
                        return false;
                    }

                    run.Clear();
                }
                else
                {
                    var before = IsOpen(run);
                    run.Add(sign);
                    if (breaker.Fail(sign, 0, 0, 20) != (IsOpen(run) && !before))
                    {
                        return false;
                    }
                }

                if (breaker.IsOpen != IsOpen(run) || breaker.Streak != run.Count)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Probes_WaitLongerAndAtMostFiveMinutesAndJitter() => Prop.ForAll(
        Gen.Choose(0, 999).ListOf(12).ToArbitrary(),
        jitter =>
        {
            var breaker = default(Breaker);
            for (var i = 0; i < 20; i++)
            {
                breaker.Fail(i, 1_000, jitter[0] / 1_000.0, 20);
            }

            var now = 1_000L;
            double[] pauses = [30, 60, 120, 240, 300, 300, 300, 300, 300, 300, 300];
            for (var i = 0; i < pauses.Length; i++)
            {
                var wait = TimeSpan.FromTicks(breaker.ProbeAt - now).TotalSeconds;
                if (wait < pauses[i] || wait > pauses[i] * 1.1)
                {
                    return false;
                }

                now = breaker.ProbeAt;
                breaker.FailProbe(now, jitter[i + 1] / 1_000.0, null);
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void ProbeAnsweredWithRetryAfter_WaitsThatLong()
    {
        var breaker = default(Breaker);
        breaker.FailProbe(0, 0, TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromHours(1).Ticks, breaker.ProbeAt);
    }

    [Theory]
    [InlineData(AttemptOutcome.Delivered, 200, HookSign.Alive, false)]
    [InlineData(AttemptOutcome.Redirected, 302, HookSign.Alive, false)]
    [InlineData(AttemptOutcome.HttpStatus, 404, HookSign.Alive, false)]
    [InlineData(AttemptOutcome.HttpStatus, 429, HookSign.Failing, true)]
    [InlineData(AttemptOutcome.HttpStatus, 500, HookSign.Failing, false)]
    [InlineData(AttemptOutcome.HttpStatus, 503, HookSign.Failing, true)]
    [InlineData(AttemptOutcome.TimedOut, 0, HookSign.Failing, true)]
    [InlineData(AttemptOutcome.TimedOut, 504, HookSign.Failing, true)]
    [InlineData(AttemptOutcome.ConnectionRefused, 0, HookSign.Failing, true)]
    [InlineData(AttemptOutcome.ConnectionReset, 0, HookSign.Failing, true)]
    [InlineData(AttemptOutcome.DnsFailed, 0, HookSign.Failing, true)]
    [InlineData(AttemptOutcome.TlsFailed, 0, HookSign.Failing, true)]
    [InlineData(AttemptOutcome.ProtocolError, 0, HookSign.Failing, true)]
    [InlineData(AttemptOutcome.Blocked, 0, HookSign.None, false)]
    [InlineData(AttemptOutcome.BadUrl, 0, HookSign.None, false)]
    [InlineData(AttemptOutcome.Interrupted, 0, HookSign.None, false)]
    public void Outcome_IsASign(AttemptOutcome outcome, int status, object sign, bool isOverload)
    {
        Assert.Equal((HookSign)sign, Breaker.Read(outcome, status));
        Assert.Equal(isOverload, Breaker.IsOverload(outcome, status));
    }

    private static bool IsOpen(List<int> run)
    {
        for (var n = 20; n <= run.Count; n++)
        {
            if (run.Take(n).Distinct().Count() > 1)
            {
                return true;
            }
        }

        return false;
    }
}
