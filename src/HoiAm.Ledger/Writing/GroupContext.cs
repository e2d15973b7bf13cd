using System.Diagnostics;
using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Tracing;

namespace HoiAm.Ledger.Writing;

/// <summary>What the commands of one group share: the open transaction, the group's moment, and what follows once it is committed.</summary>
internal sealed class GroupContext(
    ILedgerStore store, IDeliveryQueue queue, IAccountProfiles accounts, ICallbackRenderer renderer, IOutboxFeed? outbox)
{
    private readonly GroupKeys _keys = new();
    private Aftermath _after = new(queue, outbox);
    private Aftermath.Extent _mark;
    private int _statMark;

    public ILedgerStore Store => store;

    public IAccountProfiles Accounts => accounts;

    public ICallbackRenderer Renderer => renderer;

    /// <summary>The moment of the group, Unix milliseconds.</summary>
    public long NowMs { get; private set; }

    /// <summary>The span on whose behalf the command of the moment is applied, and the group's own; null when nobody listens.</summary>
    public (Activity? Of, Activity? Commit) Cause { get; set; }

    /// <summary>Counters for the charts.</summary>
    public StatTally Stats { get; } = new();

    /// <summary>Scratch list for look-ups.</summary>
    public List<long> Ids { get; } = [];

    /// <summary>Begins the group; a store that asks for it is told what the commands will look up.</summary>
    public void Begin(long nowMs, List<LedgerCommand> commands)
    {
        NowMs = nowMs;
        store.Begin();
        if (!store.WantsKeys)
        {
            return;
        }

        _keys.Clear();
        foreach (var command in commands)
        {
            command.Announce(_keys);
        }

        store.Announce(_keys);
    }

    /// <summary>Marks the state to which one command's failure goes back.</summary>
    public void Mark()
    {
        store.Savepoint();
        _mark = _after.Mark;
        _statMark = Stats.Mark;
    }

    public void EndMark(bool keep)
    {
        store.EndSavepoint(keep);
        if (!keep)
        {
            _after.BackTo(_mark);
            Stats.BackTo(_statMark);
        }
    }

    /// <summary>Asks for a seat in the hook's lane; the callback goes there after the commit.</summary>
    public bool TryReserve(Hook hook) => queue.TryReserve(hook);

    public void AddLive(DueCallback callback)
    {
        callback.Owner = store.Owner;
        if (Cause.Of is { } report)
        {
            callback.Origin = new CallbackOrigin(report.Context, Cause.Commit?.Context ?? default);
        }

        _after.AddLive(callback);
    }

    /// <summary>Parks a callback and lets its lane know after the commit.</summary>
    public void AddParked(Hook hook, CallbackRow callback)
    {
        store.Park(hook.Id, callback.DueAtMs, callback.Id);
        _after.AddParked(hook, callback.DueAtMs);
    }

    /// <summary>Lets the routes know after the commit that a message is in the outbox.</summary>
    public void AddReady(long messageId, long dueAtMs) => _after.AddReady(messageId, dueAtMs);

    /// <summary>Lets a lane know after the commit that a callback which it has in memory is wanted now.</summary>
    public void AddForward(Hook hook, long callbackId) => _after.AddForward(hook, callbackId);

    public void Commit() => store.Commit();

    public void Publish()
    {
        _after.Publish();
        Stats.Keep();
    }

    public void Rollback()
    {
        store.Rollback();
        _after.BackTo(default);
        Stats.Drop();
    }

    /// <summary>Counts one thing.</summary>
    public void Count(StatSeries series, StatTag tag, byte detail, long ms = 0) => Stats.Add(NowMs, series, tag, detail, ms);

    /// <summary>Gives what would follow from the group to somebody who will know later whether it was committed.</summary>
    public Aftermath Detach()
    {
        var detached = _after;
        _after = new Aftermath(queue, outbox);
        Stats.Keep();
        return detached;
    }
}
