using System.Collections.Concurrent;
using System.Diagnostics;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Tracing;

namespace HoiAm.Ledger.Writing;

/// <summary>
/// The one writer of a store. What arrives while a commit runs becomes the next group; a group is one transaction with one sync, and
/// only when it is on disk is anybody answered. The writer never waits for anybody: completions run on the pool, in chunks.
/// </summary>
public sealed class LedgerWriter : IAsyncDisposable
{
    private const int CompletionChunk = 32;

    // Each time one node goes on, so five losses in a row mean something else.
    private const int ConflictTriesMax = 5;

    private static readonly ProbeCommand s_probe = new();

    private readonly ILedgerStore _store;
    private readonly GroupContext _group;
    private readonly WriterOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<LedgerCommand> _urgent = new();
    private readonly ConcurrentQueue<LedgerCommand> _riders = new();
    private readonly List<LedgerCommand> _batch = [];
    private readonly List<LedgerCommand> _kept = [];
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 20);
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile bool _ended;
    private volatile string? _unavailable;
    private (Aftermath After, HashSet<LedgerCommand> Commands)? _uncertain;
    private int _waiting;
    private long _groups;
    private long _commands;

    /// <summary>Starts the writer's thread; the store is used by no other from now on.</summary>
    public LedgerWriter(
        ILedgerStore store,
        IDeliveryQueue queue,
        IAccountProfiles accounts,
        ICallbackRenderer renderer,
        WriterOptions options,
        TimeProvider time,
        IOutboxFeed? outbox = null)
    {
        _store = store;
        _group = new GroupContext(store, queue, accounts, renderer, outbox);
        _options = options;
        _time = time;
        _thread = new Thread(Run) { Name = "ledger-writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Why the last group could not be written; null while the store takes writes.</summary>
    public string? Unavailable => _unavailable;

    /// <summary>Groups committed so far.</summary>
    public long Groups => Interlocked.Read(ref _groups);

    /// <summary>Commands committed so far.</summary>
    public long Commands => Interlocked.Read(ref _commands);

    /// <summary>Commands that wait now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>True when counters wait to be written.</summary>
    internal bool HasStats => _group.Stats.HasPending;

    /// <summary>Raised on the writer's thread when something unexpected was caught; the writer goes on.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>Adds a command to the next group. Commands that persist are always taken; others fail at once when too many wait.</summary>
    internal void Submit(LedgerCommand command)
    {
        if (command.Persists)
        {
            Interlocked.Increment(ref _waiting);
            _riders.Enqueue(command);
            return;
        }

        if (_stopping || Interlocked.Increment(ref _waiting) > _options.QueueMax)
        {
            Interlocked.Decrement(ref _waiting);
            command.Fail(new StoreUnavailableException(_stopping ? "The hub is shutting down." : "Too many writes are waiting."));
            return;
        }

        _urgent.Enqueue(command);
        Interlocked.MemoryBarrier();
        if (_ended)
        {
            // The thread ended between the look above and here; nobody else would answer.
            FailWaiting();
        }
        else if (!_wake.IsSet)
        {
            _wake.Set();
        }
    }

    /// <summary>Writes what waits and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _wake.Set();
        while (_thread.IsAlive)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System).ConfigureAwait(false);
        }

        _ended = true;
        Interlocked.MemoryBarrier();
        FailWaiting();
        _store.Dispose();
        _wake.Dispose();
    }

    private void FailWaiting()
    {
        var failed = new List<LedgerCommand>();
        while (_urgent.TryDequeue(out var command))
        {
            failed.Add(command);
        }

        Interlocked.Add(ref _waiting, -failed.Count);
        Completions.Fail(failed, new StoreUnavailableException("The hub is shutting down."));
    }

    private void Run()
    {
        var gapEnd = 0L;
        while (true)
        {
            Await(gapEnd);
            Gather();
            if (_batch.Count == 0)
            {
                if (_stopping)
                {
                    return;
                }

                if (_unavailable is null)
                {
                    continue;
                }

                Probe();
            }
            else
            {
                // Under load the next group waits a little, so that more share its sync; a lone command after a pause does not.
                gapEnd = Stopwatch.GetTimestamp() + (long)(_options.Gap.TotalSeconds * Stopwatch.Frequency);
                WriteGroup();
            }

            if (_unavailable is not null)
            {
                if (_stopping)
                {
                    return;
                }

                _wake.Wait(_options.RetryPause);
            }
        }
    }

    private void Await(long gapEnd)
    {
        if (_urgent.IsEmpty && !_stopping)
        {
            _wake.Reset();
            if (_urgent.IsEmpty && !_stopping)
            {
                _wake.Wait(_options.SettleWait);
            }
        }

        var remaining = gapEnd - Stopwatch.GetTimestamp();
        if (remaining > 0 && _urgent.Count < _options.GroupCountMax && !_stopping)
        {
            var pause = (int)(remaining * 1000 / Stopwatch.Frequency);
            if (pause > 0)
            {
                Thread.Sleep(pause);
            }
        }
    }

    private void Gather()
    {
        var bytes = 0;
        while (_batch.Count < _options.GroupCountMax && bytes < _options.GroupBytesMax && _urgent.TryDequeue(out var command))
        {
            _batch.Add(command);
            bytes += command.Weight;
        }

        // What an earlier group could not write goes first: the tries of a callback must be recorded in their order.
        var riders = Math.Min(_kept.Count, _options.GroupCountMax);
        _batch.AddRange(_kept.GetRange(0, riders));
        _kept.RemoveRange(0, riders);
        while (riders < _options.GroupCountMax && _riders.TryDequeue(out var command))
        {
            _batch.Add(command);
            riders++;
        }
    }

    // Nobody asks for anything, but readiness must not wait for somebody to be refused again.
    private void Probe()
    {
        try
        {
            Resolve();
            Write([s_probe]);
        }
        catch (StoreUnavailableException refused)
        {
            _unavailable = refused.Message;
        }
        catch (Exception error)
        {
            Faulted?.Invoke(error);
        }
    }

    private void WriteGroup()
    {
        try
        {
            Resolve();
            Write(_batch);
            Complete();
        }
        catch (StoreUnavailableException refused)
        {
            Refuse(_batch, refused);
        }
        catch (Exception error) when (_store.Explain(error) is { } reason)
        {
            // The commands that speak ADO get the driver's own errors.
            Refuse(_batch, new StoreUnavailableException(reason, error));
        }
        catch (Exception error)
        {
            // One command that cannot be applied must not fail its neighbours: each goes alone.
            Faulted?.Invoke(error);
            WriteSingly();
        }
        finally
        {
            _batch.Clear();
        }
    }

    private void Write(List<LedgerCommand> commands)
    {
        for (var left = ConflictTriesMax; ; left--)
        {
            try
            {
                WriteOnce(commands);
                return;
            }
            catch (Exception error) when (left > 1 && _store.IsConflict(error))
            {
                // Two nodes wanted the same rows in another order: the loser begins again.
            }
        }
    }

    private void WriteOnce(List<LedgerCommand> commands)
    {
        var committed = false;
        using var span = HubTrace.BeginCommit(commands);
        try
        {
            _group.Begin(_time.GetUtcNow().ToUnixTimeMilliseconds(), commands);
            foreach (var command in commands)
            {
                _group.Cause = (command.Cause, span);
                command.Apply(_group);
            }

            FaultPoints.Hit("before-commit");
            _group.Commit();
            committed = true;
            FaultPoints.Hit("after-commit");
        }
        catch (CommitUncertainException uncertain)
        {
            // Whoever waits is refused and asks again, which changes nothing if it was written. The callbacks keep their seats until it is known.
            _uncertain = (_group.Detach(), [.. commands.Where(c => c.Persists)]);
            throw new StoreUnavailableException(uncertain.Message, uncertain);
        }
        finally
        {
            if (!committed)
            {
                _group.Rollback();
            }
        }

        // Durable: everything in the group. A crash from here on repeats a callback at worst.
        _unavailable = null;
        Interlocked.Increment(ref _groups);
        Interlocked.Add(ref _commands, commands.Count);
        _group.Publish();
    }

    // Before anything else is written: what the last group would have caused, if it is on disk, happens now.
    private void Resolve()
    {
        if (_uncertain is not { } uncertain)
        {
            return;
        }

        var (after, commands) = uncertain;
        if (_store.WasCommitted())
        {
            var written = _batch.RemoveAll(commands.Contains) + _kept.RemoveAll(commands.Contains);
            Interlocked.Add(ref _waiting, -written);
            after.Publish();
        }
        else
        {
            after.BackTo(default);
        }

        _uncertain = null;
    }

    private void WriteSingly()
    {
        for (var i = 0; i < _batch.Count; i++)
        {
            var command = _batch[i];
            try
            {
                Write([command]);
                Interlocked.Decrement(ref _waiting);
                Completions.Run([command]);
            }
            catch (StoreUnavailableException refused)
            {
                // All that is left, not just this one: a later try of the same callback must not overtake it.
                Refuse(_batch.GetRange(i, _batch.Count - i), refused);
                return;
            }
            catch (Exception error) when (_store.Explain(error) is { } reason)
            {
                Refuse(_batch.GetRange(i, _batch.Count - i), new StoreUnavailableException(reason, error));
                return;
            }
            catch (Exception error)
            {
                Interlocked.Decrement(ref _waiting);
                Completions.Fail([command], error);
                Faulted?.Invoke(error);
            }
        }
    }

    private void Complete()
    {
        Interlocked.Add(ref _waiting, -_batch.Count);
        for (var i = 0; i < _batch.Count; i += CompletionChunk)
        {
            Completions.Run(_batch.GetRange(i, Math.Min(CompletionChunk, _batch.Count - i)));
        }
    }

    private void Refuse(List<LedgerCommand> commands, StoreUnavailableException refused)
    {
        _unavailable = refused.Message;
        var failed = commands.FindAll(c => !c.Persists);
        _kept.InsertRange(0, commands.FindAll(c => c.Persists));
        Interlocked.Add(ref _waiting, -failed.Count);
        Completions.Fail(failed, refused);
    }

    /// <summary>A write of no meaning that nobody waits for.</summary>
    private sealed class ProbeCommand : LedgerCommand
    {
        internal override void Apply(GroupContext group) => group.Store.Probe();

        internal override void Complete()
        {
        }

        internal override void Fail(Exception error)
        {
        }
    }
}
