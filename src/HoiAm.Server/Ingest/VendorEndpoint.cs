using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using HoiAm.Ledger;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Tracing;
using HoiAm.Ledger.Writing;
using HoiAm.Protocols.VendorSms;
using HoiAm.Server.Directory;
using HoiAm.Server.Observability;
using HoiAm.Server.Security;
using HoiAm.Server.Sending.Routes.Submitting;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Ingest;

/// <summary>
/// <c>POST /api/vendor/v1/sms/callback</c> (seed 003, contract section 2). The path of a report begins here:
/// (1) method and key are checked, the key before the body; (2) the body is read, bounded; (3) the codec turns it into a report;
/// (4) the ledger appends it; (5) only after the commit is the vendor answered.
/// </summary>
internal sealed class VendorEndpoint(
    HubDirectory directory, MessageLedger ledger, FailureThrottle throttle, IntakePacer pacer, HubMetrics metrics, TimeProvider time)
{
    /// <summary>Largest body in bytes (contract section 2).</summary>
    public const int BodyBytesMax = 64 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        // Step 1: method, then key; nothing of the body is read for a stranger.
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "POST";
            await RefuseAsync(context, 405, "Only POST is accepted here.").ConfigureAwait(false);
            return;
        }

        if (Authenticate(context, out var refusal) is not { } vendor)
        {
            metrics.VendorRefused(refusal.Status);
            await RefuseAsync(context, refusal.Status, refusal.Message).ConfigureAwait(false);
            return;
        }

        using var span = HubTrace.Source.StartActivity("report accept", ActivityKind.Server);
        span?.SetTag("hoiam.vendor", vendor.Id);
        if (!IsJson(context.Request.ContentType))
        {
            await RefuseAsync(context, 415, "The body must be application/json (or have no Content-Type).").ConfigureAwait(false);
            return;
        }

        // Step 2: the body, at most 64 KiB.
        var body = await BoundedBody.ReadAsync(context.Request, BodyBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            await RefuseAsync(context, 413, "The body is larger than 64 KiB (65536 bytes).").ConfigureAwait(false);
            return;
        }

        // Step 3: bytes to facts.
        var reading = VendorReportReader.Read(body, vendor.Settings.Strict);
        if (reading.Report is not { } report)
        {
            metrics.VendorRefused(400);
            TraceExport.Fail(span, 400);
            await AnswerAsync(context, 400, Error(400, reading.Message, reading.Errors)).ConfigureAwait(false);
            return;
        }

        await pacer.WaitAsync(context.RequestAborted).ConfigureAwait(false);

        // Step 4: into the ledger.
        try
        {
            var effect = await ledger.AppendAsync(ToIncoming(report, vendor, body)).ConfigureAwait(false);
            metrics.Report(effect);
            span?.SetTag("hoiam.report.effect", effect.ToString());
        }
        catch (StoreUnavailableException error)
        {
            metrics.VendorRefused(503);
            TraceExport.Fail(span, 503);
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, 503, "The report was not stored, send it again: " + error.Message).ConfigureAwait(false);
            return;
        }

        // Step 5: durable: the report and every callback that follows from it. Only now is the vendor told so.
        var answer = new ArrayBufferWriter<byte>(body.Length + 128);
        VendorEnvelope.WriteSuccess(body, answer);
        await AnswerAsync(context, 200, answer).ConfigureAwait(false);
    }

    /// <summary>Any other path below <c>/api/vendor</c>.</summary>
    public static Task NotFoundAsync(HttpContext context) =>
        RefuseAsync(context, 404, "There is no such path. Reports go to POST /api/vendor/v1/sms/callback.");

    /// <summary>A request whose headers say two things at once, wherever below <c>/api/vendor</c> it goes.</summary>
    public static Task BadHeadersAsync(HttpContext context, string fault) => RefuseAsync(context, 400, fault);

    private Vendor? Authenticate(HttpContext context, out (int Status, string Message) refusal)
    {
        var key = context.Request.Headers["API-KEY"].ToString();
        var credential = directory.Find(CredentialKind.Vendor, key);
        if (credential is null || !directory.Current.VendorsByNumber.TryGetValue(credential.Owner, out var vendor))
        {
            refusal = key.Length == 0
                ? (401, "The API-KEY header is missing.")
                : (401, "The API-KEY is not known.");
            if (throttle.IsPastLimit(context.Connection.RemoteIpAddress, out var retryAfter))
            {
                context.Response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
                refusal = (429, "Too many requests with a wrong API-KEY from this address.");
            }

            return null;
        }

        if (!vendor.Settings.Enabled || !credential.IsInForce(time.GetUtcNow()))
        {
            refusal = (403, "The API-KEY is disabled, expired or not yet valid.");
            return null;
        }

        if (!vendor.Sources.IsEmpty && !vendor.Sources.Contains(context.Connection.RemoteIpAddress))
        {
            refusal = (403, "Reports with this API-KEY are not accepted from this address.");
            return null;
        }

        refusal = default;
        directory.Touch(credential);
        return vendor;
    }

    private static IncomingReport ToIncoming(Model.VendorReport report, Vendor vendor, byte[] body) => new()
    {
        Source = ReportSource.Vendor,
        Vendor = vendor.Number,
        Address = report.Address,
        ReferentId = report.ReferentId,

        // A vendor that is asked receiver by receiver got the message's id with a number behind it.
        RequestId = vendor.Settings.Connector is not null && report.RequestId is { } id ? ProviderRequestIds.MessagePart(id) : report.RequestId,
        StatusCode = report.Status,
        Status = VendorStatusMap.Map(report.Status, vendor.Settings.StatusMap),
        ErrorInfo = report.ErrorInfo,
        PartnerId = report.PartnerId,
        IsRefusal = report.IsZaloRefusal,
        TelcoId = report.TelcoId,
        Segments = report.MtCount,
        Price = report.Price,
        EventTime = report.ResponseTimeTelco ?? report.SendTime,
        Raw = body,
    };

    // JSON or nothing; some vendors write text/json or a vendor tree ending in +json.
    private static bool IsJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static Task RefuseAsync(HttpContext context, int status, string message) =>
        AnswerAsync(context, status, Error(status, message, null));

    private static ArrayBufferWriter<byte> Error(int status, string message, IReadOnlyDictionary<string, string[]>? errors)
    {
        var answer = new ArrayBufferWriter<byte>(256);
        VendorEnvelope.WriteError(status, message, errors, answer);
        return answer;
    }

    private static async Task AnswerAsync(HttpContext context, int status, ArrayBufferWriter<byte> answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = answer.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(answer.WrittenMemory).ConfigureAwait(false);
    }
}
