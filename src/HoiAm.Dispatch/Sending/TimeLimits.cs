using System.Collections.Concurrent;

namespace HoiAm.Dispatch.Sending;

/// <summary>Token sources used again and again: a new one with its timer per try would cost more than the request's own bookkeeping.</summary>
internal sealed class TimeLimits(TimeProvider clock) : IDisposable
{
    private const int Kept = 512;
    private readonly ConcurrentQueue<CancellationTokenSource> _free = new();
    private int _count;

    public CancellationTokenSource Rent()
    {
        if (_free.TryDequeue(out var source))
        {
            Interlocked.Decrement(ref _count);
            return source;
        }

        return new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
    }

    /// <summary>Takes a source back unless it has fired; nobody may hold its token any more.</summary>
    public void Return(CancellationTokenSource source)
    {
        if (source.TryReset() && Interlocked.Increment(ref _count) <= Kept)
        {
            _free.Enqueue(source);
            return;
        }

        source.Dispose();
    }

    public void Dispose()
    {
        while (_free.TryDequeue(out var source))
        {
            source.Dispose();
        }
    }
}
