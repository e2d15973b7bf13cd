namespace HoiAm.Protocols.EsmsApi;

/// <summary>A query about the account itself: balance, brand names, Official Accounts.</summary>
public sealed record AccountRequest : EsmsRequest;

/// <summary>A query about one message: GetSendStatus, GetSmsReceiverStatus_get, QueryZnsStatus.</summary>
public sealed record MessageStatusRequest : EsmsRequest
{
    /// <summary>RefId or SmsId as written.</summary>
    public string SmsId { get; init; } = "";

    /// <summary>SmsType of QueryZnsStatus.</summary>
    public string SmsType { get; init; } = "";
}

/// <summary>The voice host's GetSendStatus, told apart by ReferenceId.</summary>
public sealed record VoiceStatusRequest : EsmsRequest
{
    /// <summary>The SMSID that the call returned.</summary>
    public string ReferenceId { get; init; } = "";
}

/// <summary>CheckCodeGen_V4_get.</summary>
public sealed record OtpCheckRequest : EsmsRequest
{
    /// <summary>Receiver of the code as written.</summary>
    public string Phone { get; init; } = "";

    /// <summary>The code to check.</summary>
    public string Code { get; init; } = "";
}

/// <summary>GetSmsSentData_V2.</summary>
public sealed record SentDataRequest : EsmsRequest
{
    /// <summary>Start as text.</summary>
    public string From { get; init; } = "";

    /// <summary>End as text.</summary>
    public string To { get; init; } = "";

    /// <summary>Page as text, from 1.</summary>
    public string Page { get; init; } = "";

    /// <summary>PageSize as text, at most 500.</summary>
    public string PageSize { get; init; } = "";

    /// <summary>Kind as text.</summary>
    public string SmsType { get; init; } = "";
}

/// <summary>GetZaloMessageStatus.</summary>
public sealed record ZaloMessageStatusRequest : EsmsRequest
{
    /// <summary>Official Account.</summary>
    public string OaId { get; init; } = "";

    /// <summary>Zalo's message id, the callback's partnerids.</summary>
    public string MessageId { get; init; } = "";
}

/// <summary>GetTemplate and GetZnsTemplateInfo.</summary>
public sealed record TemplateRequest : EsmsRequest
{
    /// <summary>2, 24 or 25 as text.</summary>
    public string SmsType { get; init; } = "";

    /// <summary>Kind 2: whose templates.</summary>
    public string Brandname { get; init; } = "";

    /// <summary>Kinds 24, 25 and the details: whose templates.</summary>
    public string OaId { get; init; } = "";

    /// <summary>The details: which template.</summary>
    public string TemplateId { get; init; } = "";
}

/// <summary>A query about one Official Account: quota, quality, ratings, followers, user ids.</summary>
public sealed record OaRequest : EsmsRequest
{
    /// <summary>Official Account.</summary>
    public string OaId { get; init; } = "";

    /// <summary>Ratings: of which template.</summary>
    public string TemplateId { get; init; } = "";

    /// <summary>FromTime or FromDate as text.</summary>
    public string From { get; init; } = "";

    /// <summary>ToTime or ToDate as text.</summary>
    public string To { get; init; } = "";

    /// <summary>Offset as text.</summary>
    public string Offset { get; init; } = "";

    /// <summary>Count or Limit as text.</summary>
    public string Count { get; init; } = "";
}

/// <summary>Registration of a ZNS template, an SMS template or an OA package.</summary>
public sealed record RegistrationRequest : EsmsRequest
{
    /// <summary>Text of the template.</summary>
    public string Content { get; init; } = "";

    /// <summary>SMS: brand name it is for.</summary>
    public string Brandname { get; init; } = "";

    /// <summary>ZNS and package: Official Account it is for.</summary>
    public string OaId { get; init; } = "";

    /// <summary>2 or 8 for SMS, 24 or 25 for ZNS, as text.</summary>
    public string SmsType { get; init; } = "";

    /// <summary>SMS: 2 as text.</summary>
    public string ServiceType { get; init; } = "";

    /// <summary>Where the result 0, 1 or 2 goes.</summary>
    public string CallbackUrl { get; init; } = "";

    /// <summary>SMS: Unicode text.</summary>
    public bool IsUnicode { get; init; }

    /// <summary>SMS: documents; ZNS: picture.</summary>
    public string AssetsUrl { get; init; } = "";

    /// <summary>ZNS: first button.</summary>
    public string Cta1 { get; init; } = "";

    /// <summary>ZNS: second button.</summary>
    public string Cta2 { get; init; } = "";

    /// <summary>SMS: for whom, name.</summary>
    public string CustomerName { get; init; } = "";

    /// <summary>SMS: for whom, e-mail.</summary>
    public string CustomerEmail { get; init; } = "";

    /// <summary>SMS: for whom, phone.</summary>
    public string CustomerPhone { get; init; } = "";

    /// <summary>Package: 1 trial, 2 advanced, 3 premium, as text.</summary>
    public string Package { get; init; } = "";

    /// <summary>Package: Duaration (sic) as text.</summary>
    public string Duration { get; init; } = "";

    /// <summary>Package: Dateactive, yyyy-MM-dd as text.</summary>
    public string DateActive { get; init; } = "";
}
