using System.Data.Common;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Sqlite;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Hosting;
using HoiAm.Server.Security;

namespace HoiAm.Server.Cluster;

/// <summary>The embedded store in a folder that this process alone uses.</summary>
internal sealed class EmbeddedHubStore : HubStore
{
    private readonly DataFolder _folder;
    private readonly SqliteDatabase _database;

    private EmbeddedHubStore(DataFolder folder, SqliteDatabase database, KeyRing keys)
    {
        _folder = folder;
        _database = database;
        Keys = keys;
    }

    public override KeyRing Keys { get; }

    public override IdLayout Layout => SqliteStore.Ids;

    public static EmbeddedHubStore Open(string path)
    {
        var folder = DataFolder.Open(path);
        try
        {
            // The key is looked at before the store is touched, and made only after the store was found usable.
            var keys = KeyRing.Load(folder.Path);
            var database = new SqliteDatabase(folder.Path);
            database.Migrate();
            if (keys is null && HasCredentials(database))
            {
                throw new StartupException(
                    $"The store in '{folder.Path}' has keys, but the hub.key that they were stored under is missing; put it back from the backup.");
            }

            return new EmbeddedHubStore(folder, database, keys ?? KeyRing.Create(folder.Path));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public override DbConnection OpenReader() => _database.OpenReader();

    public override ILedgerStore OpenWriter(TimeProvider time) => new SqliteStore(_database, time);

    public override void Dispose() => _folder.Dispose();

    private static bool HasCredentials(SqliteDatabase database)
    {
        using var connection = database.OpenReader();
        return connection.Scalar("SELECT COUNT(*) FROM credential") > 0;
    }
}
