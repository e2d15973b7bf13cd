using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Support;

/// <summary>Drafts, reports and settlements with everything that a test does not care about filled in.</summary>
internal static class Make
{
    public const string Phone = "0901234567";
    public const int Vendor = 7;

    /// <summary>A different phone for every number from 0 on.</summary>
    public static string PhoneOf(int number) => "09" + number.ToString("D8", CultureInfo.InvariantCulture);

    public static string Hash(string phone) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("84" + phone[1..])));

    public static MessageDraft Message(
        string? smsId = "sms-1",
        int account = 1,
        MessageKind kind = MessageKind.CustomerCareSms,
        int vendor = Vendor,
        int recipients = 1,
        string? address = null,
        string? referent = null,
        string? vendorRequest = null,
        string? requestId = null,
        string? hook = null,
        decimal price = 850m,
        int leg = 0,
        RecipientState state = RecipientState.Accepted,
        long fingerprint = 0) => new()
        {
            Account = account,
            SmsId = smsId,
            Leg = leg,
            Kind = kind,
            Vendor = vendor,
            ReferentId = referent,
            VendorRequestId = vendorRequest,
            RequestId = requestId,
            CallbackUrl = hook,
            State = state,
            Fingerprint = fingerprint,
            Recipients = [.. Enumerable.Range(0, recipients).Select(i =>
                new RecipientDraft(recipients == 1 ? address ?? Phone : PhoneOf(i), price, 0))],
        };

    /// <summary>A vendor's report; status numbers are those of protocol F.3 unless <paramref name="means"/> says otherwise.</summary>
    public static IncomingReport Report(
        int? status,
        string? referent = "sms-1",
        string? request = null,
        string address = Phone,
        int vendor = Vendor,
        ReportedStatus? means = null,
        ReportSource source = ReportSource.Vendor,
        decimal? price = null,
        string? errorInfo = null,
        string? partnerId = null,
        bool isRefusal = false,
        byte? telco = null,
        int? segments = null,
        DateTimeOffset? at = null,
        string raw = "{}") => new()
        {
            Source = source,
            Vendor = vendor,
            Address = address,
            ReferentId = referent,
            RequestId = request,
            StatusCode = status,
            Status = means ?? Meaning(status),
            Price = price,
            ErrorInfo = errorInfo,
            PartnerId = partnerId,
            IsRefusal = isRefusal,
            TelcoId = telco,
            Segments = segments,
            EventTime = at,
            Raw = Encoding.UTF8.GetBytes(raw),
        };

    public static ReportedStatus Meaning(int? status) => status switch
    {
        null => ReportedStatus.Missing,
        0 => ReportedStatus.PendingApproval,
        1 => ReportedStatus.Waiting,
        2 => ReportedStatus.Delivered,
        -1 => ReportedStatus.Rejected,
        -2 => ReportedStatus.Failed,
        3 => ReportedStatus.Seen,
        4 or 5 => ReportedStatus.Ignore,
        6 => ReportedStatus.Expired,
        _ => ReportedStatus.Unmapped,
    };

    public static Attempt Attempt(int number, AttemptOutcome outcome = AttemptOutcome.Delivered, int status = 200) => new()
    {
        Number = number,
        At = new DateTimeOffset(2026, 1, 1, 0, 0, 5, TimeSpan.Zero),
        DurationMs = 12,
        Outcome = outcome,
        HttpStatus = status,
    };

    public static Settlement Delivered(long callback, int number = 1) => new()
    {
        CallbackId = callback,
        Attempt = Attempt(number),
        State = CallbackState.Delivered,
        Tries = number,
    };

    public static Settlement Exhausted(long callback, int number = 1) => new()
    {
        CallbackId = callback,
        Attempt = Attempt(number, AttemptOutcome.HttpStatus, 500),
        State = CallbackState.Exhausted,
        Reason = ExhaustedReason.Retries,
        Tries = number,
    };
}
