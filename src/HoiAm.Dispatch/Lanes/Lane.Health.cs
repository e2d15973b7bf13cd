using HoiAm.Dispatch.Breaking;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Lanes;

/// <summary>What a try teaches, and what people are told of it.</summary>
internal sealed partial class Lane
{
    private LatencySketch? _latency;
    private MinuteRate _rate;
    private string? _lastError;
    private DateTimeOffset? _lastErrorAt;
    private DateTimeOffset? _lastDeliveredAt;

    public HookHealth Health()
    {
        lock (_gate)
        {
            var now = _engine.Now;
            return new HookHealth
            {
                Hook = _hook,
                State = StateLocked(),
                Live = _seats - (_fetching ? _page.Max : 0),
                Parked = _parked,
                InFlight = _inFlight,
                RatePerMinute = _rate.Read(now),
                P50Ms = _latency?.Quantile(0.5),
                P99Ms = _latency?.Quantile(0.99),
                ConsecutiveFailures = _breaker.Streak,
                ConcurrencyLimit = LimitLocked(),
                LastError = _lastError,
                LastErrorAt = _lastErrorAt,
                LastDeliveredAt = _lastDeliveredAt,
                NextProbeAt = _breaker.IsOpen ? _engine.WallNow + TimeSpan.FromTicks(Math.Max(0, _breaker.ProbeAt - now)) : null,
            };
        }
    }

    public DeliveryTotals AddTo(DeliveryTotals totals)
    {
        lock (_gate)
        {
            return totals with
            {
                Hooks = totals.Hooks + 1,
                InFlight = totals.InFlight + _inFlight,
                Parked = totals.Parked + _parked,
                Open = totals.Open + (_breaker.IsOpen ? 1 : 0),
                Paused = totals.Paused + (_paused ? 1 : 0),
                Behind = totals.Behind + (IsBehindLocked() ? 1 : 0),
            };
        }
    }

    private bool IsBehindLocked()
    {
        var waiting = _parked + _seats - (_fetching ? _page.Max : 0);
        return !IsShut && waiting > Defaults.BehindMin && waiting > _rate.Read(_engine.Now);
    }

    private HookState StateLocked()
    {
        if (_paused)
        {
            return HookState.Paused;
        }

        if (_breaker.IsOpen)
        {
            return HookState.Open;
        }

        if (IsDoubtful)
        {
            return HookState.Failing;
        }

        var isSlow = LimitLocked() < Math.Max(1, _policy.MaxConcurrency) || _latency?.Quantile(0.5) >= Defaults.SlowMs;
        return isSlow ? HookState.Slow : HookState.Healthy;
    }

    private void NoteLocked(ref Outbox outbox, DueCallback callback, Attempt attempt, HookSign sign, bool isProbe, long startedAt)
    {
        var now = _engine.Now;
        _inFlight--;
        _probing &= !isProbe;
        _engine.Metrics.Count(attempt);
        _rate.Add(now);
        (_latency ??= new LatencySketch()).Add(attempt.DurationMs);
        if (attempt.Outcome == AttemptOutcome.Delivered)
        {
            _lastDeliveredAt = attempt.At;
            _limit.Raise(_policy.MaxConcurrency);
        }
        else
        {
            _lastError = attempt.Error;
            _lastErrorAt = attempt.At;
        }

        switch (sign)
        {
            case HookSign.Alive:
                outbox.Recovered |= attempt.Outcome == AttemptOutcome.Delivered && _hasGivenUp && _breaker.Streak >= Defaults.DoubtfulAfter;
                _hasGivenUp &= !outbox.Recovered;
                _breaker.Live();
                break;
            case HookSign.Failing:
                NoteFailureLocked(ref outbox, callback, attempt, isProbe, startedAt, now);
                break;
            default:
                break;
        }
    }

    private void NoteFailureLocked(ref Outbox outbox, DueCallback callback, Attempt attempt, bool isProbe, long startedAt, long now)
    {
        if (Breaker.IsOverload(attempt.Outcome, attempt.HttpStatus))
        {
            _limit.Cut(startedAt, now);
        }

        if (_breaker.Fail(callback.Id, now, _engine.Jitter.Next(), Defaults.BreakerThreshold))
        {
            _engine.Metrics.CountOpened();
            DrainLocked(ref outbox);
        }
        else if (isProbe)
        {
            _breaker.FailProbe(now, _engine.Jitter.Next(), attempt.RetryAfter);
        }
    }
}
