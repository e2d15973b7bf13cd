using System.Text.Json;
using HoiAm.Testing;

namespace HoiAm.EsmsApi.Tests.Support;

/// <summary>The documented samples.</summary>
internal static class Vectors
{
    public static string Answer(string name) => File.ReadAllText(RepositoryRoot.File("tests/vectors/esms-api/" + name + ".json"));

    public static string Request(string name) => Answer("constructed-" + name);

    /// <summary>The documented callback query of a kind, newest edition first.</summary>
    public static string Callback(string kind)
    {
        using var all = JsonDocument.Parse(File.ReadAllBytes(RepositoryRoot.File("tests/vectors/callbacks/callbacks.json")));
        return all.RootElement.EnumerateArray()
            .Where(s => s.GetProperty("kind").GetString() == kind)
            .OrderByDescending(s => s.GetProperty("source").GetString()!.StartsWith("docs-v2", StringComparison.Ordinal))
            .First().GetProperty("query").GetString()!;
    }
}
