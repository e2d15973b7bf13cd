using System.Data.Common;
using HoiAm.Dispatch.Lanes;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger;
using HoiAm.Ledger.Sqlite;
using HoiAm.Ledger.Writing;
using HoiAm.Sending;
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
    private readonly DataFolder _folder;
    private readonly HttpCallbackSender _sender;
    private readonly ReportPoster? _poster;
    private readonly ILogger _log;

    private HubServices(DataFolder folder, SqliteDatabase database, KeyRing keys, HubOptions options, ILoggerFactory logs, TimeProvider time)
    {
        _folder = folder;
        _log = logs.CreateLogger("HoiAm");
        Time = time;
        Options = options;
        Keys = keys;
        DbConnection OpenReader() => database.OpenReader();
        Queries = new LedgerQueries(OpenReader, SqliteStore.Ids);
        if (options.Sandbox)
        {
            _poster = new ReportPoster(SandboxCatalogue.VendorApiKey, time);
        }

        Routes = new RouteCatalog(
            _poster is null ? [] : [new SimulatedRoute(new SimulatedCarriers(Keys.Digest("simulated-carriers").GetHashCode()), _poster, time)]);
        Directory = new HubDirectory(OpenReader, Keys, time, options.Sandbox) { RouteNames = Routes.Names };
        Submitter = new Submitter(Queries, Routes, time, _log);
        _sender = new HttpCallbackSender(time);
        var source = new LedgerCallbackSource();
        Dispatcher = new Dispatcher(source, _sender, Directory, time, new DispatcherOptions { OnInternalError = LogInternal });
        Writer = new LedgerWriter(
            new SqliteStore(database, time), Dispatcher, Directory, new CallbackRenderer(), new WriterOptions(), time, Submitter);
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
        Throttle = new FailureThrottle(time);
        Replays = new BulkReplays(Ledger, Queries, time, error => LogInternal("A bulk replay failed", error));
        Pacer = new IntakePacer(Dispatcher, time);
    }

    public TimeProvider Time { get; }

    public HubOptions Options { get; }

    public KeyRing Keys { get; }

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

    /// <summary>Opens store and folder; throws <see cref="StartupException"/> with one sentence when that is not possible.</summary>
    public static HubServices Open(HubOptions options, ILoggerFactory logs, TimeProvider time)
    {
        var folder = DataFolder.Open(options.Data);
        try
        {
            // The key is looked at before the store is touched, and made only after the store was found usable.
            var keys = KeyRing.Load(folder.Path);
            var database = new SqliteDatabase(folder.Path);
            database.Migrate();
            if (keys is null && HasCredentials(database))
            {
                throw new StartupException(
                    $"The store in '{folder.Path}' has keys, but the hub.key that they were stored under is missing; put it back from the backup.");
            }

            return new HubServices(folder, database, keys ?? KeyRing.Create(folder.Path), options, logs, time);
        }
        catch (Exception error) when (error is UnusableStoreException or IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw new StartupException(error.Message, error);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static bool HasCredentials(SqliteDatabase database)
    {
        using var connection = database.OpenReader();
        return connection.Scalar("SELECT COUNT(*) FROM credential") > 0;
    }

    /// <summary>Takes up what the last run left and goes on with it.</summary>
    public async Task RecoverAsync()
    {
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
        await Dispatcher.DisposeAsync().ConfigureAwait(false);
        _sender.Dispose();
        _poster?.Dispose();
        Metrics.Dispose();
        _folder.Dispose();
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
