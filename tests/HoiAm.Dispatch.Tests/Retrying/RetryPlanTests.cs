using FsCheck;
using FsCheck.Fluent;
using HoiAm.Dispatch.Retrying;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Retrying;

public sealed class RetryPlanTests
{
    private static readonly AttemptOutcome[] s_outcomes = Enum.GetValues<AttemptOutcome>();

    [Theory]
    [InlineData(AttemptOutcome.Blocked, 0, "Blocked Blocked Blocked")]
    [InlineData(AttemptOutcome.BadUrl, 0, "Refused Refused Refused")]
    [InlineData(AttemptOutcome.HttpStatus, 400, "Refused Refused Retry")]
    [InlineData(AttemptOutcome.HttpStatus, 401, "Refused Refused Retry")]
    [InlineData(AttemptOutcome.HttpStatus, 410, "Refused Refused Retry")]
    [InlineData(AttemptOutcome.Redirected, 302, "Refused Refused Retry")]
    [InlineData(AttemptOutcome.HttpStatus, 404, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.HttpStatus, 425, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.HttpStatus, 429, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.HttpStatus, 500, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.HttpStatus, 599, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.HttpStatus, 600, "Refused Refused Retry")]
    [InlineData(AttemptOutcome.TimedOut, 0, "Retry Retry Retry")]
    [InlineData(AttemptOutcome.TimedOut, 504, "Retry Retry Retry")]
    [InlineData(AttemptOutcome.TimedOut, 408, "Retry Retry Retry")]
    [InlineData(AttemptOutcome.ConnectionRefused, 0, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.ConnectionReset, 0, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.DnsFailed, 0, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.TlsFailed, 0, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.ProtocolError, 0, "Retry Refused Retry")]
    [InlineData(AttemptOutcome.Delivered, 200, "Delivered Delivered Delivered")]
    public void Outcome_LeadsTo(AttemptOutcome outcome, int status, string expected)
    {
        var steps = Enum.GetValues<RetryOn>().Select(on => RetryPlan.Next(new RetryPolicy { On = on }, outcome, status, null, 1, 0));
        Assert.Equal(expected, string.Join(' ', steps.Select(v => v.Step == RetryStep.Exhausted ? v.Reason.ToString() : v.Step.ToString())));
    }

    [Theory]
    [InlineData(200, AttemptOutcome.Delivered, AttemptOutcome.Delivered)]
    [InlineData(204, AttemptOutcome.Delivered, AttemptOutcome.HttpStatus)]
    [InlineData(299, AttemptOutcome.Delivered, AttemptOutcome.HttpStatus)]
    [InlineData(302, AttemptOutcome.Redirected, AttemptOutcome.Redirected)]
    [InlineData(408, AttemptOutcome.TimedOut, AttemptOutcome.TimedOut)]
    [InlineData(504, AttemptOutcome.TimedOut, AttemptOutcome.TimedOut)]
    [InlineData(404, AttemptOutcome.HttpStatus, AttemptOutcome.HttpStatus)]
    [InlineData(199, AttemptOutcome.HttpStatus, AttemptOutcome.HttpStatus)]
    public void Status_IsJudged(int status, AttemptOutcome usual, AttemptOutcome non200)
    {
        Assert.Equal(usual, RetryPlan.Judge(RetryOn.Default, status));
        Assert.Equal(usual, RetryPlan.Judge(RetryOn.TimeoutOnly, status));
        Assert.Equal(non200, RetryPlan.Judge(RetryOn.Non200, status));
    }

