using HoiAm.Dispatch.Breaking;
using HoiAm.Dispatch.Retrying;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Writing;

namespace HoiAm.Dispatch.Lanes;

/// <summary>The workers: take, send, settle, again.</summary>
internal sealed partial class Lane
{
    private DueCallback? _probe;
    private bool _probing;
    private bool _replayTurn;
    private int _inFlight;
    private bool _hasGivenUp;

    private async Task RunAsync(Slot slot)
    {
        var began = false;
        try
        {
            while (true)
            {
                // Step 1: take, with the policy that is in force now.
                var policy = _engine.Policies.For(_hook.Account);
                var startedAt = _engine.Now;
                DueCallback? callback;
                bool isProbe;
                lock (_gate)
                {
                    _starting -= began ? 0 : 1;
                    began = true;
                    FollowLocked(policy);
                    callback = TakeLocked(slot, startedAt, out isProbe);
                    if (callback is null)
                    {
                        break;
                    }
                }

                // Step 2: send. The sender promises not to throw; if it does, that costs the callback a pause and no try.
                Attempt? attempt = null;
                try
                {
                    attempt = await _engine.Sender.SendAsync(callback, policy, _engine.Stop.Token).ConfigureAwait(false);
                }
                catch (Exception unexpected)
                {
                    if (unexpected is not OperationCanceledException || !_engine.IsStopping)
                    {
                        _engine.Report("The sender threw.", unexpected);
                    }
                }

                // Step 3: note and settle. A crash right here is the one that repeats a callback.
                FaultPoints.Hit("after-send");
                Finish(callback, attempt, policy, isProbe, startedAt);
            }
        }
        catch (Exception unexpected)
        {
            // Only a port that breaks its promise gets here. The callback stays live in the ledger until the next start.
            _engine.Report("A worker of a lane ended.", unexpected);
        }
        finally
        {
            Leave(slot, began);
        }
    }

    private void FollowLocked(HookPolicy policy)
    {
        if (ReferenceEquals(policy, _policy))
        {
            return;
        }

        _limit.Follow(_policy.MaxConcurrency, policy.MaxConcurrency);
        _pacer.Set(policy.MaxPerMinute);
        _policy = policy;
    }

    private DueCallback? TakeLocked(Slot slot, long now, out bool isProbe)
    {
        isProbe = false;
        if (_engine.IsStopping || _engine.Source.IsBehind || !MayGoOnLocked(slot))
        {
            return null;
        }

        MoveDueLocked(now);
        if (!_pacer.IsOpen(now) || NextLocked(out isProbe) is not { } callback)
        {
            return null;
        }

        _pacer.Note(now);
        _inFlight++;
        slot.Taken++;
        return callback;
    }

    /// <summary>A worker gives way when others wait for its slot, its lane's bound has shrunk, or it holds the wrong kind of slot by now.</summary>
    private bool MayGoOnLocked(Slot slot) =>
        slot.Taken == 0
        || (_workers <= LimitLocked()
            && !_host.HasWaiters
            && slot.Kind == SlotKind.Doubtful == IsDoubtful
            && PoolOf(slot.Kind) is not { HasWaiters: true });

    private DueCallback? NextLocked(out bool isProbe)
    {
        isProbe = false;
        if (_probe is { } probe && !_paused)
        {
            _probe = null;
            isProbe = _breaker.IsOpen;
            _probing = isProbe;
            return probe;
        }

        if (IsShut)
        {
            return _replays.TryDequeue(out var replay) ? replay : null;
        }

        _turn = (_turn + 1) % Defaults.BacklogShare;
        if (_turn == 0)
        {
            return NextOldLocked() ?? (_fresh.TryDequeue(out var second) ? second : null);
        }

        return _fresh.TryDequeue(out var first) ? first : NextOldLocked();
    }

    private DueCallback? NextOldLocked()
    {
        // A bulk replay of a hundred thousand and the retries of today take turns.
        _replayTurn = !_replayTurn;
        var (one, other) = _replayTurn ? (_replays, _backlog) : (_backlog, _replays);
        return one.TryDequeue(out var callback) || other.TryDequeue(out callback) ? callback : null;
    }

