using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>
/// MultiChannelMessage: the Zalo leg first, the SMS leg when it fails, one SMSID for both (protocol C.4, G 28). Shorter lists with
/// matching Data are taken too (G 48).
/// </summary>
internal static class MultiChannelRules
{
    public static DraftOutcome Draft(MultiChannelRequest request, Judge judge, string smsId)
    {
        var shape = string.Join(',', request.Channels).ToUpperInvariant();
        if (shape is not ("ZALO,SMS" or "ZALO" or "SMS") || request.Parts.Length != request.Channels.Length)
        {
            return EsmsResults.DataInvalid("Channels is [\"zalo\",\"sms\"] with one Data element each.");
        }

        // The first fault in the request's order is the one named. A leg that fits no template (146) is stored as rejected, the other not.
        var legs = request.Parts.Select(p => judge.Draft(Addressed(request, p), smsId)).ToList();
        var faulty = legs.FindIndex(l => !l.Result.IsSuccess);
        if (faulty >= 0 || legs.Count == 1)
        {
            return legs[Math.Max(faulty, 0)];
        }

        return legs[0].Draft! with { Fallback = legs[1].Draft };
    }

    private static SendRequest Addressed(MultiChannelRequest request, SendRequest part)
    {
        var sendDate = part.SendDate.Length > 0 ? part.SendDate : request.SendDate;
        return part switch
        {
            ZnsSendRequest zns => zns with { Address = request.Phone, SendDate = sendDate },
            TextSendRequest text => text with { Phones = [request.Phone], SendDate = sendDate },
            _ => part,
        };
    }
}
