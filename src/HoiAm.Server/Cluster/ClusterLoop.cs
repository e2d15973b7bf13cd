using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Postgres;
using HoiAm.Ledger.Relaying;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Queries;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Cluster;

/// <summary>
/// What a node does for the sake of the others: renews its lease, takes over what dead nodes left, follows changes of configuration. Each
/// goes on by itself after the database was away.
/// </summary>
internal sealed class ClusterLoop(
    PostgresHubStore store,
    MessageLedger ledger,
    RelayLedger relay,
    LedgerQueries queries,
    HubDirectory directory,
    Dispatcher dispatcher,
    BulkReplays replays,
    TimeProvider time,
    ILogger log) : IAsyncDisposable
{
    private const int PageSize = 500;
    private static readonly TimeSpan s_lookForDead = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lookForChanges = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_tidyEvery = TimeSpan.FromMinutes(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<int> _paused = [];
    private Task[] _loops = [];
    private long _version = -1;
    private int _nodes = 1;
    private bool _leftovers;

    /// <summary>Takes over what can be taken over now, then goes on beside the hub.</summary>
    public async Task StartAsync()
    {
        FaultPoints.Hit("in-recovery");

        // Before anything that may take long: a node that takes up a great deal must not be taken for dead meanwhile.
        _loops = [LoopAsync("Renewing the lease", PostgresNode.RenewEvery, RenewAsync)];
        WarnOfOneMachine();
        FollowPauses();
        await TakeOverAsync().ConfigureAwait(false);
        replays.Resume();
        _loops =
        [
            .. _loops,
            LoopAsync("Looking for dead nodes", s_lookForDead, TakeOverAsync),
            LoopAsync("Tidying up", s_tidyEvery, TidyAsync),
            LoopAsync("Following changes", s_lookForChanges, FollowAsync),
            Task.Run(ListenAsync),
        ];
    }

    /// <summary>Ends the loops; the lease lasts until <see cref="Leave"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops).ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Lets others take over at once what this node still has.</summary>
    public void Leave()
    {
        try
        {
            store.Node.Leave();
        }
        catch (Exception error) when (store.Explain(error) is not null)
        {
            log.LogWarning("The lease was not given back and runs out by itself: {Reason}", error.Message);
        }
    }

    private async Task LoopAsync(string what, TimeSpan every, Func<Task> step)
    {
        await Task.Yield();
        var isAway = false;
        while (!_stop.IsCancellationRequested)
        {
            var pause = every;
            try
            {
                await step().ConfigureAwait(false);
                isAway = false;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (store.Explain(error) is { } reason)
            {
                if (!isAway)
                {
                    log.LogWarning("{What} has to wait: {Reason}", what, reason);
                }

                isAway = true;
                pause = pause < s_again ? pause : s_again;
            }
            catch (Exception error)
            {
                log.LogError(error, "{What} failed", what);
            }

            try
            {
                await Task.Delay(pause, time, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RenewAsync()
    {
        if (!await store.Node.RenewAsync(_stop.Token).ConfigureAwait(false))
        {
            var before = store.Node.Number;
            store.Node.Register();
            log.LogWarning("Node {Before} was taken for dead by another one; this process goes on as node {Number}", before, store.Node.Number);
        }

        if (_nodes != store.Nodes)
        {
            // Every limit of the whole hub is shared by those that are up.
            _nodes = store.Nodes;
            directory.Reload();
        }
    }

    private async Task TakeOverAsync()
    {
        var taken = await store.Node.TakeOverAsync(_stop.Token).ConfigureAwait(false);
        if (taken.Count == 0 && !_leftovers)
        {
            return;
        }

        // Until all of it is fed, it is looked for again: the store may go away in the middle.
        _leftovers = true;
        var live = 0;
        for (var page = 1; page > 0; live += page)
        {
            page = await ledger.TakeUpAsync(PageSize).WaitAsync(_stop.Token).ConfigureAwait(false);
        }

        var parked = 0L;
        foreach (var (hook, count, due) in await ledger.ParkedAsync().WaitAsync(_stop.Token).ConfigureAwait(false))
        {
            dispatcher.Start([new ParkedBacklog(hook, count, due)]);
            if (due <= DateTimeOffset.UnixEpoch)
            {
                dispatcher.NoteReplays(hook, 1);
            }

            parked += count;
        }

        if (await relay.AfterStopAsync(store.Node.Number).WaitAsync(_stop.Token).ConfigureAwait(false) is > 0 and var open)
        {
            log.LogWarning("{Open} sends were being passed on by a node that is dead; whether their upstreams have them is uncertain", open);
        }

        replays.Resume();
        _leftovers = false;
        if (taken.Count > 0)
        {
            log.LogInformation(
                "Took over from node {Nodes}: {Live} callbacks that were under way, {Parked} that wait on disk", string.Join(", ", taken), live, parked);
        }
    }

    private async Task TidyAsync()
    {
        await Task.Run(store.Database.Migrate).ConfigureAwait(false);
        await store.Node.CleanAsync(_stop.Token).ConfigureAwait(false);
    }

    private void WarnOfOneMachine()
    {
        using var connection = queries.Open();
        if (!PostgresHubStore.HasSynchronousStandby(connection))
        {
            log.LogWarning(
                "The database has no synchronous standby (synchronous_standby_names is empty): if its machine is lost, reports that were answered may be lost with it");
        }
    }

    // The backstop of the notices: whoever missed one is at most half a second late.
    private Task FollowAsync()
    {
        using var connection = queries.Open();
        var version = connection.Scalar("SELECT CAST(value AS BIGINT) FROM meta WHERE name = @p0", PostgresHubStore.Version);
        if (Interlocked.Exchange(ref _version, version) != version)
        {
            directory.Reload();
            FollowPauses();
        }

        return Task.CompletedTask;
    }

    private void FollowPauses()
    {
        using var connection = queries.Open();
        var paused = connection.Query(
            "SELECT id, account, url, host_key FROM hook WHERE paused <> 0",
            r => new Hook(r.GetInt32(0), r.GetInt32(1), r.GetString(2), r.GetString(3)));
        lock (_paused)
        {
            foreach (var hook in paused)
            {
                if (_paused.Add(hook.Id))
                {
                    dispatcher.Pause(hook);
                }
            }

            var still = paused.Select(h => h.Id).ToHashSet();
            foreach (var id in _paused.Where(id => !still.Contains(id)).ToList())
            {
                _paused.Remove(id);
                foreach (var hook in connection.Query(
                    "SELECT id, account, url, host_key FROM hook WHERE id = @p0",
                    r => new Hook(r.GetInt32(0), r.GetInt32(1), r.GetString(2), r.GetString(3)),
                    id))
                {
                    dispatcher.Resume(hook);
                }
            }
        }
    }

    private async Task ListenAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await store.Database.OpenWriterAsync(_stop.Token).ConfigureAwait(false);
                connection.Notification += (_, told) => _ = told.Payload == "left" ? Quietly(TakeOverAsync) : Quietly(FollowAsync);
                await using (var listen = connection.CreateCommand())
                {
                    listen.CommandText = "LISTEN " + PostgresHubStore.Channel;
                    await listen.ExecuteNonQueryAsync(_stop.Token).ConfigureAwait(false);
                }

                while (true)
                {
                    await connection.WaitAsync(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                // The polls go on meanwhile, and tell what is wrong.
                if (store.Explain(error) is null)
                {
                    log.LogError(error, "Listening for changes failed");
                }

                await Task.Delay(s_again, time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static Task Quietly(Func<Task> step) => Task.Run(async () =>
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The loop that does the same comes to it soon, and says what is wrong.
        }
    });
}
