using HoiAm.Model;

namespace HoiAm.Client.Vendor;

/// <summary>A delivery report to be posted (protocol F.1). Give <see cref="RequestId"/> or <see cref="ReferentId"/>, best both.</summary>
public sealed record VendorReportMessage
{
    /// <summary>Receiver: phone in any Vietnamese spelling, Zalo user id of up to 20 digits, or 64-digit hash.</summary>
    public required string Msisdn { get; init; }

    /// <summary>The id that the sender gave when it submitted the message.</summary>
    public string? RequestId { get; init; }

    /// <summary>Your id of the message.</summary>
    public string? ReferentId { get; init; }

    /// <summary>
    /// 0 held for approval, 1 approved, 2 handed over successfully, −1 rejected, −2 failed, 3 seen, 6 expired (protocol F.3). Null: no status.
    /// </summary>
    public int? Status { get; init; }

    /// <summary>When it was handed to the telco.</summary>
    public DateTimeOffset? SendTime { get; init; }

    /// <summary>When the telco answered.</summary>
    public DateTimeOffset? ResponseTimeTelco { get; init; }

    /// <summary>How often you tried before; the client counts its own repeats on top. Default 0.</summary>
    public int RetryCount { get; init; }

    /// <summary>Extension: error text; for Zalo its JSON result.</summary>
    public string? ErrorInfo { get; init; }

    /// <summary>Extension: Zalo's message id.</summary>
    public string? PartnerId { get; init; }

    /// <summary>Extension: carrier 1 to 7.</summary>
    public byte? TelcoId { get; init; }

    /// <summary>Extension: billed segments.</summary>
    public int? MtCount { get; init; }

    /// <summary>Extension: cost in VND.</summary>
    public decimal? Price { get; init; }

    internal VendorReport ToReport(int retries) => new()
    {
        Msisdn = Msisdn,
        Address = Msisdn,
        RequestId = RequestId,
        ReferentId = ReferentId,
        SendTime = SendTime,
        ResponseTimeTelco = ResponseTimeTelco,
        Status = Status,
        RetryCount = RetryCount + retries,
        ErrorInfo = ErrorInfo,
        PartnerId = PartnerId,
        TelcoId = TelcoId,
        MtCount = MtCount,
        Price = Price,
    };
}
