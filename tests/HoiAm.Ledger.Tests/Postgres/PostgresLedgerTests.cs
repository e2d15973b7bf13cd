using HoiAm.Ledger.Tests.Conformance;
using HoiAm.Ledger.Tests.Support;

namespace HoiAm.Ledger.Tests.Postgres;

/// <summary>The rules of the ledger on PostgreSQL.</summary>
public sealed class PostgresLedgerTests : LedgerConformance
{
    private protected override LedgerEngine CreateEngine() => new PostgresEngine();
}
