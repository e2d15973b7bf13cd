using System.Data.Common;
using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger;

/// <summary>
/// The ledger as the rest of the hub sees it: the only truth about messages, reports and callbacks. Every returned task ends after the
/// commit that made its answer true; all fail with <see cref="StoreUnavailableException"/> while the store takes no writes.
/// </summary>
public sealed partial class MessageLedger(LedgerWriter writer, TimeProvider time)
{
    private int _flushing;

    /// <summary>Writes that wait for a transaction now.</summary>
    public int Waiting => writer.Waiting;

    /// <summary>Appends a delivery report.</summary>
    public ValueTask<ReportEffect> AppendAsync(IncomingReport report)
    {
        var command = new ReportCommand(report, time.GetUtcNow().ToUnixTimeMilliseconds());
        writer.Submit(command);
        return command.Task;
    }

    /// <summary>Enters one message.</summary>
    public async Task<Registration> RegisterAsync(MessageDraft draft) => (await RegisterAsync([draft]).ConfigureAwait(false))[0];

    /// <summary>Enters messages, all in one group; each has a result of its own.</summary>
    public Task<IReadOnlyList<Registration>> RegisterAsync(IReadOnlyList<MessageDraft> drafts) =>
        Submit(new RegisterCommand(drafts, time.GetUtcNow()));

