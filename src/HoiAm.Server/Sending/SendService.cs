using System.Net;
using System.Security.Cryptography;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger;
using HoiAm.Ledger.Outgoing;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Sending;
using HoiAm.Server.Directory;
using HoiAm.Server.Sending.Catalogues;
using HoiAm.Server.Sending.Routes;

namespace HoiAm.Server.Sending;

/// <summary>A caller of the eSMS calls, as known when its call came.</summary>
/// <param name="Account">Its account; null when the keys are wrong.</param>
/// <param name="Catalogue">What it may send with; null when the keys are wrong.</param>
/// <param name="Address">Where it calls from.</param>
internal sealed record EsmsCaller(Account? Account, Catalogue? Catalogue, IPAddress? Address);

/// <summary>Sends: the rules judge, the ledger accepts, the answer tells. What is accepted is on disk and in the outbox before it is answered.</summary>
internal sealed class SendService(MessageLedger ledger, OrderBuilder builder, RouteCatalog routes, QueryService query, TimeProvider time)
{
    /// <summary>The answer's body.</summary>
    public async Task<byte[]> SendAsync(SendRequest request, EsmsCaller caller, CancellationToken cancel)
    {
        var rules = caller.Catalogue?.Rules;
        if (request.Sandbox && rules is not null)
        {
            // Nothing of it reaches the ledger, which otherwise decides about money: look now.
            rules = rules with { Balance = query.Balance(caller.Account!.Number) };
        }

        var decision = SendRules.Decide(request, rules, Context(caller));
        if (decision.IsSandbox)
        {
            await PretendAsync(decision, caller).ConfigureAwait(false);
            return SendAnswers.Write(request.Operation, decision);
        }

        var drafts = decision.ToStore;
        if (drafts.IsEmpty)
        {
            return SendAnswers.Write(request.Operation, decision);
        }

        var orders = drafts.Select(d => builder.Build(caller.Account!, caller.Catalogue!, d)).ToList();
        await PrepareAsync(orders, cancel).ConfigureAwait(false);
        var outcomes = await ledger.SendAsync(orders, EsmsEndpointLimits.LedgerWait, EsmsEndpointLimits.CommitWait).ConfigureAwait(false);
        return Answer(request.Operation, decision, orders, outcomes);
    }

    /// <summary>What the rules may know of a call.</summary>
    public SendContext Context(EsmsCaller caller) => new()
    {
        Now = time.GetUtcNow(),
        RemoteAddress = caller.Address,
        Draw = RandomNumberGenerator.GetInt32,
        RefuseCallbackUrl = url => HookUrl.Check(url, caller.Account!.Policy.AllowPrivateHooks).Refusal,
    };

    // All routes and orders together have one short time, and a route that does not keep to it is not waited for: whatever it does here
    // may come to nothing anyway.
    private async Task PrepareAsync(List<SendOrder> orders, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(EsmsEndpointLimits.PrepareWait);
        foreach (var order in orders)
        {
            foreach (var part in order.Parts)
            {
                var preparing = routes.Find(part.Route, order.Message.Account)!.BeforeAcceptAsync(order, limit.Token);
                if (preparing.IsCompletedSuccessfully)
                {
                    continue;
                }

                await preparing.AsTask().WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (limit.IsCancellationRequested)
                {
                    cancel.ThrowIfCancellationRequested();
                    return;
                }
            }
        }
    }

    private static byte[] Answer(
        EsmsOperation operation, SendDecision decision, List<SendOrder> orders, IReadOnlyList<SendOutcome> outcomes)
    {
        if (decision.Rows.IsEmpty)
        {
            return outcomes[0].Result switch
            {
                SendResult.Repeated => SendAnswers.Repeated(operation, outcomes[0].FirstStatus),
                SendResult.BalanceTooLow => EsmsResponses.Refused(operation, EsmsResults.BalanceTooLow),
                _ => SendAnswers.Write(operation, decision),
            };
        }

        for (var i = 0; i < orders.Count; i++)
        {
            if (outcomes[i].Result != SendResult.Accepted)
            {
                var result = outcomes[i].Result == SendResult.Repeated ? EsmsResults.RepeatedRequestId : EsmsResults.BalanceTooLow;
                decision = SendAnswers.RefuseRow(decision, orders[i].Message.SmsId!, result);
            }
        }

        return SendAnswers.Write(operation, decision);
    }

    // Sandbox=1 leaves no trace, unless the account wants its callbacks to be seen too (protocol G 39).
    private async Task PretendAsync(SendDecision decision, EsmsCaller caller)
    {
        if (!caller.Catalogue!.Settings.SandboxCallbacks)
        {
            return;
        }

        var orders = decision.Rows.Select(r => r.Draft).Prepend(decision.Result.IsSuccess ? decision.Draft : null).OfType<MessageDraft>()
            .Select(d => builder.Pretend(caller.Account!, caller.Catalogue, d)).ToList();
        if (orders.Count > 0)
        {
            await ledger.SendAsync(orders, EsmsEndpointLimits.LedgerWait, EsmsEndpointLimits.CommitWait).ConfigureAwait(false);
        }
    }
}
