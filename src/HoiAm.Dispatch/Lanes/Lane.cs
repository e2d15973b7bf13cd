using HoiAm.Dispatch.Breaking;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Lanes;

/// <summary>
/// One hook's lane. The way of a callback:
/// <list type="number">
/// <item>It gets a seat (<see cref="TryReserve"/>) and comes in from the commit (<see cref="Enqueue"/>), or from disk in a page (Lane.Parking).</item>
/// <item>It waits: fresh, backlog (retries and parked ones) or replay; or among the timed ones until it is due.</item>
/// <item>A worker with a slot takes it, fresh ones first, one in four from the backlog (Lane.Work).</item>
/// <item>The sender makes the try; breaker, adaptive bound and figures take note.</item>
/// <item>It is settled: delivered, exhausted, kept in memory for a near retry, or parked.</item>
/// </list>
/// One short lock per lane guards its state; nothing is called under it but atomic operations and the timer.
/// A method ending in Locked runs under that lock. Ports are only called outside of it.
/// </summary>
internal sealed partial class Lane : IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Engine _engine;
    private readonly Hook _hook;
    private readonly SlotPool _host;
    private readonly Queue<DueCallback> _fresh = new();
    private readonly Queue<DueCallback> _backlog = new();
    private readonly Queue<DueCallback> _replays = new();
    private readonly PriorityQueue<DueCallback, (long At, long Order)> _timed = new();
    private Breaker _breaker;
    private AdaptiveLimit _limit;
    private Pacer _pacer;
    private HookPolicy _policy;
    private ITimer? _timer;
    private long _armedFor = long.MaxValue;
    private long _order;
    private int _seats;
    private int _turn;
    private bool _paused;
    private bool _retired;

    public Lane(Engine engine, Hook hook, SlotPool host)
    {
        _engine = engine;
        _hook = hook;
        _host = host;
        _policy = engine.Policies.For(hook.Account);
        _limit = new AdaptiveLimit(_policy.MaxConcurrency);
        _pacer.Set(_policy.MaxPerMinute);
    }

    public string HostKey => _hook.HostKey;

    private bool IsShut => _paused || _breaker.IsOpen;

    private bool IsDoubtful => _breaker.Streak >= Defaults.DoubtfulAfter;

    /// <summary>True with a seat, false without; null when this lane was let go, and another one has to be asked.</summary>
    public bool? TryReserve()
    {
        lock (_gate)
        {
            if (_retired)
            {
                return null;
            }

            if (IsShut || _engine.IsStopping || _seats >= FreshSeatsLocked() || _engine.Live >= _engine.Options.SeatsTotal)
            {
                return false;
            }

            TakeSeatsLocked(1);
            return true;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            GiveSeatsLocked(1);
        }
    }

    public void Enqueue(DueCallback callback)
    {
        var now = _engine.Now;
        var wait = callback.DueAt - _engine.WallNow;
        var outbox = default(Outbox);
        lock (_gate)
        {
            if (_engine.IsStopping)
            {
                // It is committed as live, and the next start picks it up.
                GiveSeatsLocked(1);
                return;
            }

            if (MayStayLocked(callback, wait))
            {
                AddLocked(callback, wait, now);
                PumpLocked(ref outbox, now);
            }
            else
            {
                GiveSeatsLocked(1);
                outbox.Park(callback);
            }
        }

        Flush(ref outbox);
    }

    /// <summary>What people asked for does not wait for its time: it joins the replays. What is under way or waits its turn stays there.</summary>
    public void BringForward(IReadOnlySet<long> callbackIds)
    {
        var outbox = default(Outbox);
        lock (_gate)
        {
            if (_retired)
            {
                // A lane is let go only when it has nothing.
                return;
            }

            var timed = _timed.Count == 0 ? [] : _timed.UnorderedItems.ToArray();
            _timed.Clear();
            foreach (var (callback, due) in timed)
            {
                if (callbackIds.Contains(callback.Id))
                {
                    callback.DueAt = _engine.WallNow;
                    _replays.Enqueue(callback);
                }
                else
                {
                    _timed.Enqueue(callback, due);
                }
            }

            PumpLocked(ref outbox, _engine.Now);
        }

        Flush(ref outbox);
    }

    /// <summary>False when this lane was let go.</summary>
    public bool Pause()
    {
        var outbox = default(Outbox);
        lock (_gate)
        {
            if (_retired)
            {
                return false;
            }

            _paused = true;
            DrainLocked(ref outbox);
        }

        Flush(ref outbox);
        return true;
    }

    /// <summary>
    /// Lets the lane go when it has nothing to do and nothing to remember: no seat taken, nothing on disk, nobody at work, no failure since
    /// the last success. True when it may be forgotten; its next callback makes a new one.
    /// </summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            if (_seats > 0 || _parked > 0 || _workers > 0 || _fetching || _probing || _waits != Waits.None || IsShut || _breaker.Streak > 0)
            {
                return false;
            }

            _retired = true;
        }

        Dispose();
        return true;
    }

    public void Resume()
    {
        lock (_gate)
        {
            _paused = false;
        }

        Pump();
    }

    public void ProbeNow()
    {
        var outbox = default(Outbox);
        lock (_gate)
        {
            if (_breaker.IsOpen)
            {
                _breaker.ProbeNow(_engine.Now);
                PumpLocked(ref outbox, _engine.Now);
            }
        }

        Flush(ref outbox);
    }

    /// <summary>A pool that had refused this lane has room again.</summary>
    public void Wake(SlotPool pool)
    {
        var outbox = default(Outbox);
        lock (_gate)
        {
            _waits &= ~WaitFlag(pool);
            PumpLocked(ref outbox, _engine.Now);
        }

        // The pool is kicking already and goes on by itself.
        Flush(ref outbox);
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>What a fresh callback may fill: a quarter is left for the backlog while there is one, or it would never come in.</summary>
    private int FreshSeatsLocked()
    {
        var seats = SeatsLocked();
        return _parked > 0 ? seats - (seats / 4) : seats;
    }

    private int SeatsLocked()
    {
        var options = _engine.Options;
        var scarce = IsDoubtful || _engine.Live > options.SeatsTotal / 2;
        return scarce ? Math.Min(Defaults.SeatsPerLaneWhenScarce, options.SeatsPerLane) : options.SeatsPerLane;
    }

    private void TakeSeatsLocked(int count)
    {
        _seats += count;
        _engine.AddLive(count);
    }

    private void GiveSeatsLocked(int count)
    {
        _seats -= count;
        _engine.AddLive(-count);
    }

    private bool MayStayLocked(DueCallback callback, TimeSpan wait) => wait <= Defaults.NearHorizon && (callback.IsReplay || !IsShut);

    private void AddLocked(DueCallback callback, TimeSpan wait, long now)
    {
        if (wait > TimeSpan.Zero)
        {
            _timed.Enqueue(callback, (now + wait.Ticks, _order++));
        }
        else
        {
            ReadyLocked(callback);
        }
    }

    private void ReadyLocked(DueCallback callback)
    {
        var queue = callback.IsReplay ? _replays : callback.Tries > 0 ? _backlog : _fresh;
        queue.Enqueue(callback);
    }

    private void MoveDueLocked(long now)
    {
        while (_timed.TryPeek(out var callback, out var due) && due.At <= now)
        {
            _timed.Dequeue();
            ReadyLocked(callback);
        }
    }

    /// <summary>Empties the memory of a lane that is shut off; replays stay, for they pass.</summary>
    private void DrainLocked(ref Outbox outbox)
    {
        var before = outbox.ParkedCount;
        while (_fresh.TryDequeue(out var callback) || _backlog.TryDequeue(out callback))
        {
            outbox.Park(callback);
        }

        if (_probe is { IsReplay: false } probe)
        {
            outbox.Park(probe);
            _probe = null;
            _probing = false;
        }

        var timed = _timed.Count == 0 ? [] : _timed.UnorderedItems.ToArray();
        _timed.Clear();
        foreach (var (callback, due) in timed)
        {
            if (callback.IsReplay)
            {
                _timed.Enqueue(callback, due);
            }
            else
            {
                outbox.Park(callback);
            }
        }

        GiveSeatsLocked(outbox.ParkedCount - before);
    }
}
