namespace HoiAm.Model;

/// <summary>Which set of callback parameters a message has (protocol A.2): the message type, refined where one type has several layouts.</summary>
public enum MessageKind : byte
{
    /// <summary>Type 1, advertising SMS.</summary>
    PromoSms = 1,

    /// <summary>Type 2, customer-care and OTP SMS.</summary>
    CustomerCareSms = 2,

    /// <summary>Type 8, fixed-price SMS and voice OTP; laid out as type 2 (protocol G 31).</summary>
    FixedPriceSms = 8,

    /// <summary>Type 23, Viber.</summary>
    Viber = 23,

    /// <summary>Type 24, ZNS for OTP (priority); laid out as type 25 (protocol G 31).</summary>
    ZnsPriority = 24,

    /// <summary>Type 25, ZNS for customer care, addressed by phone or hashed phone.</summary>
    Zns = 25,

    /// <summary>Type 26, messages to a follower of an Official Account: consulting, transaction, user-info request.</summary>
    ZaloFollower = 26,

    /// <summary>Type 27, ZNS journey.</summary>
    ZnsJourney = 27,

    /// <summary>Type 25 addressed by Zalo user id; on the wire its TypeId is 25.</summary>
    ZnsByUid = 125,

    /// <summary>A call by template or recording; has no TypeId and a parameter set of its own (protocol A.8).</summary>
    VoiceCall = 200,
}

/// <summary>Facts about the message kinds.</summary>
public static class MessageKinds
{
    /// <summary>The documented TypeId, 1 to 27; 0 for calls, which have none.</summary>
    public static int TypeId(this MessageKind kind) => kind switch
    {
        MessageKind.ZnsByUid => 25,
        MessageKind.VoiceCall => 0,
        _ => (int)kind,
    };

    /// <summary>True for kinds that Zalo carries: they bear <c>error_info</c>, <c>oaid</c> and <c>partnerids</c>.</summary>
    public static bool IsZalo(this MessageKind kind) =>
        kind is MessageKind.ZnsPriority or MessageKind.Zns or MessageKind.ZnsByUid or MessageKind.ZaloFollower or MessageKind.ZnsJourney;

    /// <summary>The kind of a documented TypeId (1, 2, 8, 23 to 27), or null when the id is not one of them.</summary>
    public static MessageKind? FromTypeId(int typeId) => typeId is 1 or 2 or 8 or (>= 23 and <= 27) ? (MessageKind)typeId : null;
}
