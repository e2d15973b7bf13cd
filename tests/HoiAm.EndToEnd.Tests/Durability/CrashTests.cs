using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Durability;

/// <summary>
/// Kill −9 under load, again and again, and started each time on the same data. By default a dozen times, so that a slow machine is not
/// kept for minutes; HOIAM_KILLS=50 in the environment gives the full count. HOIAM_SEED repeats a run.
/// </summary>
[Collection(AloneTests.Name)]
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int MessagesPerKill = 60;
    private readonly int _kills = Setting("HOIAM_KILLS", 12);
    private readonly int _seed = Setting("HOIAM_SEED", 20260131);

    [Fact]
    public async Task KilledAgainAndAgain_NothingAcknowledgedIsLostAndStatesAreThoseOfAQuietRun()
    {
        TestContext.Current.AddAttachment("seed", _seed.ToString(CultureInfo.InvariantCulture));
        await using var hook = await HookServer.StartAsync();
        hook.Script("/crash", call => new HookAnswer(DelayMs: call.Number % 16));
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        var load = new CrashLoad(hub.Url, _kills * MessagesPerKill);
        await load.RegisterAsync(admin, hook.Url + "/crash");

        var deaths = await KillAsync(hub, load);
        Assert.InRange(deaths.Count, _kills, 2 * _kills);
        await AllDeliveredAsync(admin, hook, load);
        output.WriteLine($"seed {_seed}, {_kills} kills, {load.Acknowledged} reports, {load.Resent} of them sent again, {hook.Count - load.Messages} callbacks repeated");

        AssertRepeatsOnlyAcrossDeaths(hook, deaths);
        Assert.Equal(await QuietRunAsync(load.Messages), await StatesAsync(admin));
    }

    private async Task<List<DateTimeOffset>> KillAsync(HubProcess hub, CrashLoad load)
    {
        var random = new Random(_seed);
        var deaths = new List<DateTimeOffset>();
        var reporting = new List<Task>();
        for (var kill = 0; kill < _kills; kill++)
        {
            reporting.Add(load.ReportAsync(kill * MessagesPerKill, (kill + 1) * MessagesPerKill));
            if (kill % 3 == 0 || hub.HasExited)
            {
                await KillFromOutsideAsync(hub, load, random);
            }
            else
            {
                // The process kills itself at a commit; should the load end before that commit comes, it is killed from outside.
                await hub.WaitForExitAsync(TimeSpan.FromSeconds(3));
                await KillFromOutsideAsync(hub, load, random);
            }

            deaths.Add(TimeProvider.System.GetUtcNow());
            await RestartAsync(hub, (kill + 1) % 3 == 0 || kill + 1 == _kills ? null : FaultPoint(random), deaths);
        }

        await Task.WhenAll(reporting);
        return deaths;
    }

    // Somewhere within the burst: after a random number of acknowledgements and a random breath.
    private static async Task KillFromOutsideAsync(HubProcess hub, CrashLoad load, Random random)
    {
        if (hub.HasExited)
        {
            return;
        }

        var until = load.Acknowledged + random.Next(1, MessagesPerKill);
        var patience = TimeProvider.System.GetTimestamp();
        while (load.Acknowledged < until && TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromMilliseconds(700))
        {
            await Poll.PauseAsync(1);
        }

        await Poll.PauseAsync(random.Next(0, 25));
        await hub.KillAsync();
    }

    private static string FaultPoint(Random random) => random.Next(5) switch
    {
        0 => "in-recovery",
        1 or 2 => "before-commit:" + random.Next(3, 30).ToString(CultureInfo.InvariantCulture),
        _ => "after-commit:" + random.Next(3, 30).ToString(CultureInfo.InvariantCulture),
    };

    // A start may die of its fault point before it answers; that is one more death, and the next start has none.
    private static async Task RestartAsync(HubProcess hub, string? killAt, List<DateTimeOffset> deaths)
    {
        if (await hub.StartAgainAsync(killAt))
        {
            return;
        }

        // Beside the one before it, not in its place: the start may have sent something in between.
        deaths.Add(TimeProvider.System.GetUtcNow());
        Assert.True(await hub.StartAgainAsync());
    }

    private static async Task AllDeliveredAsync(AdminClient admin, HookServer hook, CrashLoad load)
    {
        await Poll.UntilAsync(
            () => hook.Calls.Select(c => c.Parameter("SMSID")).Distinct().Count() == load.Messages, "A callback for every message", TimeSpan.FromMinutes(2), stepMs: 100);
        await Poll.UntilAsync(async () => (await admin.ListAsync("/callbacks?state=pending")).Count == 0, "The record of every callback", stepMs: 100);
        Assert.Equal(load.Messages, (await admin.ListAsync("/callbacks?state=delivered")).Count);
        Assert.Empty(await admin.ListAsync("/orphans"));
    }

    private static void AssertRepeatsOnlyAcrossDeaths(HookServer hook, List<DateTimeOffset> deaths)
    {
        foreach (var sameMessage in hook.Calls.GroupBy(c => c.Parameter("SMSID")))
        {
            var calls = sameMessage.OrderBy(c => c.At).ToList();
            Assert.Single(calls.Select(c => (c.CallbackId, c.Target)).Distinct());

            // A try that was recorded would make the next one number two: every repeat stands for a try whose record the crash took.
            Assert.All(calls, c => Assert.Equal("1", c.Attempt));
            for (var i = 1; i < calls.Count; i++)
            {
                Assert.True(
                    deaths.Any(d => calls[i - 1].At <= d && d <= calls[i].At),
                    $"{sameMessage.Key} was called at {calls[i - 1].At:O} and {calls[i].At:O} without a crash in between.");
            }
        }
    }

    private static async Task<Dictionary<string, string>> QuietRunAsync(int messages)
    {
        await using var hook = await HookServer.StartAsync();
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        var load = new CrashLoad(hub.Url, messages);
        await load.RegisterAsync(admin, hook.Url + "/crash");
        await load.ReportAsync(0, messages);
        await AllDeliveredAsync(admin, hook, load);
        Assert.Equal(messages, hook.Count);
        return await StatesAsync(admin);
    }

    // Everything that is told of a message but when it was made and the port of its hook.
    private static async Task<Dictionary<string, string>> StatesAsync(AdminClient admin)
    {
        var states = new Dictionary<string, string>();
        foreach (var message in await admin.ListAsync("/messages"))
        {
            message.AsObject().Remove("createdAt");
            message.AsObject().Remove("callbackUrl");
            states.Add((string)message["smsId"]!, message.ToJsonString());
        }

        return states;
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : fallback;
}
