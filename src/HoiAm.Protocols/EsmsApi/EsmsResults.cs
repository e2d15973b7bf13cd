using System.Collections.Immutable;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>A result code with the text that goes with it.</summary>
/// <param name="Code">As on the wire, a string.</param>
/// <param name="Text">ErrorMessage.</param>
public sealed record EsmsResult(string Code, string Text)
{
    /// <summary>True for 100.</summary>
    public bool IsSuccess => Code == "100";
}

/// <summary>
/// Every result code that the hub gives (protocol E.1, C.3). Where the documentation shows a text it is that text, else one sentence that
/// says what to do.
/// </summary>
public static class EsmsResults
{
    /// <summary>100: accepted, which is not delivered.</summary>
    public static EsmsResult Success { get; } = new("100", "success");

    /// <summary>99: receiver blocked.</summary>
    public static EsmsResult Blocked { get; } = new("99", "The phone number is blocked in the system.");

    /// <summary>101.</summary>
    public static EsmsResult Unauthorized { get; } = new("101", "Authorize Failed");

    /// <summary>102: nobody has set a price for this kind.</summary>
    public static EsmsResult NoPrice { get; } = new("102", "The account has no price for this message kind and carrier.");

    /// <summary>103.</summary>
    public static EsmsResult BalanceTooLow { get; } = new("103", "The balance is not enough for this message.");

    /// <summary>104 of messages.</summary>
    public static EsmsResult UnknownBrandname { get; } = new("104", "Brand name code is not exist");

    /// <summary>104 of calls.</summary>
    public static EsmsResult UnknownCallTemplate { get; } = new("104", "Template not found");

    /// <summary>105.</summary>
    public static EsmsResult UnknownMessage { get; } = new("105", "The message id is not found, or the message is older than 7 days.");

    /// <summary>106.</summary>
    public static EsmsResult UnknownRecording { get; } = new("106", "The recording is not found.");

    /// <summary>107.</summary>
    public static EsmsResult TooFewNumbers { get; } = new("107", "Each request has at least 30 numbers to be approved");

    /// <summary>117: used, expired, wrong or another number's (protocol G 36).</summary>
    public static EsmsResult CodeInvalid { get; } = new("117", "Code Invalid");

    /// <summary>118 of a kind that the call does not send.</summary>
    public static EsmsResult UnsupportedKind { get; } = new("118", "The message kind is not supported by this call.");

    /// <summary>120.</summary>
    public static EsmsResult TooManyNumbers { get; } = new("120", "Each request has at most 5000 numbers.");

    /// <summary>124.</summary>
    public static EsmsResult RepeatedRequestId { get; } = new("124", "Request exist 1");

    /// <summary>140.</summary>
    public static EsmsResult AddressNotAllowed { get; } = new("140", "The source IP is not on the account's allow list.");

    /// <summary>143.</summary>
    public static EsmsResult AccountLocked { get; } = new("143", "The account is not activated or is locked.");

    /// <summary>146: the text fits no template of the brand name. The answer still carries an SMSID.</summary>
    public static EsmsResult TemplateMismatch { get; } = new("146", "Sai template Brandname CSKH");

    /// <summary>160.</summary>
    public static EsmsResult RateExceeded { get; } = new("160", "Exceed TPS");

    /// <summary>163.</summary>
    public static EsmsResult OneNumberOnly { get; } = new("163", "Only one phone number per request is supported.");

    /// <summary>177.</summary>
    public static EsmsResult CarrierNotRegistered { get; } = new("177", "The brand name is not registered with the receiver's carrier.");

    /// <summary>199.</summary>
    public static EsmsResult RegistrationRunning { get; } = new("199", "The same request exists and is being processed.");

    /// <summary>201.</summary>
    public static EsmsResult BlockedKeyword { get; } = new("201", "The content contains a blocked keyword.");

    /// <summary>204.</summary>
    public static EsmsResult UnknownOa { get; } = new("204", "OAID is not found.");

    /// <summary>300.</summary>
    public static EsmsResult MissingKind { get; } = new("300", "SmsType is missing.");

    /// <summary>301.</summary>
    public static EsmsResult UnsupportedService { get; } = new("301", "The service type is not supported.");

