using System.Buffers;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;
using HoiAm.Model;
using HoiAm.Protocols.CallbackBodies;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.Server.Delivery;

/// <summary>Writes the bodies of the formats that are posted. They are kept with the callback, so that every try sends the same bytes.</summary>
/// <param name="sourceBase">What the source of events begins with: the hub's public URL, or a word where none is set.</param>
internal sealed class CallbackBodyRenderer(string sourceBase)
{
    /// <summary>The body in the account's format.</summary>
    public byte[] Write(in CallbackOrder order, CallbackFacts facts) => order.Account.Format switch
    {
        CallbackFormat.EsmsPostForm => EsmsCallbackBodies.Form(facts, order.Account.Profile),
        CallbackFormat.EsmsPostJson => EsmsCallbackBodies.Json(facts, order.Account.Profile),
        CallbackFormat.CloudEvents => CloudEventWriter.Write(Event(in order, facts)),
        CallbackFormat.Vendor => Vendor(in order),
        _ => throw new ArgumentOutOfRangeException(nameof(order), order.Account.Format, "Not a format with a body."),
    };

    private MessageEvent Event(in CallbackOrder order, CallbackFacts facts)
    {
        var message = order.Message;
        return new MessageEvent
        {
            CallbackId = CallbackIds.Format(order.CallbackId),
            Source = $"{sourceBase}/accounts/{Uri.EscapeDataString(order.Account.Id)}",
            Account = order.Account.Id,
            Facts = facts,
            Outcome = Outcome(message),
            Presumed = message.Presumed > 0,
            Seen = message.Total == 1 && message.First.Seen,
            Leg = message.Leg,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(message.CreatedAtMs),
            OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(order.EventAtMs),
        };
    }

    /// <summary>What became of a whole message, in the words that administrators see too.</summary>
    public static MessageOutcome Outcome(MessageRow m) => !m.State.IsFinal() ? (MessageOutcome)m.State
        : m.Rejections == m.Total ? MessageOutcome.Rejected
        : m.Successes == m.Total ? MessageOutcome.Delivered
        : m.Successes > 0 ? MessageOutcome.PartlyDelivered
        : m.Total == 1 && m.First.State == RecipientState.Expired ? MessageOutcome.Expired
        : MessageOutcome.Failed;

    private static byte[] Vendor(in CallbackOrder order)
    {
        var (message, recipient) = (order.Message, order.Recipient);
        var handedOver = message.CreatedAtMs;
        var report = new VendorReport
        {
            Msisdn = recipient.Address,
            Address = recipient.Address,
            RequestId = message.RequestId ?? message.SmsId,
            ReferentId = message.SmsId,
            SendTime = DateTimeOffset.FromUnixTimeMilliseconds(handedOver),
            ResponseTimeTelco = DateTimeOffset.FromUnixTimeMilliseconds(order.EventAtMs),
            Status = VendorStatusMap.Number(Reported(recipient.State)),
            RetryCount = 0,
            ErrorInfo = recipient.ErrorInfo,
            PartnerId = recipient.PartnerId,
            TelcoId = recipient.TelcoId == 0 ? null : recipient.TelcoId,
            MtCount = recipient.Segments == 0 ? null : recipient.Segments,
            Price = recipient.State.IsFinal() ? ReportFold.FromUnits(recipient.Charged) : null,
            IsZaloRefusal = recipient.PartnerId is null && recipient.ErrorInfo is { } info && ErrorInfoCodec.Decode(info).Error is not (null or 0),
        };
        var output = new ArrayBufferWriter<byte>(256);
        VendorReportWriter.Write(report, output);
        return output.WrittenSpan.ToArray();
    }

    private static ReportedStatus Reported(RecipientState state) => state switch
    {
        RecipientState.PendingApproval => ReportedStatus.PendingApproval,
        RecipientState.Waiting => ReportedStatus.Waiting,
        RecipientState.Delivered => ReportedStatus.Delivered,
        RecipientState.Failed => ReportedStatus.Failed,
        RecipientState.Rejected => ReportedStatus.Rejected,
        RecipientState.Expired => ReportedStatus.Expired,
        _ => ReportedStatus.Missing,
    };
}
