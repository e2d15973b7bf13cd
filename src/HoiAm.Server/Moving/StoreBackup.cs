using System.Globalization;
using HoiAm.Ledger.Sqlite;
using HoiAm.Server.Hosting;

namespace HoiAm.Server.Moving;

/// <summary>A backup that was made and found good.</summary>
/// <param name="File">The file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Schema">Schema of the store in it.</param>
/// <param name="Sha256">Of all its bytes; the same stands in the file beside it that ends in <c>.sha256</c>.</param>
/// <param name="Key">Where the copy of <c>hub.key</c> is; null when none was asked for.</param>
public sealed record BackupMade(string File, long Bytes, int Schema, string Sha256, string? Key);

/// <summary>
/// Backups of the embedded store while its hub runs. The copy gets its name only when it is whole, was looked through and is on disk, so a
/// file with a backup's name is a backup. <c>hub.key</c> stays out of it unless it is asked for: who has the store alone has no key, token
/// or secret, and the key never changes, so one copy of it in another place is enough.
/// </summary>
public static class StoreBackup
{
    /// <summary>Ends the name of the file that has the sum of a backup's bytes, in the form that <c>sha256sum -c</c> reads.</summary>
    public const string SumSuffix = ".sha256";

    /// <summary>Makes a backup.</summary>
    /// <param name="data">The hub's data folder; a hub may be running on it.</param>
    /// <param name="target">The file, or a folder in which one with the time in its name is made.</param>
    /// <param name="time">The clock behind that name.</param>
    /// <param name="overwrite">True replaces a file that is there.</param>
    /// <param name="withKey">True puts a copy of <c>hub.key</c> beside it, readable by its owner only.</param>
    /// <param name="told">Pages done, and of how many.</param>
    /// <param name="cancel">Ends it early; nothing is left behind.</param>
    /// <exception cref="StartupException">It could not be made; one sentence.</exception>
    public static BackupMade Make(
        string data, string target, TimeProvider time, bool overwrite, bool withKey, Action<long, long> told, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(time);
        var source = Path.Combine(data, SqliteDatabase.FileName);
        if (!File.Exists(source))
        {
            throw new StartupException($"There is no store in '{data}'; name its folder with --data.");
        }

        var file = Path.GetFullPath(System.IO.Directory.Exists(target)
            ? Path.Combine(target, time.GetUtcNow().ToString("'hub-'yyyyMMdd'T'HHmmss'Z.db'", CultureInfo.InvariantCulture))
            : target);
        if (File.Exists(file) && !overwrite)
        {
            throw new StartupException($"There is a file {file} already; give another name, or --force to replace it.");
        }

        var part = file + ".part";
        try
        {
            File.Delete(part);
            OwnFiles.Create(part).Dispose();
            SqliteBackup.Copy(source, part, told, cancel);
            var schema = SqliteBackup.Check(part);
            OwnFiles.Sync(part);
            var sum = OwnFiles.Sum(part);
            var length = new FileInfo(part).Length;

            // An old sum beside a new file would make the new one look damaged; a missing one only leaves less to compare.
            File.Delete(file + SumSuffix);
            File.Move(part, file, overwrite);
            OwnFiles.Write(file + SumSuffix, System.Text.Encoding.ASCII.GetBytes($"{sum}  {Path.GetFileName(file)}\n"));
            var key = withKey ? KeyBeside(data, file) : null;
            return new BackupMade(file, length, schema, sum, key);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or UnusableStoreException)
        {
            throw new StartupException(error is UnusableStoreException ? error.Message : $"The backup {file} could not be written: {error.Message}", error);
        }
        finally
        {
            File.Delete(part);
            File.Delete(part + "-journal");
        }
    }

    private static string KeyBeside(string data, string file)
    {
        var key = Security.KeyRing.Read(data) ?? throw new StartupException($"There is no hub.key in '{data}', so none was put beside the backup {file}.");
        OwnFiles.Write(file + ".key", key);
        return file + ".key";
    }
}
