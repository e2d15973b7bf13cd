using HoiAm.Receiver.Handling;
using HoiAm.Receiver.Http;
using HoiAm.Receiver.Signing;
using HoiAm.Receiver.Storing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoiAm.Receiver;

/// <summary>
/// Receives the callbacks of one address: checks the signature, keeps the callback, answers 200, and hands it to the handler afterwards. What
/// was answered 200 is in the store.
/// </summary>
public sealed partial class EsmsReceiver : IAsyncDisposable
{
    private static readonly byte[] s_ok = "OK"u8.ToArray();

    private readonly EsmsReceiverOptions _options;
    private readonly ICallbackStore _store;
    private readonly WebhookVerifier? _verifier;
    private readonly HandlingQueue _queue;
    private readonly ILogger _logger;
    private volatile bool _open;

    internal EsmsReceiver(
        string name, EsmsReceiverOptions options, ICallbackStore store, Func<EsmsCallback, CancellationToken, Task> handle, ILogger logger)
    {
        options.Check();
        Name = name;
        _options = options;
        _store = store;
        _logger = logger;
        _verifier = options.SigningSecrets.Count > 0 ? new WebhookVerifier(options.SigningSecrets, options.SignatureTolerance, options.Time) : null;
        _queue = new HandlingQueue(name, options, store, handle, logger);
    }

    /// <summary>The pattern that it is mapped to, or <c>default</c>; also the name of its folder, in letters that folders may have.</summary>
    public string Name { get; }

    /// <summary>Callbacks that are acknowledged and not handled yet.</summary>
    public int Pending => _queue.Waiting;

    /// <summary>
    /// Answers one request: 200 when the callback is kept or known, 400 when it has no SMSID, 401 when its signature does not hold, 405 for
    /// another method than GET and POST, 413 when it is too long, 503 when it cannot be kept.
    /// </summary>
    /// <param name="context">The request. Nothing may have read its body.</param>
    public async Task ReceiveAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, POST";
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "Callbacks come by GET or POST.").ConfigureAwait(false);
            return;
        }

        if (await ReceivedRequest.ReadAsync(context, _options).ConfigureAwait(false) is not { } received)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "The callback is too long.").ConfigureAwait(false);
            return;
        }

        if (_verifier is not null && received.Verify(_verifier, _options.RemovedPathPrefix) is not WebhookVerdict.Valid and var verdict)
        {
            LogUnverified(Name, verdict);
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, $"The signature does not hold: {verdict}.").ConfigureAwait(false);
            return;
        }

        if (CallbackParser.Parse(received.Kept) is not { IsRecognized: true })
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "No SMSID. Accepted are the eSMS parameters as query, form or flat JSON.").ConfigureAwait(false);
            return;
        }

        await KeepAsync(context, received.Identified(signed: _verifier is not null)).ConfigureAwait(false);
    }

    /// <summary>Brings back what was set aside after too many failures of the handler.</summary>
    /// <returns>How many callbacks.</returns>
    public async Task<int> RetrySetAsideAsync()
    {
        var taken = await _store.TakeSetAsideAsync().ConfigureAwait(false);
        foreach (var kept in taken)
        {
            _queue.Post(kept);
        }

        return taken.Count;
    }

    /// <summary>Closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync().ConfigureAwait(false);
        _queue.Dispose();
    }

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        var left = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (left.Count > 0)
        {
            LogLeft(Name, left.Count);
        }

        if (_store is JournalCallbackStore { DamagedLines: > 0 and var damaged })
        {
            LogDamaged(Name, damaged);
        }

        foreach (var kept in left)
        {
            _queue.Post(kept);
        }

        _open = true;
    }

    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        await _queue.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task KeepAsync(HttpContext context, KeptCallback kept)
    {
        if (!_open || _queue.Waiting >= _options.MaxPending)
        {
            await BusyAsync(context).ConfigureAwait(false);
            return;
        }

        KeepResult result;
        try
        {
            result = await _store.KeepAsync(kept, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            // Whatever kept the store from keeping it: without a 200 the sender has it still.
            LogNotKept(e, Name);
            await BusyAsync(context).ConfigureAwait(false);
            return;
        }

        if (result == KeepResult.Kept)
        {
            _queue.Post(kept);
        }

        ReceiverMeter.Received(result == KeepResult.Kept ? "kept" : "known");
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = s_ok.Length;
        await context.Response.Body.WriteAsync(s_ok, CancellationToken.None).ConfigureAwait(false);
    }

    private static Task BusyAsync(HttpContext context)
    {
        ReceiverMeter.Received("unavailable");
        context.Response.Headers.RetryAfter = "5";
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync("The callback cannot be kept at the moment.", CancellationToken.None);
    }

    private static Task RefuseAsync(HttpContext context, int status, string sentence)
    {
        ReceiverMeter.Received("refused");
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(sentence, CancellationToken.None);
    }

    [LoggerMessage(11, LogLevel.Information, "{Receiver}: {Count} callbacks are left from before and are handled now")]
    private partial void LogLeft(string receiver, int count);

    [LoggerMessage(12, LogLevel.Warning, "{Receiver}: {Count} lines of the journal were not whole and are passed over")]
    private partial void LogDamaged(string receiver, int count);

    [LoggerMessage(13, LogLevel.Warning, "{Receiver}: a callback whose signature does not hold was refused: {Verdict}")]
    private partial void LogUnverified(string receiver, WebhookVerdict verdict);

    [LoggerMessage(14, LogLevel.Error, "{Receiver}: a callback could not be kept and was answered 503")]
    private partial void LogNotKept(Exception error, string receiver);
}
