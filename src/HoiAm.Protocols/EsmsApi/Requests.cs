using System.Collections.Immutable;
using System.Text;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>A decoded call. Texts are as the client wrote them, "" when absent; nothing is judged yet.</summary>
public abstract record EsmsRequest
{
    /// <summary>Which call it is.</summary>
    public required EsmsOperation Operation { get; init; }

    /// <summary>ApiKey, "" when absent.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>SecretKey, "" when absent.</summary>
    public string SecretKey { get; init; } = "";

    /// <summary>Adds the members to the record's text, without the keys: a request may be logged.</summary>
    protected virtual bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Append("Operation = ").Append(Operation.ToString());
        return true;
    }
}

/// <summary>What every send call may bear (protocol C.1).</summary>
public abstract record SendRequest : EsmsRequest
{
    /// <summary>The customer's own id, at most 50 characters.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Where the status goes, byte for byte as given.</summary>
    public string CallbackUrl { get; init; } = "";

    /// <summary>Scheduled time as text (protocol G 41).</summary>
    public string SendDate { get; init; } = "";

    /// <summary>Sandbox, SandBox or IsSandBox: validate and answer, but store nothing (protocol G 39, 40).</summary>
    public bool Sandbox { get; init; }

    /// <summary>campaignid, at most 254 characters.</summary>
    public string Campaign { get; init; } = "";
}

/// <summary>A text to phones: SMS (1, 2, 8), Viber (23), or a ZNS given as full text (24, 25).</summary>
public sealed record TextSendRequest : SendRequest
{
    /// <summary>SmsType as text.</summary>
    public string SmsType { get; init; } = "";

    /// <summary>Receivers as written. A single Phone that lists several numbers is split at commas and semicolons.</summary>
    public ImmutableArray<string> Phones { get; init; } = [];

    /// <summary>The text.</summary>
    public string Content { get; init; } = "";

    /// <summary>Sender name.</summary>
    public string Brandname { get; init; } = "";

    /// <summary>IsUnicode or Unicode.</summary>
    public bool IsUnicode { get; init; }

    /// <summary>Official Account, full-template ZNS only.</summary>
    public string OaId { get; init; } = "";

    /// <summary>Viber: target of the button.</summary>
    public string OttUrl { get; init; } = "";

    /// <summary>Viber: picture.</summary>
    public string OttImageUrl { get; init; } = "";

    /// <summary>Viber: label of the button.</summary>
    public string OttLabel { get; init; } = "";
}

/// <summary>How a ZNS names its receiver.</summary>
public enum ZnsAddressing : byte
{
    /// <summary>By phone number.</summary>
    Phone,

    /// <summary>By Zalo user id.</summary>
    ZaloUid,

    /// <summary>By the hash of the number.</summary>
    HashedPhone,
}

/// <summary>A template message to one Zalo user (24, 25, 27).</summary>
public sealed record ZnsSendRequest : SendRequest
{
    /// <summary>What <see cref="Address"/> is.</summary>
    public ZnsAddressing Addressing { get; init; }

    /// <summary>Phone, ZaloUid or HashPhone as written.</summary>
    public string Address { get; init; } = "";

    /// <summary>Official Account.</summary>
    public string OaId { get; init; } = "";

    /// <summary>Template.</summary>
    public string TempId { get; init; } = "";

    /// <summary>Values for the template's parameters.</summary>
    public ZnsValues Values { get; init; } = ZnsValues.None;

    /// <summary>SendingMode as text: "", 1 or 3.</summary>
    public string SendingMode { get; init; } = "";

    /// <summary>True for kind 27.</summary>
    public bool IsJourney { get; init; }

    /// <summary>The order that a journey belongs to.</summary>
    public string OrderId { get; init; } = "";
}

/// <summary>Parameter values of a ZNS: in template order (Params) or by name (TempData). At most one of the two is filled.</summary>
/// <param name="Ordered">Params.</param>
/// <param name="Named">TempData.</param>
public sealed record ZnsValues(ImmutableArray<string> Ordered, ImmutableArray<KeyValuePair<string, string>> Named)
{
    /// <summary>No value at all.</summary>
    public static ZnsValues None { get; } = new([], []);
}

/// <summary>One template to many receivers, each with values of its own.</summary>
public sealed record ZnsBulkRequest : SendRequest
{
    /// <summary>Official Account.</summary>
    public string OaId { get; init; } = "";

    /// <summary>Template.</summary>
    public string TempId { get; init; } = "";

    /// <summary>SendingMode as text.</summary>
    public string SendingMode { get; init; } = "";

    /// <summary>The rows in their order; documented maximum 500.</summary>
    public ImmutableArray<ZnsBulkRow> Rows { get; init; } = [];
}

