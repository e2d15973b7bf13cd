using HoiAm.Dispatch.Lanes;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger;
using HoiAm.Ledger.Writing;
using HoiAm.Sending;
using HoiAm.Server.Cluster;
using HoiAm.Server.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Ingest;
using HoiAm.Server.Observability;
using HoiAm.Server.Queries;
using HoiAm.Server.Security;
using HoiAm.Server.Sending;
using HoiAm.Server.Sending.Routes;
using HoiAm.Server.Sending.Routes.Simulated;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Hosting;

/// <summary>
/// Everything behind the endpoints, wired once: store → writer → ledger, and lanes fed by the writer. One direction: inbound protocols
/// write to the ledger, the ledger feeds the lanes, the lanes call hooks; queries read beside it.
/// </summary>
internal sealed class HubServices : IAsyncDisposable
{
    private readonly HttpCallbackSender _sender;
    private readonly ReportPoster? _poster;
    private readonly ClusterLoop? _cluster;
    private readonly ILogger _log;

    private HubServices(HubStore store, HubOptions options, ILoggerFactory logs, TimeProvider time)
    {
        Store = store;
        _log = logs.CreateLogger("HoiAm");
        Time = time;
        Options = options;
        Queries = new LedgerQueries(store);
        if (options.Sandbox)
        {
            _poster = new ReportPoster(SandboxCatalogue.VendorApiKey, time);
        }

        Routes = new RouteCatalog(
            _poster is null ? [] : [new SimulatedRoute(new SimulatedCarriers(Keys.Digest("simulated-carriers").GetHashCode()), _poster, time)]);
        Directory = new HubDirectory(store, time, options.Sandbox) { RouteNames = Routes.Names };
        Submitter = new Submitter(store, Queries, Routes, time, _log);
        _sender = new HttpCallbackSender(time);
        var source = new LedgerCallbackSource();
        Dispatcher = new Dispatcher(source, store.Bind(_sender), Directory, time, new DispatcherOptions { OnInternalError = LogInternal });
        Writer = new LedgerWriter(
            store.OpenWriter(time), Dispatcher, Directory, new CallbackRenderer(), new WriterOptions(), time, Submitter);
        Writer.Faulted += error => LogInternal("A write failed", error);
        Ledger = new MessageLedger(Writer, time);
        source.Attach(Ledger);
        Submitter.Attach(Ledger);
        Registrations = new Registrations(Ledger, time);
        EsmsQueries = new QueryService(Ledger, Queries, Registrations, time);
        Directory.Attach(Ledger);
        Directory.Reload();
        Metrics = new HubMetrics();
        Metrics.ObserveWriter(() => Writer.Groups, () => Writer.Commands, () => Writer.Waiting);
        Throttle = new FailureThrottle(time) { Nodes = () => store.Nodes };
        Replays = new BulkReplays(store, Ledger, Queries, time, error => LogInternal("A bulk replay failed", error));
        Pacer = new IntakePacer(Dispatcher, time);
        if (store is PostgresHubStore shared)
        {
            _cluster = new ClusterLoop(shared, Ledger, Queries, Directory, Dispatcher, Replays, time, _log);
        }
    }

    /// <summary>Where everything is kept.</summary>
    public HubStore Store { get; }

    public TimeProvider Time { get; }

    public HubOptions Options { get; }

    public KeyRing Keys => Store.Keys;

    public HubDirectory Directory { get; }

    public LedgerQueries Queries { get; }

    public Dispatcher Dispatcher { get; }

    public LedgerWriter Writer { get; }

    public MessageLedger Ledger { get; }

    public HubMetrics Metrics { get; }

    public FailureThrottle Throttle { get; }

    public BulkReplays Replays { get; }

    public RouteCatalog Routes { get; }

    public Submitter Submitter { get; }

    public Registrations Registrations { get; }

    public QueryService EsmsQueries { get; }

    public IntakePacer Pacer { get; }

    /// <summary>Opens the store; throws <see cref="StartupException"/> with one sentence when that is not possible.</summary>
    public static HubServices Open(HubOptions options, ILoggerFactory logs, TimeProvider time)
    {
        var store = HubStore.Open(options, time);
        try
        {
            return new HubServices(store, options, logs, time);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Takes up what the last run left and goes on with it.</summary>
    public async Task RecoverAsync()
    {
        if (_cluster is not null)
        {
            // What earlier nodes left is taken over from them, now and whenever one dies.
            await _cluster.StartAsync().ConfigureAwait(false);
            return;
        }

        var (live, parked) = await new Recovery(Ledger, Queries, Dispatcher).RunAsync().ConfigureAwait(false);
        if (live + parked > 0)
        {
            _log.LogInformation("Recovered {Live} callbacks that were under way and {Parked} that wait on disk", live, parked);
        }

        Replays.Resume();
    }

    /// <summary>Begins to hand over what the outbox holds, once the hub listens.</summary>
    public void StartSending(IReadOnlyList<string> addresses)
    {
        _poster?.ListenAt(addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) ?? addresses[0]);
        Submitter.Start();
    }

    /// <summary>Finishes what is in flight within the time, writes it down, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await Submitter.DisposeAsync().ConfigureAwait(false);
        await Replays.DisposeAsync().ConfigureAwait(false);
        await Dispatcher.StopAsync(TimeSpan.FromSeconds(8)).ConfigureAwait(false);
        await FlushLastUsedAsync().ConfigureAwait(false);
        await Writer.DisposeAsync().ConfigureAwait(false);

        // The lease is renewed until everything is written down; then it is given back.
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync().ConfigureAwait(false);
        }

        await Dispatcher.DisposeAsync().ConfigureAwait(false);
        _sender.Dispose();
        _poster?.Dispose();
        Metrics.Dispose();
        _cluster?.Leave();
        Store.Dispose();
    }

    /// <summary>Writes back when keys were last used; losing it harms nobody.</summary>
    public async Task FlushLastUsedAsync()
    {
        var used = Directory.Current.AllCredentials.Where(c => c.LastUsedMs > 0).Select(c => (c.Id, c.LastUsedMs)).ToList();
        if (used.Count == 0)
        {
            return;
        }

        try
        {
            await Ledger.WriteAsync(connection =>
            {
                foreach (var (id, at) in used)
                {
                    connection.Execute("UPDATE credential SET last_used = @p1 WHERE id = @p0 AND (last_used IS NULL OR last_used < @p1)", id, at);
                }

                return true;
            }).WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreUnavailableException or TimeoutException)
        {
            _log.LogWarning("When keys were last used was not written: {Reason}", error.Message);
        }
    }

    private void LogInternal(string what, Exception error) => _log.LogError(error, "{What}", what);
}
