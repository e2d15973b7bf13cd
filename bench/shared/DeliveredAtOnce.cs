using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Bench;

/// <summary>A queue whose callbacks are acknowledged at their first try, as soon as somebody asks for that; nothing is sent.</summary>
/// <param name="takes">False parks every callback, so that it stays pending.</param>
internal sealed class DeliveredAtOnce(bool takes) : IDeliveryQueue
{
    private readonly List<DueCallback> _live = [];

    /// <summary>Tells the ledger that everything handed over since the last call was delivered.</summary>
    public void SettleAll(MessageLedger ledger)
    {
        lock (_live)
        {
            foreach (var callback in _live)
            {
                ledger.Settle(new Settlement
                {
                    CallbackId = callback.Id,
                    State = CallbackState.Delivered,
                    DueAt = callback.DueAt,
                    Tries = 1,
                    Tag = callback.Tag,
                    WaitedMs = 4,
                    Attempt = new Attempt { Number = 1, At = callback.DueAt, DurationMs = 3, Outcome = AttemptOutcome.Delivered, HttpStatus = 200 },
                });
            }

            _live.Clear();
        }
    }

    public bool TryReserve(Hook hook) => takes;

    public void Release(Hook hook)
    {
    }

    public void Enqueue(DueCallback callback)
    {
        lock (_live)
        {
            _live.Add(callback);
        }
    }

    public void NoteParked(Hook hook, DateTimeOffset dueAt)
    {
    }

    public void BringForward(Hook hook, IReadOnlySet<long> callbackIds)
    {
    }
}
