using System.Net;
using HoiAm.Server.Json;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Guarding;

/// <summary>
/// Keeps tokens and numbers off networks in the clear: the admin API and everything that people open is served to loopback or over TLS
/// only, unless the operator says otherwise. What vendors and customers call is not affected, since their protocols are plain HTTP.
/// </summary>
internal sealed class AdminTransport(bool withoutTls)
{
    // The public surface by its first segment; what is new is guarded until it is entered here.
    private static readonly HashSet<string> s_public = new(StringComparer.OrdinalIgnoreCase)
    {
        "api", "ZaloCallback", "MainService.svc", "callbacks", "sandbox", "healthz", "readyz", "metrics", "openapi", "docs",
    };

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (withoutTls || context.Request.IsHttps || IsPublic(context.Request.Path.Value ?? "")
            || context.Connection.RemoteIpAddress is null || IPAddress.IsLoopback(context.Connection.RemoteIpAddress))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        await Answers.Problem(
            403,
            "Not without TLS.",
            "From other machines this is served over TLS only. Put a TLS proxy in front and name it with --trusted-proxies, or start the hub with --admin-without-tls.")
            .ExecuteAsync(context).ConfigureAwait(false);
    }

    private static bool IsPublic(string path)
    {
        var first = path.AsSpan().TrimStart('/');
        var end = first.IndexOf('/');
        return s_public.GetAlternateLookup<ReadOnlySpan<char>>().Contains(end < 0 ? first : first[..end]);
    }
}
