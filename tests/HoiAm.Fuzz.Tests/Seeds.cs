using System.Text.Json.Nodes;
using HoiAm.Testing;

namespace HoiAm.Fuzz;

/// <summary>Inputs to begin with: the documented bytes of tests/vectors, the corpus beside this file, and a few written here.</summary>
internal static class Seeds
{
    public static IReadOnlyList<byte[]> From(string target, string? vectors, params string[] own) =>
        [.. Files("tests/HoiAm.Fuzz.Tests/corpus/" + target), .. vectors is null ? [] : Files(vectors), .. own.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The queries of the documented callbacks.</summary>
    public static IEnumerable<string> Callbacks() =>
        JsonNode.Parse(File.ReadAllText(RepositoryRoot.File("tests/vectors/callbacks/callbacks.json")))!.AsArray().Select(row => (string)row!["query"]!);

    private static IEnumerable<byte[]> Files(string folder) => Directory.Exists(RepositoryRoot.File(folder))
        ? Directory.EnumerateFiles(RepositoryRoot.File(folder)).Where(f => !f.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
        : [];
}
