using System.Text.Json;
using HoiAm.Testing;

namespace HoiAm.EsmsApi.Tests.Support;

/// <summary>The documented samples.</summary>
internal static class Vectors
{
    public static string Answer(string name) => File.ReadAllText(RepositoryRoot.File("tests/vectors/esms-api/" + name + ".json"));

    public static string Request(string name) => Answer("constructed-" + name);

    /// <summary>Every documented callback query of every edition.</summary>
    public static IReadOnlyList<(string Source, string Kind, string Query)> Callbacks { get; } = ReadCallbacks();

    /// <summary>The documented callback query of a kind, newest edition first.</summary>
    public static string Callback(string kind) => Callbacks.Where(s => s.Kind == kind)
        .OrderByDescending(s => s.Source.StartsWith("docs-v2", StringComparison.Ordinal)).First().Query;

    private static List<(string Source, string Kind, string Query)> ReadCallbacks()
    {
        using var all = JsonDocument.Parse(File.ReadAllBytes(RepositoryRoot.File("tests/vectors/callbacks/callbacks.json")));
        string Text(JsonElement sample, string name) => sample.GetProperty(name).GetString()!;
        return [.. all.RootElement.EnumerateArray().Select(s => (Text(s, "source"), Text(s, "kind"), Text(s, "query")))];
    }
}
