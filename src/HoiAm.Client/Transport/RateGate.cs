using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Client.Transport;

/// <summary>The limits of one account by call. Built once per options object.</summary>
internal sealed class RateGate
{
    private readonly Dictionary<EsmsOperation, SlidingLimit> _byOperation = [];

    public RateGate(EsmsClientOptions options)
    {
        Pull = new SlidingLimit(options.Pull.PerSecond, options.Time);
        foreach (var (operation, perSecond) in options.PerSecond)
        {
            _byOperation[operation] = new SlidingLimit(perSecond, options.Time);
        }
    }

    /// <summary>GetCallback, which is no operation of the table.</summary>
    public SlidingLimit Pull { get; }

    public SlidingLimit? Of(EsmsOperation operation) => _byOperation.GetValueOrDefault(operation);
}

/// <summary>At most so many in any second, counted over a sliding window: two full seconds side by side cannot add up to a burst.</summary>
internal sealed class SlidingLimit(int perSecond, TimeProvider time)
{
    // Requests do not take equally long to arrive. The margin keeps what leaves evenly from arriving a little too closely.
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(1050);

    private readonly Queue<long> _granted = new();
    private readonly Lock _lock = new();

    /// <summary>Returns when one more may leave.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (TryTake() is { } wait)
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Null when it was granted, else how long until the oldest leaves the window.
    private TimeSpan? TryTake()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            while (_granted.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) >= s_window)
            {
                _granted.Dequeue();
            }

            if (_granted.Count < perSecond)
            {
                _granted.Enqueue(now);
                return null;
            }

            // A timer rounds to milliseconds; rounding up saves a second, pointless wake-up.
            var wait = s_window - time.GetElapsedTime(_granted.Peek(), now);
            return TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        }
    }
}
