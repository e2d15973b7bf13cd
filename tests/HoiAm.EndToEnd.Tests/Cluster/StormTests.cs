using System.Globalization;
using HoiAm.EndToEnd.Tests.Durability;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>
/// The long form of <see cref="ClusterTests"/>: HOIAM_STORM=300 in the environment lets nodes be killed at random and the database crash
/// every few seconds for that many seconds. HOIAM_SEED repeats a run.
/// </summary>
[Collection(AloneTests.Name)]
public sealed class StormTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int PerSecond = 60;
    private static readonly int s_seconds = Setting("HOIAM_STORM", 0);
    private static readonly int s_seed = Setting("HOIAM_SEED", 20260131);

    [Fact]
    public async Task NodesAndDatabaseKilledEveryFewSeconds_NothingAcknowledgedIsLost()
    {
        Assert.SkipUnless(s_seconds > 0, "A long run: HOIAM_STORM=seconds asks for it.");
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        using var postgres = PostgresServer.Start();
        postgres.Sql("postgres", "CREATE DATABASE hub");
        await using var hook = await HookServer.StartAsync();
        hook.Script("/crash", call => new HookAnswer(DelayMs: call.Number % 16));
        var nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => HubProcess.StartAsync(null, "--postgres", postgres.ConnectionString("hub"))));
        try
        {
            var messages = s_seconds * PerSecond;
            var loads = nodes.Select(n => new CrashLoad(n.Url, messages)).ToList();
            using (var first = new AdminClient(nodes[0].Url))
            {
                await loads[0].RegisterAsync(first, hook.Url + "/crash");
            }

            await ClusterTests.InForceAsync(nodes);
            var disturbances = new List<DateTimeOffset>();
            var reporting = ReportAsync(loads);
            var (kills, crashes) = await DisturbAsync(nodes, postgres, disturbances, reporting);
            await reporting;
            using var admin = new AdminClient(nodes[0].Url);
            await Poll.UntilAsync(() => ClusterTests.Distinct(hook) == messages, "A callback for every message", TimeSpan.FromMinutes(3), stepMs: 200);
            await Poll.UntilAsync(
                async () => (await admin.GetAsync("/callbacks?state=pending&limit=500")).Is(200).Json["items"]!.AsArray().Count == 0,
                "The record of every callback",
                TimeSpan.FromMinutes(2),
                stepMs: 500);
            Assert.Equal(messages, (await admin.ListAsync("/callbacks?state=delivered")).Count);
            Assert.Empty(await admin.ListAsync("/orphans"));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"seed {s_seed}: {kills} kills of nodes, {crashes} of the database, {loads.Sum(l => l.Acknowledged)} reports, {loads.Sum(l => l.Resent)} sent again, {hook.Count - ClusterTests.Distinct(hook)} callbacks repeated, 0 lost"));
            ClusterTests.AssertRepeatsOnlyAcross(hook, disturbances);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    // A second's share on every node, then the next: whoever is behind because something was down does not wait.
    private static async Task ReportAsync(List<CrashLoad> loads)
    {
        for (var second = 0; second < s_seconds; second++)
        {
            var from = second * PerSecond;
            var part = PerSecond / Nodes;
            await Task.WhenAll([Poll.PauseAsync(1_000), .. loads.Select((load, i) => load.ReportAsync(from + (i * part), from + ((i + 1) * part)))]);
        }
    }

    private static async Task<(int Kills, int Crashes)> DisturbAsync(
        HubProcess[] nodes, PostgresServer postgres, List<DateTimeOffset> disturbances, Task reporting)
    {
        var random = new Random(s_seed);
        var (kills, crashes) = (0, 0);
        while (!reporting.IsCompleted)
        {
            await Poll.PauseAsync(random.Next(1_000, 5_000));
            disturbances.Add(TimeProvider.System.GetUtcNow());
            if ((kills + crashes) % 3 == 2)
            {
                postgres.KillHard();
                await Poll.PauseAsync(random.Next(0, 2_000));
                postgres.StartAgain();
                crashes++;
            }
            else
            {
                var node = nodes[random.Next(nodes.Length)];
                await node.KillAsync();

                // Back at once, or only when others have taken over what it had.
                await Poll.PauseAsync(random.Next(5) == 0 ? 16_000 : random.Next(0, 2_000));
                Assert.True(await node.StartAgainAsync());
                kills++;
            }

            disturbances.Add(TimeProvider.System.GetUtcNow());
        }

        return (kills, crashes);
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : fallback;
}
