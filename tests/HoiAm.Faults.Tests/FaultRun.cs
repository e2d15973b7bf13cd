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
internal sealed class FaultRun(int seed, IReadOnlyList<FaultKind> mix, Func<IHappenings, bool> goOn, Action<string>? tell = null) : IAsyncDisposable
{
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
        var unsettled = await Settling.SettleAsync(api, [api]).ConfigureAwait(false);
        var replayedNs = Stopwatch.GetTimestamp();
        await Settling.ReplayAsync(api).ConfigureAwait(false);
        tell?.Invoke("checking");
        var checker = new RunChecker(api, _farm, script, replayedNs);
        var report = await checker.CheckAsync(loader).ConfigureAwait(false);
        unsettled.ForEach(report.Violate);
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync().ConfigureAwait(false);
        _scratch.Dispose();
    }
}
