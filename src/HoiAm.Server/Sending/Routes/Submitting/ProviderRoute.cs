using System.Globalization;
using System.Text;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;

namespace HoiAm.Server.Sending.Routes.Submitting;

/// <summary>
/// Hands messages to a provider over HTTP. Each request is on disk before it is made: after a crash, a time-out or rubbish it is made again
/// only where the provider knows it by its id; else it stays in the outbox as uncertain, for a person or a report to settle.
/// </summary>
internal sealed class ProviderRoute(string name, string vendorId, int vendor, IProviderSend provider, GuardedClient http, SubmissionLog log, TimeProvider time)
    : ISendRoute
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(10);

    public string Name => name;

    public string VendorId => vendorId;

    /// <inheritdoc/>
    public ValueTask BeforeAcceptAsync(SendOrder order, CancellationToken cancel) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async Task<HandoverResult> HandOverAsync(Handover handover, CancellationToken cancel)
    {
        var known = log.Of(handover.Message.Id, name);
        var worst = new ProviderVerdict(ProviderEnd.Taken);
        foreach (var (address, recipients) in Units(handover))
        {
            cancel.ThrowIfCancellationRequested();
            var verdict = await SubmitAsync(handover, address, recipients, known.GetValueOrDefault(address), cancel).ConfigureAwait(false);
            worst = verdict.End is ProviderEnd.Later or ProviderEnd.Unclear && verdict.End > worst.End ? verdict : worst;
        }

        return worst.End switch
        {
            ProviderEnd.Later => new HandoverResult(HandoverEnd.Again, worst.Detail, Pause(handover.Tries)),
            ProviderEnd.Unclear => new HandoverResult(HandoverEnd.Uncertain, worst.Detail),
            _ => new HandoverResult(HandoverEnd.Done),
        };
    }

    private async Task<ProviderVerdict> SubmitAsync(
        Handover handover, string address, IReadOnlyList<RecipientRow> recipients, Submission? before, CancellationToken cancel)
    {
        var message = handover.Message;
        if (before is { State: SubmissionState.Taken or SubmissionState.Refused })
        {
            return new ProviderVerdict(ProviderEnd.Taken);
        }

        if (before is not null && !IsKnownStill(before))
        {
            var why = before.Detail ?? "The hub stopped before the provider's answer was stored.";
            await log.EndAsync(message.Id, name, address, SubmissionState.Uncertain, why, null).ConfigureAwait(false);
            return new ProviderVerdict(ProviderEnd.Unclear, why);
        }

        var order = new ProviderOrder(message, handover.Facts, recipients, RequestId(message, recipients));
        if (provider.Write(order, out var reason) is not { } request)
        {
            await log.RejectAsync(message, recipients, vendor, Encoding.UTF8.GetBytes(reason!)).ConfigureAwait(false);
            return new ProviderVerdict(ProviderEnd.Refused, reason);
        }

        await log.BeginAsync(message.Id, name, address).ConfigureAwait(false);
        Ledger.Writing.FaultPoints.Hit("submission-begun");
        var answer = await http.SendAsync(request, cancel).ConfigureAwait(false);
        Ledger.Writing.FaultPoints.Hit("submission-answered");
        var verdict = ProviderVerdict.OfTransport(answer) ?? provider.Read(answer, isAgain: before is not null);
        return await SettleAsync(message, address, recipients, before, verdict, answer).ConfigureAwait(false);
    }

    private async Task<ProviderVerdict> SettleAsync(
        MessageRow message, string address, IReadOnlyList<RecipientRow> recipients, Submission? before, ProviderVerdict verdict, GuardedAnswer answer)
    {
        switch (verdict.End)
        {
            case ProviderEnd.Taken:
                await log.EndAsync(message.Id, name, address, SubmissionState.Taken, null, verdict.ReferentId).ConfigureAwait(false);
                return verdict;
            case ProviderEnd.Refused:
                await log.EndAsync(message.Id, name, address, SubmissionState.Refused, verdict.Detail, null).ConfigureAwait(false);
                await log.RejectAsync(message, recipients, vendor, answer.Body).ConfigureAwait(false);
                return verdict;
            case ProviderEnd.Later when before is null:
                await log.ForgetAsync(message.Id, name, address).ConfigureAwait(false);
                return verdict;
            case ProviderEnd.Later:
                // This try did nothing; the one before it is as unclear as it was, and the provider still knows its id.
                return verdict;
        }

        if (provider.KnownFor > TimeSpan.Zero)
        {
            await log.EndAsync(message.Id, name, address, SubmissionState.Begun, verdict.Detail, null).ConfigureAwait(false);
            return verdict with { End = ProviderEnd.Later };
        }

        await log.EndAsync(message.Id, name, address, SubmissionState.Uncertain, verdict.Detail, null).ConfigureAwait(false);
        return verdict;
    }

    private bool IsKnownStill(Submission before) => time.GetUtcNow() - before.At < provider.KnownFor;

    private IEnumerable<(string Address, IReadOnlyList<RecipientRow> Recipients)> Units(Handover handover) => provider.IsOnePerReceiver(handover.Message.Kind)
        ? handover.Recipients.Select(r => (r.Address, (IReadOnlyList<RecipientRow>)[r]))
        : [("", handover.Recipients)];

    // Reports bear it, so it is the id under which the ledger finds the message; with several requests a number behind it tells them apart.
    private string RequestId(MessageRow message, IReadOnlyList<RecipientRow> recipients)
    {
        var id = message.VendorRequestId ?? message.SmsId;
        return provider.IsOnePerReceiver(message.Kind) && message.Total > 1 ? string.Create(CultureInfo.InvariantCulture, $"{id}_{recipients[0].Index}") : id;
    }

    private static TimeSpan Pause(int tries)
    {
        var pause = s_firstPause * Math.Pow(2, Math.Min(tries, 10));
        return pause < s_longestPause ? pause : s_longestPause;
    }
}

/// <summary>The ids of requests that are made one for each receiver.</summary>
internal static class ProviderRequestIds
{
    /// <summary>The message's part of a request's id: what stands before <c>_</c> and a number; the whole id when it has none.</summary>
    public static string MessagePart(string requestId)
    {
        var mark = requestId.LastIndexOf('_');
        return mark > 0 && mark < requestId.Length - 1 && requestId.AsSpan(mark + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? requestId[..mark] : requestId;
    }
}
