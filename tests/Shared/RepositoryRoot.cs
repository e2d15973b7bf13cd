namespace HoiAm.Testing;

/// <summary>Finds the checkout that a test runs in, whatever its working directory.</summary>
internal static class RepositoryRoot
{
    /// <summary>Absolute path of the folder that holds HoiAm.slnx.</summary>
    public static string Path { get; } = Find();

    /// <summary>Absolute path of a file below the root, given with forward slashes.</summary>
    public static string File(string relative) => System.IO.Path.Combine(Path, relative.Replace('/', System.IO.Path.DirectorySeparatorChar));

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !System.IO.File.Exists(System.IO.Path.Combine(folder, "HoiAm.slnx")))
        {
            folder = System.IO.Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("HoiAm.slnx is not above " + AppContext.BaseDirectory);
    }
}
