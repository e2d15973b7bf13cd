using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Support;

/// <summary>A ledger in memory that holds the engine to its promises: whatever it settles must be live, numbered on, and not settled twice.</summary>
internal sealed class SimLedger(TimeProvider clock, Func<TimeSpan> readTime) : ICallbackSource
{
    private readonly SortedDictionary<long, Row> _rows = [];
    private long _nextId;

    public IEnumerable<Row> Rows => _rows.Values;

    public int Fetches { get; private set; }

    /// <summary>True while it has too much to write down.</summary>
    public bool IsBehind { get; set; }

    /// <summary>Everything that the lanes settled, in order.</summary>
    public List<(DateTimeOffset At, Row Row, Settlement Settlement)> Settlements { get; } = [];

    public Row this[long id] => _rows[id];

    /// <summary>What the writer does with a new callback.</summary>
    public Row Commit(Dispatcher dispatcher, Hook hook, TimeSpan wait = default, TimeSpan age = default)
    {
        var row = new Row { Id = ++_nextId, Hook = hook, DueAt = clock.GetUtcNow() + wait, CreatedAt = clock.GetUtcNow() - age };
        _rows.Add(row.Id, row);
        if (dispatcher.TryReserve(hook))
        {
            row.State = CallbackState.Live;
            dispatcher.Enqueue(row.ToDue());
        }
        else
        {
            row.State = CallbackState.Parked;
            dispatcher.NoteParked(hook, row.DueAt);
        }

        return row;
    }

    public void Replay(Dispatcher dispatcher, Row row)
    {
        row.State = CallbackState.Parked;
        row.IsReplay = true;
        row.Tries = 0;
        row.DueAt = clock.GetUtcNow();
        dispatcher.NoteReplays(row.Hook, 1);
    }

    public void Settle(Settlement settlement)
    {
        var row = _rows[settlement.CallbackId];
        Settlements.Add((clock.GetUtcNow(), row, settlement));
        Assert.Equal(CallbackState.Live, row.State);
        Assert.Contains(settlement.State, new[] { CallbackState.Live, CallbackState.Parked, CallbackState.Delivered, CallbackState.Exhausted });
        if (settlement.Attempt is { } attempt)
        {
            row.Attempts++;
            Assert.Equal(row.Attempts, attempt.Number);
            Assert.InRange(settlement.Tries, row.Tries, row.Tries + 1);
        }
        else
        {
            Assert.Equal(row.Tries, settlement.Tries);
            Assert.NotEqual(CallbackState.Delivered, settlement.State);
        }

        row.State = settlement.State;
        row.Tries = settlement.Tries;
        row.Reason = settlement.Reason;
        row.DueAt = settlement.State is CallbackState.Live or CallbackState.Parked ? settlement.DueAt : row.DueAt;
    }

    public async ValueTask<ParkedPage> TakeParkedAsync(Hook hook, DateTimeOffset dueUntil, int max, CancellationToken cancel)
    {
        Assert.InRange(max, 1, Defaults.PageMax);
        Fetches++;
        var delay = readTime();
        if (delay > TimeSpan.Zero)
        {
            var wait = new TaskCompletionSource();
            using var timer = clock.CreateTimer(_ => wait.TrySetResult(), null, delay, Timeout.InfiniteTimeSpan);
            await wait.Task.ConfigureAwait(false);
        }

        var parked = _rows.Values.Where(r => r.State == CallbackState.Parked && r.Hook.Id == hook.Id).ToList();
        var page = parked.Where(r => r.DueAt <= dueUntil).OrderByDescending(r => r.IsReplay).ThenBy(r => r.DueAt).Take(max).ToList();
        foreach (var row in page)
        {
            row.State = CallbackState.Live;
        }

        var left = parked.Except(page).ToList();
        return new ParkedPage([.. page.Select(r => r.ToDue())], left.Count == 0 ? null : left.Min(r => r.DueAt), left.Count);
    }

    internal sealed class Row
    {
        public required long Id { get; init; }

        public required Hook Hook { get; init; }

        public CallbackState State { get; set; }

        public ExhaustedReason Reason { get; set; }

        public DateTimeOffset DueAt { get; set; }

        public DateTimeOffset CreatedAt { get; set; }

        public int Attempts { get; set; }

        public int Tries { get; set; }

        public bool IsReplay { get; set; }

        public DueCallback ToDue() => new()
        {
            Id = Id,
            Hook = Hook,
            Query = "?id=" + Id,
            DueAt = DueAt,
            EventTime = CreatedAt,
            CreatedAt = CreatedAt,
            Attempts = Attempts,
            Tries = Tries,
            IsReplay = IsReplay,
        };
    }
}
