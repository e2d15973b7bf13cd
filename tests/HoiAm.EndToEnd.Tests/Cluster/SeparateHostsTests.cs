using System.Globalization;
using HoiAm.EndToEnd.Tests.Durability;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>A node on a host of its own, whose cable to the database is pulled while it goes on reaching the hooks and the vendors.</summary>
public sealed class SeparateHostsTests(ITestOutputHelper output)
{
    private const int Messages = 60;
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task CableToTheDatabasePulled_TheNodeStopsWithinItsLeaseAndNothingIsLost()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        Assert.SkipUnless(NetworkNamespace.Missing is null, NetworkNamespace.Missing ?? "");
        using var host = NetworkNamespace.Make();
        using var postgres = PostgresServer.Start("-c listen_addresses=*");
        postgres.Trust(host.CutRange);
        postgres.Sql("postgres", "CREATE DATABASE hub");
        await using var hook = await HookServer.StartAsync(address: host.Here);
        var isDown = true;
        hook.Script("/h", _ => new HookAnswer(Volatile.Read(ref isDown) ? 500 : 200));
        var near = postgres.ConnectionString("hub");
        var far = near.Replace("Host=127.0.0.1", "Host=" + host.CutHere, StringComparison.Ordinal);
        await using var cut = await HubProcess.StartWithinAsync(host.Within, host.There, "--postgres", far);
        await using var other = await HubProcess.StartAsync(null, "--postgres", near);

        // A callback that is tried every two seconds by the node whose cable is pulled, and reports that come to it all the while.
        using var admin = new AdminClient(other.Url);
        var load = new CrashLoad(cut.Url, Messages);
        await load.RegisterAsync(admin, hook.Url + "/crash");
        await admin.AccountAsync("shop", hook.Url + "/h", """ "retry": { "maxRetries": 20, "delays": ["00:00:02"] } """);
        await admin.MessageAsync("shop", "crash", "one", "0901000001");
        using (var vendor = new VendorClient(cut.Url, "crash-vendor-key"))
        {
            await Poll.UntilAsync(async () => (await vendor.PostAsync("{}")).Status != 401, "The key on the node", stepMs: 50);
            await vendor.InsistAsync(VendorClient.Body("0901000001", "one", 2));
        }

        await load.ReportAsync(0, Messages / 2);
        await Poll.UntilAsync(() => hook.At("/h").Count >= 3 && hook.Count > Messages / 2, "The first tries");
        Assert.DoesNotContain(hook.Calls, c => c.From != host.There);
        host.Cut();
        var cutAt = TimeProvider.System.GetUtcNow();
        var late = load.ReportAsync(Messages / 2, Messages);
        await Poll.UntilAsync(() => hook.At("/h").Any(c => c.From != host.There), "Another node goes on", TimeSpan.FromSeconds(40), stepMs: 50);
        var last = hook.Calls.Last(c => c.From == host.There).At - cutAt;
        var first = hook.At("/h").First(c => c.From != host.There).At - cutAt;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"last try of the node that was cut off {last.TotalSeconds:0.0} s, first of the other {first.TotalSeconds:0.0} s after the cut"));
        Assert.InRange(last, TimeSpan.Zero, s_lease + s_slack);
        Assert.InRange(first, last, TimeSpan.FromSeconds(15) + s_slack);

        host.Mend();
        Volatile.Write(ref isDown, false);
        await late;
        await Poll.UntilAsync(
            async () => (await admin.ListAsync("/callbacks?state=delivered")).Count == Messages + 1, "Every callback delivered", TimeSpan.FromMinutes(1), stepMs: 200);
        Assert.Empty(await admin.ListAsync("/callbacks?state=pending"));
        Assert.Empty(await admin.ListAsync("/orphans"));
    }
}
