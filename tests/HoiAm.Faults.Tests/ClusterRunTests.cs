using HoiAm.Faults.Cluster;
using HoiAm.Faults.Injecting;
using HoiAm.Testing;

namespace HoiAm.Faults;

/// <summary>
/// Three nodes on one PostgreSQL under mixed faults in short; eng/faults run --store postgres is the long form. HOIAM_SEED repeats a run,
/// HOIAM_FAULT_SECONDS makes it longer.
/// </summary>
public sealed class ClusterRunTests(ITestOutputHelper output)
{
    private const int Nodes = 3;

    [Fact]
    public async Task MixedFaultsOfNodesLinksAndDatabase_BreakNoPromise()
    {
        Assert.SkipWhen(Shim.Build() is null, Shim.Missing ?? "");
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        var seed = TestSettings.Read("HOIAM_SEED", 20260131);
        var seconds = TestSettings.Read("HOIAM_FAULT_SECONDS", 25);
        var watch = new Stopwatch();
        await using var run = new ClusterRun(seed, Nodes, FaultKinds.Postgres, _ =>
        {
            watch.Start();
            return watch.Elapsed.TotalSeconds < seconds;
        });
        var report = await run.RunAsync(Shim.Build()!);
        output.WriteLine(report.Text);
        Assert.True(
            report.IsClean,
            $"{string.Join('\n', report.Violations)}\nagain: eng/faults run --store postgres --nodes {Nodes} --seed {seed} --minutes {(seconds / 60.0).ToString("0.##", CultureInfo.InvariantCulture)}");
        Assert.True(report.Reports > 100 && report.Deaths > 0, "Nothing happened: " + report.Text);
    }
}
