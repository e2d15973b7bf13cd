using System.Globalization;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>A node that is cut off from the database while it goes on reaching the hooks.</summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    // The lease is 10 s and another node looks every 2 s; a busy machine gets some more.
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_takeOver = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task NodeCutOffFromTheDatabase_StopsWithinItsLeaseAndAnotherGoesOn()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        var postgres = PostgresServer.Shared;
        postgres.Sql("postgres", "CREATE DATABASE partition");
        await using var proxy = new CuttableProxy(postgres.Port);
        var direct = postgres.ConnectionString("partition");
        var proxied = direct.Replace(
            "Port=" + postgres.Port.ToString(CultureInfo.InvariantCulture), "Port=" + proxy.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await using var hook = await HookServer.StartAsync();
        var isDown = true;
        hook.Script("/h", _ => new HookAnswer(Volatile.Read(ref isDown) ? 500 : 200));
        await using var cut = await HubProcess.StartAsync(null, "--postgres", proxied);
        await using var other = await HubProcess.StartAsync(null, "--postgres", direct);

        // A callback that is tried every two seconds, by the node that is going to be cut off.
        using (var admin = new AdminClient(cut.Url))
        {
            await admin.AccountAsync("shop", hook.Url + "/h", """ "retry": { "maxRetries": 20, "delays": ["00:00:02"] } """);
            await admin.VendorAsync("v");
            await admin.MessageAsync("shop", "v", "one", "0901000001");
        }

        using var vendor = new VendorClient(cut.Url, "v-vendor-key");
        Assert.Equal(200, (await vendor.ReportAsync("0901000001", "one", 2)).Status);
        await Poll.UntilAsync(() => hook.Count >= 3, "The first tries");
        proxy.Cut();
        var cutAt = TimeProvider.System.GetUtcNow();

        // The other one goes on behind the last try that was recorded, so the numbers fall back once.
        await Poll.UntilAsync(() => FallBack(hook.Calls) > 0, "Another node goes on", TimeSpan.FromSeconds(40), stepMs: 50);
        var calls = hook.Calls;
        var taken = FallBack(calls);
        output.WriteLine($"last try of the node that was cut off: {(calls[taken - 1].At - cutAt).TotalSeconds:0.0} s, first of the other: {(calls[taken].At - cutAt).TotalSeconds:0.0} s after the cut");
        Assert.InRange(calls[taken - 1].At - cutAt, TimeSpan.Zero, s_lease + s_slack);
        Assert.InRange(calls[taken].At - cutAt, TimeSpan.Zero, s_takeOver + s_slack);

        // From there on nobody else tries: each number once.
        await Poll.UntilAsync(() => hook.Count >= taken + 3, "More tries");
        var numbers = hook.Calls.Skip(taken).Select(c => int.Parse(c.Attempt, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Count), numbers);

        // It comes back by itself, and what it tells late changes nothing.
        proxy.Mend();
        Volatile.Write(ref isDown, false);
        using var late = new AdminClient(other.Url);
        await Poll.UntilAsync(
            async () => (string?)(await late.StoryAsync("one"))["callbacks"]![0]!["state"] == "delivered", "The delivery", stepMs: 100);
        await Poll.UntilAsync(async () => (await vendor.ReportAsync("0901000001", "one", 2)).Status == 200, "The node that was cut off takes reports again", stepMs: 100);
        var attempts = (await late.StoryAsync("one"))["callbacks"]![0]!["attempts"]!.AsArray().Select(a => (int)a!["number"]!).ToList();
        Assert.Equal(attempts.Distinct().Order(), attempts);
        Assert.Equal("delivered", (string?)(await late.StoryAsync("one"))["callbacks"]![0]!["state"]);
    }

    private static int FallBack(IReadOnlyList<HookCall> calls)
    {
        for (var i = 1; i < calls.Count; i++)
        {
            if (int.Parse(calls[i].Attempt, CultureInfo.InvariantCulture) <= int.Parse(calls[i - 1].Attempt, CultureInfo.InvariantCulture))
            {
                return i;
            }
        }

        return -1;
    }
}
