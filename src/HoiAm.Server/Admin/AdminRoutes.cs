using System.Text.Json;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Ingest;
using HoiAm.Server.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace HoiAm.Server.Admin;

/// <summary>A guarded admin call.</summary>
internal delegate Task<IResult> AdminHandler(AdminCall call);

/// <summary>One call of the admin API: who, what, and the bounded body.</summary>
internal sealed class AdminCall(HttpContext context, AdminPrincipal principal)
{
    /// <summary>Largest body of a single call in bytes; batches have their own bound.</summary>
    public const int BodyBytesMax = 4 << 20;

    public HttpContext Context => context;

    public AdminPrincipal Principal => principal;

    public CancellationToken Cancel => context.RequestAborted;

    /// <summary>A value of the route. The web server leaves an encoded slash as it is, and SMSIDs and brand names may have one.</summary>
    public string Route(string name) =>
        ((string)context.Request.RouteValues[name]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>A value of the query; null when absent or empty.</summary>
    public string? Query(string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>The body as JSON; a refusal when it is none.</summary>
    public async Task<(JsonDocument? Document, IResult? Refusal)> JsonAsync(bool optional = false)
    {
        var body = await BoundedBody.ReadAsync(context.Request, BodyBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            return (null, Answers.Problem(413, "Too large.", "The body is larger than 4 MiB; use the batch call for many messages."));
        }

        if (body.Length == 0 && optional)
        {
            return (JsonDocument.Parse("{}"), null);
        }

        try
        {
            var document = JsonBody.Parse(body, 32);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (document, null)
                : (null, Answers.Invalid("body", "must be a JSON object"));
        }
        catch (JsonException error)
        {
            return (null, Answers.Problem(400, "The body is not JSON.", body.Length == 0
                ? "The body is empty; a JSON object is expected."
                : error.LineNumber is null ? error.Message + " A JSON object in UTF-8 is expected."
                : $"Line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}: a JSON object is expected."));
        }
    }
}

/// <summary>A route of the admin API as it was mapped.</summary>
internal sealed record AdminRoute(string Method, TemplateMatcher Matcher, int Parameters, Permission Permission, bool Scoped, AdminHandler Handler);

/// <summary>Maps the routes of the admin API; each names what it needs and whether a customer's own token may use it.</summary>
internal sealed class AdminRoutes(IEndpointRouteBuilder routes, AdminGate gate)
{
    private readonly List<AdminRoute> _all = [];

    /// <summary>Everything mapped, for callers within the hub.</summary>
    public IReadOnlyList<AdminRoute> All => _all;

    public void Get(string pattern, AdminHandler handler, bool scoped = false) => Map("GET", pattern, Permission.Read, scoped, handler);

    public void Map(string method, string pattern, Permission permission, bool scoped, AdminHandler handler)
    {
        var template = TemplateParser.Parse(pattern.TrimStart('/'));
        _all.Add(new AdminRoute(method, new TemplateMatcher(template, []), template.Parameters.Count, permission, scoped, handler));
        routes.MapMethods("/admin/v1" + pattern, [method], async context =>
        {
            var result = gate.Check(context, permission, scoped);
            if (result is null)
            {
                result = await RunAsync(handler, new AdminCall(context, AdminGate.Principal(context))).ConfigureAwait(false);
            }

            await result.ExecuteAsync(context).ConfigureAwait(false);
        });
    }

    /// <summary>Runs a handler; what it throws for its caller becomes an answer.</summary>
    public static async Task<IResult> RunAsync(AdminHandler handler, AdminCall call)
    {
        try
        {
            return await handler(call).ConfigureAwait(false);
        }
        catch (StoreUnavailableException error)
        {
            return Answers.Unavailable(call.Context, error.Message);
        }
        catch (AdminRefusal refusal)
        {
            return refusal.Result;
        }
    }
}

/// <summary>Ends a call with an answer from anywhere inside it, also from within a write, which is then taken back.</summary>
internal sealed class AdminRefusal(IResult result) : Exception
{
    public IResult Result => result;
}
