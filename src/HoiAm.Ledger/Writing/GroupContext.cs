using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;

namespace HoiAm.Ledger.Writing;

/// <summary>What the commands of one group share: the open transaction, the group's moment, and what follows once it is committed.</summary>
internal sealed class GroupContext(
    ILedgerStore store, IDeliveryQueue queue, IAccountProfiles accounts, ICallbackRenderer renderer, IOutboxFeed? outbox)
{
    private readonly List<DueCallback> _live = [];
    private readonly List<(Hook Hook, long DueAtMs)> _parked = [];
    private readonly List<(long Message, long DueAtMs)> _ready = [];
    private readonly List<(Hook Hook, long Callback)> _forward = [];
    private int _liveMark;
    private int _parkedMark;
    private int _readyMark;
    private int _forwardMark;
    private int _statMark;

    public ILedgerStore Store => store;

    public IAccountProfiles Accounts => accounts;

    public ICallbackRenderer Renderer => renderer;

    /// <summary>The moment of the group, Unix milliseconds.</summary>
    public long NowMs { get; private set; }

    /// <summary>Counters for the charts.</summary>
    public StatTally Stats { get; } = new();

    /// <summary>Scratch list for look-ups.</summary>
    public List<long> Ids { get; } = [];

    public void Begin(long nowMs)
    {
        NowMs = nowMs;
        store.Begin();
    }

    /// <summary>Marks the state to which one command's failure goes back.</summary>
    public void Mark()
    {
        store.Savepoint();
        _liveMark = _live.Count;
        _parkedMark = _parked.Count;
        _readyMark = _ready.Count;
        _forwardMark = _forward.Count;
        _statMark = Stats.Mark;
    }

    public void EndMark(bool keep)
    {
        store.EndSavepoint(keep);
        if (!keep)
        {
            ReleaseFrom(_liveMark);
            _parked.RemoveRange(_parkedMark, _parked.Count - _parkedMark);
            _ready.RemoveRange(_readyMark, _ready.Count - _readyMark);
            _forward.RemoveRange(_forwardMark, _forward.Count - _forwardMark);
            Stats.BackTo(_statMark);
        }
    }

    /// <summary>Asks for a seat in the hook's lane; the callback goes there after the commit.</summary>
    public bool TryReserve(Hook hook) => queue.TryReserve(hook);

    public void AddLive(DueCallback callback) => _live.Add(callback);

    /// <summary>Parks a callback and lets its lane know after the commit.</summary>
    public void AddParked(Hook hook, CallbackRow callback)
    {
        store.Park(hook.Id, callback.DueAtMs, callback.Id);
        _parked.Add((hook, callback.DueAtMs));
    }

    /// <summary>Lets the routes know after the commit that a message is in the outbox.</summary>
    public void AddReady(long messageId, long dueAtMs) => _ready.Add((messageId, dueAtMs));

    /// <summary>Lets a lane know after the commit that a callback which it has in memory is wanted now.</summary>
    public void AddForward(Hook hook, long callbackId) => _forward.Add((hook, callbackId));

    public void Commit() => store.Commit();

    /// <summary>Feeds the lanes from the commit: no query on the fast path.</summary>
    public void Publish()
    {
        foreach (var callback in _live)
        {
            queue.Enqueue(callback);
        }

        foreach (var (hook, due) in _parked)
        {
            queue.NoteParked(hook, DateTimeOffset.FromUnixTimeMilliseconds(due));
        }

        foreach (var (message, due) in _ready)
        {
            outbox?.Ready(message, due);
        }

        foreach (var wanted in _forward.GroupBy(f => f.Hook, f => f.Callback))
        {
            queue.BringForward(wanted.Key, wanted.ToHashSet());
        }

        _live.Clear();
        _parked.Clear();
        _ready.Clear();
        _forward.Clear();
        Stats.Keep();
    }

    public void Rollback()
    {
        store.Rollback();
        ReleaseFrom(0);
        _parked.Clear();
        _ready.Clear();
        _forward.Clear();
        Stats.Drop();
    }

    /// <summary>Counts one thing.</summary>
    public void Count(StatSeries series, StatTag tag, byte detail, long ms = 0) => Stats.Add(NowMs, series, tag, detail, ms);

    private void ReleaseFrom(int index)
    {
        for (var i = index; i < _live.Count; i++)
        {
            queue.Release(_live[i].Hook);
        }

        _live.RemoveRange(index, _live.Count - index);
    }
}
