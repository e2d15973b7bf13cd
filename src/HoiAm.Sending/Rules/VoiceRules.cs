using System.Globalization;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>Calls by template or recording (MakeCallTemplate_V2, MakeCallRecord_V2).</summary>
internal static class VoiceRules
{
    public static DraftOutcome Draft(VoiceCallRequest request, Judge judge, string smsId)
    {
        if (SendRules.CheckCommon(request, judge.Context, out var sendAt) is { } malformed)
        {
            return malformed;
        }

        if (CheckFields(request, out var speed) is { } wrong)
        {
            return wrong;
        }

        if (judge.Phone(request.Phone, out var phone) is { } unreachable)
        {
            return unreachable;
        }

        var recording = request.Operation == EsmsOperation.CallRecord;
        var template = judge.Catalogue.VoiceTemplates.FirstOrDefault(t => t.Id == request.TemplateId && t.IsRecording == recording);
        if (template is null)
        {
            return recording ? EsmsResults.UnknownRecording : EsmsResults.UnknownCallTemplate;
        }

        if (request.Variables.Length < template.VariableCount)
        {
            return EsmsResults.DataInvalid("VariableListStr has too few values.");
        }

        if (judge.Price(MessageKind.VoiceCall, [(phone, AddressForm.Phone)], 1, null, out var priced) is { } unpriced)
        {
            return unpriced;
        }

        return new MessageDraft
        {
            SmsId = smsId,
            Kind = MessageKind.VoiceCall,
            Recipients = priced,
            Disposition = judge.DispositionOf(MessageKind.VoiceCall),
            RequestId = request.RequestId,
            CallbackUrl = request.CallbackUrl,
            SendAt = sendAt,
            Campaign = request.Campaign,
            Content = string.Join(", ", request.Variables),
            Voice = new VoiceInstructions(
                template.Id, recording, request.Variables, request.Voice, speed, request.NumberForward, request.Ivr)
            {
                Limits = request.Limits.Any(l => l.Length > 0) ? request.Limits : [],
            },
        };
    }

    private static EsmsResult? CheckFields(VoiceCallRequest request, out int speed)
    {
        speed = 0;
        if (request.Speed.Length > 0
            && (!int.TryParse(request.Speed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out speed) || speed is < -3 or > 3))
        {
            return EsmsResults.DataInvalid("Speed is -3 to 3.");
        }

        if (request.Voice.Length > 0 && request.Voice.ToUpperInvariant() is not ("MALE" or "FEMALE" or "HATIEUMAI" or "NGOCLAM"))
        {
            return EsmsResults.DataInvalid("Voice is male, female, hatieumai or ngoclam.");
        }

        if (request.Ivr.Length > 0 && !(request.Ivr.Length == 1 && char.IsAsciiDigit(request.Ivr[0])))
        {
            return EsmsResults.DataInvalid("Ivr is one key, 0 to 9.");
        }

        return request.Limits.Any(l => l.Length > 0 && !int.TryParse(l, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? EsmsResults.DataInvalid("MaxRepeat, MaxRetry, WaitRetry and TimeWaitToIvr are whole numbers.")
            : null;
    }
}
