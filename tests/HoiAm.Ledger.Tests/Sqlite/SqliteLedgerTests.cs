using HoiAm.Ledger.Tests.Conformance;
using HoiAm.Ledger.Tests.Support;

namespace HoiAm.Ledger.Tests.Sqlite;

/// <summary>The embedded engine keeps every rule of the ledger.</summary>
public sealed class SqliteLedgerTests : LedgerConformance
{
    private protected override LedgerEngine CreateEngine() => new SqliteEngine();
}
