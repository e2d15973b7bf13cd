using System.Collections.Immutable;
using HoiAm.Ledger.Outgoing;
using HoiAm.Model;
using HoiAm.Sending;

namespace HoiAm.Server.Sending.Routes.Simulated;

/// <summary>
/// The sandbox's carriers (contract section 3). What they do is decided by <see cref="SimulatedCarriers"/>; here it is done, at its time
/// and over HTTP. A message stays in the outbox until all its reports were answered 200, so a restart goes on with it; reports that were
/// sent before are repetitions then, and cause nothing.
/// </summary>
internal sealed class SimulatedRoute(SimulatedCarriers carriers, ReportPoster poster, TimeProvider time) : ISendRoute
{
    public const string RouteName = "sandbox";

    private const int PostsAtOnce = 8;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(20);

    public string Name => RouteName;

    public string VendorId => SandboxCatalogue.AccountId;

    /// <inheritdoc/>
    public async ValueTask BeforeAcceptAsync(SendOrder order, CancellationToken cancel)
    {
        var message = order.Message;
        if (order.Start != SendStart.Send || order.SendAtMs > 0)
        {
            return;
        }

        var facts = SentFacts.Read(message.Extra);
        foreach (var recipient in message.Recipients.Take(PostsAtOnce))
        {
            var send = ToSend(message.SmsId!, message.Kind, recipient.Address, facts);
            if (carriers.Plan(send) is not { BeforeAnswer: true } plan)
            {
                continue;
            }

            // The report of a message that does not exist yet: the hub keeps it until it does.
            try
            {
                foreach (var report in plan.Reports)
                {
                    await poster.PostAsync(ToReport(send, order.Segments, message.ReferentId, report), 1, cancel).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                // It is sent again with the others.
                return;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<HandoverResult> HandOverAsync(Handover handover, CancellationToken cancel)
    {
        var awaits = false;
        var planned = new List<(TimeSpan Delay, SimulatedSend Send, PlannedReport Report)>();
        foreach (var recipient in handover.Recipients)
        {
            var send = ToSend(handover.Message.SmsId, handover.Message.Kind, recipient.Address, handover.Facts);
            var plan = carriers.Plan(send);
            if (plan.AwaitsApproval && handover.IsApproved)
            {
                plan = carriers.AfterApproval(send, approved: true);
            }

            awaits |= plan.AwaitsApproval;
            planned.AddRange(plan.Reports.Select(r => (r.Delay, send, r)));
        }

        var from = handover.IsApproved ? time.GetUtcNow() : handover.DueAt;
        foreach (var step in planned.GroupBy(p => p.Delay).OrderBy(g => g.Key))
        {
            if (from + step.Key - time.GetUtcNow() is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, time, cancel).ConfigureAwait(false);
            }

            string? problem = null;
            await Parallel.ForEachAsync(step, new ParallelOptions { MaxDegreeOfParallelism = PostsAtOnce, CancellationToken = cancel }, async (p, stop) =>
            {
                var report = ToReport(p.Send, handover.Facts.Segments, handover.Message.ReferentId, p.Report);
                problem = await poster.PostAsync(report, stop).ConfigureAwait(false) ?? problem;
            }).ConfigureAwait(false);
            if (problem is not null)
            {
                return new HandoverResult(HandoverEnd.Again, problem, s_pause);
            }
        }

        return new HandoverResult(awaits ? HandoverEnd.AwaitsApproval : HandoverEnd.Done);
    }

    private static SimulatedSend ToSend(string smsId, MessageKind kind, string address, SentFacts facts)
    {
        RecipientAddress.Normalize(address, out var form);
        return new SimulatedSend(smsId, kind, address, form, facts.Parameters?.ToImmutableArray() ?? [], facts.Content ?? "");
    }

    private VendorReport ToReport(SimulatedSend send, int segments, string? referentId, PlannedReport planned)
    {
        var now = time.GetUtcNow();
        return new VendorReport
        {
            Msisdn = send.Address,
            Address = send.Address,
            RequestId = referentId ?? send.SmsId,
            ReferentId = referentId ?? send.SmsId,
            SendTime = now,
            ResponseTimeTelco = now,
            Status = planned.Status,
            RetryCount = 0,
            ErrorInfo = planned.ErrorInfo.Length == 0 ? null : planned.ErrorInfo,
            PartnerId = planned.PartnerId.Length == 0 ? null : planned.PartnerId,
            MtCount = send.Kind is MessageKind.PromoSms or MessageKind.CustomerCareSms or MessageKind.FixedPriceSms ? Math.Max(segments, 1) : null,
        };
    }
}
