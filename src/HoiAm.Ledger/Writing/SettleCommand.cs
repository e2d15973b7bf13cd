using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;

namespace HoiAm.Ledger.Writing;

/// <summary>Records a try. Nobody waits for it: losing it in a crash only repeats the callback, so it rides along with the next group.</summary>
internal sealed class SettleCommand(Settlement settlement) : LedgerCommand
{
    internal override bool Persists => true;

    private bool IsFirstAndLast => settlement is { Attempt.Number: 1, State: CallbackState.Delivered or CallbackState.Exhausted };

    internal override void Announce(GroupKeys keys) => keys.AddSettled(settlement.CallbackId, whole: !IsFirstAndLast);

    internal override void Apply(GroupContext group)
    {
        if (!group.Store.Owns(settlement.CallbackId))
        {
            // This node was taken for dead meanwhile, and another one has the callback now: what that one records is the truth.
            return;
        }

        Count(group);
        if (IsFirstAndLast && settlement.Attempt is { } first)
        {
            group.Store.SettleCallback(
                settlement.CallbackId, settlement.State, settlement.Reason, settlement.Tries, 1, AttemptLog.Append(null, first));
        }
        else if (group.Store.GetCallback(settlement.CallbackId) is { } row)
        {
            Update(group, row);
        }
        else
        {
            return;
        }

        if (settlement.State is CallbackState.Delivered or CallbackState.Exhausted)
        {
            ReleaseNext(group, settlement.CallbackId);
        }
    }

    internal override void Complete()
    {
    }

    internal override void Fail(Exception error)
    {
    }

    private void Count(GroupContext group)
    {
        if (settlement.Attempt is { } attempt)
        {
            group.Count(StatSeries.Tries, settlement.Tag, (byte)attempt.Outcome, attempt.DurationMs);
            group.Count(StatSeries.Answer, settlement.Tag, (byte)StatBuckets.Of(attempt.DurationMs), attempt.DurationMs);
        }

        if (settlement.State is CallbackState.Delivered or CallbackState.Exhausted)
        {
            group.Count(StatSeries.Settled, settlement.Tag, (byte)settlement.State);
        }

        if (settlement is { State: CallbackState.Delivered, WaitedMs: >= 0 })
        {
            group.Count(StatSeries.Latency, settlement.Tag, (byte)StatBuckets.Of(settlement.WaitedMs), settlement.WaitedMs);
        }
    }

    private void Update(GroupContext group, CallbackRow row)
    {
        if (settlement.Attempt is { } attempt)
        {
            row.Log = AttemptLog.Append(row.Log, attempt);
            row.Attempts = Math.Max(row.Attempts, attempt.Number);
        }

        if (row.State == CallbackState.Parked)
        {
            // It waited on disk; wherever it goes now, it must not be found there a second time.
            group.Store.Unpark(row.Hook, row.DueAtMs, row.Id);
        }

        row.State = settlement.State;
        row.Reason = settlement.Reason;
        row.Tries = settlement.Tries;
        if (settlement.State is CallbackState.Live or CallbackState.Parked)
        {
            row.DueAtMs = settlement.DueAt.ToUnixTimeMilliseconds();
        }

        if (settlement.State == CallbackState.Parked && group.Store.GetHook(row.Hook) is { } hook)
        {
            group.AddParked(hook, row);
        }

        group.Store.UpdateCallback(row);
    }

    private static void ReleaseNext(GroupContext group, long settled)
    {
        var next = group.Store.ReleaseHeld(settled);
        if (next == 0 || group.Store.GetCallback(next) is not { State: CallbackState.Held } row || group.Store.GetHook(row.Hook) is not { } hook)
        {
            return;
        }

        CallbackEmitter.Tag(group, row);
        CallbackEmitter.Place(group, row, hook);
        group.Store.UpdateCallback(row);
    }
}
