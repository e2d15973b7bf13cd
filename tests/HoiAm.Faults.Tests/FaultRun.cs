using System.Text.Json.Nodes;
using HoiAm.Faults.Checking;
using HoiAm.Faults.Hooks;
using HoiAm.Faults.Hub;
using HoiAm.Faults.Injecting;
using HoiAm.Faults.Load;

namespace HoiAm.Faults;

/// <summary>
/// One run: the real program under load, faults as the seed draws them, then quiet, then every promise is held against the store's own
/// story and against what the hooks saw.
/// </summary>
internal sealed class FaultRun(int seed, IReadOnlyList<FaultKind> mix, Func<FaultScript, bool> goOn, Action<string>? tell = null) : IAsyncDisposable
{
    /// <summary>Every kind of fault; hooks, which have a dozen ways to misbehave, three times.</summary>
    public static readonly IReadOnlyList<FaultKind> Everything = [.. Enum.GetValues<FaultKind>(), FaultKind.Hooks, FaultKind.Hooks, FaultKind.Point];

    private static readonly TimeSpan s_quietPatience = TimeSpan.FromMinutes(5);
    private readonly Scratch _scratch = new(inMemory: false);
    private readonly HookFarm _farm = HookFarm.Start();

    public async Task<RunReport> RunAsync(string library)
    {
        using var control = new ControlPage(_scratch.File("control"));
        var data = _scratch.File("data");
        await using var hub = new HubUnderTest(data, new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["HOIAM_SHIM_FOLDER"] = data,
            ["HOIAM_SHIM_CONTROL"] = control.FilePath,
        });
        var script = new FaultScript(seed, mix, hub, control, _farm);
        await script.StartThroughMigrationsAsync().ConfigureAwait(false);
        using var api = new HubApi(hub.Url);
        var workload = new Workload(seed, _farm.Urls);
        var loader = new Loader(api, workload);
        await loader.SetUpAsync().ConfigureAwait(false);

        var stopped = false;
        var load = loader.RunAsync(workers: 6, pauseMs: 5, () => !Volatile.Read(ref stopped));
        try
        {
            while (goOn(script) && !load.IsFaulted)
            {
                await script.StepAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref stopped, true);
        }

        await load.ConfigureAwait(false);
        tell?.Invoke("quiet");
        var unsettled = await SettleAsync(api).ConfigureAwait(false);
        var replayedNs = Stopwatch.GetTimestamp();
        await ReplayAsync(api).ConfigureAwait(false);
        tell?.Invoke("checking");
        var checker = new RunChecker(api, _farm, script, replayedNs);
        var report = await checker.CheckAsync(loader, control).ConfigureAwait(false);
        unsettled.ForEach(report.Violate);
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync().ConfigureAwait(false);
        _scratch.Dispose();
    }

    private static bool IsHopeless(JsonNode row) =>
        (string?)row["account"] is "untrusting" or "fenced";

    // Whatever can still be delivered is; open breakers are asked to look again rather than waited for. Gives what the hub said of itself
    // when its time was over, for a run that does not settle is hard to bring about a second time.
    private static async Task<List<string>> SettleAsync(HubApi api)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < s_quietPatience)
        {
            foreach (var endpoint in (await api.ListAsync("/endpoints").ConfigureAwait(false)).Where(e => (string?)e["state"] == "open" && !IsHopeless(e)))
            {
                await api.AdminAsync("POST", $"/endpoints/{(string)endpoint["id"]!}/test").ConfigureAwait(false);
            }

            var pending = (await api.ListAsync("/callbacks?state=pending").ConfigureAwait(false)).Where(c => !IsHopeless(c)).ToList();
            if (pending.Count == 0)
            {
                return [];
            }

            // What was put off while the clock was a day ahead is due tomorrow: visibly pending, and sent at once when somebody asks.
            foreach (var far in pending.Where(c => c["dueAt"] is { } due && DateTimeOffset.Parse((string)due!, CultureInfo.InvariantCulture) > TimeProvider.System.GetUtcNow().AddMinutes(10)))
            {
                await api.AdminAsync("POST", $"/callbacks/{(string)far["id"]!}/replay").ConfigureAwait(false);
            }

            await Pause.ForAsync(500).ConfigureAwait(false);
        }

        var left = (await api.ListAsync("/callbacks?state=pending").ConfigureAwait(false)).Where(c => !IsHopeless(c)).Take(5).ToList();
        var stories = await Task.WhenAll(left.Select(c => api.GetAsync("/messages/" + (string)c["smsId"]!))).ConfigureAwait(false);
        return
        [
            .. (await api.ListAsync("/endpoints").ConfigureAwait(false)).Where(e => !IsHopeless(e)).Select(e => "not settled, hook: " + e.ToJsonString()),
            .. stories.Select(s => "not settled, story: " + s.ToJsonString()),
        ];
    }

    private static async Task ReplayAsync(HubApi api)
    {
        foreach (var account in new[] { "quiet", "curious" })
        {
            await api.AdminAsync("POST", "/callbacks/replay", $$"""{ "state": "exhausted", "account": "{{account}}" }""").ConfigureAwait(false);
        }

        await Pause.ForAsync(500).ConfigureAwait(false);
        await Pause.UntilAsync(
            async () => !(await api.ListAsync("/callbacks?state=pending").ConfigureAwait(false)).Exists(c => !IsHopeless(c))
                && !(await api.ListAsync("/callbacks?state=exhausted").ConfigureAwait(false)).Exists(c => !IsHopeless(c)),
            s_quietPatience,
            500).ConfigureAwait(false);
    }
}
