using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Lanes;

/// <summary>Starting what can be started: workers, a page, the timer.</summary>
internal sealed partial class Lane
{
    private Slot? _freeSlots;
    private Waits _waits;
    private int _workers;
    private int _starting;
    private bool _ownTaken;

    /// <summary>Pools that refused this lane; it stands in their queue.</summary>
    [Flags]
    private enum Waits : byte
    {
        None = 0,
        Host = 1,
        Extra = 2,
        Doubtful = 4,
        Fetch = 8,
    }

    private int WaitingLocked() => _fresh.Count + _backlog.Count + _replays.Count + (_probe is null ? 0 : 1);

    private int ReadyCountLocked() => IsShut ? _replays.Count + (_probe is null || _paused ? 0 : 1) : WaitingLocked();

    private int LimitLocked() => Math.Min(_limit.Current, Math.Max(1, _policy.MaxConcurrency));

    /// <summary>Called after every change. Collects what is to be started; <see cref="Flush"/> does it after the lock.</summary>
    private void PumpLocked(ref Outbox outbox, long now)
    {
        if (_engine.IsStopping)
        {
            return;
        }

        MoveDueLocked(now);
        FetchIfDueLocked(ref outbox, now);
        var isBehind = _engine.Source.IsBehind;
        while (!isBehind && _workers < LimitLocked() && ReadyCountLocked() > _starting)
        {
            // A paced lane takes one at a time, so more than one worker on the way would find the gate shut.
            if (_pacer.IsSet && (_starting > 0 || !_pacer.IsOpen(now)))
            {
                break;
            }

            if (TrySlotLocked(ref outbox) is not { } slot)
            {
                break;
            }

            _workers++;
            _starting++;
            slot.Next = outbox.Slots;
            outbox.Slots = slot;
        }

        ArmLocked(now, isBehind);
    }

    /// <summary>
    /// A slot is a place under the host's bound and one under the hub's. A lane whose last tries did not fail always has its own first
    /// slot: whatever dead hosts hold, it goes on. Further slots come from the common pool; doubtful lanes share a small pool of their own.
    /// </summary>
    private Slot? TrySlotLocked(ref Outbox outbox)
    {
        if (!TakeOrWaitLocked(_host))
        {
            return null;
        }

        var kind = IsDoubtful ? SlotKind.Doubtful : _ownTaken ? SlotKind.Extra : SlotKind.Own;
        if (kind != SlotKind.Own && !TakeOrWaitLocked(PoolOf(kind)!))
        {
            _host.Return();
            outbox.Kick = _host;
            return null;
        }

        _ownTaken |= kind == SlotKind.Own;
        var slot = _freeSlots ?? new Slot(this);
        _freeSlots = slot.Next;
        slot.Kind = kind;
        slot.Taken = 0;
        return slot;
    }

    private bool TakeOrWaitLocked(SlotPool pool)
    {
        var flag = WaitFlag(pool);
        if (pool.TryTake())
        {
            return true;
        }

        if ((_waits & flag) != 0)
        {
            return false;
        }

        _waits |= flag;
        pool.Wait(this);
        return pool.TryTake();
    }

    private SlotPool? PoolOf(SlotKind kind) => kind switch
    {
        SlotKind.Extra => _engine.Extra,
        SlotKind.Doubtful => _engine.Doubtful,
        _ => null,
    };

    private Waits WaitFlag(SlotPool pool) =>
        pool == _host ? Waits.Host : pool == _engine.Extra ? Waits.Extra : pool == _engine.Doubtful ? Waits.Doubtful : Waits.Fetch;

    private void ArmLocked(long now, bool isBehind)
    {
        var at = _timed.TryPeek(out _, out var head) ? head.At : long.MaxValue;
        if (_pacer.IsSet && _pacer.NextAt > now && ReadyCountLocked() > 0)
        {
            at = Math.Min(at, _pacer.NextAt);
        }

        if (isBehind && ReadyCountLocked() > 0)
        {
            at = Math.Min(at, now + Defaults.BehindPause.Ticks);
        }

        if ((_waits & Waits.Fetch) == 0)
        {
            at = Math.Min(at, NextFetchLocked(out _));
        }

        if (at >= _armedFor)
        {
            return;
        }

        _armedFor = at;
        _timer ??= NewTimer();

        // A timer's grain is a millisecond. It looks every minute at least, because it does not notice when somebody sets the wall clock.
        var wait = Math.Clamp(at - now, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerMinute);
        _timer.Change(TimeSpan.FromTicks(wait), Timeout.InfiniteTimeSpan);
    }

    private ITimer NewTimer()
    {
        // Without this the timer would keep the context of whichever request came first, for as long as the lane lives.
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        return _engine.Clock.CreateTimer(static lane => ((Lane)lane!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        var outbox = default(Outbox);
        lock (_gate)
        {
            _armedFor = long.MaxValue;
            PumpLocked(ref outbox, _engine.Now);
        }

        Flush(ref outbox);
    }

    private void Pump()
    {
        var outbox = default(Outbox);
        lock (_gate)
        {
            PumpLocked(ref outbox, _engine.Now);
        }

        Flush(ref outbox);
    }

    /// <summary>
    /// Does outside of the lock what was collected under it. Parked callbacks are first settled and only then noted: a page that is read
    /// in between must already find them, or nobody would look for them again.
    /// </summary>
    private void Flush(ref Outbox outbox)
    {
        while (outbox.Slots is { } slot)
        {
            outbox.Slots = slot.Next;
            slot.Next = null;
            _engine.Run(slot);
        }

        if (outbox.Fetch)
        {
            outbox.Fetch = false;
            _engine.Run(this);
        }

        if (outbox.Kick is { } pool)
        {
            outbox.Kick = null;
            pool.Kick();
        }

        if (outbox.Recovered)
        {
            outbox.Recovered = false;
            _engine.Options.OnRecovered?.Invoke(_hook);
        }

        if (outbox.Parked is { } parked)
        {
            outbox.Parked = null;
            PutBack(parked);
        }
    }

    private void PutBack(List<DueCallback> parked)
    {
        foreach (var callback in parked)
        {
            _engine.Park(callback);
        }

        var outbox = default(Outbox);
        lock (_gate)
        {
            var now = _engine.Now;
            var wall = _engine.WallNow;
            foreach (var callback in parked)
            {
                NoteParkedLocked(1, callback.DueAt, callback.IsReplay, now, wall);
            }

            PumpLocked(ref outbox, now);
        }

        Flush(ref outbox);
    }

    /// <summary>What a worker holds under the hub's bound.</summary>
    private enum SlotKind : byte
    {
        Own,
        Extra,
        Doubtful,
    }

    /// <summary>What a locked section leaves to be done after it.</summary>
    private struct Outbox
    {
        public Slot? Slots;
        public SlotPool? Kick;
        public List<DueCallback>? Parked;
        public bool Fetch;
        public bool Recovered;

        public readonly int ParkedCount => Parked?.Count ?? 0;

        public void Park(DueCallback callback) => (Parked ??= []).Add(callback);
    }

    /// <summary>A worker's ticket; kept by its lane and used again.</summary>
    private sealed class Slot(Lane lane) : IThreadPoolWorkItem
    {
        public Slot? Next { get; set; }

        public SlotKind Kind { get; set; }

        /// <summary>Callbacks taken with it so far.</summary>
        public int Taken { get; set; }

        public void Execute() => _ = lane.RunAsync(this);
    }
}
