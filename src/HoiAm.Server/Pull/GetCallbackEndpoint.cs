using System.Buffers;
using System.Globalization;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.GetCallback;
using HoiAm.Server.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Ingest;
using HoiAm.Server.Observability;
using HoiAm.Server.Queries;
using HoiAm.Server.Security;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Pull;

/// <summary><c>POST /ZaloCallback/GetCallback</c> (seed 002, protocol B, contract section 2): the state of messages, asked for by SMSID.</summary>
internal sealed class GetCallbackEndpoint(
    HubDirectory directory, LedgerQueries queries, FailureThrottle throttle, HubMetrics metrics, TimeProvider time)
{
    private const int BodyBytesMax = 1 << 20;
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);
    private readonly CallRate _rate = new();

    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "POST";
            await AnswerAsync(context, GetCallbackErrors.Malformed("Only POST is accepted here, with a JSON body."), 405).ConfigureAwait(false);
            return;
        }

        var body = await BoundedBody.ReadAsync(context.Request, BodyBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            await AnswerAsync(context, GetCallbackErrors.Malformed("The body is larger than 1 MiB."), 413).ConfigureAwait(false);
            return;
        }

        var reading = GetCallbackRequestReader.Read(body);
        if (directory.Authenticate(reading.Request.ApiKey, reading.Request.SecretKey) is not { } account)
        {
            var status = 200;
            if (throttle.IsPastLimit(context.Connection.RemoteIpAddress, out var wait))
            {
                status = 429;
                context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            }

            await AnswerAsync(context, reading.Request.ApiKey.Length == 0 && reading.Error is { } bad
                ? GetCallbackErrors.Malformed(bad)
                : GetCallbackErrors.AuthorizeFailed, status).ConfigureAwait(false);
            return;
        }

        if (!directory.MayCall(account, context.Connection.RemoteIpAddress))
        {
            await AnswerAsync(context, (140, EsmsResults.AddressNotAllowed.Text)).ConfigureAwait(false);
            return;
        }

        if (reading.Error is { } error)
        {
            await AnswerAsync(context, GetCallbackErrors.Malformed(error)).ConfigureAwait(false);
            return;
        }

        var limits = Limits(account.Settings.Pull);
        var now = time.GetUtcNow();
        if (limits.Window is { } window && !window.Contains(now))
        {
            await AnswerAsync(context, GetCallbackErrors.OutsideWindow(window)).ConfigureAwait(false);
            return;
        }

        if (!_rate.TryTake(account.Number, now, Math.Max(1, limits.PerSecond / queries.Nodes)))
        {
            context.Response.Headers.RetryAfter = "1";
            await AnswerAsync(context, GetCallbackErrors.TooManyRequests).ConfigureAwait(false);
            return;
        }

        var output = new ArrayBufferWriter<byte>(4096);
        GetCallbackResponseWriter.Write(Items(account, reading.Request, limits, now), output);
        metrics.Pull(100);
        await WriteAsync(context, output, 200).ConfigureAwait(false);
    }

    /// <summary>The limits in force: a preset, and what the account sets beside it.</summary>
    public static GetCallbackLimits Limits(PullSettings settings)
    {
        var limits = GetCallbackLimits.Preset(settings.Preset) ?? GetCallbackLimits.Edition2024;
        return limits with
        {
            MaxIds = settings.MaxIds ?? limits.MaxIds,
            PerSecond = settings.PerSecond ?? limits.PerSecond,
            Window = settings.Window switch
            {
                null => limits.Window,
                "none" => null,
                { } text => LocalWindow.Parse(text) ?? limits.Window,
            },
            Kinds = settings.Kinds is { } kinds ? PullKinds.Parse(kinds) ?? limits.Kinds : limits.Kinds,
        };
    }

    private List<GetCallbackItem> Items(Account account, GetCallbackRequest request, GetCallbackLimits limits, DateTimeOffset now)
    {
        var oldest = (now - s_kept).ToUnixTimeMilliseconds();
        var items = new List<GetCallbackItem>();
        var asked = limits.Cut(request.RefIds);
        using var connection = queries.Open();
        var known = LedgerQueries.BySmsIds(connection, asked);
        foreach (var smsId in asked)
        {
            foreach (var message in known[smsId])
            {
                // No CallbackUrl, nothing to pull here (protocol G 17); ids of others and of other OAs are silently missing.
                if (message.Account == account.Number
                    && message.CreatedAtMs >= oldest
                    && (message.CallbackUrl ?? account.Settings.CallbackUrl) is { } url
                    && limits.Kinds.Includes(message.Kind)
                    && (request.OaId is null || request.OaId == message.OaId))
                {
                    items.Add(new GetCallbackItem(Facts(message), url));
                }
            }
        }

        return items;
    }

    // In the pull 1, 2 and 7 are 2 with zero counters, and a rejection is 5 with every receiver failed (contract section 2).
    private static CallbackFacts Facts(MessageRow message)
    {
        var facts = CallbackRenderer.Facts(message, message.First.EventAtMs);
        return facts.SendStatus switch
        {
            SendStatus.Finished => facts,
            SendStatus.Rejected => facts with { SendStatus = SendStatus.Finished, SendFailed = facts.TotalReceiver, TotalSent = 0 },
            _ => facts with { SendStatus = SendStatus.Waiting, SendFailed = 0, SendSuccess = 0, TotalSent = 0, TotalPrice = 0 },
        };
    }

    private Task AnswerAsync(HttpContext context, (int Code, string Message) answer, int status = 200)
    {
        metrics.Pull(answer.Code);
        var output = new ArrayBufferWriter<byte>(128);
        GetCallbackResponseWriter.WriteError(answer.Code, answer.Message, output);
        return WriteAsync(context, output, status);
    }

    private static async Task WriteAsync(HttpContext context, ArrayBufferWriter<byte> output, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = output.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(output.WrittenMemory).ConfigureAwait(false);
    }
}
