using System.Globalization;
using HoiAm.EndToEnd.Tests.Durability;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>A primary with a synchronous standby: what was acknowledged is on two machines, and the second one can go on alone.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    private const int MessagesPerNode = 150;
    private static readonly TimeSpan s_resumeWithin = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task PrimaryKilledUnderLoad_TheStandbyTakesOverAndNothingAcknowledgedIsLost()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        using var primary = StartPrimary();
        using var standby = PostgresServer.StartStandby(primary);
        primary.Confirm();
        await using var hook = await HookServer.StartAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => HubProcess.StartAsync(null, "--postgres", Both(primary, standby))));
        try
        {
            var loads = nodes.Select(n => new CrashLoad(n.Url, nodes.Length * MessagesPerNode)).ToList();
            using var admin = new AdminClient(nodes[1].Url);
            await loads[0].RegisterAsync(admin, hook.Url + "/crash");
            await CrashLoad.KnownAsync(nodes.Select(n => n.Url));
            Assert.True((bool)(await admin.GetAsync("/cluster")).Is(200).Json["synchronousStandby"]!);
            var reporting = loads.Select((load, i) => load.ReportAsync(i * MessagesPerNode, (i + 1) * MessagesPerNode)).ToList();
            await Poll.UntilAsync(() => loads.All(l => l.Acknowledged > 60), "Reports on both nodes");
            primary.KillHard();
            var killedAt = TimeProvider.System.GetUtcNow();
            var calls = hook.Count;
            standby.Promote();
            var promotedAt = TimeProvider.System.GetUtcNow();
            await Task.WhenAll(reporting);
            await Poll.UntilAsync(() => Distinct(hook) == nodes.Length * MessagesPerNode, "A callback for every message", TimeSpan.FromMinutes(2), stepMs: 50);
            await Poll.UntilAsync(
                async () => (await admin.GetAsync("/callbacks?state=pending&limit=500")).Is(200).Json["items"]!.AsArray().Count == 0,
                "The record of every callback",
                TimeSpan.FromMinutes(2),
                stepMs: 200);
            Assert.Equal(nodes.Length * MessagesPerNode, (await admin.ListAsync("/callbacks?state=delivered")).Count);
            Assert.Empty(await admin.ListAsync("/orphans"));

            // What was under way when the primary died may still go out; what comes after the promotion is new work.
            var resumed = hook.Calls.Skip(calls).Select(c => c.At).Where(at => at > promotedAt).Min() - killedAt;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"promoted {(promotedAt - killedAt).TotalSeconds:0.0} s and delivering again {resumed.TotalSeconds:0.0} s after the kill; {loads.Sum(l => l.Acknowledged)} reports, {loads.Sum(l => l.Resent)} sent again, {hook.Count - Distinct(hook)} callbacks repeated, 0 lost"));
            Assert.InRange(resumed, TimeSpan.Zero, s_resumeWithin);
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
    public async Task StandbyAway_NothingIsAcknowledgedThatIsOnOneMachineOnly()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        using var primary = StartPrimary();
        using var standby = PostgresServer.StartStandby(primary);
        await using var hook = await HookServer.StartAsync();
        await using var node = await HubProcess.StartAsync(null, "--postgres", Both(primary, standby) + ";Command Timeout=1");
        using var admin = new AdminClient(node.Url);
        await admin.AccountAsync("shop", hook.Url + "/h");
        await admin.VendorAsync("v");
        await admin.MessageAsync("shop", "v", "one", "0901000001");
        using var vendor = new VendorClient(node.Url, "v-vendor-key");
        var body = VendorClient.Body("0901000001", "one", 2);
        primary.Confirm();
        standby.Kill();

        // The database gives the wait up after the time-out and calls it a success; the hub must not.
        for (var tries = 0; tries < 3; tries++)
        {
            Assert.Equal(503, (await vendor.PostAsync(body)).Status);
        }

        Assert.Empty(hook.Calls);
        standby.StartAgain();
        await vendor.InsistAsync(body);
        await Poll.UntilAsync(() => hook.Count > 0, "The callback");
        primary.KillHard();
        standby.Promote();
        await Poll.UntilAsync(async () => (await admin.GetAsync("/messages/one")).Status == 200, "The story on the new primary", stepMs: 100);
        Assert.Single((await admin.StoryAsync("one"))["callbacks"]!.AsArray());
        Assert.Single(hook.Calls.Select(c => c.CallbackId).Distinct());
    }

    private static PostgresServer StartPrimary()
    {
        var primary = PostgresServer.Start("-c wal_level=replica -c max_wal_senders=4");
        primary.Sql("postgres", "CREATE DATABASE hub");
        return primary;
    }

    private static string Both(PostgresServer primary, PostgresServer standby) => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=hoiam;Database=hub;Target Session Attributes=read-write");

    private static int Distinct(HookServer hook) => hook.Calls.Select(c => c.Parameter("SMSID")).Distinct().Count();
}
