using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using HoiAm.Dispatch;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Admin;
using HoiAm.Server.Cluster;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Delivery;

/// <summary>A bulk replay and how far it is.</summary>
internal sealed record ReplayJob(
    string Id, long CreatedAtMs, int Account, string Filter, long UpTo, long Cursor, long Matched, long Replayed, long Skipped, string State);

/// <summary>
/// Bulk replays: kept in the store, so that a restart goes on where the last page was committed. Pages are small and the lanes are fed
/// from disk, so a replay of a million callbacks neither fills memory nor holds up fresh ones.
/// </summary>
internal sealed class BulkReplays(
    HubStore store, MessageLedger ledger, LedgerQueries queries, TimeProvider time, Func<int, bool> isDown, Action<Exception> fault) : IAsyncDisposable
{
    private const int PageSize = 200;

    // A server that has just come back is not to be knocked over again: 20 a second, beside its fresh callbacks.
    private const int RecoveryPageSize = 20;
    private static readonly TimeSpan s_recoveryPause = TimeSpan.FromSeconds(1);
    private static readonly AdminPrincipal s_hub = new("hub", "admin", null);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _one = new(1);
    private readonly List<Task> _running = [];
    private readonly ConcurrentDictionary<int, bool> _recovering = new();
    private readonly HashSet<string> _begun = [];

    /// <summary>Enters a replay of what fits now, and begins it.</summary>
    public async Task<ReplayJob> StartAsync(CallbackFilter filter, AdminPrincipal who)
    {
        var id = "rpl_" + RandomNumberGenerator.GetHexString(16, lowercase: true);
        using var connection = queries.Open();
        var upTo = connection.Scalar("SELECT MAX(id) FROM callback");
        var job = new ReplayJob(
            id, time.GetUtcNow().ToUnixTimeMilliseconds(), filter.Account, JsonSerializer.Serialize(filter), upTo, 0, LedgerQueries.Count(connection, filter, upTo), 0, 0, "running");
        await ledger.WriteAsync(writer =>
        {
            writer.Execute(
                """
                INSERT INTO replay (id, created_at, filter, upto, cursor, matched, replayed, skipped, state)
                VALUES (@p0, @p1, @p2, @p3, 0, @p4, 0, 0, 'running')
                """,
                job.Id,
                job.CreatedAtMs,
                job.Filter,
                job.UpTo,
                job.Matched);
            Audit.Write(writer, who, "callback.replay.many", id, time.GetUtcNow(), job.Filter);
            return true;
        }).ConfigureAwait(false);
        Begin(job);
        return job;
    }

    /// <summary>
    /// Sends again, slowly, what was given up while a hook was down and no older than callbacks are kept waiting. Returns at once. It ends
    /// early when the hook fails again; its next recovery goes on.
    /// </summary>
    public void Recover(Hook hook)
    {
        if (_recovering.TryAdd(hook.Id, true))
        {
            lock (_running)
            {
                _running.Add(Task.Run(() => RecoverAsync(hook)));
            }
        }
    }

    private async Task RecoverAsync(Hook hook)
    {
        try
        {
            var from = (time.GetUtcNow() - Defaults.ExpireAfter).ToUnixTimeMilliseconds();
            await StartAsync(new CallbackFilter("exhausted", hook.Account, null, from, long.MaxValue, hook.Id), s_hub).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _recovering.TryRemove(hook.Id, out _);
            if (error is not StoreUnavailableException)
            {
                fault(error);
            }
        }
    }

    /// <summary>A replay by id.</summary>
    public ReplayJob? Find(string id)
    {
        using var connection = queries.Open();
        return Load(connection, "WHERE id = @p0", id).FirstOrDefault();
    }

    /// <summary>Goes on with what a stop interrupted, here or on a node that is dead.</summary>
    public void Resume()
    {
        using var connection = queries.Open();
        foreach (var job in Load(connection, "WHERE state = @p0" + store.Mine, "running"))
        {
            Begin(job);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task[] running;
        lock (_running)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        _stop.Dispose();
        _one.Dispose();
    }

    private void Begin(ReplayJob job)
    {
        lock (_running)
        {
            _running.RemoveAll(t => t.IsCompleted);
            if (_begun.Add(job.Id))
            {
                _running.Add(Task.Run(() => RunAsync(job)));
            }
        }
    }

    private async Task RunAsync(ReplayJob job)
    {
        try
        {
            var filter = JsonSerializer.Deserialize<CallbackFilter>(job.Filter)!;
            if (filter.RecoveredHook != 0)
            {
                await RunSlowlyAsync(job, filter).ConfigureAwait(false);
                return;
            }

            await _one.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                while (job.State == "running")
                {
                    job = await PageAsync(job, filter).ConfigureAwait(false);
                }
            }
            finally
            {
                _one.Release();
                lock (_running)
                {
                    _begun.Remove(job.Id);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops; the job goes on at the next start.
        }
        catch (Exception error)
        {
            fault(error);
        }
    }

    // Beside the others: a replay that a person waits for must not stand behind one that takes its time.
    private async Task RunSlowlyAsync(ReplayJob job, CallbackFilter filter)
    {
        try
        {
            while (true)
            {
                job = await PageAsync(job, filter).ConfigureAwait(false);
                if (job.State != "running")
                {
                    return;
                }

                await Task.Delay(s_recoveryPause, time, _stop.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            _recovering.TryRemove(filter.RecoveredHook, out _);
        }
    }

    private async Task<ReplayJob> PageAsync(ReplayJob job, CallbackFilter filter)
    {
        _stop.Token.ThrowIfCancellationRequested();
        List<long> ids;
        var size = filter.RecoveredHook == 0 ? PageSize : RecoveryPageSize;
        var isStopped = filter.RecoveredHook != 0 && isDown(filter.RecoveredHook);
        using (var connection = queries.Open())
        {
            ids = isStopped ? [] : LedgerQueries.Ids(connection, filter, job.Cursor, job.UpTo, size);
        }

        try
        {
            var results = ids.Count == 0 ? [] : await ledger.ReplayAsync(ids).ConfigureAwait(false);
            var sent = results.Count(r => r is ReplayResult.Reopened or ReplayResult.BroughtForward);
            var next = job with
            {
                Cursor = ids.Count == 0 ? job.Cursor : ids[^1],
                Replayed = job.Replayed + sent,
                Skipped = job.Skipped + results.Count - sent,
                State = isStopped ? "stopped" : ids.Count < size ? "done" : "running",
            };

            // Durable after the page it tells of: a crash in between sends that page once more, never skips one.
            var written = await ledger.WriteAsync(c => c.Execute(
                "UPDATE replay SET cursor = @p1, replayed = @p2, skipped = @p3, state = @p4 WHERE id = @p0" + store.Mine,
                next.Id,
                next.Cursor,
                next.Replayed,
                next.Skipped,
                next.State)).ConfigureAwait(false);

            // Another node that took this one for dead goes on with it.
            return written > 0 ? next : next with { State = "elsewhere" };
        }
        catch (StoreUnavailableException)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, _stop.Token).ConfigureAwait(false);
            return job;
        }
    }

    private static List<ReplayJob> Load(System.Data.Common.DbConnection connection, string where, string value) => connection.Query(
        $"SELECT id, created_at, filter, upto, cursor, matched, replayed, skipped, state FROM replay {where}",
        r => new ReplayJob(
            r.GetString(0),
            r.GetInt64(1),
            JsonSerializer.Deserialize<CallbackFilter>(r.GetString(2))!.Account,
            r.GetString(2),
            r.GetInt64(3),
            r.GetInt64(4),
            r.GetInt64(5),
            r.GetInt64(6),
            r.GetInt64(7),
            r.GetString(8)),
        value);
}