/// <summary>One row of a bulk send.</summary>
/// <param name="Phone">As written.</param>
/// <param name="RequestId">The row's own id, may be empty.</param>
/// <param name="Values">The row's values.</param>
public sealed record ZnsBulkRow(string Phone, string RequestId, ZnsValues Values);

/// <summary>A message to a follower of an Official Account (26).</summary>
public sealed record FollowerSendRequest : SendRequest
{
    /// <summary>Official Account.</summary>
    public string OaId { get; init; } = "";

    /// <summary>Zalo user id; with a payload its recipient.user_id.</summary>
    public string UserId { get; init; } = "";

    /// <summary>Text of the V4 form.</summary>
    public string Content { get; init; } = "";

    /// <summary>Zalo's message object of the V5 form; null on V4 or when there is none.</summary>
    public FollowerPayload? Payload { get; init; }
}

/// <summary>What the rules need to know of Zalo's message object (protocol C.2, kind 26).</summary>
/// <param name="Json">The object as the client wrote it.</param>
/// <param name="HasMessage">Whether there is a message object at all.</param>
/// <param name="Text">message.text.</param>
/// <param name="AttachmentType">message.attachment.type.</param>
/// <param name="TemplateType">message.attachment.payload.template_type.</param>
/// <param name="ElementCount">Number of message.attachment.payload.elements.</param>
/// <param name="ButtonCount">Number of message.attachment.payload.buttons.</param>
/// <param name="Title">title of the first element.</param>
/// <param name="Subtitle">subtitle of the first element.</param>
/// <param name="ImageUrl">image_url of the first element.</param>
public sealed record FollowerPayload(
    string Json,
    bool HasMessage,
    string Text,
    string AttachmentType,
    string TemplateType,
    int ElementCount,
    int ButtonCount,
    string Title,
    string Subtitle,
    string ImageUrl);

/// <summary>One receiver, several channels in turn.</summary>
public sealed record MultiChannelRequest : SendRequest
{
    /// <summary>Receiver as written.</summary>
    public string Phone { get; init; } = "";

    /// <summary>Channels as written, in their order.</summary>
    public ImmutableArray<string> Channels { get; init; } = [];

    /// <summary>What to send on each; as many as Data has. A Zalo part is a <see cref="ZnsSendRequest"/>, any other a
    /// <see cref="TextSendRequest"/>.</summary>
    public ImmutableArray<SendRequest> Parts { get; init; } = [];
}

/// <summary>A code that the hub generates and sends (SendMessageAutoGenCode).</summary>
public sealed record OtpSendRequest : SendRequest
{
    /// <summary>Receiver as written.</summary>
    public string Phone { get; init; } = "";

    /// <summary>V4: sender name.</summary>
    public string Brandname { get; init; } = "";

    /// <summary>V4: Type, 2.</summary>
    public string Type { get; init; } = "";

    /// <summary>V4: text with <c>{OTP}</c>.</summary>
    public string Message { get; init; } = "";

    /// <summary>Minutes as text.</summary>
    public string TimeAlive { get; init; } = "";

    /// <summary>Length of the code as text.</summary>
    public string NumCharOfCode { get; init; } = "";

    /// <summary>True: digits only; else letters and digits.</summary>
    public bool IsNumber { get; init; }

    /// <summary>V5: which prepared pair of Zalo and SMS template.</summary>
    public string MultiChannelTempId { get; init; } = "";

    /// <summary>V5: 1 only create, 2 create and send.</summary>
    public string TypeId { get; init; } = "";
}

/// <summary>A call by template or recording.</summary>
public sealed record VoiceCallRequest : SendRequest
{
    /// <summary>Receiver as written.</summary>
    public string Phone { get; init; } = "";

    /// <summary>Template or recording.</summary>
    public string TemplateId { get; init; } = "";

    /// <summary>Values for a template, already taken apart at the two bars.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    /// <summary>male, female, hatieumai, ngoclam or "".</summary>
    public string Voice { get; init; } = "";

    /// <summary>−3 to 3 as text.</summary>
    public string Speed { get; init; } = "";

    /// <summary>Where a key press connects to.</summary>
    public string NumberForward { get; init; } = "";

    /// <summary>The key, 0 to 9.</summary>
    public string Ivr { get; init; } = "";

    /// <summary>MaxRepeat, MaxRetry, WaitRetry and TimeWaitToIvr as text, in this order.</summary>
    public ImmutableArray<string> Limits { get; init; } = ["", "", "", ""];
}

/// <summary>An estimate: the send it is about, never sent.</summary>
public sealed record SummaryRequest : EsmsRequest
{
    /// <summary>What would be sent.</summary>
    public required SendRequest Send { get; init; }
}
