using System.Globalization;
using System.Text;
using HoiAm.Ledger.Writing;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Sending;
using HoiAm.Server.Directory;
using HoiAm.Server.Ingest;
using HoiAm.Server.Observability;
using HoiAm.Server.Relaying;
using HoiAm.Server.Security;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Sending.Esms;

/// <summary>
/// Everything below <c>/MainService.svc</c>, in every spelling that clients use (protocol I 1): it stands before the router, since doubled
/// slashes are no route. Business outcomes are HTTP 200; HTTP errors are unknown paths, wrong methods, oversize bodies and outages.
/// </summary>
internal sealed class EsmsEndpoint(
    HubDirectory directory,
    SendService send,
    QueryService query,
    RelayService relay,
    FailureThrottle throttle,
    HubMetrics metrics,
    TimeProvider time)
{
    private const string Service = "MainService.svc";

    private readonly CallRate _znsStatus = new();
    private readonly CallRate _zaloMessageStatus = new();

    /// <summary>Answers the call when the path is one of ours, else passes it on.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var path = (context.Request.Path.Value ?? "").AsSpan().TrimStart('/');
        return path.StartsWith(Service, StringComparison.OrdinalIgnoreCase) && (path.Length == Service.Length || path[Service.Length] == '/')
            ? HandleAsync(context)
            : next(context);
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var outcome = EsmsRoutes.TryResolve(context.Request.Method, path, out var route);
        if (outcome == EsmsRouteOutcome.UnknownPath)
        {
            await AnswerAsync(context, 404, EsmsRoutes.UnknownPathBody(path)).ConfigureAwait(false);
            return;
        }

        if (outcome == EsmsRouteOutcome.WrongMethod)
        {
            context.Response.Headers.Allow = route.Endpoint!.Method;
            await AnswerAsync(context, 405, Error($"This call is made with {route.Endpoint.Method}.")).ConfigureAwait(false);
            return;
        }

        var body = await BoundedBody.ReadAsync(context.Request, EsmsEndpointLimits.BodyBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            await AnswerAsync(context, 413, Error("The body is larger than 1 MiB.")).ConfigureAwait(false);
            return;
        }

        if (EsmsRequestReader.Read(route, context.Request.ContentType, context.Request.QueryString.Value, body) is not { } request)
        {
            await AnswerAsync(context, 200, EsmsResponses.InvalidRequest.ToArray()).ConfigureAwait(false);
            return;
        }

        var account = directory.Identify(request.ApiKey, request.SecretKey);
        if (account is null && throttle.IsPastLimit(context.Connection.RemoteIpAddress, out var wait))
        {
            context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            await AnswerAsync(context, 429, EsmsResponses.Refused(request.Operation, EsmsResults.Unauthorized)).ConfigureAwait(false);
            return;
        }

        var caller = new EsmsCaller(
            account, account is null ? null : directory.Current.Catalogues.GetValueOrDefault(account.Number), context.Connection.RemoteIpAddress);
        if (!RelayService.Takes(account) && IsTooOften(request.Operation, caller))
        {
            context.Response.Headers.RetryAfter = "1";
            await AnswerAsync(context, 200, EsmsResponses.Refused(request.Operation, EsmsResults.RateExceeded)).ConfigureAwait(false);
            return;
        }

        await RunAsync(context, route, request, body, caller).ConfigureAwait(false);
    }

    // Only the two calls for which the pages name a rate (protocol D). Whoever may not call at all learns that first.
    private bool IsTooOften(EsmsOperation operation, EsmsCaller caller)
    {
        var (rate, perSecond) = operation switch
        {
            EsmsOperation.QueryZnsStatus => (_znsStatus, EsmsEndpointLimits.ZnsStatusPerSecond),
            EsmsOperation.GetZaloMessageStatus => (_zaloMessageStatus, EsmsEndpointLimits.ZaloMessageStatusPerSecond),
            _ => (null, 0),
        };
        return rate is not null
            && SendRules.CheckAccount(caller.Catalogue?.Rules, caller.Address) is null
            && !rate.TryTake(caller.Account!.Number, time.GetUtcNow(), perSecond);
    }

    private async Task RunAsync(HttpContext context, EsmsRoute route, EsmsRequest request, byte[] body, EsmsCaller caller)
    {
        try
        {
            if (RelayService.Takes(caller.Account))
            {
                metrics.EsmsCall(request.Operation);
                await relay.HandleAsync(context, route, request, body, caller).ConfigureAwait(false);
                return;
            }

            var answer = request is SendRequest sent
                ? await send.SendAsync(sent, caller, context.RequestAborted).ConfigureAwait(false)
                : await query.AnswerAsync(request, caller, send.Context(caller)).ConfigureAwait(false);
            metrics.EsmsCall(request.Operation);
            await AnswerAsync(context, 200, answer).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreUnavailableException or TimeoutException)
        {
            context.Response.Headers.RetryAfter = "1";
            await AnswerAsync(context, 503, Error("The store takes no writes now; send it again. With the same RequestId it is never sent twice.")).ConfigureAwait(false);
        }
    }

    private static byte[] Error(string sentence) => Encoding.UTF8.GetBytes($$"""{"error":"{{sentence}}"}""");

    private static async Task AnswerAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = EsmsResponses.ContentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body).ConfigureAwait(false);
    }
}
