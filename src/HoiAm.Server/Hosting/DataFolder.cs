namespace HoiAm.Server.Hosting;

/// <summary>The hub's folder: readable by its owner only, and used by one hub at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    /// <summary>Makes the folder when it is missing and takes its lock.</summary>
    public static DataFolder Open(string path)
    {
        try
        {
            var full = System.IO.Path.GetFullPath(path);
            if (!System.IO.Directory.Exists(full))
            {
                if (OperatingSystem.IsWindows())
                {
                    System.IO.Directory.CreateDirectory(full);
                }
                else
                {
                    System.IO.Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }
            }

            return new DataFolder(full, Lock(System.IO.Path.Combine(full, "hub.lock"), full));
        }
        catch (Exception error) when (error is UnauthorizedAccessException or NotSupportedException or ArgumentException
            || (error is IOException && error is not StartupIOException))
        {
            throw new StartupException($"The data folder '{path}' cannot be used: {error.Message}", error);
        }
        catch (StartupIOException error)
        {
            throw new StartupException(error.Message, error);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string file, string folder)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(file))
        {
            throw new StartupIOException($"Another hub uses the data folder '{folder}'; stop it, or give another folder with --data.", error);
        }
    }

    private sealed class StartupIOException(string message, Exception inner) : IOException(message, inner);
}
