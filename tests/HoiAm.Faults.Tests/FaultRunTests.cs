using HoiAm.Faults.Injecting;

namespace HoiAm.Faults;

/// <summary>
/// Mixed faults in short; eng/faults run and eng/faults kills are the long forms. HOIAM_SEED repeats a run, HOIAM_FAULT_SECONDS makes it longer.
/// </summary>
public sealed class FaultRunTests(ITestOutputHelper output)
{
    [Fact]
    public async Task MixedFaultsUnderLoad_BreakNoPromise()
    {
        Assert.SkipWhen(Shim.Build() is null, Shim.Missing ?? "");
        var seed = TestSettings.Read("HOIAM_SEED", 20260131);
        var seconds = TestSettings.Read("HOIAM_FAULT_SECONDS", 25);
        var watch = new Stopwatch();
        await using var run = new FaultRun(seed, FaultKinds.Embedded, _ =>
        {
            // What is started first, through all migrations, is not part of it.
            watch.Start();
            return watch.Elapsed.TotalSeconds < seconds;
        });
        var report = await run.RunAsync(Shim.Build()!);
        output.WriteLine(report.Text);
        Assert.True(report.IsClean, $"{string.Join('\n', report.Violations)}\nagain: eng/faults run --seed {seed} --minutes {(seconds / 60.0).ToString("0.##", CultureInfo.InvariantCulture)}");
        Assert.True(report.Reports > 100 && report.Deaths > 0, "Nothing happened: " + report.Text);
    }
}
