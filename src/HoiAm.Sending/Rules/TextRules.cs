using System.Collections.Immutable;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>Kinds 1, 2, 8 and 23, and the full-template form of 24 and 25.</summary>
internal static class TextRules
{
    private static readonly MessageKind[] s_text =
        [MessageKind.CustomerCareSms, MessageKind.FixedPriceSms, MessageKind.Viber, MessageKind.ZnsPriority, MessageKind.Zns];

    public static DraftOutcome Draft(TextSendRequest request, Judge judge, string smsId)
    {
        // Step 2: the kind, among those that this call sends.
        if (SendRules.CheckKind(request.SmsType, KindsOf(request.Operation), out var kind) is { } noKind)
        {
            return noKind;
        }

        // Step 3: fields.
        if (SendRules.CheckCommon(request, judge.Context, out var sendAt) is { } malformed)
        {
            return malformed;
        }

        var hasPicture = kind == MessageKind.Viber && request.OttImageUrl.Length > 0;
        if (request.Content.Length == 0 && !hasPicture)
        {
            return EsmsResults.DataInvalid("Content is missing.");
        }

        var segments = IsSms(kind) ? SmsSegments.Count(request.Content, request.IsUnicode) : 1;
        if (segments > SmsSegments.SegmentsMax)
        {
            return EsmsResults.DataInvalid("Content has at most 10 segments.");
        }

        // Step 4: receivers.
        if (Receivers(request, kind, judge, out var phones) is { } unreachable)
        {
            return unreachable;
        }

        var draft = new MessageDraft
        {
            SmsId = smsId,
            Kind = kind,
            Recipients = [],
            Disposition = judge.DispositionOf(kind),
            RequestId = request.RequestId,
            CallbackUrl = request.CallbackUrl,
            SendAt = sendAt,
            Campaign = request.Campaign,
            Content = request.Content,
            Segments = segments,
        };
        return kind is MessageKind.ZnsPriority or MessageKind.Zns
            ? FullTemplate(request, draft, phones, judge)
            : Named(request, draft, phones, judge);
    }

    // Steps 5 to 9 for what has a sender name (kind 8 has none).
    private static DraftOutcome Named(TextSendRequest request, MessageDraft draft, ImmutableArray<string> phones, Judge judge)
    {
        var kind = draft.Kind;
        var brand = kind == MessageKind.FixedPriceSms ? null : judge.Catalogue.FindBrandName(request.Brandname, kind);
        if (brand is null && kind != MessageKind.FixedPriceSms)
        {
            return EsmsResults.UnknownBrandname;
        }

        if (kind == MessageKind.CustomerCareSms
            && judge.Catalogue.BlockedKeywords.Any(k => request.Content.Contains(k, StringComparison.OrdinalIgnoreCase)))
        {
            return EsmsResults.BlockedKeyword;
        }

        if (judge.Price(kind, phones.Select(p => (p, AddressForm.Phone)), draft.Segments, brand, out var priced) is { } unpriced)
        {
            return unpriced;
        }

        var complete = draft with
        {
            Recipients = priced,
            Brandname = brand?.Name ?? "",
            Viber = kind == MessageKind.Viber ? new ViberParts(request.OttUrl, request.OttImageUrl, request.OttLabel) : null,
        };
        return brand is not null && kind == MessageKind.CustomerCareSms && !FitsTemplate(brand, request.Content, priced)
            ? new DraftOutcome(EsmsResults.TemplateMismatch, Rejected(complete))
            : complete;
    }

