using System.Globalization;
using HoiAm.Model;
using HoiAm.Protocols.Codes;
using HoiAm.Protocols.EsmsCallback;

namespace HoiAm.Protocols.Explaining;

/// <summary>Plain English for wire values.</summary>
internal static class Meanings
{
    public static string Kind(MessageKind kind) => kind switch
    {
        MessageKind.PromoSms => "advertising SMS",
        MessageKind.CustomerCareSms => "customer-care or OTP SMS",
        MessageKind.FixedPriceSms => "fixed-price SMS or voice OTP",
        MessageKind.Viber => "Viber",
        MessageKind.ZnsPriority => "ZNS for OTP (priority)",
        MessageKind.Zns => "ZNS for customer care",
        MessageKind.ZnsByUid => "ZNS by Zalo user id",
        MessageKind.ZaloFollower => "Zalo message to a follower",
        MessageKind.ZnsJourney => "ZNS journey",
        MessageKind.VoiceCall => "call",
        _ => "unknown kind",
    };

    public static string Status(string text) => text switch
    {
        "1" => "waiting for approval",
        "2" => "waiting to be sent",
        "4" => "rejected",
        "5" => "finished; the counters tell the outcome",
        "7" => "handed to the carrier, report pending",
        "" => "",
        _ => "not a documented state",
    };

    public static string Outcome(CallbackOutcome outcome) => outcome switch
    {
        CallbackOutcome.Pending => "is not final yet",
        CallbackOutcome.Delivered => "was delivered",
        CallbackOutcome.PartlyDelivered => "was delivered to some receivers only",
        CallbackOutcome.Failed => "failed",
        CallbackOutcome.Rejected => "was rejected",
        CallbackOutcome.FinishedUnknown => "is finished, but the outcome is not told",
        _ => "has an unknown state",
    };

    public static string ZaloCode(int code)
    {
        var entry = ZaloResultCodes.Find(code);
        var advice = entry.RetryClass switch
        {
            ZaloRetryClass.Transient => "; may be retried",
            ZaloRetryClass.Later => "; retry later",
            ZaloRetryClass.Configuration => "; works once configuration, balance or quota is fixed",
            ZaloRetryClass.Permanent => "; permanent for this receiver or content",
            _ => "",
        };
        return entry.English + advice;
    }

    public static string Sentence(EsmsCallbackReading reading)
    {
        var facts = reading.Facts;
        var error = reading.ErrorInfo.Error is { } code and not 0
            ? string.Create(CultureInfo.InvariantCulture, $" (Zalo {code}: {ZaloResultCodes.Find(code).English})")
            : "";
        var id = facts.SmsId.Length == 0 ? "without an id" : facts.SmsId;
        return $"The {Kind(facts.Kind)} {id} {Outcome(reading.Outcome)}{error}.";
    }

    public static string Of(CallbackParameter parameter, string value, MessageKind kind) => parameter switch
    {
        CallbackParameter.SmsId or CallbackParameter.ReferenceId => "message id from the send call",
        CallbackParameter.SendFailed => "receivers that were not reached",
        CallbackParameter.SendStatus => Status(value),
        CallbackParameter.SendSuccess => "receivers that were reached",
        CallbackParameter.TotalPrice or CallbackParameter.Price => "cost in VND",
        CallbackParameter.TotalReceiver => "receivers in all",
        CallbackParameter.TotalSent => "receivers handed to the channel",
        CallbackParameter.RequestId => value.Length == 0 ? "the send call gave none" : "the sender's own id",
        CallbackParameter.TypeId => Kind(kind),
        CallbackParameter.TelcoId => Telco(value),
        CallbackParameter.PhoneNumber => Address(value),
        CallbackParameter.SwitchSmsId => "message that was switched from or to",
        CallbackParameter.PartnerIds => value.Length == 0 ? "Zalo gave no message id: refused before hand-over" : "Zalo's message id",
        CallbackParameter.OaId => "Zalo Official Account",
        CallbackParameter.TempId => "ZNS template",
        CallbackParameter.CallDuration => "seconds",
        CallbackParameter.CallStatus => "state of the call",
        CallbackParameter.Ivr => "key that was pressed",
        CallbackParameter.SentResult => value == "1" ? "success" : value == "0" ? "failed" : "",
        CallbackParameter.CallerId => "calling number",
        _ => "",
    };

    public static string Telco(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? TelcoNames.Describe(id)
        : value.Length == 0 ? "unknown carrier"
        : "not a documented carrier";

    public static string Address(string value)
    {
        if (RecipientAddress.Normalize(value, out var form) is not { } address)
        {
            return value.Length == 0 ? "" : "neither phone, Zalo user id nor hash";
        }

        return form switch
        {
            AddressForm.Phone => $"phone {address}, a {TelcoNames.Describe(Msisdn.Telco(address))} prefix",
            AddressForm.ZaloUid => "Zalo user id",
            _ => "SHA-256 of a phone",
        };
    }
}
