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
    }

    /// <inheritdoc />
    public bool TryReserve(Hook hook) => LaneOf(hook).TryReserve();

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
            LaneOf(hook).NoteReplays(1, _engine.WallNow);
        }
        else
        {
            LaneOf(hook).NoteParked(1, dueAt);
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
            LaneOf(hook).NoteReplays(count, _engine.WallNow);
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
                LaneOf(backlog.Hook).NoteParked(backlog.Count, backlog.EarliestDue);
            }
        }
    }

    /// <summary>Holds a hook: what is in memory goes back to disk, nothing is spent, tries under way end.</summary>
    public void Pause(Hook hook) => LaneOf(hook).Pause();

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

    private Lane LaneOf(Hook hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        return _lanes.TryGetValue(hook.Id, out var lane) ? lane : _lanes.GetOrAdd(hook.Id, static (_, arg) => arg.Self.NewLane(arg.Hook), (Self: this, Hook: hook));
    }

    private Lane NewLane(Hook hook)
    {
        var host = _hosts.GetOrAdd(hook.HostKey, static (_, max) => new SlotPool(max), _engine.Options.HostConcurrencyMax);
        return new Lane(_engine, hook, host);
    }
}
