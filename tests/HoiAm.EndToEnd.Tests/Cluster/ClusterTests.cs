using HoiAm.EndToEnd.Tests.Durability;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>Three real processes on one PostgreSQL: one is killed and stays away, the database is killed and comes back.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    private const int MessagesPerNode = 80;

    [Fact]
    public async Task NodeAndDatabaseKilled_NothingAcknowledgedIsLostAndRepeatsStandForACrash()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        using var postgres = PostgresServer.Start();
        postgres.Sql("postgres", "CREATE DATABASE hub");
        await using var hook = await HookServer.StartAsync();

        // All three find an empty database at once.
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => HubProcess.StartAsync(null, "--postgres", postgres.ConnectionString("hub"))));
        try
        {
            var loads = nodes.Select(n => new CrashLoad(n.Url, nodes.Length * MessagesPerNode)).ToList();
            using (var first = new AdminClient(nodes[0].Url))
            {
                await loads[0].RegisterAsync(first, hook.Url + "/crash");
            }

            await InForceAsync(nodes);
            var disturbances = new List<DateTimeOffset>();
            var reporting = loads.Select((load, i) => load.ReportAsync(i * MessagesPerNode, (i + 1) * MessagesPerNode)).ToList();
            await Poll.UntilAsync(() => loads[0].Acknowledged > 20, "The first reports");
            await nodes[0].KillAsync();
            disturbances.Add(TimeProvider.System.GetUtcNow());
            await Poll.UntilAsync(() => loads[1].Acknowledged > 40, "More reports");
            disturbances.Add(TimeProvider.System.GetUtcNow());
            postgres.Kill();
            postgres.StartAgain();
            disturbances.Add(TimeProvider.System.GetUtcNow());
            await Task.WhenAll(reporting[1], reporting[2]);
            Assert.True(await nodes[0].StartAgainAsync());
            await reporting[0];

            using var admin = new AdminClient(nodes[1].Url);
            await Poll.UntilAsync(() => Distinct(hook) == nodes.Length * MessagesPerNode, "A callback for every message", TimeSpan.FromMinutes(2), stepMs: 100);
            await Poll.UntilAsync(
                async () => (await admin.GetAsync("/callbacks?state=pending&limit=500")).Is(200).Json["items"]!.AsArray().Count == 0,
                "The record of every callback",
                TimeSpan.FromMinutes(2),
                stepMs: 200);
            Assert.Equal(nodes.Length * MessagesPerNode, (await admin.ListAsync("/callbacks?state=delivered")).Count);
            Assert.Empty(await admin.ListAsync("/orphans"));
            output.WriteLine($"{loads.Sum(l => l.Acknowledged)} reports, {loads.Sum(l => l.Resent)} sent again, {hook.Count - Distinct(hook)} callbacks repeated");
            AssertRepeatsOnlyAcross(hook, disturbances);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task OneAccountChangedOnTwoNodesAtOnce_BothChangesStay()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        var postgres = PostgresServer.Shared;
        postgres.Sql("postgres", "CREATE DATABASE changed");
        await using var one = await HubProcess.StartAsync(null, "--postgres", postgres.ConnectionString("changed"));
        await using var other = await HubProcess.StartAsync(null, "--postgres", postgres.ConnectionString("changed"));
        using var here = new AdminClient(one.Url);
        using var there = new AdminClient(other.Url);
        await here.AccountAsync("shop", null);
        await here.VendorAsync("v");
        for (var round = 1; round <= 20; round++)
        {
            // The other node need not have heard of the last change yet.
            var replies = await Task.WhenAll(
                here.PutAsync("/accounts/shop", $$"""{ "maxConcurrency": {{round}} }"""),
                there.PutAsync("/accounts/shop", $$"""{ "maxPerMinute": {{round}} }"""),
                here.PutAsync("/vendors/v", $$"""{ "statusMap": { "{{round}}": "sent" } }"""),
                there.PutAsync("/vendors/v", $$"""{ "strict": {{(round % 2 == 0 ? "true" : "false")}} }"""));
            Assert.All(replies, r => r.Is(200));

            // Whichever came second shows both.
            Assert.Contains(replies[..2], r => (int?)r.Json["maxConcurrency"] == round && (int?)r.Json["maxPerMinute"] == round);
            Assert.Contains(replies[2..], r => r.Json["statusMap"]![$"{round}"] is not null && (bool)r.Json["strict"]! == (round % 2 == 0));
        }
    }

    // What one node was told is in force on the others within a second; a busy machine gets more.
    internal static async Task InForceAsync(IEnumerable<HubProcess> nodes)
    {
        foreach (var node in nodes)
        {
            using var vendor = new VendorClient(node.Url, "crash-vendor-key");
            await Poll.UntilAsync(async () => (await vendor.PostAsync("{}")).Status != 401, "The key on every node", TimeSpan.FromSeconds(10), stepMs: 50);
        }
    }

    internal static int Distinct(HookServer hook) => hook.Calls.Select(c => c.Parameter("SMSID")).Distinct().Count();

    internal static void AssertRepeatsOnlyAcross(HookServer hook, List<DateTimeOffset> disturbances)
    {
        foreach (var sameMessage in hook.Calls.GroupBy(c => c.Parameter("SMSID")))
        {
            var calls = sameMessage.OrderBy(c => c.At).ToList();
            Assert.Single(calls.Select(c => (c.CallbackId, c.Target)).Distinct());
            for (var i = 1; i < calls.Count; i++)
            {
                Assert.True(
                    disturbances.Any(d => calls[i - 1].At <= d && d <= calls[i].At),
                    $"{sameMessage.Key} was called at {calls[i - 1].At:O} and {calls[i].At:O} without a crash in between.");
            }
        }
    }
}
