using System.Collections.Immutable;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>What every answer has in common, whichever of its four names the result code goes by (protocol C.3, G 43).</summary>
public record EsmsAnswer
{
    /// <summary>False when the body is no answer of eSMS at all: no JSON object, or one without a result code.</summary>
    public required bool Parsed { get; init; }

    /// <summary>
    /// The result code as on the wire, normally <c>100</c>; <c>99</c> for <c>{"error":"Invalid request"}</c>; "" when there was none.
    /// </summary>
    public string Code { get; init; } = "";

    /// <summary>ErrorMessage or Message; when <see cref="Parsed"/> is false, what is wrong with the body.</summary>
    public string Message { get; init; } = "";

    /// <summary>SMSID of a send; "" when there was none. 146 carries one too.</summary>
    public string SmsId { get; init; } = "";

    /// <summary>SendStatus of the first message in an answer 124; null elsewhere.</summary>
    public int? SendStatus { get; init; }

    /// <summary>True for 100, for 0 in GetZnsTemplateInfo, and for the 00 of old servers.</summary>
    public bool IsSuccess => Parsed && Code is "100" or "0" or "00";
}

/// <summary>An answer with what the call is about.</summary>
/// <typeparam name="T">The typed content.</typeparam>
public sealed record EsmsAnswer<T> : EsmsAnswer
    where T : class
{
    /// <summary>The content; null when the code is no success, and when a success lacks what it should bring.</summary>
    public T? Value { get; init; }
}

/// <summary>Rows of a bulk send.</summary>
/// <param name="TotalFail">Rows refused; counted from the rows when the answer has no such member.</param>
/// <param name="TotalSuccess">Rows accepted.</param>
/// <param name="Rows">A result each, in the order of the request.</param>
public sealed record BulkAnswer(int TotalFail, int TotalSuccess, ImmutableArray<BulkRowAnswer> Rows);

/// <summary>A page of GetSmsSentData_V2.</summary>
/// <param name="CountTotal">Rows in all pages.</param>
/// <param name="Rows">Rows of this page.</param>
public sealed record SentDataPage(long CountTotal, ImmutableArray<SentDataRow> Rows);

/// <summary>GetZaloMessageStatus.</summary>
/// <param name="DeliveredAt">When it reached the phone; null when it did not.</param>
/// <param name="Message">Zalo's text.</param>
/// <param name="Status">−1 message unknown, 0 at Zalo's server, 1 on the phone.</param>
public sealed record ZaloMessageStatusAnswer(DateTimeOffset? DeliveredAt, string Message, int Status);

/// <summary>The voice host's GetSendStatus.</summary>
/// <param name="ReferenceId">As asked.</param>
/// <param name="CallDuration">Seconds.</param>
/// <param name="CallStatus">ANSWERED, NOANSWERED or "".</param>
/// <param name="Ivr">Key pressed.</param>
/// <param name="SendStatus">2, 5 or 7.</param>
/// <param name="Success">SentResult 1.</param>
public sealed record VoiceStatusAnswer(string ReferenceId, int CallDuration, string CallStatus, string Ivr, int SendStatus, bool Success);

/// <summary>GetBalance_json.</summary>
/// <param name="Balance">VND.</param>
/// <param name="UserId">UserID.</param>
public sealed record BalanceAnswer(decimal Balance, long UserId);

/// <summary>A row of GetListBrandname.</summary>
/// <param name="Name">Brandname.</param>
/// <param name="Type">1, 2 or 23.</param>
public sealed record BrandnameAnswer(string Name, int Type);

/// <summary>A row of ZNS/GetListZOA.</summary>
/// <param name="Id">OAID, text since 19 digits overflow a double.</param>
/// <param name="Name">OAName.</param>
public sealed record OaAnswer(string Id, string Name);

/// <summary>ZNS/GetQuality.</summary>
/// <param name="SevenDays">HIGH, MEDIUM, LOW or UNDEFINED.</param>
/// <param name="Current">Likewise.</param>
public sealed record OaQuality(string SevenDays, string Current);

/// <summary>A page of ZNS/GetRating.</summary>
/// <param name="Total">Ratings in all pages.</param>
/// <param name="Ratings">Ratings of this page.</param>
public sealed record OaRatingPage(int Total, ImmutableArray<OaRating> Ratings);

/// <summary>A page of QueryListUID or ZNS/GetFollowers.</summary>
/// <param name="Offset">As asked; 0 for followers, whose answer has none.</param>
/// <param name="Total">Users in all pages.</param>
/// <param name="Users">Zalo user ids of this page.</param>
public sealed record UidPage(int Offset, int Total, ImmutableArray<string> Users);

/// <summary>A list of an answer, as an object of its own.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Items">In the order of the answer.</param>
public sealed record AnswerList<T>(ImmutableArray<T> Items);

/// <summary>An estimate.</summary>
/// <param name="TotalPrice">VND.</param>
/// <param name="TotalReceiver">Receivers.</param>
public sealed record SummaryAnswer(decimal TotalPrice, int TotalReceiver);

/// <summary>A registration that was taken in.</summary>
/// <param name="PreviewId">ServicePreviewId.</param>
public sealed record RegistrationAnswer(long PreviewId);
