using HoiAm.Dispatch.Retrying;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Lanes;

/// <summary>What all lanes share: ports, clock, bounds, counters. Holds no lock.</summary>
internal sealed class Engine
{
    private readonly Action<IThreadPoolWorkItem>? _schedule;
    private readonly long _origin;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _live;
    private int _busy;
    private volatile bool _stopping;

    public Engine(ICallbackSource source, ICallbackSender sender, IHookPolicies policies, TimeProvider clock, DispatcherOptions options)
    {
        Source = source;
        Sender = sender;
        Policies = policies;
        Clock = clock;
        Options = options;
        Jitter = new JitterSource(options.Seed ?? BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)));
        Extra = new SlotPool(options.ExtraSlots);
        Doubtful = new SlotPool(options.DoubtfulSlots);
        Fetches = new SlotPool(Defaults.FetchesMax);
        _schedule = options.Schedule;
        _origin = clock.GetTimestamp();
    }

    public ICallbackSource Source { get; }

    public ICallbackSender Sender { get; }

    public IHookPolicies Policies { get; }

    public TimeProvider Clock { get; }

    public DispatcherOptions Options { get; }

    public JitterSource Jitter { get; }

    public DeliveryMetrics Metrics { get; } = new();

    public SlotPool Extra { get; }

    public SlotPool Doubtful { get; }

    public SlotPool Fetches { get; }

    public CancellationTokenSource Stop { get; } = new();

    public bool IsStopping => _stopping;

    /// <summary>Completes when the engine is stopping and nothing is under way any more.</summary>
    public Task Idle => _idle.Task;

    /// <summary>Seats taken in all lanes.</summary>
    public long Live => Volatile.Read(ref _live);

    /// <summary>Ticks of 100 ns since the engine began. Monotonic, so that a jump of the wall clock neither stalls nor hurries what is in memory.</summary>
    public long Now => Clock.GetElapsedTime(_origin).Ticks;

    public DateTimeOffset WallNow => Clock.GetUtcNow();

    public void AddLive(int count) => Interlocked.Add(ref _live, count);

    public void Run(IThreadPoolWorkItem item)
    {
        Interlocked.Increment(ref _busy);
        if (_schedule is { } schedule)
        {
            schedule(item);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        }
    }

    /// <summary>Every item given to <see cref="Run"/> calls this once, when it is through.</summary>
    public void Done()
    {
        if (Interlocked.Decrement(ref _busy) == 0 && _stopping)
        {
            _idle.TrySetResult();
        }
    }

    public void BeginStop()
    {
        // The order matters: whoever counts down to zero after the flag is set completes the task, and here is looked once for nobody left.
        _stopping = true;
        if (Interlocked.CompareExchange(ref _busy, 0, 0) == 0)
        {
            _idle.TrySetResult();
        }
    }

    public void Report(string what, Exception exception) => Options.OnInternalError?.Invoke(what, exception);

    /// <summary>Settles. A ledger that throws breaks its promise; the callback then stays live there until the next start, and the lane goes on.</summary>
    public void Settle(Settlement settlement)
    {
        try
        {
            Source.Settle(settlement);
        }
        catch (Exception unexpected)
        {
            Report("A callback could not be settled.", unexpected);
        }
    }

    /// <summary>Parks a callback without a try.</summary>
    public void Park(DueCallback callback) => Settle(new Settlement
    {
        CallbackId = callback.Id,
        State = CallbackState.Parked,
        DueAt = callback.DueAt,
        Tries = callback.Tries,
    });
}
