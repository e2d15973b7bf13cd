using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>Kind 26: consulting, transaction and user-info messages to a follower of an Official Account.</summary>
internal static class FollowerRules
{
    /// <summary>Longest text (protocol C.2).</summary>
    public const int TextLengthMax = 2000;

    private static readonly HashSet<string> s_transactions = new(StringComparer.Ordinal)
    {
        "billing", "order", "reward", "contract", "booking", "membership", "event", "transaction", "account", "internal", "partnership",
        "education", "rating",
    };

    public static DraftOutcome Draft(FollowerSendRequest request, Judge judge, string smsId)
    {
        if (SendRules.CheckCommon(request, judge.Context, out var sendAt) is { } malformed)
        {
            return malformed;
        }

        var byPayload = request.Operation == EsmsOperation.SendFollowerPayload;
        if (byPayload && request.Payload is not { HasMessage: true })
        {
            return EsmsResults.PayloadInvalid("Payload.message");
        }

        if (ZnsRules.CheckUid(request.UserId) is { } badUid)
        {
            // In a payload the user id is part of what must be as specified.
            return byPayload ? EsmsResults.PayloadInvalid("Payload.recipient.user_id") : badUid;
        }

        if (judge.Oa(request.OaId, out var oa) is { } noOa)
        {
            return noOa;
        }

        if ((byPayload ? CheckPayload(request.Payload!) : CheckText(request.Content)) is { } unfitting)
        {
            return unfitting;
        }

        if (judge.Price(MessageKind.ZaloFollower, [(request.UserId, AddressForm.ZaloUid)], 1, null, out var priced) is { } unpriced)
        {
            return unpriced;
        }

        return new MessageDraft
        {
            SmsId = smsId,
            Kind = MessageKind.ZaloFollower,
            Recipients = priced,
            Disposition = judge.DispositionOf(MessageKind.ZaloFollower),
            RequestId = request.RequestId,
            CallbackUrl = request.CallbackUrl,
            SendAt = sendAt,
            Campaign = request.Campaign,
            Content = byPayload ? request.Payload!.Text : request.Content,
            OaId = oa.Id,
            PayloadJson = request.Payload?.Json ?? "",
        };
    }

    private static EsmsResult? CheckText(string text) => text.Length switch
    {
        0 => EsmsResults.DataInvalid("Content is missing."),
        > TextLengthMax => EsmsResults.PayloadInvalid("Content of more than 2000 characters"),
        _ => null,
    };

    private static EsmsResult? CheckPayload(FollowerPayload payload)
    {
        if (payload.Text.Length > TextLengthMax)
        {
            return EsmsResults.PayloadInvalid("message.text of more than 2000 characters");
        }

        if (payload.AttachmentType.Length == 0)
        {
            return payload.Text.Length > 0 ? null : EsmsResults.PayloadInvalid("Payload.message without text and attachment");
        }

        return payload.TemplateType switch
        {
            "request_user_info" => CheckUserInfo(payload),
            var t when t.StartsWith("transaction_", StringComparison.Ordinal) =>
                s_transactions.Contains(t["transaction_".Length..]) && payload.ElementCount > 0
                    ? null
                    : EsmsResults.PayloadInvalid("template_type or elements"),

            // Pictures have elements, buttons have none and bear no template_type in the documented sample. Other attachment types
            // (file, sticker) are Zalo's to judge.
            _ => payload.AttachmentType != "template" || payload.ElementCount > 0 || payload.ButtonCount > 0
                ? null
                : EsmsResults.PayloadInvalid("attachment.payload"),
        };
    }

    private static EsmsResult? CheckUserInfo(FollowerPayload payload)
    {
        if (payload.ElementCount != 1)
        {
            return EsmsResults.PayloadInvalid("elements other than exactly one");
        }

        if (payload.Title.Length is 0 or > 100)
        {
            return EsmsResults.PayloadInvalid("title of 1 to 100 characters");
        }

        if (payload.Subtitle.Length is 0 or > 500)
        {
            return EsmsResults.PayloadInvalid("subtitle of 1 to 500 characters");
        }

        return payload.ImageUrl.Length > 0 ? null : EsmsResults.PayloadInvalid("image_url");
    }
}
