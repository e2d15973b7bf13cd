using System.Data.Common;
using System.Security.Cryptography;
using HoiAm.Ledger.Postgres;
using HoiAm.Server.Hosting;
using HoiAm.Server.Security;

namespace HoiAm.Server.Cluster;

/// <summary>
/// The hub's key where nodes share a database. Without further ado it lies in the database, so that a node needs nothing but the connection
/// string; then whoever reads the database can test guesses of keys and open sealed secrets. Where the first node finds a hub.key in its data
/// folder, the database holds only a mark of it, and every node needs the same file.
/// </summary>
internal static class SharedKey
{
    private const string Name = "hub_key";
    private const string InDatabase = "key:";
    private const string InFile = "file:";

    /// <summary>Reads the key, or settles it if this is the first node. Runs in a transaction that keeps other nodes out.</summary>
    /// <exception cref="StartupException">The file is missing or another one.</exception>
    public static KeyRing Load(DbConnection connection, string folder, string database)
    {
        var file = KeyRing.Read(folder);
        var stored = connection.Query("SELECT value FROM meta WHERE name = @p0", r => r.GetString(0), Name).FirstOrDefault();
        if (stored is null)
        {
            var master = file ?? RandomNumberGenerator.GetBytes(KeyRing.KeyLength);
            stored = file is null ? InDatabase + Convert.ToBase64String(master) : InFile + Mark(master);
            connection.Execute("INSERT INTO meta (name, value) VALUES (@p0, @p1)", Name, stored);
            return new KeyRing(master);
        }

        if (stored.StartsWith(InDatabase, StringComparison.Ordinal))
        {
            return new KeyRing(Convert.FromBase64String(stored[InDatabase.Length..]));
        }

        return file is not null && stored == InFile + Mark(file)
            ? new KeyRing(file)
            : throw new StartupException(
                $"The database {database} was set up with a hub.key outside of it, and '{folder}' {(file is null ? "has none" : "has another one")}; copy the file from a node that runs.");
    }

    /// <summary>Puts the key of an embedded store into the database that it moves to, so that every key and secret goes on working.</summary>
    public static void Keep(PostgresImport import, byte[] master) => import.Put(Name, InDatabase + Convert.ToBase64String(master));

    // Tells the key without giving it away: 256 random bits cannot be guessed.
    private static string Mark(byte[] master) => Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 16, info: "mark"u8.ToArray()));
}
