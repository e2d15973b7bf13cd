using System.Data.Common;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Tests.Support;

/// <summary>A store that refuses at the call that a test chose, or at every one, as a full disk does.</summary>
internal sealed class FaultyStore(ILedgerStore inner) : ILedgerStore
{
    private volatile bool _away;
    private long _calls;
    private long _refuseAt = -1;
    private volatile Func<string, Exception?>? _fault;

    /// <summary>True while every call is refused.</summary>
    public bool Away
    {
        get => _away;
        set => _away = value;
    }

    /// <summary>Not null: a commit is made (true) or not, and its answer is lost.</summary>
    public bool? LostAnswer { get; set; }

    /// <summary>Calls made so far.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Begin calls so far.</summary>
    public int Groups { get; private set; }

    /// <summary>What to throw at a call, by name of the method; null lets it pass.</summary>
    public Func<string, Exception?>? Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>Refuses the n-th call from now on, once.</summary>
    public void RefuseOnce(long callsFromNow) => Interlocked.Exchange(ref _refuseAt, Calls + callsFromNow);

    public bool HasOrphans => inner.HasOrphans;

    public DbConnection Connection => Pass().Connection;

    public void Begin()
    {
        Groups++;
        Pass().Begin();
    }

    public bool WantsKeys => inner.WantsKeys;

    public int Owner => inner.Owner;

    public void Announce(GroupKeys keys) => Pass().Announce(keys);

    public bool Guard(IncomingReport report) => Pass().Guard(report);

    public bool Owns(long callbackId) => inner.Owns(callbackId);

    public bool IsConflict(Exception error) => inner.IsConflict(error);

    public bool WasCommitted() => LostAnswer is { } committed ? Known(committed) : Pass().WasCommitted();

    public void Commit()
    {
        var store = Pass();
        if (LostAnswer is not { } committed)
        {
            store.Commit();
            return;
        }

        if (committed)
        {
            store.Commit();
        }

        throw new CommitUncertainException("The test lost the answer.");
    }

    public void Rollback() => inner.Rollback();

    public void Savepoint() => Pass().Savepoint();

    public void EndSavepoint(bool keep) => (keep ? Pass() : inner).EndSavepoint(keep);

    public void Probe() => Pass().Probe();

    public string? Explain(Exception error) => inner.Explain(error);

    public long NextId() => inner.NextId();

    public void FindMessages(long referenceKey, List<long> messageIds) => Pass().FindMessages(referenceKey, messageIds);

    public void FindMessages(long referenceKey, long addressKey, List<long> messageIds) =>
        Pass().FindMessages(referenceKey, addressKey, messageIds);

    public void AddReference(long referenceKey, long messageId) => Pass().AddReference(referenceKey, messageId);

    public MessageRow? GetMessage(long id) => Pass().GetMessage(id);

    public void InsertMessage(MessageRow message) => Pass().InsertMessage(message);

    public void UpdateMessage(MessageRow message) => Pass().UpdateMessage(message);

    public RecipientRow? FindRecipient(long messageId, string address) => Pass().FindRecipient(messageId, address);

    public IReadOnlyList<RecipientRow> ListRecipients(MessageRow message) => Pass().ListRecipients(message);

    public void InsertRecipient(long messageId, RecipientRow recipient) => Pass().InsertRecipient(messageId, recipient);

    public void UpdateRecipient(long messageId, RecipientRow recipient) => Pass().UpdateRecipient(messageId, recipient);

    public void InsertReport(ReportRow report) => Pass().InsertReport(report);

    public void InsertOrphan(OrphanRow orphan, ReadOnlySpan<long> referenceKeys) => Pass().InsertOrphan(orphan, referenceKeys);

    public void FindOrphans(long referenceKey, List<long> orphanIds) => Pass().FindOrphans(referenceKey, orphanIds);

    public OrphanRow? GetOrphan(long id) => Pass().GetOrphan(id);

    public void DeleteOrphan(long id) => Pass().DeleteOrphan(id);

    public Hook InternHook(int account, string url, string hostKey) => Pass().InternHook(account, url, hostKey);

    public Hook? GetHook(int id) => inner.GetHook(id);

    public void InsertCallback(CallbackRow callback) => Pass().InsertCallback(callback);

    public CallbackRow? GetCallback(long id) => Pass().GetCallback(id);

    public void SettleCallback(long id, CallbackState state, ExhaustedReason reason, int tries, int attempts, byte[] log) =>
        Pass().SettleCallback(id, state, reason, tries, attempts, log);

    public void UpdateCallback(CallbackRow callback) => Pass().UpdateCallback(callback);

    public void Park(int hook, long dueAtMs, long callbackId) => Pass().Park(hook, dueAtMs, callbackId);

    public void Unpark(int hook, long dueAtMs, long callbackId) => Pass().Unpark(hook, dueAtMs, callbackId);

    public List<CallbackRow> FindParked(int hook, long dueUntilMs, int max) => Pass().FindParked(hook, dueUntilMs, max);

    public (long? NextDueMs, long Count) ParkedSummary(int hook) => Pass().ParkedSummary(hook);

    public List<CallbackRow> FindLive(long afterId, int max) => Pass().FindLive(afterId, max);

    public List<(int Hook, long Count, long NextDueMs)> ParkedSummaries() => Pass().ParkedSummaries();

    public void Hold(long behind, long callbackId) => Pass().Hold(behind, callbackId);

    public long ReleaseHeld(long behind) => Pass().ReleaseHeld(behind);

    public void Dispose() => inner.Dispose();

    private ILedgerStore Pass([System.Runtime.CompilerServices.CallerMemberName] string call = "")
    {
        var number = Interlocked.Increment(ref _calls);
        if (_away || number == Interlocked.Read(ref _refuseAt))
        {
            throw new StoreUnavailableException("The test's disk is full.");
        }

        return _fault?.Invoke(call) is { } error ? throw error : inner;
    }

    private bool Known(bool committed)
    {
        LostAnswer = null;
        return committed;
    }
}
