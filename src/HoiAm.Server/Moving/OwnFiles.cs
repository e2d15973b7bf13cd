using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace HoiAm.Server.Moving;

/// <summary>Files with customers' data: readable by their owner only, and on disk before anybody relies on them.</summary>
internal static class OwnFiles
{
    /// <summary>Makes a new file that only its owner may read.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Writes a small file whole, in place of one that may be there.</summary>
    public static void Write(string path, byte[] content)
    {
        var part = path + ".part";
        File.Delete(part);
        using (var stream = Create(part))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: true);
        SyncFolder(path);
    }

    /// <summary>Copies a file and gives the sum of what was written; the copy is on disk when this returns.</summary>
    public static string Copy(string from, string to)
    {
        File.Delete(to);
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var source = File.OpenRead(from);
        using var target = Create(to);
        var buffer = new byte[1 << 20];
        int count;
        while ((count = source.Read(buffer)) > 0)
        {
            sum.AppendData(buffer, 0, count);
            target.Write(buffer, 0, count);
        }

        target.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }

    /// <summary>SHA-256 of a file, in lower-case hex.</summary>
    public static string Sum(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Puts a file on disk.</summary>
    public static void Sync(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Puts the names in a file's folder on disk, so that a rename outlives the power. Windows does that by itself.</summary>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // The framework opens no folders, so the system is asked; where it does not sync folders, it says so and nothing is lost by asking.
        var folder = Open(Encoding.UTF8.GetBytes(Path.GetDirectoryName(Path.GetFullPath(path))! + "\0"), 0);
        if (folder >= 0)
        {
            _ = Sync(folder);
            _ = Close(folder);
        }
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
