using HoiAm.Model;

namespace HoiAm.Ledger.Facts;

/// <summary>A message that is to be entered into the ledger.</summary>
public sealed class MessageDraft
{
    /// <summary>Number of the account it belongs to.</summary>
    public required int Account { get; init; }

    /// <summary>The SMSID; null lets the ledger make a time-ordered one.</summary>
    public string? SmsId { get; init; }

    /// <summary>Which leg of a multi-channel message, 0 for the first.</summary>
    public int Leg { get; init; }

    /// <summary>What kind of message it is.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>The customer's own id; null when none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The hook of this message; null takes the account's.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>Number of the vendor that will report; 0 accepts any.</summary>
    public int Vendor { get; init; }

    /// <summary>The id that the vendor echoes as requestId; null when it is the SMSID.</summary>
    public string? VendorRequestId { get; init; }

    /// <summary>The vendor's own id; null when it is the SMSID.</summary>
    public string? ReferentId { get; init; }

    /// <summary>Official Account; null when none.</summary>
    public string? OaId { get; init; }

    /// <summary>Template; null when none.</summary>
    public string? TempId { get; init; }

    /// <summary>1 to 5,000 recipients with distinct addresses.</summary>
    public required IReadOnlyList<RecipientDraft> Recipients { get; init; }

    /// <summary>The state it starts in.</summary>
    public RecipientState State { get; init; } = RecipientState.Accepted;

    /// <summary>Further facts as a JSON object (content, campaign, schedule); null when none.</summary>
    public string? Extra { get; init; }

    /// <summary>Hash over everything that the caller gave, to tell an identical repetition from a conflict.</summary>
    public long Fingerprint { get; init; }

    /// <summary>The same message, but nobody pays for it.</summary>
    internal MessageDraft Unpaid() =>
        Copy([.. Recipients.Select(r => r with { Price = 0 })], (Outgoing.SentFacts.Read(Extra) with { Billed = false }).ToJson());

    /// <summary>The same message with other facts.</summary>
    internal MessageDraft WithExtra(string extra) => Copy(Recipients, extra);

    private MessageDraft Copy(IReadOnlyList<RecipientDraft> recipients, string extra) => new()
    {
        Account = Account,
        SmsId = SmsId,
        Leg = Leg,
        Kind = Kind,
        RequestId = RequestId,
        CallbackUrl = CallbackUrl,
        Vendor = Vendor,
        VendorRequestId = VendorRequestId,
        ReferentId = ReferentId,
        OaId = OaId,
        TempId = TempId,
        Recipients = recipients,
        State = State,
        Extra = extra,
        Fingerprint = Fingerprint,
    };
}

/// <summary>One recipient of a draft.</summary>
/// <param name="Address">Normalised (<see cref="RecipientAddress"/>).</param>
/// <param name="Price">VND if it is reached.</param>
/// <param name="TelcoId">Carrier 1 to 7; 0 lets the prefix decide.</param>
public readonly record struct RecipientDraft(string Address, decimal Price, byte TelcoId);

/// <summary>How a registration ended.</summary>
public enum RegistrationResult : byte
{
    /// <summary>Entered.</summary>
    Created = 0,

    /// <summary>The same message was there already.</summary>
    Unchanged = 1,

    /// <summary>Another message has this SMSID.</summary>
    Conflict = 2,
}

/// <summary>The outcome of a registration and the message's SMSID.</summary>
public readonly record struct Registration(RegistrationResult Result, string SmsId, long MessageId);
