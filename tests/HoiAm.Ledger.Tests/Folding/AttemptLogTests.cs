using FsCheck;
using FsCheck.Fluent;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;

namespace HoiAm.Ledger.Tests.Folding;

public sealed class AttemptLogTests
{
    private static readonly Gen<Attempt> s_attempt =
        from ms in Gen.Choose(0, int.MaxValue)
        from duration in Gen.Choose(0, 200_000)
        from outcome in Gen.Elements(Enum.GetValues<AttemptOutcome>())
        from status in Gen.Elements(0, 200, 204, 301, 404, 500, 599, 999)
        from error in Gen.Elements<string?>(null, "x", "Không kết nối được: 🎉", new string('e', 400))
        from snippet in Gen.Elements<string?>(null, "OK", "{\"ok\":true}", new string('ế', Attempt.SnippetLengthMax))
        from after in Gen.Elements<TimeSpan?>(null, TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromDays(400))
        select new Attempt
        {
            Number = 1,
            At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000L + ms),
            DurationMs = duration,
            Outcome = outcome,
            HttpStatus = status,
            Error = error,
            ResponseSnippet = snippet,
            RetryAfter = after,
        };

    [Fact]
    public void NoLog_IsNoTries() => Assert.Empty(AttemptLog.Read(null));

    [Fact]
    public void AnyTries_ComeBackAndOnlyTheNewestAreKept() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Arb.From(from count in Gen.Choose(0, 150) from list in s_attempt.ListOf(count) select list), list =>
        {
            var attempts = list.Select((a, i) => a with { Number = i + 1 }).ToList();
            byte[]? log = null;
            foreach (var attempt in attempts)
            {
                log = AttemptLog.Append(log, attempt);
            }

            Assert.Equal(attempts.TakeLast(AttemptLog.Kept), AttemptLog.Read(log));
        }));

    [Fact]
    public void DeliveredCallback_CostsSomeTwentyBytes()
    {
        var log = AttemptLog.Append(null, Support.Make.Attempt(1));

        Assert.InRange(log.Length, 12, 20);
    }

    [Fact]
    public void ValuesThatMakeNoSense_AreKeptWithinTheirBounds()
    {
        var attempt = Support.Make.Attempt(1) with
        {
            At = DateTimeOffset.MinValue, DurationMs = -1, RetryAfter = TimeSpan.MaxValue, Error = "", ResponseSnippet = "a\0b",
        };

        var read = Assert.Single(AttemptLog.Read(AttemptLog.Append(null, attempt)));

        Assert.Equal((DateTimeOffset.UnixEpoch, 0, null, "a\0b"), (read.At, read.DurationMs, read.Error, read.ResponseSnippet));
        Assert.True(read.RetryAfter > TimeSpan.FromDays(10_000));
        Assert.Equal(TimeSpan.Zero, AttemptLog.Read(AttemptLog.Append(null, attempt with { RetryAfter = TimeSpan.FromSeconds(-5) }))[0].RetryAfter);
    }
}
