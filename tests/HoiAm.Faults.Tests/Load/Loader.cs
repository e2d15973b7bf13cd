using System.Collections.Concurrent;
using HoiAm.Faults.Hub;

namespace HoiAm.Faults.Load;

/// <summary>Something that the hub has promised by answering 2xx: a report, or with step −1 the registration.</summary>
/// <param name="Ns">When the answer was there, by the clock that the file layer uses too.</param>
/// <param name="Plan">Which message.</param>
/// <param name="Step">Which report.</param>
internal readonly record struct Promise(long Ns, MessagePlan Plan, int Step);

/// <summary>Sends what the workload draws, message by message, from several workers; each insists on every request.</summary>
internal sealed class Loader(HubApi api, Workload workload)
{
    private readonly ConcurrentQueue<Promise> _promises = new();
    private readonly ConcurrentQueue<MessagePlan> _done = new();
    private readonly Lock _gate = new();
    private int _reports;

    /// <summary>What was promised so far, in no order.</summary>
    public IReadOnlyCollection<Promise> Promises => _promises;

    /// <summary>Messages of which everything is said.</summary>
    public IReadOnlyCollection<MessagePlan> Done => _done;

    /// <summary>Reports answered 200.</summary>
    public int Reports => Volatile.Read(ref _reports);

    public async Task SetUpAsync()
    {
        foreach (var vendor in Workload.Vendors)
        {
            await api.AdminAsync("PUT", "/vendors/" + vendor, $$"""{ "apiKey": "{{Workload.VendorKey(vendor)}}" }""").ConfigureAwait(false);
        }

        foreach (var account in workload.Accounts)
        {
            await api.AdminAsync("PUT", "/accounts/" + account.Id, workload.AccountBody(account)).ConfigureAwait(false);
        }
    }

    /// <summary>Works until <paramref name="goOn"/> says no; a message that was begun is ended.</summary>
    public Task RunAsync(int workers, int pauseMs, Func<bool> goOn) => Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
    {
        while (goOn())
        {
            MessagePlan plan;
            lock (_gate)
            {
                plan = workload.Next();
            }

            await SayAsync(plan).ConfigureAwait(false);
            if (pauseMs > 0)
            {
                await Pause.ForAsync(pauseMs).ConfigureAwait(false);
            }
        }
    })));

    private async Task SayAsync(MessagePlan plan)
    {
        for (var i = 0; i <= plan.Reports.Count; i++)
        {
            if (i == plan.RegisterAfter)
            {
                await api.AdminAsync("POST", "/messages", plan.Registration).ConfigureAwait(false);
                _promises.Enqueue(new Promise(Stopwatch.GetTimestamp(), plan, -1));
            }

            if (i < plan.Reports.Count)
            {
                await api.ReportAsync(plan.VendorKey, plan.Reports[i].Body).ConfigureAwait(false);
                _promises.Enqueue(new Promise(Stopwatch.GetTimestamp(), plan, i));
                Interlocked.Increment(ref _reports);
            }
        }

        _done.Enqueue(plan);
    }
}
