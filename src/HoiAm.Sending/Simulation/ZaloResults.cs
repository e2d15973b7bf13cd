using System.Globalization;

namespace HoiAm.Sending;

/// <summary>Zalo's results as the simulated carriers report them: plain JSON, in the key order of the documented callbacks.</summary>
internal static class ZaloResults
{
    /// <summary>Success to a phone.</summary>
    public const string Success = """{"error":0,"message":"Success"}""";

    /// <summary>Success to a user id, which says where the message is.</summary>
    public const string DeliveredToUid =
        """{"error":0,"message":"Success","data":{"delivery_time":null,"message":"The message was delivered to the user's phone","status":1}}""";

    /// <summary>Success of kinds 26 and 27; both ids are digits or hex, so nothing needs escaping.</summary>
    public static string SuccessTo(string messageId, string userId) =>
        $$$"""{"data":{"message_id":"{{{messageId}}}","user_id":"{{{userId}}}"},"error":0,"message":"Success"}""";

    /// <summary>A failure; the texts are free of characters that JSON escapes.</summary>
    public static string Json(int code) =>
        string.Create(CultureInfo.InvariantCulture, $$$"""{"error":{{{code}}},"message":"{{{Text(code)}}}"}""");

    // The texts that samples show, and one sentence for those that are asked for most; docs/esms.md points at the full list of codes.
    private static string Text(int code) => code switch
    {
        -108 => "Phone number is invalid",
        -112 => "Template data is invalid",
        -114 => "User is inactive, or reject the message, or using an outdated Zalo version, or other internal errors",
        -115 => "Out of quota",
        -117 => "OA has no permission to use this template",
        -118 => "Zalo account not existed",
        -119 => "Account can not receive ZNS",
        -124 => "Access token is invalid",
        -131 => "ZNS template not approved",
        -133 => "This ZNS template can not be sent at night, from 22 to 6 o'clock",
        -139 => "User rejected to receive this ZNS type",
        -141 => "User rejected to receive ZNS from this OA",
        -144 => "OA has reached its daily quota",
        -147 => "Template has reached its daily limit",
        -213 => "User has not followed the OA",
        -217 => "User has blocked messages of the OA",
        1001 => "The receiver was not online within the allowed time",
        _ => string.Create(CultureInfo.InvariantCulture, $"Zalo error {code}"),
    };
}
