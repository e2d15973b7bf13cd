using System.Globalization;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>SendMessageAutoGenCode: the hub makes the code, sends it, and keeps it for CheckCodeGen.</summary>
internal static class OtpRules
{
    private const string Mark = "{OTP}";

    // The editions say 2 to 10 and 2 to 15 minutes. What lies outside is brought to the nearer bound, since clients send 45.
    private const int MinutesDefault = 5;
    private const int MinutesMin = 2;
    private const int MinutesMax = 15;

    private const int LengthDefault = 6;
    private const int LengthMin = 4;
    private const int LengthMax = 20;

    public static DraftOutcome Draft(OtpSendRequest request, Judge judge, string smsId)
    {
        if (!TryNumber(request.TimeAlive, MinutesDefault, out var minutes))
        {
            return EsmsResults.DataInvalid("TimeAlive is a number of minutes.");
        }

        // Whole minutes within the bounds, so that adding them to any clock is safe.
        var expiresAt = judge.Context.Now.AddMinutes(Math.Clamp(minutes, MinutesMin, MinutesMax));
        return request.Operation == EsmsOperation.SendOtpV5 ? MultiChannel(request, judge, smsId, expiresAt) : Sms(request, judge, smsId, expiresAt);
    }

    private static DraftOutcome Sms(OtpSendRequest request, Judge judge, string smsId, DateTimeOffset expiresAt)
    {
        if (!request.Message.Contains(Mark, StringComparison.OrdinalIgnoreCase))
        {
            return EsmsResults.DataInvalid("message has no {OTP}.");
        }

        if (!TryNumber(request.NumCharOfCode, LengthDefault, out var length) || length is < LengthMin or > LengthMax)
        {
            return EsmsResults.DataInvalid("NumCharOfCode is 4 to 20.");
        }

        var code = OtpCode.NewText(length, request.IsNumber, judge.Context.Draw);
        var text = TextOf(request, request.Phone, request.Brandname, request.Message, code, request.Type);
        return WithCode(judge.Draft(text, smsId), code, expiresAt);
    }

    private static DraftOutcome MultiChannel(OtpSendRequest request, Judge judge, string smsId, DateTimeOffset expiresAt)
    {
        if (request.TypeId is not ("1" or "2"))
        {
            return request.TypeId.Length == 0 ? EsmsResults.MissingKind : EsmsResults.UnsupportedKind;
        }

        if (judge.Phone(request.Phone, out var phone) is { } unreachable)
        {
            return unreachable;
        }

        var pair = judge.Catalogue.MultiChannelTemplates.FirstOrDefault(t => t.Id == request.MultiChannelTempId);
        if (pair is null)
        {
            return EsmsResults.TemplateNotConfigured;
        }

        var code = OtpCode.NewText(pair.CodeLength, pair.DigitsOnly, judge.Context.Draw);
        var zalo = new ZnsSendRequest
        {
            Operation = request.Operation,
            Address = phone,
            OaId = pair.OaId,
            TempId = pair.TempId,
            Values = new ZnsValues([code], []),
            RequestId = request.RequestId,
            CallbackUrl = request.CallbackUrl,
            Campaign = request.Campaign,
        };
        var first = judge.Draft(zalo, smsId);
        var second = judge.Draft(TextOf(request, phone, pair.Brandname, pair.Message, code, "2"), smsId);
        if (first.Draft is not { } leg || !second.Result.IsSuccess)
        {
            return first.Draft is null ? first : second;
        }

        var sent = WithCode(leg with { Fallback = second.Draft }, code, expiresAt);
        return request.TypeId == "2" ? sent : CodeOnly(sent.Draft!);
    }

    private static MessageDraft CodeOnly(MessageDraft draft) => draft with
    {
        Disposition = DraftDisposition.KeepCodeOnly,
        Fallback = null,
        Recipients = [.. draft.Recipients.Select(r => r with { Price = 0 })],
    };

    private static DraftOutcome WithCode(DraftOutcome outcome, string code, DateTimeOffset expiresAt) =>
        outcome.Draft is { Disposition: not DraftDisposition.Reject } draft
            ? draft with { Otp = new OtpCode(draft.Recipients[0].Address, code, expiresAt) }
            : outcome;

    private static TextSendRequest TextOf(OtpSendRequest request, string phone, string brandname, string message, string code, string type) => new()
    {
        Operation = EsmsOperation.SendOtpV4,
        SmsType = type,
        Phones = [phone],
        Brandname = brandname,
        Content = message.Replace(Mark, code, StringComparison.OrdinalIgnoreCase),
        RequestId = request.RequestId,
        CallbackUrl = request.CallbackUrl,
        SendDate = request.SendDate,
        Campaign = request.Campaign,
        Sandbox = request.Sandbox,
    };

    private static bool TryNumber(string text, int absent, out int number)
    {
        number = absent;
        return text.Length == 0 || int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}
