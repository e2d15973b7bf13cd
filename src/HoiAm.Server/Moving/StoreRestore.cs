using System.Globalization;
using System.Text.Json;
using HoiAm.Ledger.Sqlite;
using HoiAm.Server.Directory;
using HoiAm.Server.Hosting;
using HoiAm.Server.Security;
using Microsoft.Data.Sqlite;

namespace HoiAm.Server.Moving;

/// <summary>A store that was put back.</summary>
/// <param name="File">Where it is now.</param>
/// <param name="Schema">Its schema; the next start brings it up to date.</param>
/// <param name="Summed">True when the backup's bytes were compared with the sum beside it.</param>
/// <param name="Key">What became of <c>hub.key</c>: <c>kept</c>, <c>restored</c> or <c>missing</c>.</param>
/// <param name="Replaced">Where the store that was there is now; null when there was none.</param>
public sealed record Restored(string File, int Schema, bool Summed, string Key, string? Replaced);

/// <summary>Puts a backup into a data folder on which no hub runs. Everything is looked at before anything is changed.</summary>
public static class StoreRestore
{
    /// <summary>Restores.</summary>
    /// <param name="backup">The file that <see cref="StoreBackup"/> made.</param>
    /// <param name="data">The data folder; made when it is missing.</param>
    /// <param name="key">A copy of <c>hub.key</c>; null takes the one beside the backup, or leaves the one in the folder.</param>
    /// <param name="time">The clock behind the name that a replaced store gets.</param>
    /// <param name="overwrite">True puts it in the place of a store that is there, which is kept under another name.</param>
    /// <exception cref="StartupException">It was not done; one sentence.</exception>
    public static Restored Run(string backup, string data, string? key, TimeProvider time, bool overwrite)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (!File.Exists(backup))
        {
            throw new StartupException($"There is no file {backup}.");
        }

        try
        {
            var schema = SqliteBackup.Check(backup);
            var isSummed = CompareSum(backup);
            using var folder = DataFolder.Open(data);
            var file = Path.Combine(folder.Path, SqliteDatabase.FileName);
            var isThere = File.Exists(file) && new FileInfo(file).Length > 0;
            if (isThere && !overwrite)
            {
                throw new StartupException($"There is a store in '{folder.Path}' already; name another folder with --data, or give --force: the old store is then kept under another name.");
            }

            var (master, word) = KeyFor(backup, folder.Path, key, overwrite);
            var part = file + ".restoring";
            var sum = OwnFiles.Copy(backup, part);
            if (sum != OwnFiles.Sum(part))
            {
                File.Delete(part);
                throw new StartupException($"What was written to '{folder.Path}' is not what the backup holds: its disk fails.");
            }

            var replaced = isThere ? PutAside(file, time) : null;
            File.Delete(file + "-wal");
            File.Delete(file + "-shm");
            File.Move(part, file, overwrite: true);
            OwnFiles.SyncFolder(file);
            if (master is not null)
            {
                OwnFiles.Write(Path.Combine(folder.Path, "hub.key"), master);
            }

            return new Restored(file, schema, isSummed, word, replaced);
        }
        catch (Exception error) when (error is UnusableStoreException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(error is UnusableStoreException ? error.Message : $"The backup {backup} could not be restored: {error.Message}", error);
        }
    }

    // What a damaged disk does inside a row is seen by the sum alone: a page with another number in it is still a page.
    private static bool CompareSum(string backup)
    {
        var beside = backup + StoreBackup.SumSuffix;
        if (!File.Exists(beside))
        {
            return false;
        }

        var expected = File.ReadAllText(beside).Split(' ', 2)[0].Trim();
        return expected.Equals(OwnFiles.Sum(backup), StringComparison.OrdinalIgnoreCase)
            ? true
            : throw new StartupException($"The file {backup} is not what was backed up: its sum differs from the one in {beside}; take another backup.");
    }

    private static (byte[]? Master, string Word) KeyFor(string backup, string folder, string? key, bool overwrite)
    {
        var there = KeyRing.Read(folder);
        var source = key ?? (there is null && File.Exists(backup + ".key") ? backup + ".key" : null);
        if (source is not null && !File.Exists(source))
        {
            throw new StartupException($"There is no file {source}.");
        }

        var given = source is null ? null : File.ReadAllBytes(source);
        if (given is not null && given.Length != KeyRing.KeyLength)
        {
            throw new StartupException(string.Create(CultureInfo.InvariantCulture, $"{source} is no hub.key: it must hold {KeyRing.KeyLength} bytes, and has {given.Length}."));
        }

        if (given is not null && there is not null && !given.AsSpan().SequenceEqual(there) && !overwrite)
        {
            throw new StartupException($"The folder '{folder}' has another hub.key; give --force to replace it.");
        }

        if ((given ?? there) is { } master && !Fits(backup, new KeyRing(master)))
        {
            throw new StartupException($"{source ?? Path.Combine(folder, "hub.key")} is not the key that this backup's secrets were sealed with; name the right one with --key.");
        }

        return (given, given is not null ? "restored" : there is not null ? "kept" : "missing");
    }

    // Every account has a sealed inbound key, so one row tells; a store without accounts has nothing sealed.
    private static bool Fits(string backup, KeyRing ring)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = new Uri(Path.GetFullPath(backup)).AbsoluteUri + "?immutable=1", Mode = SqliteOpenMode.ReadOnly, Pooling = false,
        }.ToString());
        connection.Open();
        var seals = connection.Query("SELECT document FROM account ORDER BY number LIMIT 20", r => JsonSerializer.Deserialize<AccountSettings>(r.GetString(0))!.InboundKey);
        return seals.Where(s => s.Length > 0).All(s => ring.Unseal(s) is not null);
    }

    // A log belongs to the very file beside it: it goes into the file first, or, when that fails, along with it under its name.
    private static string PutAside(string file, TimeProvider time)
    {
        var aside = file + time.GetUtcNow().ToString("'.before-'yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        if (File.Exists(file + "-wal"))
        {
            try
            {
                using var connection = new SqliteDatabase(Path.GetDirectoryName(file)!).OpenWriter();
                connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            }
            catch (Exception error) when (error is SqliteException or Ledger.Writing.StoreUnavailableException)
            {
                File.Move(file + "-wal", aside + "-wal", overwrite: true);
            }
        }

        File.Move(file, aside, overwrite: true);
        return aside;
    }
}
