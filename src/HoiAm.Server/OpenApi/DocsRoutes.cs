using HoiAm.Server.Hosting;
using Microsoft.AspNetCore.Builder;

namespace HoiAm.Server.OpenApi;

/// <summary><c>/openapi/v1.json</c> and <c>/docs</c>, the same for people.</summary>
internal static class DocsRoutes
{
    public static void Map(WebApplication app, Health health)
    {
        app.MapGet("/openapi/v1.json", async context =>
        {
            if (health.Refuses(context, out var refusal))
            {
                await refusal.ExecuteAsync(context).ConfigureAwait(false);
                return;
            }

            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.BodyWriter.WriteAsync(OpenApiDocument.Bytes).ConfigureAwait(false);
        });

        // The pages hold nothing secret, but who is not on this machine needs a token for them too.
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase),
            branch =>
            {
                branch.Use(async (context, next) =>
                {
                    if (health.Refuses(context, out var refusal))
                    {
                        await refusal.ExecuteAsync(context).ConfigureAwait(false);
                        return;
                    }

                    await next(context).ConfigureAwait(false);
                });
                branch.UseSwaggerUI(ui =>
                {
                    ui.RoutePrefix = "docs";
                    ui.DocumentTitle = "HoiAm API";
                    ui.SwaggerEndpoint("/openapi/v1.json", "HoiAm");
                });
            });
    }
}
