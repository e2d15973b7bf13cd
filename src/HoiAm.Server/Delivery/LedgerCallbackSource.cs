using HoiAm.Dispatch;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Server.Delivery;

/// <summary>The ledger as the lanes see it. It comes after the lanes, since its writer feeds them; nothing is asked before it is there.</summary>
internal sealed class LedgerCallbackSource : ICallbackSource
{
    /// <summary>Unrecorded tries and other writes at which no more callbacks are sent: half of what makes the writer refuse reports.</summary>
    public const int WaitingMax = 50_000;

    private volatile MessageLedger? _ledger;

    /// <inheritdoc/>
    public bool IsBehind => _ledger!.Waiting >= WaitingMax;

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
