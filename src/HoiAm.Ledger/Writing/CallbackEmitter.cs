using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;

namespace HoiAm.Ledger.Writing;

/// <summary>Writes the callback that follows from a change of a message, and finds it its place: lane, disk, or behind an earlier one.</summary>
internal static class CallbackEmitter
{
    /// <summary>Enters a callback for the message's state now when its account wants to hear of it.</summary>
    public static void Emit(GroupContext group, MessageRow message, long eventAtMs)
    {
        if (group.Accounts.Find(message.Account) is not { } account || !account.Pushes(message.SendStatus))
        {
            return;
        }

        var url = message.CallbackUrl ?? account.CallbackUrl;
        var rendered = group.Renderer.Render(message, url, account, eventAtMs);
        var hook = url is null ? null : group.Store.InternHook(message.Account, rendered.HookUrl, rendered.HostKey);
        var row = new CallbackRow
        {
            Id = group.Store.NextId(),
            MessageId = message.Id,
            Previous = message.LastCallback,
            Account = message.Account,
            Hook = hook?.Id ?? 0,
            CreatedAtMs = group.NowMs,
            EventAtMs = eventAtMs,
            DueAtMs = Math.Max(group.NowMs, message.CreatedAtMs + (long)account.FirstTryDelay.TotalMilliseconds),
            Format = account.Format,
            Query = rendered.Query,
            Body = rendered.Body,
            Tag = message.Tag,
        };
        group.Count(StatSeries.Callbacks, row.Tag, 0);
        message.LastCallback = row.Id;
        if (hook is null)
        {
            row.State = CallbackState.Cancelled;
            row.Reason = ExhaustedReason.NoHook;
            group.Store.InsertCallback(row);
        }
        else if (OpenBefore(group, row.Previous) is not 0 and var behind)
        {
            // Callbacks of one SMSID leave in order: this one waits until the one before it is settled.
            row.State = CallbackState.Held;
            group.Store.InsertCallback(row);
            group.Store.Hold(behind, row.Id);
        }
        else
        {
            Place(group, row, hook);
            group.Store.InsertCallback(row);
        }
    }

    /// <summary>Enters a callback that belongs to no message, with the bytes it is to have: the result of a registration, a text from a person.</summary>
    public static long EmitFree(GroupContext group, AccountProfile account, string hookUrl, string hostKey, string query)
    {
        var hook = group.Store.InternHook(account.Number, hookUrl, hostKey);
        var row = new CallbackRow
        {
            Id = group.Store.NextId(),
            Account = account.Number,
            Hook = hook.Id,
            CreatedAtMs = group.NowMs,
            EventAtMs = group.NowMs,
            DueAtMs = group.NowMs,
            Format = CallbackFormat.EsmsGet,
            Query = query,
            Tag = new StatTag(account.Number, 0, 0, 0),
        };
        group.Count(StatSeries.Callbacks, row.Tag, 0);
        Place(group, row, hook);
        group.Store.InsertCallback(row);
        return row.Id;
    }

    /// <summary>Finds out again what a callback from the store counts for.</summary>
    public static void Tag(GroupContext group, CallbackRow row) =>
        row.Tag = row.MessageId != 0 && group.Store.GetMessage(row.MessageId) is { } message ? message.Tag : new StatTag(row.Account, 0, 0, 0);

    /// <summary>Gives an open callback its place: a seat in memory if there is one, else the disk. The caller writes the row.</summary>
    public static void Place(GroupContext group, CallbackRow row, Hook hook)
    {
        if (group.TryReserve(hook))
        {
            row.State = CallbackState.Live;
            group.AddLive(CallbackRow.ToDue(row, hook));
        }
        else
        {
            row.State = CallbackState.Parked;
            group.AddParked(hook, row);
        }
    }

    /// <summary>
    /// The open callback behind which one must wait whose predecessor is this one; 0 when there is none. A cancelled one is passed over,
    /// because what came before it may still be on its way; a settled one is not, because it waited itself.
    /// </summary>
    public static long OpenBefore(GroupContext group, long callbackId)
    {
        while (callbackId != 0 && group.Store.GetCallback(callbackId) is { } row)
        {
            if (row.State <= CallbackState.Held)
            {
                return callbackId;
            }

            callbackId = row.State == CallbackState.Cancelled ? row.Previous : 0;
        }

        return 0;
    }
}
