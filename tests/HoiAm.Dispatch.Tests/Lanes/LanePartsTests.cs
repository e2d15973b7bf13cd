using FsCheck;
using FsCheck.Fluent;
using HoiAm.Dispatch.Lanes;

namespace HoiAm.Dispatch.Tests.Lanes;

public sealed class LanePartsTests
{
    [Fact]
    public void AdaptiveLimit_StaysBetweenOneAndTheBound() => Prop.ForAll(
        Gen.Choose(1, 256).ToArbitrary(),
        Gen.Choose(0, 9).ListOf().ToArbitrary(),
        (max, events) =>
        {
            var limit = new AdaptiveLimit(max);
            var now = 0L;
            foreach (var e in events)
            {
                now++;
                var before = limit.Current;
                if (e < 3)
                {
                    limit.Cut(now - e, now);
                    if (limit.Current > before)
                    {
                        return false;
                    }
                }
                else
                {
                    limit.Raise(max);
                    if (limit.Current > before + 1)
                    {
                        return false;
                    }
                }

                if (limit.Current < 1 || limit.Current > max)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void OneRoundOfFailures_CutsOnce()
    {
        var limit = new AdaptiveLimit(8);
        for (var i = 0; i < 8; i++)
        {
            limit.Cut(startedAt: 10, now: 20 + i);
        }

        Assert.Equal(4, limit.Current);
        limit.Cut(startedAt: 30, now: 40);
        Assert.Equal(2, limit.Current);
    }

    [Fact]
    public void Pacer_NeverLetsMoreThanTheCapIntoAMinute() => Prop.ForAll(
        Gen.Choose(1, 100).ToArbitrary(),
        Gen.Choose(0, 2_000).ListOf(400).ToArbitrary(),
        (cap, waits) =>
        {
            var pacer = default(Pacer);
            pacer.Set(cap);
            var now = 0L;
            var starts = new List<long>();
            foreach (var wait in waits)
            {
                now += wait * TimeSpan.TicksPerMillisecond;
                if (pacer.IsOpen(now))
                {
                    pacer.Note(now);
                    starts.Add(now);
                }
            }

            return starts.Zip(starts.Skip(cap)).All(p => p.Second - p.First >= TimeSpan.TicksPerMinute);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void LatencySketch_IsWithinHalfAnOctave() => Prop.ForAll(
        Gen.Choose(0, 120_000).NonEmptyListOf().ToArbitrary(),
        durations =>
        {
            var sketch = new LatencySketch();
            foreach (var ms in durations)
            {
                sketch.Add(ms);
            }

            var sorted = durations.Order().ToArray();
            var exact = sorted[(int)Math.Ceiling(0.5 * sorted.Length) - 1];
            var estimate = sketch.Quantile(0.5)!.Value;
            return estimate >= exact && estimate <= Math.Max(1, exact * 1.5);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void LatencySketch_ForgetsSlowly()
    {
        var sketch = new LatencySketch();
        Assert.Null(sketch.Quantile(0.5));
        for (var i = 0; i < 100_000; i++)
        {
            sketch.Add(int.MaxValue);
        }

        for (var i = 0; i < 10_000; i++)
        {
            sketch.Add(3);
        }

        Assert.InRange(sketch.Quantile(0.5)!.Value, 3, 4);
    }

    [Fact]
    public void MinuteRate_CountsTheLastMinute()
    {
        var rate = default(MinuteRate);
        for (var s = 0; s < 240; s++)
        {
            rate.Add(s * TimeSpan.TicksPerSecond);
        }

        Assert.InRange(rate.Read(240 * TimeSpan.TicksPerSecond), 55, 65);
        Assert.Equal(0, rate.Read(600 * TimeSpan.TicksPerSecond));
    }
}
