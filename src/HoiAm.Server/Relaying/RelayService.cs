using System.Collections.Concurrent;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger.Relaying;
using HoiAm.Ledger.Writing;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.Upstream;
using HoiAm.Sending;
using HoiAm.Server.Directory;
using HoiAm.Server.Observability;
using HoiAm.Server.Sending;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Relaying;

/// <summary>
/// Relay mode (contract section 2). The steps of a send:
/// (1) the RequestId is new, or what it stands for is answered from the ledger; (2) the intent is committed; (3) the upstream is called, with
/// its keys, the hub's inbound URL and a RequestId; (4) SMSID, RequestId and the caller's CallbackUrl are committed; (5) the upstream's bytes
/// go to the caller; (6) the record is dropped, since the caller has the answer.
/// Steps 3 and 4 go on when the caller's patience ends: what comes later is stored, and the same RequestId is answered with it.
/// </summary>
internal sealed class RelayService(
    RelayLedger ledger, UpstreamClient upstream, HubMetrics metrics, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>How long the hub itself waits for an upstream, whatever the caller does meanwhile.</summary>
    public static readonly TimeSpan UpstreamWait = TimeSpan.FromSeconds(30);

    /// <summary>What is kept of a caller's patience for everything but the wait.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_queryWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_storePause = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<(int Account, string RequestId), RelayCall> _running = new();
    private readonly ConcurrentDictionary<Task, bool> _work = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>How the outside reaches this hub, without a slash at its end; set once the hub listens.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>True when the account's calls are passed on.</summary>
    public static bool Takes(Account? account) => account is { Settings: { Enabled: true, Upstream.Relays: true } };

    /// <summary>The URL that the upstream calls for an account's messages.</summary>
    public string InboundUrl(Account account) => $"{PublicUrl}/callbacks/esms/{account.InboundKey}";

    /// <summary>Passes a call on and answers it.</summary>
    public async Task HandleAsync(HttpContext context, EsmsRoute route, EsmsRequest request, byte[] body, EsmsCaller caller)
    {
        if (SendRules.CheckAccount(caller.Catalogue?.Rules, caller.Address) is { } refusal)
        {
            await WriteAsync(context, Own(request, refusal)).ConfigureAwait(false);
            return;
        }

        var account = caller.Account!;
        if (PublicUrl.Length == 0)
        {
            // The first moments of a start: the hub does not know yet where the upstream would reach it.
            await WriteAsync(context, Own(request, EsmsResults.UpstreamAway)).ConfigureAwait(false);
            return;
        }

        if (request is not SendRequest send || RelaySends.Of(send, account.Number, time.GetUtcNow()) is not { } intent)
        {
            await WriteAsync(context, await PassAsync(context, route, request, body, account).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }

        foreach (var url in RelaySends.CallbackUrls(send))
        {
            if (HookUrl.Check(url, account.Policy.AllowPrivateHooks).Refusal is { } fault)
            {
                await WriteAsync(context, Own(request, EsmsResults.DataInvalid("CallbackUrl cannot be used: " + fault))).ConfigureAwait(false);
                return;
            }
        }

        var began = time.GetTimestamp();
        var call = new RelayCall();
        var key = intent.OwnIds is [var first, ..] ? (account.Number, first) : default;
        if (key.first is not null && _running.GetOrAdd(key, call) is var running && running != call)
        {
            await WriteAsync(context, await JoinAsync(running, request, account, began).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }

        await LeadAsync(context, new Relaying(route, request, body, account, intent, call, new CallerShape(context), began), key).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_work.Keys).WaitAsync(TimeSpan.FromSeconds(4), TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What is still under way is written down as intent, and uncertain after the next start.
        }

        _stop.Dispose();
    }

    private async Task LeadAsync(HttpContext context, Relaying relaying, (int, string?) key)
    {
        var call = relaying.Call;
        var work = Task.CompletedTask;
        var delivered = false;
        RelayOutcome? told = null;
        try
        {
            var begin = ledger.BeginAsync(relaying.Intent);
            var permit = await AwaitPermitAsync(begin, relaying.Account).ConfigureAwait(false);
            if (permit.Permit is RelayPermit.Go or RelayPermit.GoAgain)
            {
                work = Task.Run(() => RunAsync(relaying, permit));
                Watch(work);
            }
            else
            {
                call.End(Settled(relaying.Request, permit));
            }

            told = await WaitAsync(call.Outcome, relaying.Account, relaying.Began).ConfigureAwait(false);
            delivered = await WriteAsync(context, told ?? Unknown(relaying.Request)).ConfigureAwait(false) && told is not null;
        }
        catch (Exception error) when (error is StoreUnavailableException or TimeoutException)
        {
            call.End(Own(relaying.Request, EsmsResults.UpstreamAway));
            throw;
        }
        finally
        {
            call.Tell(delivered);
            Watch(FinishAsync(work, call, key, delivered ? told : null));
        }
    }

    // Only when the answer is surely with the caller is its record dropped; and only then is the RequestId a used one.
    private async Task FinishAsync(Task work, RelayCall call, (int, string?) key, RelayOutcome? told)
    {
        await work.ConfigureAwait(false);
        if (told is { RelayId: > 0 })
        {
            await AnsweredAsync(told.RelayId).ConfigureAwait(false);
        }

        if (key.Item2 is not null)
        {
            _running.TryRemove(KeyValuePair.Create((key.Item1, key.Item2), call));
        }
    }

    private async Task<RelayOutcome> JoinAsync(RelayCall running, EsmsRequest request, Account account, long began)
    {
        if (await WaitAsync(running.Outcome, account, began).ConfigureAwait(false) is not { } outcome)
        {
            return Unknown(request);
        }

        // The first caller has an accepted answer: then this is a repetition. It has none: then this is its retry.
        return outcome.RelayId > 0 && await running.Delivered.ConfigureAwait(false)
            ? RelayOutcome.Own(SendAnswers.Repeated(request.Operation, (int)Model.SendStatus.Waiting))
            : outcome with { RelayId = 0 };
    }

    private async Task<RelayAnswer> AwaitPermitAsync(Task<RelayAnswer> begin, Account account)
    {
        try
        {
            return await begin.WaitAsync(account.Settings.Upstream!.Patience - s_margin, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It may be written after all, although nothing was sent for it.
            Watch(ForgetLateAsync(begin));
            throw;
        }
    }

    private async Task ForgetLateAsync(Task<RelayAnswer> begin)
    {
        try
        {
            if (await begin.ConfigureAwait(false) is { Permit: RelayPermit.Go } late)
            {
                await ledger.ForgetAsync(late.Id).ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException)
        {
            // Then it was not written.
        }
    }

    private static RelayOutcome Settled(EsmsRequest request, RelayAnswer permit) => permit.Permit switch
    {
        RelayPermit.Stored => new RelayOutcome(200, EsmsResponses.ContentType, permit.Answer!, permit.Id),
        RelayPermit.Repeated => RelayOutcome.Own(SendAnswers.Repeated(request.Operation, permit.FirstStatus)),
        _ => Unknown(request),
    };

    private async Task RunAsync(Relaying relaying, RelayAnswer permit)
    {
        FaultPoints.Hit("relay-intent");
        RelayOutcome outcome;
        try
        {
            var sends = permit.Sends ?? relaying.Intent.Sends;
            if (Rewrite(relaying, sends) is not { } rewritten)
            {
                await ledger.ForgetAsync(permit.Id).ConfigureAwait(false);
                relaying.Call.End(RelayOutcome.Own(EsmsResponses.InvalidRequest.ToArray()));
                return;
            }

            var reply = await upstream.SendAsync(relaying.Account, rewritten, relaying.IsVoice, UpstreamWait).ConfigureAwait(false);
            FaultPoints.Hit("after-upstream-answer");
            outcome = await StoreAsync(relaying, permit, sends, reply).ConfigureAwait(false);
            FaultPoints.Hit("relay-stored");
        }
        catch (Exception error)
        {
            // Whatever it was, the record of the intent is on disk, and whoever waits has to be told something.
            log.LogError(error, "Send {Operation} of account {Account} was passed on as {Id} and could not be settled", relaying.Request.Operation, relaying.Account.Id, permit.Id);
            outcome = Unknown(relaying.Request);
        }

        relaying.Call.End(outcome);
    }

    private async Task<RelayOutcome> StoreAsync(Relaying relaying, RelayAnswer permit, IReadOnlyList<RelayedSend> sends, UpstreamReply reply)
    {
        var step = RelayVerdict.Of(reply, sends, permit.Permit == RelayPermit.GoAgain);
        metrics.Relayed(step.Word);
        if (step.Detail is { } detail)
        {
            log.LogWarning(
                "Send {Operation} of account {Account} was passed on as {Id}: {Detail}", relaying.Request.Operation, relaying.Account.Id, permit.Id, detail);
        }

        while (true)
        {
            try
            {
                return await StoreOnceAsync(relaying, permit, reply, step).ConfigureAwait(false);
            }
            catch (StoreUnavailableException) when (!_stop.IsCancellationRequested)
            {
                // The upstream has told; the hub does not forget it because its own disk is away for a while.
                await Task.Delay(s_storePause, time, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task<RelayOutcome> StoreOnceAsync(Relaying relaying, RelayAnswer permit, UpstreamReply reply, RelayVerdict step)
    {
        switch (step.State)
        {
            case RelayState.Accepted:
                var isStored = await ledger.AcceptAsync(permit.Id, relaying.Account.Number, step.Accepted, reply.Raw.Body).ConfigureAwait(false);
                return AsCame(reply.Raw) with { RelayId = isStored ? permit.Id : 0 };
            case null:
                await ledger.ForgetAsync(permit.Id).ConfigureAwait(false);
                break;
            case { } state:
                await ledger.NoteAsync(permit.Id, state, step.Detail!).ConfigureAwait(false);
                break;
        }

        return reply.End == UpstreamEnd.Refused ? AsCame(reply.Raw)
            : step.State is null ? Own(relaying.Request, EsmsResults.UpstreamAway)
            : Unknown(relaying.Request);
    }

    private UpstreamRequest? Rewrite(Relaying relaying, IReadOnlyList<RelayedSend> sends)
    {
        if (upstream.Keys(relaying.Account) is not { } keys)
        {
            return null;
        }

        var parts = relaying.Request is MultiChannelRequest ? sends.SelectMany(s => s.Second is { } second ? [s, second] : new[] { s }) : sends;
        var shape = relaying.Shape;
        return UpstreamRewriter.Rewrite(relaying.Route, shape.Path, shape.ContentType, shape.Query, relaying.Body, keys with
        {
            CallbackUrl = relaying.Request is VoiceCallRequest call ? VoiceUrl(relaying.Account, call.CallbackUrl) : InboundUrl(relaying.Account),
            RequestIds = [.. parts.Select(p => p.RequestId is null ? p.UpstreamRequestId : null)],
        });
    }

    // The voice host fills the names that the URL lists (protocol A.8), so they go along.
    private string VoiceUrl(Account account, string callbackUrl)
    {
        var own = callbackUrl.Length == 0
            ? "ReferenceId=&CallDuration=&CallStatus=&Ivr=&Price=&SentResult=&CID=&SendStatus="
            : Protocols.EsmsCallback.CallbackUrls.OwnQueryOf(callbackUrl);
        return own.Length == 0 ? InboundUrl(account) : $"{InboundUrl(account)}?{own}";
    }

    // Queries, estimates, registrations and Sandbox=1 leave nothing here: the upstream's answer, or that there is none.
    private async Task<RelayOutcome> PassAsync(HttpContext context, EsmsRoute route, EsmsRequest request, byte[] body, Account account)
    {
        var shape = new CallerShape(context);
        if (upstream.Keys(account) is not { } keys || UpstreamRewriter.Rewrite(route, shape.Path, shape.ContentType, shape.Query, body, keys) is not { } rewritten)
        {
            return RelayOutcome.Own(EsmsResponses.InvalidRequest.ToArray());
        }

        var wait = request is SendRequest ? account.Settings.Upstream!.Patience - s_margin : s_queryWait;
        var isVoice = request is VoiceCallRequest || (request.Operation == EsmsOperation.GetSendStatus && IsVoiceStatus(shape));
        var raw = await upstream.CallAsync(account, rewritten, isVoice, wait).ConfigureAwait(false);
        var looksRight = raw.End == GuardedEnd.Answered && raw.Status is >= 200 and < 500 and not (>= 300 and < 400)
            && raw.Body.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
        metrics.Relayed(looksRight ? "passed" : "away");
        return looksRight ? AsCame(raw) : Own(request, EsmsResults.UpstreamAway);
    }

    private static bool IsVoiceStatus(CallerShape shape) => shape.Query?.Contains("ReferenceId=", StringComparison.OrdinalIgnoreCase) == true;

    private async Task<RelayOutcome?> WaitAsync(Task<RelayOutcome> outcome, Account account, long began)
    {
        var left = account.Settings.Upstream!.Patience - s_margin - time.GetElapsedTime(began);
        try
        {
            return await outcome.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task AnsweredAsync(long relayId)
    {
        try
        {
            await ledger.AnsweredAsync(relayId).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // A repetition is answered with the same SMSID then, which does no harm.
        }
    }

    private void Watch(Task task)
    {
        if (!task.IsCompleted && _work.TryAdd(task, true))
        {
            _ = task.ContinueWith(t => _work.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static RelayOutcome AsCame(GuardedAnswer raw) => new(raw.Status, raw.ContentType ?? EsmsResponses.ContentType, raw.Body);

    private static RelayOutcome Own(EsmsRequest request, EsmsResult result) => RelayOutcome.Own(EsmsResponses.Refused(request.Operation, result));

    private static RelayOutcome Unknown(EsmsRequest request) => Own(request, EsmsResults.OutcomeUnknown);

    /// <summary>Writes an answer; true when it went out whole to a caller who was still there.</summary>
    private static async Task<bool> WriteAsync(HttpContext context, RelayOutcome outcome)
    {
        try
        {
            context.Response.StatusCode = outcome.Status;
            context.Response.ContentType = outcome.ContentType;
            context.Response.ContentLength = outcome.Body.Length;
            await context.Response.Body.WriteAsync(outcome.Body, context.RequestAborted).ConfigureAwait(false);
            await context.Response.CompleteAsync().ConfigureAwait(false);
            return !context.RequestAborted.IsCancellationRequested;
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    /// <summary>What of the caller's request outlives it.</summary>
    private sealed record CallerShape(string Path, string? ContentType, string? Query)
    {
        public CallerShape(HttpContext context)
            : this(context.Request.Path.Value ?? "", context.Request.ContentType, context.Request.QueryString.Value)
        {
        }
    }

    private sealed record Relaying(
        EsmsRoute Route, EsmsRequest Request, byte[] Body, Account Account, RelayIntent Intent, RelayCall Call, CallerShape Shape, long Began)
    {
        public bool IsVoice => Request is VoiceCallRequest;
    }
}
