using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HoiAm.Server.Admin;
using HoiAm.Server.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HoiAm.Server.Dashboard;

/// <summary>
/// The admin API from within the hub. The dashboard is a client of it like any other: the same handlers, permissions, masks, scopes and
/// audit entries, without a socket in between. So a page can show or do nothing that the API would refuse.
/// </summary>
internal sealed class AdminPort(AdminRoutes routes, IServiceProvider services)
{
    private readonly Lazy<AdminRoute[]> _routes = new(() => [.. routes.All.OrderBy(r => r.Parameters)]);

    /// <summary>Makes a call in somebody's name. The path is that below <c>/admin/v1</c>, with its query.</summary>
    public async Task<AdminReply> CallAsync(AdminPrincipal principal, string method, string path, JsonNode? body, CancellationToken cancel)
    {
        var question = path.IndexOf('?', StringComparison.Ordinal);
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancel };
        var target = PathString.FromUriComponent(question < 0 ? path : path[..question]);
        context.Request.Method = method;
        context.Request.Path = "/admin/v1" + target;
        context.Request.QueryString = new QueryString(question < 0 ? "" : path[question..]);
        var bytes = body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString(Answers.Json));
        context.Request.ContentLength = bytes.Length;
        context.Request.Body = new MemoryStream(bytes);
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        var result = await RunAsync(context, principal, target).ConfigureAwait(false);
        await result.ExecuteAsync(context).ConfigureAwait(false);
        return new AdminReply(context.Response.StatusCode, context.Response.ContentType ?? "", context.Response.Headers.ContentDisposition.ToString(), answer.ToArray());
    }

    private async Task<IResult> RunAsync(DefaultHttpContext context, AdminPrincipal principal, PathString target)
    {
        foreach (var route in _routes.Value)
        {
            var values = new RouteValueDictionary();
            if (route.Method == context.Request.Method && route.Matcher.TryMatch(target, values))
            {
                context.Request.RouteValues = values;
                return AdminGate.Refusal(principal, route.Permission, route.Scoped)
                    ?? await AdminRoutes.RunAsync(route.Handler, new AdminCall(context, principal)).ConfigureAwait(false);
            }
        }

        return Answers.NotFound($"There is no {context.Request.Method} {context.Request.Path}.");
    }
}

/// <summary>What the admin API answered.</summary>
internal sealed record AdminReply(int Status, string ContentType, string Disposition, byte[] Bytes)
{
    private Node? _body;

    public bool IsGood => Status is >= 200 and < 300;

    /// <summary>The body as JSON; empty when it is none.</summary>
    public Node Body => _body ??= ContentType.Contains("json", StringComparison.Ordinal) && Bytes.Length > 0
        ? new Node(JsonDocument.Parse(Bytes).RootElement)
        : default(Node);

    /// <summary>The sentence of a refusal.</summary>
    public string Detail => Body["detail"].Text is { Length: > 0 } detail ? detail : Body["title"].Text ?? "";
}

/// <summary>A value inside a JSON answer. What is absent is empty, so that pages need no checks.</summary>
public readonly struct Node(JsonElement element)
{
    public Node this[string name] =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? new Node(member) : default;

    public bool Exists => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The value as text: a text's own, a number's or flag's spelling; null when absent.</summary>
    public string? Text => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => element.GetRawText(),
    };

    public long Whole => element.ValueKind == JsonValueKind.Number ? element.TryGetInt64(out var whole) ? whole : (long)element.GetDouble() : 0;

    public double? Real => element.ValueKind == JsonValueKind.Number ? element.GetDouble() : null;

    public bool Flag => element.ValueKind == JsonValueKind.True;

    public DateTimeOffset? Time => element.ValueKind == JsonValueKind.String && element.TryGetDateTimeOffset(out var time) ? time : null;

    public IReadOnlyList<Node> Items => element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(e => new Node(e))] : [];

    public IReadOnlyList<KeyValuePair<string, Node>> Members =>
        element.ValueKind == JsonValueKind.Object ? [.. element.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, new Node(m.Value)))] : [];
}
