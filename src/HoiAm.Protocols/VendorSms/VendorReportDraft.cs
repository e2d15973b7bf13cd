using HoiAm.Model;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.VendorSms;

/// <summary>A report while it is being read: the fields so far and what was wrong with them.</summary>
internal struct VendorReportDraft
{
    public string? Msisdn;
    public string? RequestId;
    public string? SendTime;
    public string? ResponseTimeTelco;
    public int? Status;
    public string? ReferentId;
    public int? RetryCount;
    public string? ErrorInfo;
    public string? PartnerId;
    public byte? TelcoId;
    public int? MtCount;
    public decimal? Price;

    private const string WhatMsisdnIs = "a phone number in any Vietnamese spelling, a Zalo user id of up to 20 digits, or a 64-digit hash of the phone";

    private SortedDictionary<VendorField, string>? _faults;

    public void Fault(VendorField field, string what) => (_faults ??= [])[field] = what;

    public readonly void Forget(VendorField field) => _faults?.Remove(field);

    public VendorReportReading Finish(bool strict)
    {
        var warnings = VendorReportWarnings.None;
        Require(VendorField.RequestId, RequestId is null, strict, ref warnings, VendorReportWarnings.NoRequestId);
        Require(VendorField.ReferentId, ReferentId is null, strict, ref warnings, VendorReportWarnings.NoReferentId);
        Require(VendorField.SendTime, SendTime is null, strict, ref warnings, VendorReportWarnings.NoSendTime);
        Require(VendorField.RetryCount, RetryCount is null, strict, ref warnings, VendorReportWarnings.NoRetryCount);
        warnings |= Status is null ? VendorReportWarnings.NoStatus : 0;
        if (RequestId is null && ReferentId is null && !HasFault(VendorField.RequestId) && !HasFault(VendorField.ReferentId))
        {
            Fault(VendorField.ReferentId, "is required, unless requestId is given: without one of them no message can be found");
        }

        string? address = null;
        if (Msisdn is null)
        {
            if (!HasFault(VendorField.Msisdn))
            {
                Fault(VendorField.Msisdn, "is required: " + WhatMsisdnIs);
            }
        }
        else if ((address = RecipientAddress.Normalize(Msisdn, out _)) is null)
        {
            Fault(VendorField.Msisdn, "must be " + WhatMsisdnIs);
        }

        var sendTime = WireTime.Read(SendTime);
        var responseTime = WireTime.Read(ResponseTimeTelco);
        warnings |= SendTime is not null && sendTime is null ? VendorReportWarnings.UnreadableSendTime : 0;
        warnings |= ResponseTimeTelco is not null && responseTime is null ? VendorReportWarnings.UnreadableResponseTime : 0;
        if (_faults is { Count: > 0 } || address is null)
        {
            return Refuse();
        }

        return new VendorReportReading(Build(address, sendTime, responseTime), warnings);
    }

    private readonly VendorReport Build(string address, DateTimeOffset? sendTime, DateTimeOffset? responseTime)
    {
        var errorInfo = ErrorInfo;
        int? error = null;
        if (errorInfo is not null)
        {
            // The facts keep plain JSON: encodings of a relayed eSMS callback and text behind the JSON come off here, once.
            var reading = ErrorInfoCodec.Decode(errorInfo);
            error = reading.Error;
            errorInfo = reading.Parsed ? reading.Json : errorInfo;
        }

        return new VendorReport
        {
            Msisdn = Msisdn!,
            Address = address,
            RequestId = RequestId,
            ReferentId = ReferentId,
            SendTime = sendTime,
            ResponseTimeTelco = responseTime,
            Status = Status,
            RetryCount = RetryCount,
            ErrorInfo = errorInfo,
            PartnerId = PartnerId,
            TelcoId = TelcoId is >= 1 and <= 7 ? TelcoId : null,
            MtCount = MtCount,
            Price = Price,
            IsZaloRefusal = error is not null and not 0 && PartnerId is null,
        };
    }

    private readonly VendorReportReading Refuse()
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var (field, what) in _faults!)
        {
            errors.Add(field.Name(), [what]);
        }

        return new VendorReportReading($"The report is refused because of {string.Join(", ", errors.Keys)}. {VendorReportReader.Accepted}", errors);
    }

    private void Require(VendorField field, bool missing, bool strict, ref VendorReportWarnings warnings, VendorReportWarnings warning)
    {
        if (!missing)
        {
            return;
        }

        if (!strict)
        {
            warnings |= warning;
        }
        else if (!HasFault(field))
        {
            Fault(field, "is required");
        }
    }

    private readonly bool HasFault(VendorField field) => _faults?.ContainsKey(field) == true;
}
