using System.Diagnostics.Metrics;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Lanes;

/// <summary>
/// The meter <c>HoiAm.Delivery</c>. Attempts are counted in plain numbers and read when somebody asks, so that an unobserved hub pays one
/// atomic addition per try.
/// </summary>
internal sealed class DeliveryMetrics : IDisposable
{
    private static readonly AttemptOutcome[] s_outcomes = Enum.GetValues<AttemptOutcome>();
    private static readonly string[] s_names =
    [
        "none", "delivered", "timed_out", "connection_refused", "connection_reset", "dns_failed", "tls_failed", "protocol_error",
        "http_status", "redirected", "blocked", "bad_url", "interrupted",
    ];

    private readonly Meter _meter = new("HoiAm.Delivery");
    private readonly Histogram<double> _duration;
    private readonly long[] _attempts = new long[s_outcomes.Length];
    private readonly long[] _exhausted = new long[Enum.GetValues<ExhaustedReason>().Length];
    private long _breakerOpened;

    public DeliveryMetrics() =>
        _duration = _meter.CreateHistogram<double>("hoiam.delivery.attempt.duration", "s", "Time from the begin of a try to its verdict.");

    /// <summary>Adds the gauges, which need to see all lanes.</summary>
    public void Watch(Func<DeliveryTotals> totals)
    {
        _meter.CreateObservableCounter("hoiam.delivery.attempts", ReadAttempts, "{attempt}", "Tries by outcome.");
        _meter.CreateObservableCounter("hoiam.delivery.exhausted", ReadExhausted, "{callback}", "Callbacks given up by reason.");
        _meter.CreateObservableCounter("hoiam.delivery.breaker.opened", () => Volatile.Read(ref _breakerOpened), "{event}", "Breakers that opened.");
        _meter.CreateObservableUpDownCounter("hoiam.delivery.in_flight", () => (long)totals().InFlight, "{attempt}", "Tries under way.");
        _meter.CreateObservableUpDownCounter("hoiam.delivery.live", () => totals().Live, "{callback}", "Callbacks in memory.");
        _meter.CreateObservableUpDownCounter("hoiam.delivery.parked", () => totals().Parked, "{callback}", "Callbacks waiting on disk.");
        _meter.CreateObservableUpDownCounter("hoiam.delivery.hooks.open", () => (long)totals().Open, "{hook}", "Hooks whose breaker is open.");
        _meter.CreateObservableUpDownCounter("hoiam.delivery.hooks.behind", () => (long)totals().Behind, "{hook}", "Hooks with more than a minute's work waiting.");
        _meter.CreateObservableUpDownCounter("hoiam.delivery.lanes", () => (long)totals().Hooks, "{hook}", "Hooks with a lane in memory.");
    }

    public void Count(Attempt attempt)
    {
        Interlocked.Increment(ref _attempts[(int)attempt.Outcome]);
        if (_duration.Enabled)
        {
            _duration.Record(attempt.DurationMs / 1000.0, new KeyValuePair<string, object?>("outcome", s_names[(int)attempt.Outcome]));
        }
    }

    public void CountExhausted(ExhaustedReason reason) => Interlocked.Increment(ref _exhausted[(int)reason]);

    public void CountOpened() => Interlocked.Increment(ref _breakerOpened);

    /// <summary>Tries so far that ended so.</summary>
    public long Attempts(AttemptOutcome outcome) => Volatile.Read(ref _attempts[(int)outcome]);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> ReadAttempts()
    {
        foreach (var outcome in s_outcomes.AsEnumerable().Skip(1))
        {
            yield return new Measurement<long>(Attempts(outcome), new KeyValuePair<string, object?>("outcome", s_names[(int)outcome]));
        }
    }

    private IEnumerable<Measurement<long>> ReadExhausted()
    {
        yield return Reason(ExhaustedReason.Retries, "retries");
        yield return Reason(ExhaustedReason.Refused, "refused");
        yield return Reason(ExhaustedReason.Blocked, "blocked");
        yield return Reason(ExhaustedReason.Expired, "expired");
    }

    private Measurement<long> Reason(ExhaustedReason reason, string name) =>
        new(Volatile.Read(ref _exhausted[(int)reason]), new KeyValuePair<string, object?>("reason", name));
}
