using HoiAm.Server.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HoiAm.Server.Admin;

/// <summary>Any other path below <c>/admin</c>: 401 without a token, like everything there, else 404.</summary>
internal static class AdminFallback
{
    public static void Map(IEndpointRouteBuilder routes, AdminGate gate) => routes.Map("/admin/{**rest}", async context =>
    {
        var result = gate.Check(context, Permission.Read, allowScoped: true)
            ?? Answers.NotFound($"There is no {context.Request.Method} {context.Request.Path}.");
        await result.ExecuteAsync(context).ConfigureAwait(false);
    });
}
