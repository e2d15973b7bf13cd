using HoiAm.Model;

namespace HoiAm.Protocols.EsmsCallback;

/// <summary>The parameters of a status callback (protocol A.2) and of a voice callback (A.8).</summary>
internal enum CallbackParameter : byte
{
    SmsId,
    SendFailed,
    SendStatus,
    SendSuccess,
    TotalPrice,
    TotalReceiver,
    TotalSent,
    RequestId,
    TypeId,
    TelcoId,
    PhoneNumber,
    SwitchSmsId,
    PartnerIds,
    ErrorInfo,
    OaId,
    TempId,
    ReferenceId,
    CallDuration,
    CallStatus,
    Ivr,
    Price,
    SentResult,
    CallerId,
}

/// <summary>Wire names and per-kind order.</summary>
internal static class CallbackParameters
{
    /// <summary>How many parameters there are.</summary>
    public const int Count = (int)CallbackParameter.CallerId + 1;

    private static readonly string[] s_names =
    [
        "SMSID", "SendFailed", "SendStatus", "SendSuccess", "TotalPrice", "TotalReceiver", "TotalSent", "RequestId", "TypeId",
        "telcoid", "phonenumber", "switchsmsid", "partnerids", "error_info", "oaid", "tempid",
        "ReferenceId", "CallDuration", "CallStatus", "Ivr", "Price", "SentResult", "CID",
    ];

    private static readonly CallbackParameter[] s_promo = FirstNineAnd();

    private static readonly CallbackParameter[] s_sms =
        FirstNineAnd(CallbackParameter.TelcoId, CallbackParameter.PhoneNumber, CallbackParameter.SwitchSmsId);

    private static readonly CallbackParameter[] s_viber = FirstNineAnd(CallbackParameter.TelcoId, CallbackParameter.PhoneNumber);

    private static readonly CallbackParameter[] s_zns = FirstNineAnd(
        CallbackParameter.TelcoId, CallbackParameter.PhoneNumber, CallbackParameter.PartnerIds, CallbackParameter.ErrorInfo,
        CallbackParameter.OaId, CallbackParameter.TempId);

    private static readonly CallbackParameter[] s_znsByUid = FirstNineAnd(
        CallbackParameter.TelcoId, CallbackParameter.PhoneNumber, CallbackParameter.ErrorInfo, CallbackParameter.OaId,
        CallbackParameter.TempId, CallbackParameter.PartnerIds);

    private static readonly CallbackParameter[] s_follower = FirstNineAnd(
        CallbackParameter.PhoneNumber, CallbackParameter.ErrorInfo, CallbackParameter.OaId, CallbackParameter.PartnerIds);

    private static readonly CallbackParameter[] s_voice =
    [
        CallbackParameter.ReferenceId, CallbackParameter.CallDuration, CallbackParameter.CallStatus, CallbackParameter.Ivr,
        CallbackParameter.Price, CallbackParameter.SentResult, CallbackParameter.CallerId, CallbackParameter.SendStatus,
    ];

    /// <summary>The name with its documented casing.</summary>
    public static string Name(this CallbackParameter parameter) => s_names[(int)parameter];

    /// <summary>The documented order of a kind's parameters; for kinds without a sample the layout of protocol G 31.</summary>
    public static ReadOnlySpan<CallbackParameter> Layout(MessageKind kind) => kind switch
    {
        MessageKind.PromoSms => s_promo,
        MessageKind.CustomerCareSms or MessageKind.FixedPriceSms => s_sms,
        MessageKind.Viber => s_viber,
        MessageKind.ZnsPriority or MessageKind.Zns => s_zns,
        MessageKind.ZnsByUid => s_znsByUid,
        MessageKind.ZaloFollower or MessageKind.ZnsJourney => s_follower,
        MessageKind.VoiceCall => s_voice,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a message kind."),
    };

    /// <summary>The parameter of a wire name in any casing, or null.</summary>
    public static CallbackParameter? Find(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < s_names.Length; i++)
        {
            if (name.Equals(s_names[i], StringComparison.OrdinalIgnoreCase))
            {
                return (CallbackParameter)i;
            }
        }

        // The table of the first edition (2023) spelled it so, though no sample ever did.
        return name.Equals("error_infor", StringComparison.OrdinalIgnoreCase) ? CallbackParameter.ErrorInfo : null;
    }

    private static CallbackParameter[] FirstNineAnd(params ReadOnlySpan<CallbackParameter> tail) =>
    [
        CallbackParameter.SmsId, CallbackParameter.SendFailed, CallbackParameter.SendStatus, CallbackParameter.SendSuccess,
        CallbackParameter.TotalPrice, CallbackParameter.TotalReceiver, CallbackParameter.TotalSent, CallbackParameter.RequestId,
        CallbackParameter.TypeId, .. tail,
    ];
}
