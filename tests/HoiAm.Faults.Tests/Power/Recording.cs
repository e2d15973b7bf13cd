using HoiAm.Faults.Hooks;
using HoiAm.Faults.Hub;
using HoiAm.Faults.Load;

namespace HoiAm.Faults.Power;

/// <summary>One run of the real program on an empty folder with every write noted, and what it promised meanwhile.</summary>
internal sealed record Recording(WriteLog Log, string Folder, IReadOnlyList<Promise> Promises, long ConfiguredNs, IReadOnlyList<string> Configured, int Reports)
{
    /// <summary>Runs the workload of a seed until so many reports are accepted, and pulls the plug.</summary>
    public static async Task<Recording> MakeAsync(int seed, int reports, string library)
    {
        using var scratch = new Scratch(inMemory: false);
        var (folder, file) = (scratch.File("data"), scratch.File("writes.log"));
        await using var farm = HookFarm.Start();
        await using var hub = new HubUnderTest(folder, new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["HOIAM_SHIM_FOLDER"] = folder,
            ["HOIAM_SHIM_LOG"] = file,
        });
        if (!await hub.StartAsync().ConfigureAwait(false))
        {
            throw new FindingException("The hub did not start: " + hub.Log);
        }

        using var api = new HubApi(hub.Url);
        var workload = new Workload(seed, farm.Urls);
        var loader = new Loader(api, workload);
        await loader.SetUpAsync().ConfigureAwait(false);
        var configured = Stopwatch.GetTimestamp();
        await loader.RunAsync(workers: 6, pauseMs: 0, () => loader.Reports < reports).ConfigureAwait(false);
        await hub.KillAsync().ConfigureAwait(false);
        return new Recording(
            WriteLog.Read(file), folder, [.. loader.Promises.OrderBy(p => p.Ns)], configured, [.. workload.Accounts.Select(a => a.Id), .. Workload.Vendors], loader.Reports);
    }
}
