using HoiAm.Testing;

namespace HoiAm.Tidy.Tests.Support;

/// <summary>The files of the checkout that somebody wrote: no build output, no restored packages, no data of a hub that ran here.</summary>
internal static class RepositoryFiles
{
    private static readonly HashSet<string> s_foldersNobodyWrote = new(StringComparer.Ordinal)
    {
        ".git", ".dotnet", ".build", ".vs", ".idea", "artifacts", "bin", "obj", "node_modules", "TestResults", "__pycache__",
    };

    private static readonly HashSet<string> s_binary = new(StringComparer.OrdinalIgnoreCase) { ".png", ".ico", ".db", ".woff2", ".pyc" };

    /// <summary>Every file as a path from the root, with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Walk("").Order(StringComparer.Ordinal)];

    /// <summary>Those that hold text.</summary>
    public static IEnumerable<string> Text => All.Where(f => !s_binary.Contains(System.IO.Path.GetExtension(f)));

    /// <summary>C# sources below a folder.</summary>
    public static IEnumerable<string> CSharp(params string[] below) =>
        All.Where(f => f.EndsWith(".cs", StringComparison.Ordinal) && below.Any(b => f.StartsWith(b, StringComparison.Ordinal)));

    public static bool Exists(string path) => File.Exists(RepositoryRoot.File(path)) || Directory.Exists(RepositoryRoot.File(path));

    public static string Read(string path) => File.ReadAllText(RepositoryRoot.File(path)).ReplaceLineEndings("\n");

    private static IEnumerable<string> Walk(string folder)
    {
        var path = folder.Length == 0 ? RepositoryRoot.Path : RepositoryRoot.File(folder);
        foreach (var file in Directory.EnumerateFiles(path))
        {
            // Some checkouts have a file of that name where a clone has a folder.
            if (System.IO.Path.GetFileName(file) != ".git")
            {
                yield return folder + System.IO.Path.GetFileName(file);
            }
        }

        foreach (var child in Directory.EnumerateDirectories(path).Select(d => System.IO.Path.GetFileName(d)!))
        {
            // The hub's own data folder is only ever at the root; benchmark results are made, not written.
            var whole = folder + child;
            if (!s_foldersNobodyWrote.Contains(child) && whole is not ("data" or "bench/results"))
            {
                foreach (var file in Walk(whole + "/"))
                {
                    yield return file;
                }
            }
        }
    }
}
