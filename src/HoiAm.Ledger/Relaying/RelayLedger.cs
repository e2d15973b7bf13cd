using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Relaying;

/// <summary>
/// The ledger as relay mode and inbound callbacks see it. Every returned task ends after the commit that made its answer true; all fail
/// with <see cref="StoreUnavailableException"/> while the store takes no writes.
/// </summary>
public sealed class RelayLedger(LedgerWriter writer, PassOn passOn, TimeProvider time)
{
    /// <summary>Writes down that a send is about to be passed on, unless its RequestId was used.</summary>
    public Task<RelayAnswer> BeginAsync(RelayIntent intent) => Submit(group => RelayCommands.Begin(group, intent));

    /// <summary>Enters the messages that the upstream accepted, and keeps its answer until <see cref="AnsweredAsync"/>. False: an SMSID is another message's.</summary>
    public Task<bool> AcceptAsync(long relayId, int account, IReadOnlyList<(RelayedSend Send, string SmsId)> accepted, byte[] answer) =>
        Submit(group => RelayCommands.Accept(group, relayId, account, accepted, answer, passOn));

    /// <summary>Notes where an open send stands.</summary>
    public Task<bool> NoteAsync(long relayId, RelayState state, string detail) => Submit(group =>
    {
        RelayBook.Set(group.Store.Connection, relayId, state, detail);
        return true;
    });

    /// <summary>Forgets a send that is settled: refused, surely not sent, or dismissed by a person.</summary>
    public Task<bool> ForgetAsync(long relayId) => Submit(group =>
    {
        RelayBook.Delete(group.Store.Connection, relayId);
        return true;
    });

    /// <summary>The caller has the answer; from now on its RequestId is used. Losing this record only repeats the answer.</summary>
    public Task<bool> AnsweredAsync(long relayId) => ForgetAsync(relayId);

    /// <summary>A person found out the SMSID of an uncertain send; null when there is no such send, false when the SMSID is taken.</summary>
    public Task<bool?> SettleAsync(long relayId, string smsId) => Submit(bool? (group) =>
    {
        if (RelayBook.Find(group.Store.Connection, relayId) is not { } record || record.Sends.Count != 1)
        {
            return null;
        }

        if (!RelayCommands.Enter(group, record.Account, record.Sends[0], smsId, passOn))
        {
            return false;
        }

        RelayBook.Delete(group.Store.Connection, relayId);
        return true;
    });

    /// <summary>Takes a status callback that came to an account's inbound URL.</summary>
    public Task<ReportEffect> AppendAsync(UpstreamCallback callback)
    {
        var at = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Submit(group => UpstreamCallbackCommand.Take(group, callback, passOn, at));
    }

    /// <summary>
    /// Enters a callback that belongs to no message, to be passed on as it came; without a hook it is only there to be pulled. False: the
    /// same was passed on before and is known still, so that nothing follows from it.
    /// </summary>
    /// <param name="account">Number of the account.</param>
    /// <param name="query">The query as it came.</param>
    /// <param name="said">Digest of what it says, the same for every form in which it may come again.</param>
    /// <param name="knownFor">How long a repetition is known as one.</param>
    public Task<bool> PassOnAsync(int account, string query, string said, TimeSpan knownFor) => Submit(group =>
    {
        if (group.Accounts.Find(account) is not { } profile
            || !RelayBook.Know(group.Store.Connection, account, said, group.NowMs, group.NowMs + (long)knownFor.TotalMilliseconds))
        {
            return false;
        }

        CallbackEmitter.EmitFree(group, profile, passOn(query, profile.CallbackUrl));
        return true;
    });

    /// <summary>Gives a callback that waits to a message, whatever its ids say; null when either is unknown or they belong to different accounts.</summary>
    public Task<ReportEffect?> AttachAsync(long id, string smsId) => Submit(group => UpstreamCallbackCommand.Attach(group, id, smsId, passOn));

    /// <summary>Looks once more for the messages of callbacks that wait; gives how many were found.</summary>
    public Task<int> RetryEarlyAsync(IReadOnlyList<long> ids) => Submit(group => ids.Count(id => UpstreamCallbackCommand.Retry(group, id, passOn)));

    /// <summary>At the start, or with a node after it took over from dead ones: what they left half done is uncertain now.</summary>
    public Task<int> AfterStopAsync(int node = 0) => Submit(group => RelayBook.AfterStop(group.Store.Connection, node));

    /// <summary>Forgets answers that no RequestId asks for any more, and what no repetition is expected of.</summary>
    public Task<int> PruneAsync() => Submit(group =>
    {
        var now = time.GetUtcNow();
        RelayBook.ForgetPassedOn(group.Store.Connection, now.ToUnixTimeMilliseconds());
        return RelayBook.Prune(group.Store.Connection, now - TimeSpan.FromHours(25));
    });

    private Task<T> Submit<T>(Func<GroupContext, T> function)
    {
        var command = new FunctionCommand<T>(function);
        writer.Submit(command);
        return command.Task;
    }
}
