using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;

namespace HoiAm.Ledger.Writing;

/// <summary>How a manual replay ended.</summary>
public enum ReplayResult : byte
{
    /// <summary>It is sent again, under the same id and with the same bytes.</summary>
    Reopened = 0,

    /// <summary>It was pending anyway and is tried now.</summary>
    BroughtForward = 1,

    /// <summary>No such callback.</summary>
    Unknown = 2,

    /// <summary>The message had no hook, so there is nowhere to send it.</summary>
    NoHook = 3,
}

/// <summary>Writes over callbacks that people and lanes ask for.</summary>
internal static class CallbackCommands
{
    /// <summary>Opens a settled callback again: same id, same bytes, a new sequence, attempts numbered on.</summary>
    public static ReplayResult Replay(GroupContext group, long id)
    {
        if (group.Store.GetCallback(id) is not { } row)
        {
            return ReplayResult.Unknown;
        }

        if (group.Store.GetHook(row.Hook) is not { } hook)
        {
            return ReplayResult.NoHook;
        }

        if (row.State is CallbackState.Live or CallbackState.Held)
        {
            // One that is held goes when the one before it is settled; one in a lane's memory may only be waiting for its next try.
            if (row.State == CallbackState.Live && row.DueAtMs > group.NowMs)
            {
                row.DueAtMs = group.NowMs;
                group.Store.UpdateCallback(row);
            }

            if (row.State == CallbackState.Live)
            {
                group.AddForward(hook, id);
            }

            return ReplayResult.BroughtForward;
        }

        var wasParked = row.State == CallbackState.Parked;
        if (wasParked)
        {
            group.Store.Unpark(row.Hook, row.DueAtMs, row.Id);
        }
        else
        {
            row.Tries = 0;
        }

        row.Reason = ExhaustedReason.None;
        row.IsReplay = true;

        // Due at the beginning of time: what a person asked for goes before everything else that waits on disk.
        row.DueAtMs = 0;
        if (!wasParked && CallbackEmitter.OpenBefore(group, row.Previous) is not 0 and var behind)
        {
            // Replays of one SMSID leave in order too.
            row.State = CallbackState.Held;
            group.Store.Hold(behind, row.Id);
        }
        else
        {
            row.State = CallbackState.Parked;
            group.AddParked(hook, row);
        }

        group.Store.UpdateCallback(row);
        return wasParked ? ReplayResult.BroughtForward : ReplayResult.Reopened;
    }

    /// <summary>Takes parked callbacks of a hook whose time has come; each now belongs to its lane.</summary>
    public static (List<DueCallback> Taken, DateTimeOffset? NextDue, long Left) Take(GroupContext group, Hook hook, long dueUntilMs, int max)
    {
        var taken = new List<DueCallback>();
        foreach (var row in group.Store.FindParked(hook.Id, dueUntilMs, max))
        {
            group.Store.Unpark(hook.Id, row.DueAtMs, row.Id);
            row.State = CallbackState.Live;
            group.Store.UpdateCallback(row);
            var due = CallbackRow.ToDue(row, hook);
            due.Owner = group.Store.Owner;
            taken.Add(due);
        }

        var (next, left) = group.Store.ParkedSummary(hook.Id);
        return (taken, next is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null, left);
    }
}
