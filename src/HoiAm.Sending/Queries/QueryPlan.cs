using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>What a query needs: nothing more, or a look into the store.</summary>
public abstract record QueryPlan;

/// <summary>The answer is known already: from the catalogue, or a refusal.</summary>
/// <param name="Body">JSON.</param>
public sealed record Answered(byte[] Body) : QueryPlan;

/// <summary>GetSendStatus or GetSmsReceiverStatus_get: find the account's message.</summary>
/// <param name="SmsId">As asked.</param>
/// <param name="NotBefore">Older messages count as unknown (protocol G 38).</param>
/// <param name="IfUnknown">The answer when there is none (105).</param>
public sealed record FindMessage(string SmsId, DateTimeOffset NotBefore, byte[] IfUnknown) : QueryPlan;

/// <summary>The voice host's GetSendStatus.</summary>
/// <param name="ReferenceId">As asked.</param>
/// <param name="IfUnknown">The answer when there is none (105).</param>
public sealed record FindCall(string ReferenceId, byte[] IfUnknown) : QueryPlan;

/// <summary>QueryZnsStatus.</summary>
/// <param name="SmsId">As asked.</param>
/// <param name="Kind">24 or 25; a message of the other kind is no data.</param>
/// <param name="IfUnknown">The answer when there is none (854).</param>
public sealed record FindZns(string SmsId, MessageKind Kind, byte[] IfUnknown) : QueryPlan;

/// <summary>GetZaloMessageStatus: an unknown id answers status −1.</summary>
/// <param name="OaId">Official Account.</param>
/// <param name="PartnerId">Zalo's message id.</param>
public sealed record FindZaloMessage(string OaId, string PartnerId) : QueryPlan;

/// <summary>GetSmsSentData_V2, by creation time.</summary>
/// <param name="From">First moment.</param>
/// <param name="To">Last moment, itself included to the second.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="Skip">Rows before this page.</param>
/// <param name="Take">Rows of this page, at most 500.</param>
public sealed record ListSent(DateTimeOffset From, DateTimeOffset To, MessageKind Kind, long Skip, int Take) : QueryPlan;

/// <summary>CheckCodeGen_V4_get: check with <see cref="OtpCode.Verify"/>, store what it says, answer with
/// <see cref="EsmsResponses.CodeCheck"/>.</summary>
/// <param name="Phone">Local form, by which the code is stored.</param>
/// <param name="PhoneAsWritten">For the answer's text.</param>
/// <param name="Code">The guess.</param>
public sealed record CheckCode(string Phone, string PhoneAsWritten, string Code) : QueryPlan;

/// <summary>A registration to record.</summary>
/// <param name="Request">What is registered.</param>
/// <param name="Key">Equal for equal registrations: while one with this key is in progress, the answer is 199.</param>
/// <param name="AnswerText">ErrorMessage of the success.</param>
public sealed record Register(RegistrationRequest Request, string Key, string AnswerText) : QueryPlan;
