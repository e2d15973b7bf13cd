using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Tests.Conformance;

/// <summary>The rules of the ledger, for every engine alike: an engine adds a subclass that says how it is opened and cut off.</summary>
public abstract partial class LedgerConformance : IAsyncLifetime
{
    private LedgerBench? _bench;

    private protected LedgerBench Bench => _bench!;

    private protected MessageLedger Ledger => _bench!.Ledger;

    public ValueTask InitializeAsync()
    {
        _bench = LedgerBench.Start(CreateEngine());
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected abstract LedgerEngine CreateEngine();

    /// <summary>A bench beside the usual one, with other bounds.</summary>
    private protected LedgerBench StartBench(WriterOptions options) => LedgerBench.Start(CreateEngine(), options);
}
