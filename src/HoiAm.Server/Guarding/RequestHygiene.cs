using System.Text;
using HoiAm.Server.Ingest;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Guarding;

/// <summary>
/// What holds for every request and answer: no request whose length two programs could read in two ways, no header that decides something
/// given twice, and on every answer the headers that keep a browser from guessing, framing and remembering.
/// </summary>
internal static class RequestHygiene
{
    // Each of these decides who somebody is or where a request ends; twice is never an accident worth guessing at.
    private static readonly string[] s_single =
        ["API-KEY", "Authorization", "Content-Type", "Content-Length", "Transfer-Encoding", "Host"];

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        AddHeaders(context);
        return Fault(context.Request) is { } fault ? RefuseAsync(context, fault) : next(context);
    }

    private static void AddHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["X-Content-Type-Options"] = "nosniff";
        headers.CacheControl = "no-store";
        if (HttpMethods.IsPost(context.Request.Method))
        {
            // Machines post; what they get is JSON or text, which the two lines above keep a browser from taking for a page.
            return;
        }

        headers["X-Frame-Options"] = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        // Machine answers hold nothing to run. Pages for people need their own scripts and styles, and nothing from elsewhere.
        var isPage = context.Request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase);
        headers.ContentSecurityPolicy = isPage
            ? "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
            : "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
    }

    private static string? Fault(HttpRequest request)
    {
        var headers = request.Headers;
        foreach (var name in s_single)
        {
            if (headers[name].Count > 1)
            {
                return $"The header {name} is given more than once.";
            }
        }

        // Kestrel goes by the chunks and keeps the length under another name; a proxy before us may have gone by the length.
        if (headers.ContainsKey("Transfer-Encoding") && (headers.ContainsKey("X-Content-Length") || headers.ContainsKey("Content-Length")))
        {
            return "Transfer-Encoding and Content-Length are given together.";
        }

        return headers.TransferEncoding.ToString() is { Length: > 0 } coding && !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
            ? "The only Transfer-Encoding accepted is chunked."
            : null;
    }

    private static Task RefuseAsync(HttpContext context, string fault)
    {
        // What follows on this connection may be the rest of a body, or a request that somebody else hid in it.
        context.Response.Headers.Connection = "close";
        if (context.Request.Path.StartsWithSegments("/api/vendor", StringComparison.OrdinalIgnoreCase))
        {
            return VendorEndpoint.BadHeadersAsync(context, fault);
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(
            $$"""{"type":"about:blank","title":"The request is not valid.","status":400,"detail":"{{fault}}"}""", Encoding.UTF8);
    }
}
