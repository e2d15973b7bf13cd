namespace HoiAm.Protocols.Codes;

/// <summary>One of eSMS's result codes (protocol E.1).</summary>
/// <param name="Code">The number; most answers carry it as text.</param>
/// <param name="Text">The text that the documents show in an answer; null where none shows one.</param>
/// <param name="Meaning">What it means, in short.</param>
/// <param name="AppliesTo">Which calls or kinds.</param>
public sealed record EsmsResultCode(int Code, string? Text, string Meaning, string AppliesTo);

/// <summary>All result codes of the documents.</summary>
public static class EsmsResultCodes
{
    private static readonly EsmsResultCode[] s_all =
    [
        new(99, "Invalid request", "The number is blocked in the system; on sample pages: the request is malformed.", "all"),
        new(100, "Success", "The request is accepted. This is not delivery.", "all"),
        new(101, "Authorize Failed", "Wrong ApiKey or SecretKey.", "all"),
        new(102, null, "The account has no price list.", "all"),
        new(103, null, "The balance is too low.", "all"),
        new(104, "Brand name code is not exist", "The brand name or call code does not exist or is not active.", "1, 2, 23, calls"),
        new(105, null, "No message or call with this id; a fresh one may need a moment.", "status calls"),
        new(106, null, "The recording does not exist.", "calls"),
        new(107, "Each request has at least 30 numbers to be approved", "Fewer than 30 distinct numbers.", "1"),
        new(108, "The phone number is not valid.", "The phone number is malformed.", "all"),
        new(110, null, "The request's data is invalid.", "bulk ZNS, GetCallback"),
        new(115, null, "The hashed phone is invalid.", "ZNS by hashed phone"),
        new(117, "Code Invalid", "The code is wrong.", "code check"),
        new(118, null, "This kind of message is not supported.", "all"),
        new(120, null, "Too many numbers.", "1"),
        new(124, "Request exist 1", "The RequestId was used within the last 24 hours.", "all"),
        new(140, null, "The source address is not on the account's allow list.", "all"),
        new(143, null, "The account is not activated or locked.", "all"),
        new(146, "Sai template Brandname CSKH", "The text matches no registered template.", "2"),
        new(160, "Exceed TPS", "Over the rate limit.", "ZNS status, GetCallback"),
        new(161, null, "The date is malformed.", "QueryListUID, SendDate"),
        new(162, null, "The offset or count is invalid.", "QueryListUID"),
        new(163, null, "More than one number in a request.", "8"),
        new(171, null, "The code was used, has expired or belongs to another number.", "code check"),
        new(177, null, "The brand name is not registered with this carrier.", "2"),
        new(199, null, "The same request exists and is in progress.", "registrations"),
        new(201, null, "The text contains a blocked keyword.", "2"),
        new(204, null, "The OAID is unknown.", "Zalo kinds"),
        new(210, null, "The payload is not as specified.", "26"),
        new(300, null, "The kind of message is missing.", "all sends"),
        new(301, null, "The service kind is not supported.", "template registration"),
        new(687, null, "More than 500 rows.", "bulk ZNS"),
        new(789, "TemplateId is not config", "The template is not configured for this Official Account.", "Zalo kinds"),
        new(790, null, "The content does not fit the ZNS template.", "Zalo kinds"),
        new(791, null, "The OAID or the template id is missing.", "Zalo kinds"),
        new(799, null, "The Official Account is inactive, wrong or not linked to the account.", "Zalo kinds"),
        new(801, null, "The over-quota mode (SendingMode 3) cannot be scheduled.", "Zalo kinds"),
        new(802, null, "The Official Account may not use the over-quota mode.", "Zalo kinds"),
        new(851, null, "The MessageId or SMSID is missing.", "ZNS status calls"),
        new(852, "Zalo UID Invalid", "The Zalo user id is longer than 20 characters.", "ZNS by UID"),
        new(853, "Missing ZaloUid", "The Zalo user id is missing.", "ZNS by UID"),
        new(854, null, "No data was found.", "QueryZnsStatus"),
    ];

    private static readonly Dictionary<int, EsmsResultCode> s_byCode = s_all.ToDictionary(c => c.Code);

    /// <summary>Every code in ascending order.</summary>
    public static IReadOnlyList<EsmsResultCode> All => s_all;

    /// <summary>The entry of a code; null when the documents do not have it.</summary>
    public static EsmsResultCode? Find(int code) => s_byCode.GetValueOrDefault(code);
}
