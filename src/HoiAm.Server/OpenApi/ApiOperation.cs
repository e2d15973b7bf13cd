using System.Text.Json.Nodes;

namespace HoiAm.Server.OpenApi;

/// <summary>Who may call an operation.</summary>
internal enum ApiAccess
{
    /// <summary>Anybody on loopback, or an administrator's token.</summary>
    Open,

    /// <summary>The vendor's API-KEY header.</summary>
    VendorKey,

    /// <summary>ApiKey and SecretKey as Basic authentication.</summary>
    AccountBasic,

    /// <summary>ApiKey and SecretKey inside the request.</summary>
    AccountInBody,

    /// <summary>A bearer token.</summary>
    Token,
}

/// <summary>One operation of the public surface, as the OpenAPI document shows it.</summary>
/// <param name="Method">In lower case.</param>
/// <param name="Path">With {parameters}.</param>
/// <param name="Tag">Group.</param>
/// <param name="Summary">One line.</param>
/// <param name="Access">Who may call it.</param>
internal sealed record ApiOperation(string Method, string Path, string Tag, string Summary, ApiAccess Access)
{
    /// <summary>Names of query parameters and what they mean.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Query { get; init; } = [];

    /// <summary>A request body as JSON text; its schema is drawn from it. Null for none.</summary>
    public string? RequestExample { get; init; }

    /// <summary>Media type of the body.</summary>
    public string RequestType { get; init; } = "application/json";

    /// <summary>Named examples of the answer with status 200, in place of the one in <see cref="Answers"/>; empty for none.</summary>
    public IReadOnlyList<(string Name, string Example)> Samples { get; init; } = [];

    /// <summary>Status and example of each answer; the example may be null.</summary>
    public IReadOnlyList<(int Status, string Meaning, string? Example)> Answers { get; init; } = [(200, "Done", null)];
}

/// <summary>Draws a JSON schema from an example: enough for tools that make clients, and never at odds with the example.</summary>
internal static class ExampleSchema
{
    public static JsonNode Of(JsonNode? example) => example switch
    {
        JsonObject obj => new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(obj.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Of(p.Value)))),
        },
        JsonArray array => new JsonObject { ["type"] = "array", ["items"] = array.Count == 0 ? new JsonObject() : Of(array[0]) },
        JsonValue value when value.TryGetValue<bool>(out _) => new JsonObject { ["type"] = "boolean" },
        JsonValue value when value.TryGetValue<long>(out _) => new JsonObject { ["type"] = "integer" },
        JsonValue value when value.TryGetValue<double>(out _) => new JsonObject { ["type"] = "number" },
        JsonValue => new JsonObject { ["type"] = "string" },
        null => new JsonObject { ["type"] = new JsonArray("string", "null") },
        _ => new JsonObject(),
    };
}
