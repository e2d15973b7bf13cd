using HoiAm.Dispatch;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Postgres;

namespace HoiAm.Server.Cluster;

/// <summary>
/// Sends only what this node may send: its lease lasts, and the callback is of the name that it bears now. A try that is under way when the
/// lease ends is broken off, so that no try ever outlasts the lease that covers it, however long its time-out is.
/// </summary>
internal sealed class LeasedSender(ICallbackSender inner, PostgresNode node, TimeProvider time) : ICallbackSender
{
    public async ValueTask<Attempt> SendAsync(DueCallback callback, HookPolicy policy, CancellationToken stop)
    {
        // A test call of a person belongs to no lease.
        if (callback.Id == 0)
        {
            return await inner.SendAsync(callback, policy, stop).ConfigureAwait(false);
        }

        var held = node.Held;
        if (!node.IsHeld || callback.Owner != node.Number || held.IsCancellationRequested)
        {
            return new Attempt
            {
                Number = callback.Attempts + 1,
                At = time.GetUtcNow(),
                DurationMs = 0,
                Outcome = AttemptOutcome.Interrupted,
                Error = "This node does not hold its lease on the database now.",
            };
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, held);
        return await inner.SendAsync(callback, policy, either.Token).ConfigureAwait(false);
    }
}
