using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Sending;
using HoiAm.Server.Directory;
using HoiAm.Server.Sending.Catalogues;
using HoiAm.Server.Sending.Routes;
using Draft = HoiAm.Sending.MessageDraft;
using MessageDraft = HoiAm.Ledger.Facts.MessageDraft;

namespace HoiAm.Server.Sending;

/// <summary>Turns the rules' draft into the ledger's order: numbers for names, routes, what is held, and everything that is kept as JSON.</summary>
internal sealed class OrderBuilder(HubDirectory directory, RouteCatalog routes)
{
    public SendOrder Build(Account account, Catalogue catalogue, Draft draft)
    {
        var second = draft.Fallback is { } fallback ? Leg(account, catalogue, fallback, 1, null, 0) : null;
        var hold = draft.Fallback is null ? 0 : Math.Max(0, ReportFold.ToUnits(draft.Fallback.TotalPrice - draft.TotalPrice));
        return Leg(account, catalogue, draft, 0, second, hold) with { RequestIds = draft.RequestIds };
    }

    /// <summary>Sandbox=1 of an account that wants callbacks: a message that costs nothing, goes nowhere and was delivered.</summary>
    public SendOrder Pretend(Account account, Catalogue catalogue, Draft draft)
    {
        var free = draft with { Fallback = null, Recipients = [.. draft.Recipients.Select(r => r with { Price = 0 })] };
        return Leg(account, catalogue, free, 0, null, 0, pretended: true) with { Start = SendStart.Pretend, Parts = [] };
    }

    private SendOrder Leg(Account account, Catalogue catalogue, Draft draft, int leg, SendOrder? second, long hold, bool pretended = false)
    {
        var start = draft.Disposition switch
        {
            DraftDisposition.AwaitApproval => SendStart.AwaitApproval,
            DraftDisposition.Reject => SendStart.Reject,
            DraftDisposition.KeepCodeOnly => SendStart.KeepCodeOnly,
            _ => SendStart.Send,
        };
        var parts = start is SendStart.Send or SendStart.AwaitApproval
            ? catalogue.PartsOf(draft.Kind, draft.Recipients.Select(r => r.TelcoId), route => VendorOf(route, account.Number))
            : [];
        var billed = !pretended && start is SendStart.Send or SendStart.AwaitApproval;
        var facts = Facts(draft) with { Billed = billed, Legs = second is not null, Hold = hold, Fallback = second, Pretended = pretended };
        return new SendOrder
        {
            Message = new MessageDraft
            {
                Account = account.Number,
                SmsId = draft.SmsId,
                Leg = leg,
                Kind = draft.Kind,
                RequestId = OrNull(draft.RequestId),
                CallbackUrl = OrNull(draft.CallbackUrl),
                Vendor = parts.Count == 1 ? parts[0].Vendor : 0,

                // Both legs have one SMSID; the carriers must tell them apart.
                VendorRequestId = leg == 0 ? null : draft.SmsId + ".1",
                ReferentId = leg == 0 ? null : draft.SmsId + ".1",
                OaId = OrNull(draft.OaId),
                TempId = OrNull(draft.TempId),
                Recipients = [.. draft.Recipients.Select(r => new RecipientDraft(r.Address, r.Price, r.TelcoId))],
                State = start == SendStart.AwaitApproval ? Model.RecipientState.PendingApproval : Model.RecipientState.Accepted,
                Extra = facts.ToJson(),
            },
            Parts = parts,
            Start = start,
            Reason = start == SendStart.Reject ? "146: the text fits no registered template." : null,
            Billed = billed,
            Segments = draft.Segments,
            Hold = hold,
            SendAtMs = facts.SendAtMs,
            Code = draft.Otp is { } otp ? new KeptCode(otp.Phone, otp.Code, otp.ExpiresAt.ToUnixTimeMilliseconds()) : null,
        };
    }

    private static SentFacts Facts(Draft draft) => new()
    {
        Segments = draft.Segments,
        Content = OrNull(draft.Content),
        Campaign = OrNull(draft.Campaign),
        Brandname = OrNull(draft.Brandname),
        Parameters = draft.Parameters.IsEmpty ? null : draft.Parameters,
        Payload = OrNull(draft.PayloadJson),
        OrderId = OrNull(draft.OrderId),
        OverQuota = draft.OverQuota,
        Viber = draft.Viber is { } v ? new SentViber(v.Url, v.ImageUrl, v.Label) : null,
        Call = draft.Voice is { } c ? new SentCall(c.TemplateId, c.IsRecording, c.Variables, c.Voice, c.Speed, c.NumberForward, c.Ivr)
        {
            Limits = c.Limits.IsEmpty ? null : c.Limits,
        }
            : null,
        SendAtMs = draft.SendAt?.ToUnixTimeMilliseconds() ?? 0,
    };

    private int VendorOf(string route, int account) =>
        routes.Find(route, account) is { } known && directory.Current.Vendors.TryGetValue(known.VendorId, out var vendor) ? vendor.Number : 0;

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
