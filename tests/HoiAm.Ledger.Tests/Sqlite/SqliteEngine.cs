using HoiAm.Ledger.Sqlite;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Tests.Sqlite;

/// <summary>SQLite in a folder of its own below the system's temporary folder; removed in the end.</summary>
internal sealed class SqliteEngine : LedgerEngine
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("hoiam-ledger-");
    private int _cuts;

    public SqliteEngine() => Folder = _root.CreateSubdirectory("0").FullName;

    /// <summary>Folder of the store that is opened next.</summary>
    public string Folder { get; private set; }

    public override ILedgerStore Open(TimeProvider time)
    {
        var database = new SqliteDatabase(Folder);
        database.Migrate();
        return new SqliteStore(database, time);
    }

    public override void Cut()
    {
        // A killed process leaves the files as they are: main file first, then the log that only grows as long as no checkpoint runs.
        var next = _root.CreateSubdirectory((++_cuts).ToString(System.Globalization.CultureInfo.InvariantCulture)).FullName;
        foreach (var suffix in new[] { "", "-wal" })
        {
            var file = Path.Combine(Folder, SqliteDatabase.FileName + suffix);
            if (File.Exists(file))
            {
                File.Copy(file, Path.Combine(next, SqliteDatabase.FileName + suffix));
            }
        }

        Folder = next;
    }

    public override void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _root.Delete(recursive: true);
    }
}