    // Steps 5 to 7 for a ZNS whose text is given instead of its parameters: the text decides which template it is.
    private static DraftOutcome FullTemplate(TextSendRequest request, MessageDraft draft, ImmutableArray<string> phones, Judge judge)
    {
        if (judge.Oa(request.OaId, out var oa) is { } noOa)
        {
            return noOa;
        }

        var text = TextPattern.Squeeze(request.Content);
        foreach (var template in oa.Templates.Where(t => t.Kind == draft.Kind && t.Status == "ENABLE" && t.Content.Length > 0))
        {
            if (TextPattern.OfZns(template).TryMatch(text, out var values))
            {
                return judge.Price(draft.Kind, phones.Select(p => (p, AddressForm.Phone)), 1, null, out var priced) is { } unpriced
                    ? unpriced
                    : draft with { Recipients = priced, OaId = oa.Id, TempId = template.Id, Parameters = values };
            }
        }

        return EsmsResults.ContentMismatch("Content");
    }

    private static EsmsResult? Receivers(TextSendRequest request, MessageKind kind, Judge judge, out ImmutableArray<string> phones)
    {
        phones = [];
        if (kind == MessageKind.PromoSms)
        {
            return PromoReceivers(request, judge, out phones);
        }

        if (request.Phones.IsEmpty)
        {
            return EsmsResults.PhoneInvalid("");
        }

        var single = kind is MessageKind.FixedPriceSms or MessageKind.Zns or MessageKind.ZnsPriority;
        if (single && request.Phones.Length > 1)
        {
            return EsmsResults.OneNumberOnly;
        }

        if (request.Phones.Length > SendRules.ReceiversMax)
        {
            return EsmsResults.TooManyNumbers;
        }

        var distinct = new List<string>(request.Phones.Length);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in request.Phones)
        {
            if (judge.Phone(text, out var phone) is { } wrong)
            {
                return wrong;
            }

            if (seen.Add(phone))
            {
                distinct.Add(phone);
            }
        }

        phones = [.. distinct];
        return null;
    }

    // A promotion goes to whom it can: malformed, repeated and blocked numbers are left out, and the rest is counted (protocol G 46).
    private static EsmsResult? PromoReceivers(TextSendRequest request, Judge judge, out ImmutableArray<string> phones)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        phones = [.. request.Phones.Select(p => judge.Phone(p, out var phone) is null ? phone : "").Where(p => p.Length > 0 && seen.Add(p))];
        if (phones.Length > SendRules.ReceiversMax)
        {
            return EsmsResults.TooManyNumbers;
        }

        var least = request.Sandbox || judge.IsEstimate ? 1 : SendRules.PromoReceiversMin;
        return phones.Length < least ? EsmsResults.TooFewNumbers : null;
    }

    // Each carrier registers its own texts, so one text may be right for one receiver and wrong for another: then it is wrong.
    private static bool FitsTemplate(BrandName brand, string content, ImmutableArray<DraftRecipient> receivers)
    {
        if (brand.Templates.IsEmpty)
        {
            return true;
        }

        var text = content.Trim();
        var fitting = brand.Templates.Where(t => TextPattern.OfSms(t.Content.Trim()).TryMatch(text, out _)).Select(t => t.Telco).ToHashSet();
        return fitting.Contains(0) || (fitting.Count > 0 && receivers.All(r => fitting.Contains(r.TelcoId)));
    }

    private static MessageDraft Rejected(MessageDraft draft) => draft with
    {
        Disposition = DraftDisposition.Reject,
        Recipients = [.. draft.Recipients.Select(r => r with { Price = 0 })],
    };

    private static ReadOnlySpan<MessageKind> KindsOf(EsmsOperation operation) => operation switch
    {
        EsmsOperation.SendPromoJson or EsmsOperation.SendPromoXml or EsmsOperation.SummaryPromo => [MessageKind.PromoSms],
        EsmsOperation.SendViber => [MessageKind.Viber],
        EsmsOperation.SendMultiChannel or EsmsOperation.SendOtpV4 or EsmsOperation.SendOtpV5 => [MessageKind.CustomerCareSms],
        _ => s_text,
    };

    private static bool IsSms(MessageKind kind) =>
        kind is MessageKind.PromoSms or MessageKind.CustomerCareSms or MessageKind.FixedPriceSms;
}
