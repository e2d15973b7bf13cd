namespace HoiAm.Model;

/// <summary>A vendor's delivery report as its JSON says it (protocol F.1), before any mapping. Texts are as received; absent fields are null.</summary>
public sealed class VendorReport
{
    /// <summary>Receiver as received: phone in any spelling, Zalo user id, or hash.</summary>
    public required string Msisdn { get; init; }

    /// <summary>The same, normalised by <see cref="RecipientAddress.Normalize"/>.</summary>
    public required string Address { get; init; }

    /// <summary>The sender's own id, echoed by the vendor.</summary>
    public string? RequestId { get; init; }

    /// <summary>The vendor's id of the message (wire name <c>referentId</c>).</summary>
    public string? ReferentId { get; init; }

    /// <summary>When it was handed to the telco; null when absent or unreadable (the raw body keeps the text).</summary>
    public DateTimeOffset? SendTime { get; init; }

    /// <summary>When the telco answered; null when absent or unreadable.</summary>
    public DateTimeOffset? ResponseTimeTelco { get; init; }

    /// <summary>Status number of protocol F.3; null when absent.</summary>
    public int? Status { get; init; }

    /// <summary>How often it was tried before; stored and shown, not interpreted (protocol G 63).</summary>
    public int? RetryCount { get; init; }

    /// <summary>Extension: error text; for Zalo the plain JSON result, freed of the wire's encodings and of text behind the JSON.</summary>
    public string? ErrorInfo { get; init; }

    /// <summary>Extension: Zalo's message id.</summary>
    public string? PartnerId { get; init; }

    /// <summary>Extension: carrier 1 to 7, overrides the prefix.</summary>
    public byte? TelcoId { get; init; }

    /// <summary>Extension: billed segments.</summary>
    public int? MtCount { get; init; }

    /// <summary>Extension: cost in VND.</summary>
    public decimal? Price { get; init; }

    /// <summary>
    /// True when Zalo refused the message before hand-over: <see cref="ErrorInfo"/> says <c>error</c> ≠ 0 and there is no
    /// <see cref="PartnerId"/> (contract section 2). Such a recipient counts as not sent and costs nothing.
    /// </summary>
    public bool IsZaloRefusal { get; init; }
}
