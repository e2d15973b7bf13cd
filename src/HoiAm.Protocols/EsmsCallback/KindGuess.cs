using HoiAm.Model;

namespace HoiAm.Protocols.EsmsCallback;

/// <summary>Finds the kind of a callback from its TypeId, from which names are there, and last from their order.</summary>
internal static class KindGuess
{
    // The longest number that can be a phone: 0084 and ten digits. Zalo user ids in the documents have 15 to 19.
    private const int PhoneDigitsMax = 14;

    public static MessageKind Of(CallbackValues values)
    {
        if (!values.Has(CallbackParameter.SmsId) && !values.Has(CallbackParameter.TypeId) && IsVoice(values))
        {
            return MessageKind.VoiceCall;
        }

        var text = values.Text(CallbackParameter.TypeId);
        if (text.Length != 0 && MessageKinds.FromTypeId(values.Integer(CallbackParameter.TypeId)) is { } kind)
        {
            return kind == MessageKind.Zns && IsByUid(values) ? MessageKind.ZnsByUid : kind;
        }

        values.Problem("TypeId is missing or none of the documented kinds; the kind was inferred from the other names.");
        return ByPresence(values);
    }

    private static bool IsVoice(CallbackValues values) =>
        values.Exists(CallbackParameter.ReferenceId) || values.Exists(CallbackParameter.CallDuration)
        || values.Exists(CallbackParameter.CallStatus) || values.Exists(CallbackParameter.SentResult)
        || values.Exists(CallbackParameter.CallerId);

    // A 9 in telcoid or a number too long for a phone tell surely; where both are silent, the place of partnerids tells.
    private static bool IsByUid(CallbackValues values)
    {
        var telco = values.Text(CallbackParameter.TelcoId);
        var address = values.Text(CallbackParameter.PhoneNumber);
        var form = RecipientAddress.Normalize(address, out var known) is null ? (AddressForm?)null : known;
        if (telco == "9" || (form == AddressForm.ZaloUid && address.Length > PhoneDigitsMax))
        {
            return true;
        }

        return telco is "" or "0"
            && form is null or AddressForm.ZaloUid
            && values.IsBefore(CallbackParameter.ErrorInfo, CallbackParameter.PartnerIds);
    }

    private static MessageKind ByPresence(CallbackValues values)
    {
        if (values.Exists(CallbackParameter.TempId))
        {
            return IsByUid(values) ? MessageKind.ZnsByUid : MessageKind.Zns;
        }

        if (values.Exists(CallbackParameter.ErrorInfo) || values.Exists(CallbackParameter.OaId) || values.Exists(CallbackParameter.PartnerIds))
        {
            return MessageKind.ZaloFollower;
        }

        if (values.Exists(CallbackParameter.SwitchSmsId))
        {
            return MessageKind.CustomerCareSms;
        }

        return values.Exists(CallbackParameter.TelcoId) || values.Exists(CallbackParameter.PhoneNumber)
            ? MessageKind.Viber
            : MessageKind.PromoSms;
    }
}
