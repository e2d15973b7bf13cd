using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Counting;

/// <summary>Writes the counters with whatever group comes next; nobody waits for it.</summary>
internal sealed class FlushStatsCommand(Action done) : LedgerCommand
{
    internal override bool Persists => true;

    internal override void Apply(GroupContext group) => group.Stats.Flush(group.Store.Connection);

    internal override void Complete() => done();

    internal override void Fail(Exception error) => done();
}
