namespace HoiAm.Fuzz;

/// <summary>A few seconds of fuzzing for every parser; eng/fuzz is the long form. The corpus holds what was found once.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 1_500;

    public static TheoryData<string> Names => [.. Targets.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void MutatedInputs_AreReadOrRefusedInBoundedTimeAndMemory(string name)
    {
        var target = Targets.All.Single(t => t.Name == name);
        Assert.NotEmpty(target.Seeds);
        var report = Fuzzer.Run(target, seed: 20260131, Inputs);
        Assert.Empty(report.Findings);
        Assert.Equal(Inputs, report.Inputs);
        Assert.True(report.Taken > 0, "Not even the seeds are taken.");
    }

    [Fact]
    public async Task MutatedRequestsAtARunningHub_AreAnsweredAndChangeNothingForOthers()
    {
        var report = await LiveFuzz.RunAsync(seed: 20260131, inputs: 40);
        Assert.Empty(report.Findings);
        Assert.True(report.Requests >= 40 * report.Doors && report.Taken > 0, $"Only {report.Requests} requests, {report.Taken} taken.");
    }

    // The instrument itself: a parser that throws, one that is slow to give up, one that takes too much.
    [Fact]
    public void FaultyParsers_AreFoundOut()
    {
        Assert.NotEmpty(Findings(_ => throw new FormatException()));
        Assert.NotEmpty(Findings(_ => new byte[64 << 20].Length == 0));
        Assert.Empty(Findings(input => input.Length > 0));
    }

    private static List<string> Findings(Func<byte[], bool> parser)
    {
        var report = new FuzzReport();
        Fuzzer.Try(new Target("own", [[1]], parser), [1], report);
        return report.Findings;
    }
}
