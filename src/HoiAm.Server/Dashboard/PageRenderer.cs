using System.Text;
using HoiAm.Server.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Dashboard;

/// <summary>Renders a page's component, then the frame around it: the frame shows the title that the page chose.</summary>
internal sealed class PageRenderer(IServiceProvider services, ILoggerFactory logs)
{
    // Scripts and styles only from our own files, nothing inline, no frames, no forms to elsewhere.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public async Task WriteAsync(HttpContext http, PageContext page, Type component, IReadOnlyDictionary<string, object?> parameters)
    {
        await using var renderer = new HtmlRenderer(services, logs);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var body = await RenderAsync(renderer, page, component, parameters).ConfigureAwait(true);
            return await RenderAsync(renderer, page, typeof(Frame), new Dictionary<string, object?> { ["Body"] = new MarkupString(body) }).ConfigureAwait(true);
        }).ConfigureAwait(false);
        var bytes = Encoding.UTF8.GetBytes("<!DOCTYPE html>\n" + html);
        SetHeaders(http);
        http.Response.StatusCode = page.Status;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
    }

    public static void SetHeaders(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
    }

    private static async Task<string> RenderAsync(HtmlRenderer renderer, PageContext page, Type component, IReadOnlyDictionary<string, object?> parameters)
    {
        var root = await renderer.RenderComponentAsync<Root>(ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(Root.Page)] = page,
            [nameof(Root.Component)] = component,
            [nameof(Root.Parameters)] = parameters,
        })).ConfigureAwait(true);
        return root.ToHtmlString();
    }
}
