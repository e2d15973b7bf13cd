using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Model;

namespace HoiAm.Ledger.Writing;

/// <summary>What the hub tells its operator.</summary>
/// <param name="HookUrl">Scheme, host, port and path.</param>
/// <param name="HostKey">Scheme, host and port in lower case.</param>
/// <param name="Query">The operator's own query with its <c>?</c>; empty without one.</param>
/// <param name="Body">JSON.</param>
public sealed record OwnCallback(string HookUrl, string HostKey, string Query, byte[] Body);

/// <summary>Writes the callback that follows from a change of a message, and finds it its place: lane, disk, or behind an earlier one.</summary>
internal static class CallbackEmitter
{
    /// <summary>
    /// Enters the callback that follows from a report when its account wants to hear of it: one for a change of the message, or, in the
    /// vendor's format, which knows no counters, one for a change of the recipient.
    /// </summary>
    public static void Follow(
        GroupContext group, MessageRow message, RecipientRow recipient, RecipientState before, ReportEffect effect, long eventAtMs)
    {
        if (group.Accounts.Find(message.Account) is not { } account)
        {
            return;
        }

        if (account.Format == CallbackFormat.Vendor)
        {
            FollowRecipient(group, message, recipient, account, effect, eventAtMs);
        }
        else if (IsNews(message, account, before, effect))
        {
            Emit(group, message, recipient, account, eventAtMs);
        }
    }

    /// <summary>The same for news of a whole message.</summary>
    /// <param name="group">The open transaction.</param>
    /// <param name="message">The message.</param>
    /// <param name="recipients">Whom the news is of; not empty.</param>
    /// <param name="before">The message's state before.</param>
    /// <param name="effect">What the news did.</param>
    /// <param name="eventAtMs">When it happened, Unix milliseconds.</param>
    /// <param name="asReceived">Gives the bytes of a callback that is passed on as it came, for eSMS's own format; null renders it.</param>
    public static void Follow(
        GroupContext group,
        MessageRow message,
        IReadOnlyList<RecipientRow> recipients,
        RecipientState before,
        ReportEffect effect,
        long eventAtMs,
        Func<string?, RenderedCallback>? asReceived)
    {
        if (group.Accounts.Find(message.Account) is not { } account || recipients.Count == 0)
        {
            return;
        }

        if (account.Format == CallbackFormat.Vendor)
        {
            foreach (var recipient in recipients)
            {
                FollowRecipient(group, message, recipient, account, effect, eventAtMs);
            }
        }
        else if (IsNews(message, account, before, effect))
        {
            Emit(group, message, recipients[0], account, eventAtMs, asReceived);
        }
    }

    private static bool IsNews(MessageRow message, AccountProfile account, RecipientState before, ReportEffect effect) =>
        (message.State != before || (effect == ReportEffect.ReplacedPresumed && message.State.IsFinal())) && account.Pushes(message.SendStatus);

    // A vendor has no number for "sent", so nothing could be said of it.
    private static void FollowRecipient(
        GroupContext group, MessageRow message, RecipientRow recipient, AccountProfile account, ReportEffect effect, long eventAtMs)
    {
        if (effect is ReportEffect.Advanced or ReportEffect.ReplacedPresumed
            && recipient.State is not (RecipientState.Accepted or RecipientState.Sent) && account.Pushes(StatusOf(recipient)))
        {
            Emit(group, message, recipient, account, eventAtMs);
        }
    }

    private static SendStatus StatusOf(RecipientRow recipient) => !recipient.State.IsFinal() ? recipient.State.PendingStatus()
        : recipient.State == RecipientState.Rejected ? SendStatus.Rejected
        : SendStatus.Finished;

    private static void Emit(
        GroupContext group,
        MessageRow message,
        RecipientRow recipient,
        AccountProfile account,
        long eventAtMs,
        Func<string?, RenderedCallback>? asReceived = null)
    {
        var id = group.Store.NextId();
        var url = message.CallbackUrl ?? account.CallbackUrl;
        var rendered = asReceived is not null && account.Format == CallbackFormat.EsmsGet
            ? asReceived(url)
            : group.Renderer.Render(new CallbackOrder(message, recipient, url, account, id, eventAtMs));
        var hook = url is null ? null : group.Store.InternHook(message.Account, rendered.HookUrl, rendered.HostKey);
        var row = new CallbackRow
        {
            Id = id,
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
        Enter(group, row, hook);
    }

    private static void Enter(GroupContext group, CallbackRow row, Hook? hook)
    {
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

    /// <summary>
    /// Enters a callback that belongs to no message, with the bytes it is to have: the result of a registration, a text from a person, what
    /// an upstream sent. Without a hook it is only there to be pulled.
    /// </summary>
    public static long EmitFree(GroupContext group, AccountProfile account, RenderedCallback rendered)
    {
        var hook = rendered.HookUrl.Length == 0 ? null : group.Store.InternHook(account.Number, rendered.HookUrl, rendered.HostKey);
        var row = new CallbackRow
        {
            Id = group.Store.NextId(),
            Account = account.Number,
            Hook = hook?.Id ?? 0,
            CreatedAtMs = group.NowMs,
            EventAtMs = group.NowMs,
            DueAtMs = group.NowMs,
            Format = CallbackFormat.EsmsGet,
            Query = rendered.Query,
            Tag = new StatTag(account.Number, 0, 0, 0),
        };
        group.Count(StatSeries.Callbacks, row.Tag, 0);
        Enter(group, row, hook);
        return row.Id;
    }

    /// <summary>Enters a callback of the hub itself, to an address that its operator set. It belongs to no account: number 0.</summary>
    public static void EmitOwn(GroupContext group, OwnCallback callback)
    {
        var hook = group.Store.InternHook(0, callback.HookUrl, callback.HostKey);
        var row = new CallbackRow
        {
            Id = group.Store.NextId(),
            Hook = hook.Id,
            CreatedAtMs = group.NowMs,
            EventAtMs = group.NowMs,
            DueAtMs = group.NowMs,
            Format = CallbackFormat.EsmsPostJson,
            Query = callback.Query,
            Body = callback.Body,
        };
        Place(group, row, hook);
        group.Store.InsertCallback(row);
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