    /// <summary>687.</summary>
    public static EsmsResult TooManyRows { get; } = new("687", "Each request has at most 500 rows.");

    /// <summary>789.</summary>
    public static EsmsResult TemplateNotConfigured { get; } = new("789", "TemplateId is not config");

    /// <summary>791.</summary>
    public static EsmsResult MissingOaOrTemplate { get; } = new("791", "OAID or TempID is missing.");

    /// <summary>799.</summary>
    public static EsmsResult OaInactive { get; } = new("799", "The OA is inactive or not linked to the account.");

    /// <summary>801.</summary>
    public static EsmsResult OverQuotaScheduled { get; } = new("801", "SendingMode 3 cannot be scheduled.");

    /// <summary>802.</summary>
    public static EsmsResult OverQuotaNotAllowed { get; } = new("802", "The OA is not allowed to use SendingMode 3.");

    /// <summary>851.</summary>
    public static EsmsResult MissingMessageId { get; } = new("851", "The message id is missing.");

    /// <summary>852.</summary>
    public static EsmsResult UidInvalid { get; } = new("852", "Zalo UID Invalid");

    /// <summary>853.</summary>
    public static EsmsResult UidMissing { get; } = new("853", "Missing ZaloUid");

    /// <summary>854.</summary>
    public static EsmsResult NoData { get; } = new("854", "No data is found.");

    /// <summary>115.</summary>
    public static EsmsResult HashInvalid { get; } = new("115", "HashPhone is not the lower-case hexadecimal SHA-256 of a number in 84 form.");

    /// <summary>The codes that the hub can give, each once, with the text of its most common form; in ascending order.</summary>
    public static ImmutableArray<EsmsResult> All { get; } =
    [
        Blocked, Success, Unauthorized, NoPrice, BalanceTooLow, UnknownBrandname, UnknownMessage, UnknownRecording, TooFewNumbers,
        PhoneInvalid("0"), DataInvalid("The request data is invalid."), HashInvalid, CodeInvalid, UnsupportedKind, TooManyNumbers,
        RepeatedRequestId, AddressNotAllowed, AccountLocked, TemplateMismatch, RateExceeded, DateInvalid("SendDate"),
        PageInvalid("Offset"), OneNumberOnly, CarrierNotRegistered, RegistrationRunning, BlockedKeyword, UnknownOa, PayloadInvalid("Payload"),
        MissingKind, UnsupportedService, TooManyRows, TemplateNotConfigured, ContentMismatch("Content"), MissingOaOrTemplate, OaInactive,
        OverQuotaScheduled, OverQuotaNotAllowed, MissingMessageId, UidInvalid, UidMissing, NoData,
    ];

    /// <summary>503, one of our own: the upstream or the route could not be reached, and nothing was sent.</summary>
    public static EsmsResult UpstreamAway { get; } = new("503", "The provider cannot be reached. Nothing was sent; send it again later.");

    /// <summary>504, one of our own: nobody knows yet whether it was sent.</summary>
    public static EsmsResult OutcomeUnknown { get; } = new(
        "504", "The provider gave no clear answer; whether it was sent is not known yet. Repeat it with the same RequestId, never with another.");

    /// <summary>108 with the number as the client wrote it.</summary>
    public static EsmsResult PhoneInvalid(string phone) => new("108", $"The phone number {phone} is not valid.");

    /// <summary>110 with what is wrong.</summary>
    public static EsmsResult DataInvalid(string sentence) => new("110", sentence);

    /// <summary>161 for a date field.</summary>
    public static EsmsResult DateInvalid(string field) => new("161", $"{field} is invalid date format.");

    /// <summary>162 for Offset or Count.</summary>
    public static EsmsResult PageInvalid(string field) => new("162", $"{field} is invalid.");

    /// <summary>210 with the part of the payload that is wrong.</summary>
    public static EsmsResult PayloadInvalid(string what) => new("210", $"{what} is not as specified.");

    /// <summary>790 with the parameter or text that does not fit.</summary>
    public static EsmsResult ContentMismatch(string what) => new("790", $"{what} does not fit the ZNS template.");
}