    /// <summary>Accepts orders, all in one group; each has an outcome of its own.</summary>
    public Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<SendOrder> orders) => Submit(new SendCommand(orders));

    /// <summary>
    /// The same for callers who cannot wait: an order whose turn has not come within <paramref name="patience"/> is withdrawn, and nothing
    /// of it was or will be done. Once it is being written it is waited for <paramref name="grace"/> longer; only when even that passes is its
    /// end unknown.
    /// </summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<SendOrder> orders, TimeSpan patience, TimeSpan grace)
    {
        var command = new SendCommand(orders);
        writer.Submit(command);
        try
        {
            return await command.Task.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!command.TryWithdraw())
        {
            return await command.Task.WaitAsync(grace).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes a write and enters the callback that follows from it, if any: one that belongs to no message. The write gives null when there
    /// is nothing to send.
    /// </summary>
    public Task<long> EmitAsync(int account, Func<DbConnection, FreeCallback?> write) => Submit(new FunctionCommand<long>(group =>
        write(group.Store.Connection) is { } callback && group.Accounts.Find(account) is { } profile
            ? CallbackEmitter.EmitFree(group, profile, new RenderedCallback(callback.HookUrl, callback.HostKey, callback.Query, null))
            : 0));

    /// <summary>Writes the counters of the charts along with other writes; returns at once. One flush at a time.</summary>
    public void FlushStats()
    {
        if (writer.HasStats && Interlocked.CompareExchange(ref _flushing, 1, 0) == 0)
        {
            writer.Submit(new FlushStatsCommand(() => Volatile.Write(ref _flushing, 0)));
        }
    }

    /// <summary>Records a try; returns at once.</summary>
    public void Settle(Settlement settlement) => writer.Submit(new SettleCommand(settlement));

    /// <summary>Takes parked callbacks of a hook whose time has come.</summary>
    public Task<(List<DueCallback> Taken, DateTimeOffset? NextDue, long Left)> TakeParkedAsync(Hook hook, DateTimeOffset dueUntil, int max) =>
        Submit(new FunctionCommand<(List<DueCallback>, DateTimeOffset?, long)>(
            group => CallbackCommands.Take(group, hook, dueUntil.ToUnixTimeMilliseconds(), max)));

    /// <summary>
    /// A page of the callbacks that were live when the process ended, by id; ask on with the last one's id until a page is empty. To be
    /// asked before the first report is taken: callbacks that become live later go to their lanes by themselves.
    /// </summary>
    public Task<List<DueCallback>> LiveAsync(long afterId, int max) => Submit(new FunctionCommand<List<DueCallback>>(group =>
    {
        var due = new List<DueCallback>();
        foreach (var row in group.Store.FindLive(afterId, max))
        {
            due.Add(CallbackRow.ToDue(row, group.Store.GetHook(row.Hook) ?? throw new InvalidOperationException($"Callback {row.Id} has no hook.")));
        }

        return due;
    }));

    /// <summary>Every hook with parked callbacks, how many there are, and when the first one is due; for the start of the lanes.</summary>
    public Task<List<(Hook Hook, long Count, DateTimeOffset NextDue)>> ParkedAsync() =>
        Submit(new FunctionCommand<List<(Hook, long, DateTimeOffset)>>(group =>
        {
            var hooks = new List<(Hook, long, DateTimeOffset)>();
            foreach (var (id, count, due) in group.Store.ParkedSummaries())
            {
                if (group.Store.GetHook(id) is { } hook)
                {
                    hooks.Add((hook, count, DateTimeOffset.FromUnixTimeMilliseconds(due)));
                }
            }

            return hooks;
        }));

    /// <summary>Parks callbacks that were live when the process ended and found no seat now.</summary>
    public Task ParkAsync(IReadOnlyList<long> callbackIds) => Submit(new FunctionCommand<bool>(group =>
    {
        foreach (var id in callbackIds)
        {
            if (group.Store.GetCallback(id) is { State: CallbackState.Live } row && group.Store.GetHook(row.Hook) is { } hook)
            {
                row.State = CallbackState.Parked;
                group.AddParked(hook, row);
                group.Store.UpdateCallback(row);
            }
        }

        return true;
    }, callbackIds));

    /// <summary>
    /// Takes up callbacks that were live with a node that is dead: each gets a seat here, or goes to disk. Gives how many there were; 0 when
    /// none is left. They are this node's own from the commit on.
    /// </summary>
    public Task<int> TakeUpAsync(int max) => Submit(new FunctionCommand<int>(group =>
    {
        var rows = group.Store.FindLive(0, max);
        foreach (var row in rows)
        {
            if (group.Store.GetHook(row.Hook) is { } hook)
            {
                CallbackEmitter.Place(group, row, hook);
                group.Store.UpdateCallback(row);
            }
        }

        return rows.Count;
    }));

    /// <summary>Sends callbacks again.</summary>
    public Task<IReadOnlyList<ReplayResult>> ReplayAsync(IReadOnlyList<long> callbackIds) =>
        Submit(new FunctionCommand<IReadOnlyList<ReplayResult>>(
            group => [.. callbackIds.Select(id => CallbackCommands.Replay(group, id))], callbackIds));

    /// <summary>Gives a parked report to a message, whatever its ids say. Null when either is unknown or the message has no such recipient.</summary>
    public Task<ReportEffect?> AttachAsync(long orphanId, string smsId) => Submit(new FunctionCommand<ReportEffect?>(group =>
    {
        if (group.Store.GetOrphan(orphanId) is not { } orphan || UnderWay(group, smsId) is not { } message)
        {
            return null;
        }

        var recipient = Correlation.FindRecipient(group.Store, message, orphan.Report.Address) ?? (message.Total == 1 ? message.First : null);
        if (recipient is null)
        {
            return null;
        }

        var effect = ReportCommand.Append(group, message, recipient, orphan.Report, orphan.AtMs);
        group.Store.DeleteOrphan(orphanId);
        return effect;
    }));

    /// <summary>
    /// Settles a message that waits for approval: an operator's report on each of its recipients. Null when the message is unknown,
    /// false when it does not wait.
    /// </summary>
    public Task<bool?> DecideAsync(string smsId, ReportedStatus verdict, ReadOnlyMemory<byte> raw) => Submit(new FunctionCommand<bool?>(group =>
    {
        if (UnderWay(group, smsId) is not { } message)
        {
            return null;
        }

        var waiting = group.Store.ListRecipients(message).Where(r => r.State == RecipientState.PendingApproval).ToList();
        if (waiting.Count == 0)
        {
            return false;
        }

        foreach (var recipient in waiting)
        {
            var report = new IncomingReport
            {
                Source = ReportSource.Operator,
                Vendor = message.Vendor,
                Address = recipient.Address,
                Status = verdict,
                Raw = raw,
            };
            ReportCommand.Append(group, message, recipient, report, group.NowMs);
        }

        if (message.Extra is not null)
        {
            OutboxCommands.Decide(group, message.Id, isOver: message.State.IsFinal());
        }

        return true;
    }));

    /// <summary>
    /// Ends those of the given messages that stayed silent with a presumed expiry, and moves the others to their time; a small write, which
    /// may leave some of them due. Gives how many it ended.
    /// </summary>
    /// <param name="messageIds">Numbers of messages in the list of silent ones.</param>
    /// <param name="after">The silence after which an account's messages are taken for expired; null for never.</param>
    public Task<int> PresumeExpiredAsync(IReadOnlyList<long> messageIds, Func<int, TimeSpan?> after) =>
        Submit(new FunctionCommand<int>(group => Presumption.Apply(group, messageIds, after)));

    /// <summary>
    /// Appends reports to messages that are known by their numbers, whatever ids the reports bear, and makes the write that belongs to it,
    /// all in one transaction. A recipient is found by its address; the only recipient of a message needs none.
    /// </summary>
    /// <param name="messages">Messages and what is to be appended to each; few, since nobody else is written meanwhile.</param>
    /// <param name="then">What follows; it gets what became of each message, null for an unknown one.</param>
    public Task<T> AppendToAsync<T>(
        IReadOnlyList<(long MessageId, IReadOnlyList<IncomingReport> Reports)> messages, Func<DbConnection, IReadOnlyList<AppendedToMessage?>, T> then) =>
        Submit(new FunctionCommand<T>(group =>
            then(group.Store.Connection, [.. messages.Select(m => ReportCommand.AppendAll(group, m.MessageId, m.Reports))])));

    // The leg that is under way or ended last: a second one only exists once the first one ended, so at most one of them waits.
    private static MessageRow? UnderWay(GroupContext group, string smsId) =>
        RegisterCommand.FindBySmsId(group, smsId, 0) is not { } first ? null
        : first.State.IsFinal() ? RegisterCommand.FindBySmsId(group, smsId, 1) ?? first
        : first;

    /// <summary>Any write that is not on the path of a report, inside a transaction of the store; an exception takes back this write alone.</summary>
    public Task<T> WriteAsync<T>(Func<DbConnection, T> write) => Submit(new FunctionCommand<T>(group => write(group.Store.Connection)));

    private Task<T> Submit<T>(WaitedCommand<T> command)
    {
        writer.Submit(command);
        return command.Task;
    }
}
