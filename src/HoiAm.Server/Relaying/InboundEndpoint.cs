using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Relaying;
using HoiAm.Ledger.Tracing;
using HoiAm.Ledger.Writing;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Sending;
using HoiAm.Server.Directory;
using HoiAm.Server.Ingest;
using HoiAm.Server.Observability;
using HoiAm.Server.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoiAm.Server.Relaying;

/// <summary>
/// <c>/callbacks/esms/{inboundKey}</c>: the hub as an account's hook (contract section 2). Answered 200 only after the commit, so that
/// whoever calls may forget; 503 with <c>Retry-After</c> while the store is away, so that it calls again.
/// </summary>
internal sealed class InboundEndpoint(HubDirectory directory, RelayLedger ledger, FailureThrottle throttle, HubMetrics metrics)
{
    public const string Pattern = "/callbacks/esms/{inboundKey}";

    private const int BodyBytesMax = 64 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, POST";
            await AnswerAsync(context, 405, "Only GET and POST are accepted here.").ConfigureAwait(false);
            return;
        }

        if (!directory.Current.AccountsByInboundKey.TryGetValue((string)context.Request.RouteValues["inboundKey"]!, out var account))
        {
            var isPast = throttle.IsPastLimit(context.Connection.RemoteIpAddress, out var wait);
            context.Response.Headers.RetryAfter = isPast ? wait.ToString(CultureInfo.InvariantCulture) : default;
            await AnswerAsync(context, isPast ? 429 : 404, "There is no such inbound URL.").ConfigureAwait(false);
            return;
        }

        if (!account.Settings.Enabled || !IsAllowed(account, context.Connection.RemoteIpAddress))
        {
            await AnswerAsync(context, 403, account.Settings.Enabled ? "Callbacks from this address are not accepted." : "The account is disabled.").ConfigureAwait(false);
            return;
        }

        var body = HttpMethods.IsPost(context.Request.Method) ? await BoundedBody.ReadAsync(context.Request, BodyBytesMax).ConfigureAwait(false) : [];
        if (body is null)
        {
            await AnswerAsync(context, 413, "The body is larger than 64 KiB (65536 bytes).").ConfigureAwait(false);
            return;
        }

        await TakeAsync(context, account, CallbackPushReader.Read(RawQuery(context), body)).ConfigureAwait(false);
    }

    private async Task TakeAsync(HttpContext context, Account account, CallbackPush push)
    {
        using var span = HubTrace.Source.StartActivity("report accept", ActivityKind.Server);
        span?.SetTag("hoiam.account", account.Id);
        try
        {
            switch (push.Kind)
            {
                case PushKind.Status:
                    metrics.Inbound(await ledger.AppendAsync(ToCallback(account, push)).ConfigureAwait(false));
                    FaultPoints.Hit("inbound-stored");
                    await AnswerAsync(context, 200, "OK").ConfigureAwait(false);
                    return;
                case PushKind.ShortCode:
                    await PassOnAsync(account, push).ConfigureAwait(false);
                    await AnswerAsync(context, 200, ClientResponse(push), "text/xml; charset=utf-8").ConfigureAwait(false);
                    return;
                case PushKind.Registration:
                    await PassOnAsync(account, push).ConfigureAwait(false);
                    await AnswerAsync(context, 200, "OK").ConfigureAwait(false);
                    return;
                default:
                    await AnswerAsync(context, 400, CallbackPushReader.Accepted).ConfigureAwait(false);
                    return;
            }
        }
        catch (StoreUnavailableException)
        {
            TraceExport.Fail(span, 503);
            context.Response.Headers.RetryAfter = "1";
            await AnswerAsync(context, 503, "The callback was not stored; send it again.").ConfigureAwait(false);
        }
    }

    private async Task PassOnAsync(Account account, CallbackPush push)
    {
        var isNews = await ledger.PassOnAsync(account.Number, Query(push), PassedOn.Digest(push), PassedOn.KnownFor(push.Kind)).ConfigureAwait(false);
        metrics.Inbound(isNews ? ReportEffect.Advanced : ReportEffect.Repeated);
    }

    private static UpstreamCallback ToCallback(Account account, CallbackPush push)
    {
        var reading = push.Status!;
        var facts = reading.Facts;
        if (facts.Voice is { } voice)
        {
            // What only calls have travels as JSON, as with the simulated carriers. Before 2024-03 a call's callback had no SendStatus.
            var isOver = reading.Outcome is CallbackOutcome.Delivered or CallbackOutcome.Failed;
            facts = facts with { ErrorInfo = VoiceResult.Json(voice), SendStatus = isOver ? SendStatus.Finished : facts.SendStatus };
        }

        return new UpstreamCallback(account.Number, facts, Meaning(reading), push.Raw, push.Query);
    }

    private static ReportedStatus Meaning(EsmsCallbackReading reading) => reading.Outcome switch
    {
        CallbackOutcome.Delivered or CallbackOutcome.PartlyDelivered => ReportedStatus.Delivered,
        CallbackOutcome.Failed => ReportedStatus.Failed,
        CallbackOutcome.Rejected => ReportedStatus.Rejected,

        // Finished with both counters at zero: what was charged for was sent (protocol A.2, the promo sample).
        CallbackOutcome.FinishedUnknown => reading.Facts.TotalPrice > 0 ? ReportedStatus.Delivered : ReportedStatus.Failed,
        CallbackOutcome.Pending => (int)reading.Facts.SendStatus switch
        {
            1 => ReportedStatus.PendingApproval,
            2 or 3 => ReportedStatus.Waiting,
            7 => ReportedStatus.Sent,
            _ => ReportedStatus.Ignore,
        },
        _ => ReportedStatus.Unmapped,
    };

    private static bool IsAllowed(Account account, IPAddress? from)
    {
        if (account.InboundNetworks.Count == 0)
        {
            return true;
        }

        // An IPv4 client on a dual-stack socket shows up in IPv6 form.
        var address = from is { IsIPv4MappedToIPv6: true } ? from.MapToIPv4() : from;
        return address is not null && account.InboundNetworks.Any(n => n.Contains(address));
    }

    // The characters of the request line, which no framework has touched.
    private static string RawQuery(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? "" : target[question..];
    }

    private static string Query(CallbackPush push) => push.Query
        ?? string.Join('&', push.Values.Select(v => Uri.EscapeDataString(v.Key) + "=" + Uri.EscapeDataString(v.Value)));

    // The reply that a short code's platform expects (protocol A.9); the hub has nothing to say to the person.
    private static string ClientResponse(CallbackPush push) =>
        $"<ClientResponse><Message></Message><Smsid>{Escape(push, "smsid")}</Smsid><Receiver>{Escape(push, "sender")}</Receiver></ClientResponse>";

    private static string Escape(CallbackPush push, string name) => SecurityElement.Escape(push.Values.GetValueOrDefault(name, ""));

    private static async Task AnswerAsync(HttpContext context, int status, string text, string type = "text/plain; charset=utf-8")
    {
        var body = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body).ConfigureAwait(false);
    }
}