    private void Finish(DueCallback callback, Attempt? attempt, HookPolicy policy, bool isProbe, long startedAt)
    {
        if (attempt is null || attempt.Outcome is AttemptOutcome.Interrupted or AttemptOutcome.None)
        {
            Unsent(callback, attempt, isProbe);
            return;
        }

        // A failed probe is not charged to the callback: it only asked on behalf of all that wait.
        var sign = Breaker.Read(attempt.Outcome, attempt.HttpStatus);
        var isFree = isProbe && sign == HookSign.Failing;
        callback.Attempts = attempt.Number;
        callback.Tries += isFree ? 0 : 1;
        var verdict = isFree
            ? RetryVerdict.After(TimeSpan.Zero)
            : RetryPlan.Next(policy.Retry, attempt.Outcome, attempt.HttpStatus, attempt.RetryAfter, callback.Tries, JitterFor(attempt));

        var outbox = default(Outbox);
        bool stays;
        lock (_gate)
        {
            NoteLocked(ref outbox, callback, attempt, sign, isProbe, startedAt);
            _hasGivenUp |= verdict.Reason is ExhaustedReason.Retries;
            stays = verdict.Step == RetryStep.Retry && !isFree && !_engine.IsStopping && MayStayLocked(callback, verdict.Delay);
            if (!stays)
            {
                GiveSeatsLocked(1);
            }

            if (_parked > 0)
            {
                // The seat that became free may be what the next page waits for; a busy lane must not run dry before it asks.
                PumpLocked(ref outbox, _engine.Now);
            }
        }

        Settle(callback, attempt, verdict, stays);
        if (verdict.Step == RetryStep.Retry)
        {
            Again(callback, verdict.Delay, stays, ref outbox);
        }

        Flush(ref outbox);
    }

    private double JitterFor(Attempt attempt) => attempt.Outcome == AttemptOutcome.Delivered ? 0 : _engine.Jitter.Next();

    private void Settle(DueCallback callback, Attempt attempt, RetryVerdict verdict, bool stays)
    {
        if (verdict.Step == RetryStep.Retry)
        {
            callback.DueAt = _engine.WallNow + verdict.Delay;
        }
        else if (verdict.Step == RetryStep.Exhausted)
        {
            _engine.Metrics.CountExhausted(verdict.Reason);
        }

        _engine.Settle(new Settlement
        {
            CallbackId = callback.Id,
            Attempt = attempt,
            State = verdict.Step switch
            {
                RetryStep.Delivered => CallbackState.Delivered,
                RetryStep.Exhausted => CallbackState.Exhausted,
                _ => stays ? CallbackState.Live : CallbackState.Parked,
            },
            Reason = verdict.Reason,
            DueAt = callback.DueAt,
            Tries = callback.Tries,
            Tag = callback.Tag,
            WaitedMs = callback.IsReplay ? -1 : Math.Max(0, (long)(_engine.WallNow - callback.CreatedAt).TotalMilliseconds),
        });
    }

    private void Again(DueCallback callback, TimeSpan delay, bool stays, ref Outbox outbox)
    {
        lock (_gate)
        {
            var now = _engine.Now;
            if (!stays)
            {
                NoteParkedLocked(1, callback.DueAt, callback.IsReplay, now, _engine.WallNow);
            }
            else if (MayStayLocked(callback, delay))
            {
                AddLocked(callback, delay, now);
            }
            else
            {
                // The lane was shut off since the settlement, and its memory emptied: this one follows.
                GiveSeatsLocked(1);
                outbox.Park(callback);
            }

            PumpLocked(ref outbox, now);
        }
    }

    /// <summary>The try did not happen for a reason of ours. At a stop the callback stays live in the ledger; else it is put back.</summary>
    private void Unsent(DueCallback callback, Attempt? attempt, bool isProbe)
    {
        if (attempt is not null)
        {
            _engine.Metrics.Count(attempt);
        }

        var outbox = default(Outbox);
        lock (_gate)
        {
            _inFlight--;
            _probing &= !isProbe;
            GiveSeatsLocked(1);
            if (!_engine.IsStopping)
            {
                callback.DueAt = _engine.WallNow + Defaults.UnsentPause;
                outbox.Park(callback);
            }
        }

        Flush(ref outbox);
    }

    private void Leave(Slot slot, bool began)
    {
        var pool = PoolOf(slot.Kind);
        lock (_gate)
        {
            _workers--;
            _starting -= began ? 0 : 1;
            _ownTaken &= slot.Kind != SlotKind.Own;
            slot.Next = _freeSlots;
            _freeSlots = slot;
            _host.Return();
            pool?.Return();
        }

        // Others first: a lane that gave way must not snatch the slot back.
        _host.Kick();
        pool?.Kick();
        Pump();
        _engine.Done();
    }
}
