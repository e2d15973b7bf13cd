using System.Collections.Immutable;
using System.Net;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>What a decision may depend on besides the request and the catalogue.</summary>
public sealed record SendContext
{
    /// <summary>The clock at the time of the request.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Where the request came from; null when unknown, which passes no allow list.</summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>Draws the characters of generated codes.</summary>
    public required DrawBelow Draw { get; init; }

    /// <summary>Why a CallbackUrl cannot be used, in one sentence; null when it can (110).</summary>
    public Func<string, string?> RefuseCallbackUrl { get; init; } = static _ => null;

    /// <summary>Makes SMSIDs.</summary>
    public Func<DateTimeOffset, string> NewSmsId { get; init; } = MessageId.New;
}

/// <summary>What becomes of a message that is stored.</summary>
public enum DraftDisposition : byte
{
    /// <summary>Sent, at once or at its time.</summary>
    Send,

    /// <summary>Kept until an administrator approves it (SendStatus 1).</summary>
    AwaitApproval,

    /// <summary>Stored as rejected at no cost: answer 146 carries its SMSID.</summary>
    Reject,

    /// <summary>Only its code is kept (SendMessageAutoGenCode_V5 with TypeId 1): nothing is sent, nothing is charged.</summary>
    KeepCodeOnly,
}

/// <summary>One receiver of a draft.</summary>
/// <param name="Address">Normalised.</param>
/// <param name="Form">What it is.</param>
/// <param name="TelcoId">Carrier by prefix, 0 when unknown.</param>
/// <param name="Price">VND for all segments.</param>
public sealed record DraftRecipient(string Address, AddressForm Form, byte TelcoId, decimal Price);

/// <summary>Button and picture of a Viber message.</summary>
/// <param name="Url">Target of the button.</param>
/// <param name="ImageUrl">Picture.</param>
/// <param name="Label">Label of the button.</param>
public sealed record ViberParts(string Url, string ImageUrl, string Label);

/// <summary>How a call is made.</summary>
/// <param name="TemplateId">Template or recording.</param>
/// <param name="IsRecording">Which of the two.</param>
/// <param name="Variables">Values for a template.</param>
/// <param name="Voice">Voice, "" for the default.</param>
/// <param name="Speed">−3 to 3.</param>
/// <param name="NumberForward">Where a key press connects to.</param>
/// <param name="Ivr">The key.</param>
public sealed record VoiceInstructions(
    string TemplateId, bool IsRecording, ImmutableArray<string> Variables, string Voice, int Speed, string NumberForward, string Ivr)
{
    /// <summary>MaxRepeat, MaxRetry, WaitRetry and TimeWaitToIvr as given, in this order; empty when none was.</summary>
    public ImmutableArray<string> Limits { get; init; } = [];
}

/// <summary>A message that is to be stored: everything the ledger, the routes and the query calls need of it.</summary>
public sealed record MessageDraft
{
    /// <summary>The id that the answer bears. A fallback leg has the same one (protocol G 28).</summary>
    public required string SmsId { get; init; }

    /// <summary>Kind of this message or leg.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>Receivers, distinct, in the order of the request.</summary>
    public required ImmutableArray<DraftRecipient> Recipients { get; init; }

    /// <summary>What becomes of it.</summary>
    public DraftDisposition Disposition { get; init; }

    /// <summary>The customer's own id, may be empty.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Byte for byte as given, may be empty.</summary>
    public string CallbackUrl { get; init; } = "";

    /// <summary>When to send; null for now.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>campaignid.</summary>
    public string Campaign { get; init; } = "";

    /// <summary>Text; for a ZNS its values joined for people to read.</summary>
    public string Content { get; init; } = "";

    /// <summary>Sender name, may be empty.</summary>
    public string Brandname { get; init; } = "";

    /// <summary>Billed segments per receiver.</summary>
    public int Segments { get; init; } = 1;

    /// <summary>Official Account.</summary>
    public string OaId { get; init; } = "";

    /// <summary>ZNS template.</summary>
    public string TempId { get; init; } = "";

    /// <summary>ZNS values by name, in template order.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>True for SendingMode 3.</summary>
    public bool OverQuota { get; init; }

    /// <summary>Journey's order.</summary>
    public string OrderId { get; init; } = "";

    /// <summary>Viber's parts.</summary>
    public ViberParts? Viber { get; init; }

    /// <summary>Zalo's message object as given, kind 26 by payload.</summary>
    public string PayloadJson { get; init; } = "";

    /// <summary>How to call.</summary>
    public VoiceInstructions? Voice { get; init; }

    /// <summary>The code that goes with it, to be stored for CheckCodeGen.</summary>
    public OtpCode? Otp { get; init; }

    /// <summary>What is sent when this leg fails.</summary>
    public MessageDraft? Fallback { get; init; }

    /// <summary>VND for all receivers of this leg.</summary>
    public decimal TotalPrice => Recipients.Sum(r => r.Price);

    /// <summary>What the balance must cover: the dearer leg, since only one of the two is paid for.</summary>
    public decimal PriceToCover => Math.Max(TotalPrice, Fallback?.PriceToCover ?? 0);

    /// <summary>The ids that must be new within 24 hours, each once (protocol G 35).</summary>
    public ImmutableArray<string> RequestIds =>
        [.. (Fallback?.RequestIds ?? []).Prepend(RequestId).Where(id => id.Length > 0).Distinct(StringComparer.Ordinal)];
}

/// <summary>What became of one row of a bulk send.</summary>
/// <param name="Phone">As the request had it.</param>
/// <param name="Result">100 or why not.</param>
/// <param name="Draft">The message when accepted.</param>
public sealed record BulkRowDecision(string Phone, EsmsResult Result, MessageDraft? Draft);

/// <summary>
/// The outcome of a send call. Nothing is stored or charged yet: the ledger still has to find the RequestIds new (else 124) and the
/// balance sufficient (else 103), in the transaction that stores the drafts.
/// </summary>
public sealed record SendDecision
{
    /// <summary>100, or why not.</summary>
    public required EsmsResult Result { get; init; }

    /// <summary>The message. Null when refused, but for 146, whose message is stored as rejected.</summary>
    public MessageDraft? Draft { get; init; }

    /// <summary>Rows of a bulk send in their order; empty otherwise.</summary>
    public ImmutableArray<BulkRowDecision> Rows { get; init; } = [];

    /// <summary>Answer as usual, but store, charge and send nothing (protocol G 39).</summary>
    public bool IsSandbox { get; init; }

    /// <summary>Everything to store: one message, or one per accepted row; nothing with Sandbox=1.</summary>
    public ImmutableArray<MessageDraft> ToStore => IsSandbox
        ? []
        : [.. Rows.Select(r => r.Draft).Prepend(Draft).OfType<MessageDraft>()];

    internal static SendDecision Refuse(EsmsResult result) => new() { Result = result };

    internal static SendDecision Accept(MessageDraft draft, bool sandbox) =>
        new() { Result = EsmsResults.Success, Draft = draft, IsSandbox = sandbox };
}
