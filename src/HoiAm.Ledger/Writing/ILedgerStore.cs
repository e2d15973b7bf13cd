using System.Data.Common;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;

namespace HoiAm.Ledger.Writing;

/// <summary>
/// One engine's side of the ledger: rows in, rows out, inside one transaction at a time. It decides nothing; what a report does is
/// decided once, above, for every engine. All calls come from the one thread of <see cref="LedgerWriter"/>.
/// A store that cannot take a write right now (full, read-only, unreachable) throws <see cref="StoreUnavailableException"/>.
/// </summary>
public interface ILedgerStore : IDisposable
{
    /// <summary>Begins the group's transaction.</summary>
    void Begin();

    /// <summary>True when the store wants to be told before a group's first command what its commands will look up.</summary>
    bool WantsKeys => false;

    /// <summary>Called after <see cref="Begin"/> when <see cref="WantsKeys"/>.</summary>
    void Announce(GroupKeys keys)
    {
    }

    /// <summary>
    /// Called when a report matches nothing. Where other nodes may be registering its message right now, they are shut out from here to the
    /// end of the group; true when they were not before, so that one has to look again.
    /// </summary>
    bool Guard(IncomingReport report) => false;

    /// <summary>The name under which this node owns what it enters; 0 where there is only one node.</summary>
    int Owner => 0;

    /// <summary>False when another node has taken this callback over.</summary>
    bool Owns(long callbackId) => true;

    /// <summary>True when the group failed only because of another node's and can be written again.</summary>
    bool IsConflict(Exception error) => false;

    /// <summary>After a <see cref="CommitUncertainException"/>: whether that group was committed after all.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be told yet.</exception>
    bool WasCommitted() => false;

    /// <summary>Commits it. When this returns, everything in it survives a power cut.</summary>
    /// <exception cref="CommitUncertainException">The store went away before it could answer.</exception>
    void Commit();

    /// <summary>Takes everything back, also what the store remembered in memory. Never throws.</summary>
    void Rollback();

    /// <summary>Marks a place to come back to within the transaction.</summary>
    void Savepoint();

    /// <summary>Forgets the mark, or goes back to it.</summary>
    /// <exception cref="StoreUnavailableException">The engine took the whole transaction back by itself.</exception>
    void EndSavepoint(bool keep);

    /// <summary>
    /// Writes something of no meaning, as large as a common write, inside the open transaction: while nobody asks for anything, this is
    /// how the writer learns that the store is back.
    /// </summary>
    void Probe();

    /// <summary>A sentence when an exception of the engine's driver means that the store is away; null for all others.</summary>
    string? Explain(Exception error);

    /// <summary>The next id of a kind; ids grow with time and are never given twice, not even after a rollback.</summary>
    long NextId();

    /// <summary>Most messages that one look-up by reference gives.</summary>
    public const int FoundMax = 64;

    /// <summary>Adds the newest <see cref="FoundMax"/> messages indexed under a key to <paramref name="messageIds"/>, newest first.</summary>
    void FindMessages(long referenceKey, List<long> messageIds);

    /// <summary>The same for messages that are indexed under both keys; cheap when few messages have the address.</summary>
    void FindMessages(long referenceKey, long addressKey, List<long> messageIds);

    /// <summary>Indexes a message under a key.</summary>
    void AddReference(long referenceKey, long messageId);

    MessageRow? GetMessage(long id);

    void InsertMessage(MessageRow message);

    /// <summary>Writes what can change in a message and, when it has just one recipient, in that.</summary>
    void UpdateMessage(MessageRow message);

    RecipientRow? FindRecipient(long messageId, string address);

    /// <summary>All recipients in the order of the registration; for one recipient the row inside the message.</summary>
    IReadOnlyList<RecipientRow> ListRecipients(MessageRow message);

    void InsertRecipient(long messageId, RecipientRow recipient);

    void UpdateRecipient(long messageId, RecipientRow recipient);

    void InsertReport(ReportRow report);

    /// <summary>True when at least one orphan waits: the common case of none must cost nothing.</summary>
    bool HasOrphans { get; }

    void InsertOrphan(OrphanRow orphan, ReadOnlySpan<long> referenceKeys);

    /// <summary>Adds all orphans indexed under a key to <paramref name="orphanIds"/>, oldest first.</summary>
    void FindOrphans(long referenceKey, List<long> orphanIds);

    OrphanRow? GetOrphan(long id);

    /// <summary>Removes an orphan and its keys (<see cref="Folding.OrphanKeys"/>).</summary>
    void DeleteOrphan(long id);

    /// <summary>The hook of an account at a URL, made when it is new.</summary>
    Hook InternHook(int account, string url, string hostKey);

    Hook? GetHook(int id);

    void InsertCallback(CallbackRow callback);

    CallbackRow? GetCallback(long id);

    /// <summary>Writes where a callback stands, without a look at what was there: the common case of a first try that was acknowledged.</summary>
    void SettleCallback(long id, CallbackState state, ExhaustedReason reason, int tries, int attempts, byte[] log);

    /// <summary>Writes state, reason, replay mark, due time, tries and log.</summary>
    void UpdateCallback(CallbackRow callback);

    /// <summary>Puts a callback into the list of those that wait on disk for their lane.</summary>
    void Park(int hook, long dueAtMs, long callbackId);

    void Unpark(int hook, long dueAtMs, long callbackId);

    /// <summary>Parked callbacks of a hook due until a moment, oldest due first, with what they count for.</summary>
    List<CallbackRow> FindParked(int hook, long dueUntilMs, int max);

    /// <summary>When a hook's next parked callback is due and how many there are; due is null when there is none.</summary>
    (long? NextDueMs, long Count) ParkedSummary(int hook);

    /// <summary>
    /// Live callbacks with an id above <paramref name="afterId"/>, by id, that are in no lane's memory: what a start takes up again, or what
    /// another node left; with what they count for.
    /// </summary>
    List<CallbackRow> FindLive(long afterId, int max);

    /// <summary>Every hook with parked callbacks, how many there are and when the first is due: what a start tells the lanes.</summary>
    List<(int Hook, long Count, long NextDueMs)> ParkedSummaries();

    /// <summary>Remembers that a callback waits behind another one of its message.</summary>
    void Hold(long behind, long callbackId);

    /// <summary>The callback that waits behind this one, taken off the list; 0 when none does.</summary>
    long ReleaseHeld(long behind);

    /// <summary>For everything that is not on the path of a report: the connection of the open transaction.</summary>
    DbConnection Connection { get; }
}

/// <summary>The store cannot take writes now: full, read-only, unreachable. Whoever asked may try again later.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException()
        : this("The store does not take writes now.")
    {
    }

    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>The store went away while it committed: the group may be on disk or not. <see cref="ILedgerStore.WasCommitted"/> tells later.</summary>
public sealed class CommitUncertainException : Exception
{
    public CommitUncertainException()
    {
    }

    public CommitUncertainException(string message)
        : base(message)
    {
    }

    public CommitUncertainException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
