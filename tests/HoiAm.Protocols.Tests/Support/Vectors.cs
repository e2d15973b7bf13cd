using System.Text.Json;
using HoiAm.Testing;

namespace HoiAm.Protocols.Tests.Support;

/// <summary>Reads tests/vectors.</summary>
internal static class Vectors
{
    public static byte[] Bytes(string relative) => File.ReadAllBytes(RepositoryRoot.File("tests/vectors/" + relative));

    public static IReadOnlyList<CallbackSample> Callbacks { get; } = ReadCallbacks();

    private static List<CallbackSample> ReadCallbacks()
    {
        using var queries = JsonDocument.Parse(Bytes("callbacks/callbacks.json"));
        using var decoded = JsonDocument.Parse(Bytes("callbacks/callbacks-decoded.json"));
        var samples = new List<CallbackSample>();
        foreach (var query in queries.RootElement.EnumerateArray())
        {
            // The decoded file leaves out the calls at the end.
            Dictionary<string, string> values = samples.Count < decoded.RootElement.GetArrayLength()
                ? decoded.RootElement[samples.Count].GetProperty("decodedOnce").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!)
                : [];
            samples.Add(new CallbackSample(
                samples.Count,
                query.GetProperty("kind").GetString()!,
                query.GetProperty("source").GetString()!,
                query.GetProperty("query").GetString()!,
                values));
        }

        return samples;
    }
}

/// <summary>One documented callback.</summary>
internal sealed record CallbackSample(int Index, string Kind, string Source, string Query, Dictionary<string, string> DecodedOnce)
{
    /// <summary>The unencoded query of seed 000 is a documentation form; nobody can send it.</summary>
    public bool IsUnencoded => Query.Contains('"');

    /// <summary>The list of names without values is a template for the customer's URL, no callback.</summary>
    public bool IsTemplate => Kind == "voice-call-template-of-names";
}
