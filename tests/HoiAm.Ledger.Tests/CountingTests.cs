using HoiAm.Ledger.Counting;

namespace HoiAm.Ledger.Tests;

/// <summary>Buckets and quantiles.</summary>
public sealed class CountingTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(4, 3)]
    [InlineData(86_400_000, 33)]
    [InlineData(long.MaxValue, 34)]
    public void Duration_FallsIntoTheBucketThatReachesIt(long ms, int bucket) => Assert.Equal(bucket, StatBuckets.Of(ms));

    [Fact]
    public void Quantile_OfNothing_IsNothing() => Assert.Null(StatBuckets.Quantile(new long[StatBuckets.Bounds.Count + 1], 0.5));

    [Fact]
    public void Quantile_LiesInsideTheBucketOfItsRank()
    {
        var counts = new long[StatBuckets.Bounds.Count + 1];
        counts[StatBuckets.Of(100)] = 98;
        counts[StatBuckets.Of(5_000)] = 2;

        Assert.InRange(StatBuckets.Quantile(counts, 0.5)!.Value, 70, 100);
        Assert.InRange(StatBuckets.Quantile(counts, 0.99)!.Value, 3_000, 5_000);
    }

    [Fact]
    public void DroppedGroup_LeavesNothingToWrite()
    {
        var tally = new StatTally();
        tally.Add(60_000, StatSeries.Reports, default, 0);
        tally.Drop();
        tally.Keep();
        Assert.False(tally.HasPending);

        tally.Add(60_000, StatSeries.Reports, default, 0);
        var mark = tally.Mark;
        tally.Add(60_000, StatSeries.Callbacks, default, 0);
        tally.BackTo(mark);
        tally.Keep();
        Assert.True(tally.HasPending);
    }
}
