using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HoiAm.Server.Json;

namespace HoiAm.Server.OpenApi;

/// <summary>The OpenAPI 3.1 document of the public surface, made once from <see cref="ApiCatalog"/>.</summary>
internal static partial class OpenApiDocument
{
    private static readonly Lazy<byte[]> s_bytes = new(() => JsonSerializer.SerializeToUtf8Bytes(Build(ApiCatalog.All), Answers.Json));

    public static ReadOnlyMemory<byte> Bytes => s_bytes.Value;

    /// <summary>The document over any list of operations.</summary>
    public static JsonObject Build(IEnumerable<ApiOperation> operations)
    {
        var paths = new JsonObject();
        foreach (var operation in operations)
        {
            if (paths[operation.Path] is not JsonObject path)
            {
                paths[operation.Path] = path = [];
            }

            path[operation.Method] = Describe(operation);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "HoiAm",
                ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version?.ToString(3),
                ["description"] = "Delivery-report hub for Vietnamese business messaging.",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["vendorKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "API-KEY" },
                    ["account"] = new JsonObject { ["type"] = "http", ["scheme"] = "basic" },
                },
            },
        };
    }

    private static JsonObject Describe(ApiOperation operation)
    {
        var described = new JsonObject
        {
            ["tags"] = new JsonArray(operation.Tag),
            ["summary"] = operation.Summary,
            ["operationId"] = OperationId(operation),
            ["parameters"] = new JsonArray([.. Parameters(operation)]),
            ["responses"] = new JsonObject(operation.Answers.Select(a => KeyValuePair.Create(
                a.Status.ToString(CultureInfo.InvariantCulture), (JsonNode?)Response(a.Meaning, a.Example, a.Status == 200 ? operation.Samples : [])))),
        };
        if (operation.RequestExample is { } example)
        {
            described["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject { [operation.RequestType] = Media(example) },
            };
        }

        var scheme = operation.Access switch
        {
            ApiAccess.Token => "token",
            ApiAccess.VendorKey => "vendorKey",
            ApiAccess.AccountBasic => "account",
            _ => null,
        };
        if (scheme is not null)
        {
            described["security"] = new JsonArray(new JsonObject { [scheme] = new JsonArray() });
        }

        return described;
    }

    private static IEnumerable<JsonNode> Parameters(ApiOperation operation)
    {
        foreach (Match match in PathParameter().Matches(operation.Path))
        {
            yield return Parameter(match.Groups[1].Value, "path", null, required: true);
        }

        foreach (var (name, meaning) in operation.Query)
        {
            yield return Parameter(name, "query", meaning, required: false);
        }
    }

    private static JsonObject Parameter(string name, string place, string? meaning, bool required) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["description"] = meaning,
        ["required"] = required,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Response(string meaning, string? example, IReadOnlyList<(string Name, string Example)> samples)
    {
        var response = new JsonObject { ["description"] = meaning };
        if (samples.Count > 0)
        {
            response["content"] = new JsonObject
            {
                ["application/json"] = new JsonObject
                {
                    ["schema"] = ExampleSchema.Of(JsonNode.Parse(samples[0].Example)),
                    ["examples"] = new JsonObject(samples.Select(s => KeyValuePair.Create(
                        s.Name, (JsonNode?)new JsonObject { ["value"] = JsonNode.Parse(s.Example) }))),
                },
            };
        }
        else if (example is not null)
        {
            response["content"] = new JsonObject { ["application/json"] = Media(example) };
        }

        return response;
    }

    private static JsonObject Media(string example)
    {
        if (example.StartsWith('<'))
        {
            return new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" }, ["example"] = example };
        }

        var node = JsonNode.Parse(example);
        return new JsonObject { ["schema"] = ExampleSchema.Of(node), ["example"] = node };
    }

    private static string OperationId(ApiOperation operation) =>
        operation.Method + string.Concat(operation.Path.Split('/', '{', '}').Where(p => p.Length > 0).Select(p => char.ToUpperInvariant(p[0]) + p[1..]));

    [GeneratedRegex("{([A-Za-z]+)}")]
    private static partial Regex PathParameter();
}
