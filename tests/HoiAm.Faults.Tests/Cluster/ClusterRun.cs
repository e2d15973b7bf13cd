using HoiAm.Faults.Checking;
using HoiAm.Faults.Hooks;
using HoiAm.Faults.Hub;
using HoiAm.Faults.Injecting;
using HoiAm.Faults.Load;
using HoiAm.Testing;

namespace HoiAm.Faults.Cluster;

/// <summary>
/// A run with several nodes on one PostgreSQL: the same load, the same model and the same check as with the embedded store, and the faults
/// that a cluster has.
/// </summary>
internal sealed class ClusterRun(int seed, int nodeCount, IReadOnlyList<FaultKind> mix, Func<ClusterHappenings, bool> goOn, Action<string>? tell = null) : IAsyncDisposable
{
    private static readonly TimeSpan s_readyPatience = TimeSpan.FromSeconds(60);
    private readonly Scratch _scratch = new(inMemory: false);
    private readonly HookFarm _farm = HookFarm.Start();
    private readonly List<Node> _nodes = [];
    private PostgresServer? _postgres;

    public async Task<RunReport> RunAsync(string library)
    {
        _postgres = PostgresServer.Start();
        _postgres.Sql("postgres", $"CREATE ROLE {ClusterScript.User} LOGIN");
        _postgres.Sql("postgres", $"CREATE DATABASE {ClusterScript.Database} OWNER {ClusterScript.User}");
        for (var i = 0; i < nodeCount; i++)
        {
            _nodes.Add(new Node(i, _scratch, library, _postgres.Port, $"Username={ClusterScript.User};Database={ClusterScript.Database}"));
        }

        var script = new ClusterScript(seed, mix, _nodes, _postgres, _farm);
        await script.StartAsync().ConfigureAwait(false);
        using var api = new HubApi([.. _nodes.Select(n => n.Hub.Url)]);
        var loader = new Loader(api, new Workload(seed, _farm.Urls));
        await loader.SetUpAsync().ConfigureAwait(false);
        await InForceAsync().ConfigureAwait(false);
        await DisturbAsync(script, loader).ConfigureAwait(false);
        tell?.Invoke("quiet");
        await ReadyAsync(script.Happened).ConfigureAwait(false);
        var unsettled = await Settling.SettleAsync(api, [.. _nodes.Select(n => n.Api)]).ConfigureAwait(false);
        var replayedNs = Stopwatch.GetTimestamp();
        await Settling.ReplayAsync(api).ConfigureAwait(false);
        tell?.Invoke("checking");
        script.Happened.Learn(LeaseWatch.Read(_postgres, ClusterScript.Database));
        var report = await new RunChecker(api, _farm, script.Happened, replayedNs).CheckAsync(loader).ConfigureAwait(false);
        unsettled.ForEach(report.Violate);
        foreach (var finding in StoreChecks.Run(_postgres, ClusterScript.Database))
        {
            report.Violate(finding);
        }

        return report;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }

        await _farm.DisposeAsync().ConfigureAwait(false);
        _postgres?.Dispose();
        _scratch.Dispose();
    }

    private async Task DisturbAsync(ClusterScript script, Loader loader)
    {
        var stopped = false;
        var load = loader.RunAsync(workers: 10, pauseMs: 5, () => !Volatile.Read(ref stopped));
        try
        {
            while (goOn(script.Happened) && !load.IsFaulted)
            {
                await script.StepAsync().ConfigureAwait(false);
            }

            await script.FinishAsync().ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref stopped, true);
        }

        await load.ConfigureAwait(false);
    }

    // What one node was told is in force on the others within a second; a busy machine gets more. The accounts came last.
    private async Task InForceAsync()
    {
        using var http = new HttpClient();
        foreach (var node in _nodes)
        {
            var isKnown = await Pause.UntilAsync(
                async () =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, node.Hub.Url + HubApi.VendorPath) { Content = new StringContent("{}") };
                    request.Headers.TryAddWithoutValidation("API-KEY", Workload.VendorKey(Workload.Vendors[^1]));
                    using var answer = await http.SendAsync(request).ConfigureAwait(false);
                    return answer.StatusCode != System.Net.HttpStatusCode.Unauthorized;
                },
                s_readyPatience).ConfigureAwait(false);
            if (!isKnown)
            {
                throw new FindingException("A node does not learn of a vendor: " + node.Hub.Log);
            }
        }

        await Pause.ForAsync(2_000).ConfigureAwait(false);
    }

    // Service resumes by itself.
    private async Task ReadyAsync(ClusterHappenings happened)
    {
        using var http = new HttpClient();
        foreach (var node in _nodes)
        {
            var last = "";
            var isReady = await Pause.UntilAsync(
                async () =>
                {
                    using var answer = await http.GetAsync(new Uri(node.Hub.Url + "/readyz")).ConfigureAwait(false);
                    last = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
                    return answer.IsSuccessStatusCode;
                },
                s_readyPatience).ConfigureAwait(false);
            if (!isReady)
            {
                happened.Find(string.Create(CultureInfo.InvariantCulture, $"node {node.Index} is not ready a minute after the last fault: {last}; {node.Hub.Log}"));
            }
        }
    }
}
