using HoiAm.Dispatch.Lanes;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger;
using HoiAm.Ledger.Relaying;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Writing;
using HoiAm.Sending;
using HoiAm.Server.Alerting;
using HoiAm.Server.Cluster;
using HoiAm.Server.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Ingest;
using HoiAm.Server.Keeping;
using HoiAm.Server.Observability;
using HoiAm.Server.Queries;
using HoiAm.Server.Reconciling;
using HoiAm.Server.Relaying;
using HoiAm.Server.Security;
using HoiAm.Server.Sending;
using HoiAm.Server.Sending.Routes;
using HoiAm.Server.Sending.Routes.Simulated;
using HoiAm.Server.Sending.Routes.Submitting;
using HoiAm.Server.Stats;
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
    private readonly GuardedClient _providers;
    private readonly EarlyCallbacks _early;
    private readonly ClusterLoop? _cluster;
    private readonly ILogger _log;
    private readonly IDisposable? _traces;
    private readonly Rounds _alerts;
    private readonly Rounds _silence;
    private readonly Rounds _reconciling;
    private readonly Upstreams _upstreams;

    private HubServices(HubStore store, HubOptions options, ILoggerFactory logs, TimeProvider time)
    {
        Store = store;
        _log = logs.CreateLogger("HoiAm");
        Time = time;
        Options = options;
        _traces = TraceExport.Start(options);
        Queries = new LedgerQueries(store);
        if (options.Sandbox)
        {
            _poster = new ReportPoster(SandboxCatalogue.VendorApiKey, time);
        }

        Routes = new RouteCatalog(
            _poster is null
                ? options.Routes
                : [new SimulatedRoute(new SimulatedCarriers(Keys.Digest("simulated-carriers").GetHashCode()), _poster, time), .. options.Routes]);
        Directory = new HubDirectory(store, time, options.Sandbox) { RouteNames = Routes.Names };
        _providers = new GuardedClient(time);
        var submissions = new SubmissionLog(Queries, time);
        Routes.Made = new ProviderRoutes(Directory, _providers, submissions, account => Relay!.InboundUrl(account), time);
        Submitter = new Submitter(store, Queries, Routes, time, _log);
        _sender = new HttpCallbackSender(time, options.EgressProxy is { } proxy ? EgressProxy.Parse(proxy, out _) : null);
        var source = new LedgerCallbackSource();
        Dispatcher = new Dispatcher(
            source, store.Bind(new TracedSender(_sender)), Directory, time, new DispatcherOptions { OnInternalError = LogInternal, OnRecovered = ReplayRecovered });
        Writer = new LedgerWriter(
            store.OpenWriter(time), Dispatcher, Directory, new CallbackRenderer(options.PublicUrl), new WriterOptions(), time, Submitter);
        Writer.Faulted += error => LogInternal("A write failed", error);
        Ledger = new MessageLedger(Writer, time);
        source.Attach(Ledger);
        Submitter.Attach(Ledger);
        submissions.Attach(Ledger);
        Registrations = new Registrations(Ledger, time);
        EsmsQueries = new QueryService(Ledger, Queries, Registrations, time);
        Directory.Attach(Ledger);
        Directory.Reload();
        Metrics = new HubMetrics();
        Metrics.ObserveWriter(() => Writer.Groups, () => Writer.Commands, () => Writer.Waiting);
        Throttle = new FailureThrottle(time) { Nodes = () => store.Nodes };
        RelayLedger = new RelayLedger(Writer, CallbackRenderer.PassOn, time);
        Relay = new RelayService(RelayLedger, new UpstreamClient(_providers, Directory), Metrics, time, _log);
        _early = new EarlyCallbacks(RelayLedger, Queries, time, _log);
        Replays = new BulkReplays(store, Ledger, Queries, time, IsDown, error => LogInternal("A bulk replay failed", error));
        Pacer = new IntakePacer(Dispatcher, time);
        var silence = new SilenceWatch(Ledger, Queries, Directory, Metrics, time);
        _silence = new Rounds("The watch over silent messages", TimeSpan.FromSeconds(10), silence.TickAsync, time, _log);
        _upstreams = new Upstreams(Keys, _providers, time);
        var lease = new Lease("reconcile_lease", options.Postgres is null ? null : Guid.NewGuid().ToString("N"), Ledger, Queries, time);
        Reconciler = new Reconciler(Ledger, Queries, Directory, _upstreams, Metrics, lease, time, _log);
        _reconciling = new Rounds("Reconciliation", TimeSpan.FromSeconds(2), Reconciler.TickAsync, time, _log);
        var keep = KeepTimes.Of(options.Keep);
        Keeper = new Keeper(
            Ledger, Queries, store.Weeks, keep, new KeepTexts(Ledger, Queries, Directory, keep.Texts, Metrics, time), () => Writer.Waiting, Metrics, time, _log);
        AlertSender = new AlertSender(options.PublicUrl ?? Environment.MachineName);
        var watch = new AlertWatch(new AlertConditions(Dispatcher, Directory, time), AlertSender, Ledger, Queries, Directory, time);
        _alerts = new Rounds("The watch that alerts", AlertWatch.Pause, watch.TickAsync, time, _log);
        Stats = new StatKeeper(Ledger, Directory, time, error => LogInternal("Counters were not folded", error));
        if (store is PostgresHubStore shared)
        {
            _cluster = new ClusterLoop(shared, Ledger, RelayLedger, Queries, Directory, Dispatcher, Replays, time, _log);
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

    public Reconciler Reconciler { get; }

    public Keeper Keeper { get; }

    public RelayLedger RelayLedger { get; }

    public RelayService Relay { get; }

    public StatKeeper Stats { get; }

    public AlertSender AlertSender { get; }

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
            Stats.Start();
            return;
        }

        var (live, parked) = await new Recovery(Ledger, Queries, Dispatcher).RunAsync().ConfigureAwait(false);
        if (live + parked > 0)
        {
            _log.LogInformation("Recovered {Live} callbacks that were under way and {Parked} that wait on disk", live, parked);
        }

        if (await RelayLedger.AfterStopAsync().ConfigureAwait(false) is > 0 and var open)
        {
            _log.LogWarning("{Open} sends were being passed on when the last run ended; whether their upstreams have them is uncertain", open);
        }

        Replays.Resume();
        Stats.Start();
    }

    /// <summary>Begins to hand over what the outbox holds, once the hub listens.</summary>
    public void StartSending(IReadOnlyList<string> addresses)
    {
        _poster?.ListenAt(addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) ?? addresses[0]);
        Relay.PublicUrl = (Options.PublicUrl ?? ReportPoster.Reachable(addresses[0])).TrimEnd('/');
        Submitter.Start();
        _silence.Start();
        _reconciling.Start();
        _alerts.Start();
        IsStarted = true;
        Keeper.Start();
        _early.Start();
    }

    /// <summary>True once everything that a start does is done: before that the hub is not ready, although it may listen.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Finishes what is in flight within the time, writes it down, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _alerts.DisposeAsync().ConfigureAwait(false);
        await _silence.DisposeAsync().ConfigureAwait(false);
        await _reconciling.DisposeAsync().ConfigureAwait(false);
        await Reconciler.EndedAsync().ConfigureAwait(false);
        _upstreams.Dispose();
        await Keeper.DisposeAsync().ConfigureAwait(false);
        await Relay.DisposeAsync().ConfigureAwait(false);
        await _early.DisposeAsync().ConfigureAwait(false);
        await Submitter.DisposeAsync().ConfigureAwait(false);
        await Replays.DisposeAsync().ConfigureAwait(false);
        await Dispatcher.StopAsync(TimeSpan.FromSeconds(8)).ConfigureAwait(false);
        await Stats.DisposeAsync().ConfigureAwait(false);
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
        _providers.Dispose();
        Metrics.Dispose();
        _traces?.Dispose();
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

    private bool IsDown(int hook) => Dispatcher.Health(hook)?.State is HookState.Failing or HookState.Open or HookState.Paused;

    private void ReplayRecovered(Hook hook)
    {
        if (Directory.Current.AccountsByNumber.GetValueOrDefault(hook.Account)?.Settings.ReplayOnRecovery == true)
        {
            Replays.Recover(hook);
        }
    }

    internal void LogInternal(string what, Exception error) => _log.LogError(error, "{What}", what);
}
