using System.Globalization;
using HoiAm.Receiver.Signing;
using HoiAm.Receiver.Storing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoiAm.Receiver.Http;

/// <summary>A request taken off the wire: what is to be kept, and what the signature check needs.</summary>
internal sealed class ReceivedRequest
{
    private const int IdMax = 128;

    private ReceivedRequest(HttpRequest request, string target, KeptCallback kept)
    {
        Target = target;
        Kept = kept;
        WebhookId = Header(request, "webhook-id");
        WebhookTimestamp = Header(request, "webhook-timestamp");
        WebhookSignature = Header(request, "webhook-signature");
    }

    /// <summary>What is to be kept, its id not settled yet.</summary>
    public KeptCallback Kept { get; }

    private string Target { get; }

    private string? WebhookId { get; }

    private string? WebhookTimestamp { get; }

    private string? WebhookSignature { get; }

    /// <summary>Null when it is longer than allowed.</summary>
    public static async Task<ReceivedRequest?> ReadAsync(HttpContext context, EsmsReceiverOptions options)
    {
        var request = context.Request;
        var target = RawTarget(context);
        var kept = new KeptCallback
        {
            Id = Header(request, "X-HoiAm-Callback-Id") is { Length: <= IdMax } id ? id : "",
            ReceivedAt = options.Time.GetUtcNow(),
            EventTime = Header(request, "X-HoiAm-Event-Time") is { Length: <= 64 } time ? time : "",
            SenderAttempt = int.TryParse(Header(request, "X-HoiAm-Attempt"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) ? attempt : null,
        };
        if (HttpMethods.IsGet(request.Method))
        {
            var question = target.IndexOf('?', StringComparison.Ordinal);
            var query = question < 0 ? "" : target[(question + 1)..];
            return query.Length > options.MaxBytes ? null : new ReceivedRequest(request, target, kept with { Query = query });
        }

        var body = await BodyAsync(request, options.MaxBytes, context.RequestAborted).ConfigureAwait(false);
        return body is null ? null : new ReceivedRequest(request, target, kept with { ContentType = request.ContentType ?? "", Body = body });
    }

    /// <summary>Checks the signature, over the body of a POST and over path and query of a GET.</summary>
    public WebhookVerdict Verify(WebhookVerifier verifier, string removedPrefix) => Kept.ContentType is null
        ? verifier.VerifyGet(removedPrefix + Target, WebhookId, WebhookTimestamp, WebhookSignature)
        : verifier.VerifyPost(Kept.Body.Span, WebhookId, WebhookTimestamp, WebhookSignature);

    /// <summary>
    /// What is to be kept, under its id. A signed request goes by the id that the signature covers: the other header could be changed by
    /// whoever plays it again.
    /// </summary>
    public KeptCallback Identified(bool signed)
    {
        var id = signed ? WebhookId is { Length: <= IdMax } covered ? covered : "" : Kept.Id;
        return Kept with { Id = id.Length > 0 ? id : CallbackParser.ContentId(Kept) };
    }

    // The bytes of the request line: what the framework offers otherwise is decoded and put together again.
    private static string RawTarget(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw))
        {
            return context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();
        }

        // A proxy may write the whole address on the request line.
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        var slash = scheme is > 0 and < 6 ? raw.IndexOf('/', scheme + 3) : 0;
        return slash > 0 ? raw[slash..] : raw;
    }

    private static async Task<byte[]?> BodyAsync(HttpRequest request, int max, CancellationToken cancellationToken)
    {
        if (request.ContentLength > max)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[8 * 1024];
        while (await request.Body.ReadAsync(chunk, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            if (buffer.Length + read > max)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static string? Header(HttpRequest request, string name) => request.Headers.TryGetValue(name, out var values) && values.Count == 1 ? values[0] : null;
}
