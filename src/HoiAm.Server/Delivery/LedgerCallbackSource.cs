using HoiAm.Dispatch;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Server.Delivery;

/// <summary>The ledger as the lanes see it. It comes after the lanes, since its writer feeds them; nothing is asked before it is there.</summary>
internal sealed class LedgerCallbackSource : ICallbackSource
{
    private volatile MessageLedger? _ledger;

    public void Attach(MessageLedger ledger) => _ledger = ledger;

    /// <inheritdoc/>
    public void Settle(Settlement settlement) => _ledger!.Settle(settlement);

    /// <inheritdoc/>
    public async ValueTask<ParkedPage> TakeParkedAsync(Hook hook, DateTimeOffset dueUntil, int max, CancellationToken cancel)
    {
        var (taken, next, left) = await _ledger!.TakeParkedAsync(hook, dueUntil, max).WaitAsync(cancel).ConfigureAwait(false);
        return new ParkedPage(taken, next, left);
    }
}
