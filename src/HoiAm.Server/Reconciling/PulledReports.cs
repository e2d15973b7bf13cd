using System.Text;
using System.Text.Json;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Protocols.Codes;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Server.Reconciling;

/// <summary>
/// Turns what a provider answered about a whole message into reports on its recipients, as its push would have been: the same states, so
/// that the second of both is a repeat and changes nothing. Pure.
/// </summary>
internal static class PulledReports
{
    /// <summary>The facts of a status call's counters.</summary>
    public static CallbackFacts Facts(MessageRow message, MessageCounters counters) => new()
    {
        Kind = message.Kind,
        SmsId = counters.SmsId,
        SendStatus = counters.SendStatus is >= 0 and <= 7 ? (SendStatus)counters.SendStatus : SendStatus.None,
        SendSuccess = counters.SendSuccess,
        SendFailed = counters.SendFailed,
        TotalPrice = counters.TotalPrice,
        TotalReceiver = counters.TotalReceiver,
        TotalSent = counters.TotalSent,
    };

    /// <summary>The facts of QueryZnsStatus: its code is Zalo's, or eSMS's own 1001, and becomes the text that the push would bear.</summary>
    public static CallbackFacts Facts(MessageRow message, ZnsStatusAnswer answer)
    {
        var facts = Facts(message, answer.Counters) with { PartnerIds = answer.ZaloMessageId };
        if (!int.TryParse(answer.ErrorInfo, System.Globalization.CultureInfo.InvariantCulture, out var code) || code == 0)
        {
            return facts;
        }

        var text = JsonSerializer.Serialize(new { error = code, message = ZaloResultCodes.Find(code).English });
        return facts with { ErrorInfo = text };
    }

    /// <summary>What state and counters mean for every recipient alike; null when they tell nothing, or differ between recipients.</summary>
    public static ReportedStatus? Meaning(CallbackFacts facts) => facts.SendStatus switch
    {
        SendStatus.PendingApproval => ReportedStatus.PendingApproval,
        SendStatus.Waiting => ReportedStatus.Waiting,
        SendStatus.Sent => ReportedStatus.Sent,
        SendStatus.Rejected => ReportedStatus.Rejected,
        SendStatus.Finished when facts is { SendSuccess: > 0, SendFailed: <= 0 } => ReportedStatus.Delivered,
        SendStatus.Finished when facts is { SendSuccess: <= 0, SendFailed: > 0 } => ReportedStatus.Failed,
        _ => null,
    };

    /// <summary>True when only a look at each receiver can tell: some were reached and some not, or the counters are empty.</summary>
    public static bool NeedsReceivers(CallbackFacts facts) => facts.SendStatus == SendStatus.Finished && Meaning(facts) is null;

    /// <summary>A report for every recipient that is still open, all with the same meaning.</summary>
    public static List<IncomingReport> ForAll(MessageRow message, IReadOnlyList<RecipientRow> recipients, CallbackFacts facts, string raw)
    {
        var reports = new List<IncomingReport>();
        if (Meaning(facts) is not { } meaning)
        {
            return reports;
        }

        var open = recipients.Where(r => !r.State.IsFinal() || r.Presumed).ToList();
        for (var i = 0; i < open.Count; i++)
        {
            reports.Add(Report(message, open[i], facts, meaning, Share(message, facts, i, recipients.Count), raw));
        }

        return reports;
    }

    /// <summary>A report for every open recipient of a finished message, as the list of receivers tells; those that it leaves out wait.</summary>
    public static List<IncomingReport> ForEach(
        MessageRow message, IReadOnlyList<RecipientRow> recipients, CallbackFacts facts, IReadOnlyList<ReceiverAnswer> receivers, string raw)
    {
        var told = new Dictionary<string, ReceiverAnswer>(StringComparer.Ordinal);
        foreach (var receiver in receivers)
        {
            told.TryAdd(RecipientAddress.Normalize(receiver.Phone, out _) ?? receiver.Phone, receiver);
        }

        var reached = recipients.Count(r => told.GetValueOrDefault(r.Address) is { Delivered: true });
        var reports = new List<IncomingReport>();
        var paid = 0;
        foreach (var recipient in recipients.Where(r => !r.State.IsFinal() || r.Presumed))
        {
            if (told.GetValueOrDefault(recipient.Address) is { } answer)
            {
                var meaning = answer.Delivered ? ReportedStatus.Delivered : ReportedStatus.Failed;
                var share = answer.Delivered ? Share(message, facts, paid++, reached) : 0;
                reports.Add(Report(message, recipient, facts, meaning, share, raw, answer.TelcoId));
            }
        }

        return reports;
    }

    private static IncomingReport Report(
        MessageRow message, RecipientRow recipient, CallbackFacts facts, ReportedStatus meaning, decimal? price, string raw, int telcoId = 0)
    {
        var telco = telcoId != 0 ? telcoId : message.Total == 1 ? facts.TelcoId : 0;
        return new IncomingReport
        {
            Source = ReportSource.Pull,
            Vendor = 0,
            Address = recipient.Address,
            ReferentId = facts.SmsId,
            StatusCode = (int)facts.SendStatus,
            Status = meaning,
            ErrorInfo = facts.ErrorInfo.Length == 0 ? null : facts.ErrorInfo,
            PartnerId = facts.PartnerIds.Length == 0 ? null : facts.PartnerIds,
            IsRefusal = facts.TotalSent == 0 && facts.PartnerIds.Length == 0,
            TelcoId = telco is >= 1 and <= 7 ? (byte)telco : null,
            Price = price,
            EventTime = facts.ErrorInfoTime is { } local
                ? new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), TimeSpan.FromHours(7))
                : null,
            Raw = Encoding.UTF8.GetBytes(raw),
        };
    }

    // One price for the whole message: shared out evenly, what is left over falls to the first. What the hub sold itself has its own price.
    private static decimal? Share(MessageRow message, CallbackFacts facts, int index, int count)
    {
        if (SentFacts.IsBilled(message.Extra) || !(Meaning(facts)?.IsEnd() ?? facts.SendStatus == SendStatus.Finished))
        {
            return null;
        }

        var total = ReportFold.ToUnits(facts.TotalPrice);
        return ReportFold.FromUnits((total / Math.Max(count, 1)) + (index == 0 ? total % Math.Max(count, 1) : 0));
    }

    private static bool IsEnd(this ReportedStatus status) =>
        status is ReportedStatus.Delivered or ReportedStatus.Failed or ReportedStatus.Rejected or ReportedStatus.Expired;
}