    [Fact]
    public void Sequence_IsTheFirstTryAndMaxRetries() => Prop.ForAll(
        Gen.Choose(0, 20).ToArbitrary(),
        max =>
        {
            var policy = new RetryPolicy { MaxRetries = max };
            var tries = 1;
            while (RetryPlan.Next(policy, AttemptOutcome.TimedOut, 0, null, tries, 0.5).Step == RetryStep.Retry)
            {
                tries++;
            }

            return tries == max + 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Jitter_OnlyAddsAndAtMostATenth() => Prop.ForAll(Cases(), c =>
    {
        var verdict = RetryPlan.Next(c.Policy, c.Outcome, c.Status, null, c.Tries, c.U);
        if (verdict.Step != RetryStep.Retry)
        {
            return verdict.Delay == TimeSpan.Zero;
        }

        var pause = c.Policy.Delays[Math.Min(c.Tries - 1, c.Policy.Delays.Count - 1)];
        return verdict.Delay >= pause && verdict.Delay <= pause * 1.1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void RetryAfter_OnlyLengthensUpToADay() => Prop.ForAll(Cases(), c =>
    {
        var without = RetryPlan.Next(c.Policy, c.Outcome, c.Status, null, c.Tries, c.U);
        var with = RetryPlan.Next(c.Policy, c.Outcome, c.Status, c.RetryAfter, c.Tries, c.U);
        var asked = c.RetryAfter < TimeSpan.FromHours(24) ? c.RetryAfter : TimeSpan.FromHours(24);
        return without.Step == with.Step
            && without.Reason == with.Reason
            && with.Delay >= without.Delay
            && (with.Step != RetryStep.Retry || with.Delay >= asked)
            && with.Delay <= TimeSpan.FromHours(24 * 1.1);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(int.MaxValue, 0.999999)]
    [InlineData(2_049, double.NaN)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(-5, -1.0)]
    public void ExtremeNumbers_NeverOverflow(int tries, double u)
    {
        var policy = new RetryPolicy { MaxRetries = int.MaxValue, Delays = [TimeSpan.MaxValue, TimeSpan.MinValue] };
        var verdict = RetryPlan.Next(policy, AttemptOutcome.TimedOut, 0, TimeSpan.MaxValue, tries, u);
        Assert.InRange(verdict.Delay, TimeSpan.Zero, TimeSpan.FromHours(24 * 1.1));
        Assert.Equal(TimeSpan.Zero, RetryPlan.Next(policy with { Delays = [] }, AttemptOutcome.TimedOut, 0, null, 1, 0).Delay);
    }

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData(" 120 ", 120.0)]
    [InlineData("86401", 86_400.0)]
    [InlineData("0000000000000000000007", 7.0)]
    [InlineData("99999999999999999999999999", 86_400.0)]
    [InlineData("Fri, 02 Jan 2026 00:01:00 GMT", 60.0)]
    [InlineData("Friday, 02-Jan-26 00:01:00 GMT", 60.0)]
    [InlineData("Fri Jan  2 00:01:00 2026", 60.0)]
    [InlineData("Fri, 02 Jan 2099 00:01:00 GMT", 86_400.0)]
    [InlineData("Fri, 02 Jan 2020 00:01:00 GMT", null)]
    [InlineData("Thu, 02 Jan 2020 00:01:00 GMT", 0.0)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void RetryAfterHeader_IsRead(string? text, double? seconds) =>
        Assert.Equal(seconds, RetryAfterHeader.Parse(text, new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero))?.TotalSeconds);

    private static Arbitrary<Case> Cases() =>
        (from max in Gen.Choose(0, 20)
         from count in Gen.Choose(1, 20)
         from delays in Gen.Choose(0, 86_400).Select(s => TimeSpan.FromSeconds(s)).ListOf(count)
         from outcome in Gen.Elements(s_outcomes)
         from status in Gen.Choose(100, 599)
         from rule in Gen.Elements(Enum.GetValues<RetryOn>())
         from after in Gen.Choose(0, int.MaxValue)
         from tries in Gen.Choose(1, 25)
         from u in Gen.Choose(0, 999_999)
         select new Case(new RetryPolicy { MaxRetries = max, Delays = [.. delays], On = rule }, outcome, status, TimeSpan.FromSeconds(after), tries, u / 1_000_000.0))
        .ToArbitrary();

    private sealed record Case(RetryPolicy Policy, AttemptOutcome Outcome, int Status, TimeSpan RetryAfter, int Tries, double U);
}
