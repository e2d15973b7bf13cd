using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Lanes;

/// <summary>The simulations run on one thread; this one runs on the pool with bounds so tight that lanes wait for each other all the time.</summary>
public sealed class ThreadedTests
{
    private const int Callbacks = 20_000;

    [Fact]
    public async Task TightBoundsOnManyThreads_LoseAndDoubleNothing()
    {
        var ledger = new CountingLedger();
        var policies = new OnePolicy();
        var options = new DispatcherOptions { SeatsPerLane = 24, SeatsTotal = 200, HostConcurrencyMax = 3, ExtraSlots = 4, DoubtfulSlots = 2, Seed = 1 };
        await using var dispatcher = new Dispatcher(ledger, new YieldingSender(), policies, TimeProvider.System, options);
        var hooks = Enumerable.Range(1, 20).Select(i => new Hook(i, 1, $"http://h{i}.example/", "host" + (i % 5))).ToArray();
        for (var id = 1; id <= Callbacks; id++)
        {
            ledger.Commit(dispatcher, id, hooks[id % hooks.Length]);
        }

        await ledger.AllDone.Task.WaitAsync(TimeSpan.FromSeconds(120), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(Callbacks, ledger.Delivered);
        Assert.Null(ledger.Error);
    }

    private sealed class OnePolicy : IHookPolicies
    {
        private readonly HookPolicy _policy = new() { Retry = new RetryPolicy { MaxRetries = 20, Delays = [TimeSpan.FromMilliseconds(2)] } };

        public HookPolicy For(int account) => _policy;
    }

    private sealed class YieldingSender : ICallbackSender
    {
        public async ValueTask<Attempt> SendAsync(DueCallback callback, HookPolicy policy, CancellationToken stop)
        {
            await Task.Yield();
            var fails = (callback.Id + callback.Attempts) % 7 == 0;
            return new Attempt
            {
                Number = callback.Attempts + 1,
                At = default,
                DurationMs = 1,
                Outcome = fails ? AttemptOutcome.ConnectionReset : AttemptOutcome.Delivered,
            };
        }
    }

    private sealed class CountingLedger : ICallbackSource
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<long, DueCallback> _live = [];
        private readonly Dictionary<int, List<DueCallback>> _parked = [];

        public TaskCompletionSource AllDone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Delivered { get; private set; }

        public string? Error { get; private set; }

        public void Commit(Dispatcher dispatcher, long id, Hook hook)
        {
            var now = TimeProvider.System.GetUtcNow();
            var callback = new DueCallback { Id = id, Hook = hook, Query = "", CreatedAt = now, EventTime = now, DueAt = now };
            var hasSeat = dispatcher.TryReserve(hook);
            lock (_lock)
            {
                Put(callback, !hasSeat);
            }

            if (hasSeat)
            {
                dispatcher.Enqueue(callback);
            }
            else
            {
                dispatcher.NoteParked(hook, now);
            }
        }

        public void Settle(Settlement settlement)
        {
            lock (_lock)
            {
                if (!_live.Remove(settlement.CallbackId, out var callback))
                {
                    Error = $"Callback {settlement.CallbackId} was settled and is not live.";
                }
                else if (settlement.State == CallbackState.Delivered)
                {
                    Delivered++;
                }
                else if (settlement.State == CallbackState.Exhausted)
                {
                    Error = $"Callback {settlement.CallbackId} was given up.";
                }
                else
                {
                    callback.DueAt = settlement.DueAt;
                    Put(callback, settlement.State == CallbackState.Parked);
                }

                if (Delivered == Callbacks || Error is not null)
                {
                    AllDone.TrySetResult();
                }
            }
        }

        public async ValueTask<ParkedPage> TakeParkedAsync(Hook hook, DateTimeOffset dueUntil, int max, CancellationToken cancel)
        {
            await Task.Yield();
            lock (_lock)
            {
                var parked = _parked.GetValueOrDefault(hook.Id) ?? [];
                var page = parked.Where(c => c.DueAt <= dueUntil).OrderBy(c => c.DueAt).Take(max).ToList();
                parked.RemoveAll(page.Contains);
                page.ForEach(c => Put(c, isParked: false));
                return new ParkedPage(page, parked.Count == 0 ? null : parked.Min(c => c.DueAt), parked.Count);
            }
        }

        private void Put(DueCallback callback, bool isParked)
        {
            if (!isParked)
            {
                _live.Add(callback.Id, callback);
                return;
            }

            if (!_parked.TryGetValue(callback.Hook.Id, out var list))
            {
                _parked.Add(callback.Hook.Id, list = []);
            }

            list.Add(callback);
        }
    }
}
