namespace HoiAm.Ledger.Delivery;

/// <summary>
/// What the ledger's writer needs from the delivery engine. A callback that found a seat goes from the commit straight into its lane and
/// touches no index; one that did not is parked on disk, and its lane fetches it later.
/// All calls come from the writer's one thread and must neither block nor throw.
/// </summary>
public interface IDeliveryQueue
{
    /// <summary>Asks for a seat in the hook's lane. False: the lane is full, shut off or paused, and the callback must be parked.</summary>
    bool TryReserve(Hook hook);

    /// <summary>Gives back a seat whose callback was not committed.</summary>
    void Release(Hook hook);

    /// <summary>Hands over a committed callback that has a seat.</summary>
    void Enqueue(DueCallback callback);

    /// <summary>Tells that a callback was committed as parked, so that the lane looks on disk when <paramref name="dueAt"/> has come.</summary>
    void NoteParked(Hook hook, DateTimeOffset dueAt);

    /// <summary>Tells that people asked for callbacks that the hook's lane has in memory: those that wait for a retry are tried now.</summary>
    void BringForward(Hook hook, IReadOnlySet<long> callbackIds);
}
