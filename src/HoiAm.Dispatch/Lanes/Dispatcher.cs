using System.Collections.Concurrent;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Lanes;

/// <summary>
/// The delivery engine: one lane per hook. A callback comes from the ledger's commit (<see cref="Enqueue"/>) or from disk, its lane sends it
/// within the bounds per hook, host and hub, and settles it with the ledger. Start-up: <see cref="Pause"/> what is paused, then
/// <see cref="Start"/>, then reserve and enqueue what was live. All members may be called from any thread.
/// </summary>
public sealed class Dispatcher : IDeliveryQueue, IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly ConcurrentDictionary<int, Lane> _lanes = new();
    private readonly ConcurrentDictionary<string, SlotPool> _hosts = new(StringComparer.Ordinal);
    private readonly Lock _growth = new();
    private int _sweepAt;

    /// <summary>Makes an engine; it does nothing until it is given callbacks.</summary>
    public Dispatcher(
        ICallbackSource source, ICallbackSender sender, IHookPolicies policies, TimeProvider clock, DispatcherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(sender);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(clock);
        _engine = new Engine(source, sender, policies, clock, options ?? new DispatcherOptions());
        _engine.Metrics.Watch(Totals);
        _sweepAt = _engine.Options.LanesMax;
    }

    /// <inheritdoc />
    public bool TryReserve(Hook hook)
    {
        while (true)
        {
            if (LaneOf(hook).TryReserve() is { } reserved)
            {
                return reserved;
            }
        }
    }

    /// <inheritdoc />
    public void Release(Hook hook) => LaneOf(hook).Release();

    /// <inheritdoc />
    public void Enqueue(DueCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        LaneOf(callback.Hook).Enqueue(callback);
    }

    /// <inheritdoc />
    public void NoteParked(Hook hook, DateTimeOffset dueAt)
    {
        // Only what a person asked for is due at the beginning of time; it passes an open breaker and a pause.
        if (dueAt <= DateTimeOffset.UnixEpoch)
        {
            NoteReplays(hook, 1);
        }
        else
        {
            Ask(hook, lane => lane.NoteParked(1, dueAt));
        }
    }

    /// <inheritdoc />
    public void BringForward(Hook hook, IReadOnlySet<long> callbackIds) => LaneOf(hook).BringForward(callbackIds);

    /// <summary>Callbacks in memory over all lanes, at the cost of one read.</summary>
    public long Live => _engine.Live;

    /// <summary>Tells that replays were committed as parked, so that the lane looks for them even while it is shut off or paused.</summary>
    public void NoteReplays(Hook hook, long count)
    {
        if (count > 0)
        {
            Ask(hook, lane => lane.NoteReplays(count, _engine.WallNow));
        }
    }

    /// <summary>Tells what waits on disk when the hub starts.</summary>
    public void Start(IEnumerable<ParkedBacklog> backlogs)
    {
        ArgumentNullException.ThrowIfNull(backlogs);
        foreach (var backlog in backlogs)
        {
            if (backlog.Count > 0)
            {
                Ask(backlog.Hook, lane => lane.NoteParked(backlog.Count, backlog.EarliestDue));
            }
        }
    }

    /// <summary>Holds a hook: what is in memory goes back to disk, nothing is spent, tries under way end.</summary>
    public void Pause(Hook hook) => Ask(hook, lane => lane.Pause());

    /// <summary>Lets a paused hook go on.</summary>
    public void Resume(Hook hook) => LaneOf(hook).Resume();

    /// <summary>How one hook is doing; null when it has had nothing to do yet.</summary>
    public HookHealth? Health(int hookId) => _lanes.TryGetValue(hookId, out var lane) ? lane.Health() : null;

    /// <summary>How all hooks are doing, in no order.</summary>
    public IReadOnlyList<HookHealth> Snapshot() => [.. _lanes.Values.Select(lane => lane.Health())];

    /// <summary>Sums over all hooks.</summary>
    public DeliveryTotals Totals()
    {
        var totals = new DeliveryTotals { Live = _engine.Live };
        foreach (var lane in _lanes)
        {
            totals = lane.Value.AddTo(totals);
        }

        return totals;
    }

    /// <summary>
    /// Makes one GET that says what it is, whatever breaker, pause and pace say. It is no callback: nothing is recorded. When it is
    /// acknowledged, an open breaker probes at once.
    /// </summary>
    public async ValueTask<Attempt> TestCallAsync(Hook hook, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(hook);
        var now = _engine.WallNow;
        var call = new DueCallback { Id = 0, Hook = hook, Query = "?HoiAmTest=1", EventTime = now, CreatedAt = now, DueAt = now };
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _engine.Stop.Token);
        var attempt = await _engine.Sender.SendAsync(call, _engine.Policies.For(hook.Account), either.Token).ConfigureAwait(false);
        if (attempt.Outcome == AttemptOutcome.Delivered && _lanes.TryGetValue(hook.Id, out var lane))
        {
            lane.ProbeNow();
        }

        return attempt;
    }

    /// <summary>
    /// Takes nothing more, lets tries under way end within <paramref name="patience"/>, then breaks them off. What was not settled stays
    /// pending in the ledger and is sent after the next start.
    /// </summary>
    public async Task StopAsync(TimeSpan patience)
    {
        _engine.BeginStop();
        try
        {
            await _engine.Idle.WaitAsync(patience, _engine.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _engine.Stop.CancelAsync().ConfigureAwait(false);
            await GiveUpOnStragglersAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        foreach (var lane in _lanes.Values)
        {
            lane.Dispose();
        }

        _engine.Metrics.Dispose();
        _engine.Stop.Dispose();
    }

    private async Task GiveUpOnStragglersAsync()
    {
        try
        {
            await _engine.Idle.WaitAsync(Defaults.StragglerTime, _engine.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            _engine.Report("Tries were still under way after they had been broken off.", late);
        }
    }

    // A lane may be let go between being found and being asked; then there is room for a new one.
    private void Ask(Hook hook, Func<Lane, bool> question)
    {
        while (!question(LaneOf(hook)))
        {
        }
    }

    private Lane LaneOf(Hook hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        return _lanes.TryGetValue(hook.Id, out var lane) ? lane : NewLane(hook);
    }

    private Lane NewLane(Hook hook)
    {
        lock (_growth)
        {
            if (_lanes.TryGetValue(hook.Id, out var lane))
            {
                return lane;
            }

            if (_lanes.Count >= _sweepAt)
            {
                Sweep();
            }

            if (!_hosts.TryGetValue(hook.HostKey, out var host))
            {
                _hosts[hook.HostKey] = host = new SlotPool(_engine.Options.HostConcurrencyMax);
            }

            return _lanes[hook.Id] = new Lane(_engine, hook, host);
        }
    }

    // A customer may make up a path for every message: lanes that have nothing to do any more are let go, and so are hosts without lanes.
    // Walking all lanes is paid for by the many that were made since the last time.
    private void Sweep()
    {
        var hosts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, lane) in _lanes)
        {
            if (lane.TryRetire())
            {
                _lanes.TryRemove(id, out _);
            }
            else
            {
                hosts.Add(lane.HostKey);
            }
        }

        foreach (var host in _hosts.Keys)
        {
            if (!hosts.Contains(host))
            {
                _hosts.TryRemove(host, out _);
            }
        }

        _sweepAt = Math.Max(_engine.Options.LanesMax, _lanes.Count * 2);
    }
}
