using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Tests.Support;

/// <summary>An engine over a place of its own, as the conformance suite needs it: opened, reopened, and cut off without being closed.</summary>
internal abstract class LedgerEngine : IDisposable
{
    /// <summary>Brings the place up to date and opens it.</summary>
    public abstract ILedgerStore Open(TimeProvider time);

    /// <summary>
    /// Ends the process in effigy: from here on <see cref="Open"/> shows what was durable at this moment, and whatever the store that was
    /// open until now still writes goes nowhere.
    /// </summary>
    public abstract void Cut();

    public abstract void Dispose();
}
