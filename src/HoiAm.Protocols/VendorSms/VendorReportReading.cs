using System.Diagnostics.CodeAnalysis;
using HoiAm.Model;

namespace HoiAm.Protocols.VendorSms;

/// <summary>What lacks or could not be read in a report that was accepted all the same (protocol G 55, G 59). For counters.</summary>
[Flags]
public enum VendorReportWarnings
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>No <c>requestId</c>.</summary>
    NoRequestId = 1,

    /// <summary>No <c>referentId</c>.</summary>
    NoReferentId = 2,

    /// <summary>No <c>sendTime</c>.</summary>
    NoSendTime = 4,

    /// <summary>No <c>retryCount</c>.</summary>
    NoRetryCount = 8,

    /// <summary>No <c>status</c>: kept, changes nothing.</summary>
    NoStatus = 16,

    /// <summary><c>sendTime</c> is in no known form; only the raw body keeps it.</summary>
    UnreadableSendTime = 32,

    /// <summary><c>responseTimeTelco</c> is in no known form; only the raw body keeps it.</summary>
    UnreadableResponseTime = 64,
}

/// <summary>The outcome of reading a vendor's report: a report, or what is wrong with it.</summary>
public sealed class VendorReportReading
{
    private static readonly Dictionary<string, string[]> s_noErrors = [];

    internal VendorReportReading(VendorReport report, VendorReportWarnings warnings)
    {
        Report = report;
        Warnings = warnings;
        Errors = s_noErrors;
        Message = "success";
    }

    internal VendorReportReading(string message, IReadOnlyDictionary<string, string[]>? errors)
    {
        Message = message;
        Errors = errors ?? s_noErrors;
    }

    /// <summary>The report; null when the body was refused.</summary>
    public VendorReport? Report { get; }

    /// <summary>True when there is a <see cref="Report"/>.</summary>
    [MemberNotNullWhen(true, nameof(Report))]
    public bool IsAccepted => Report is not null;

    /// <summary>What lacks in an accepted report.</summary>
    public VendorReportWarnings Warnings { get; }

    /// <summary>Field name → what is wrong with it; empty when the body as a whole is at fault or nothing is.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }

    /// <summary><c>success</c>, or a sentence that says what was wrong and what is accepted.</summary>
    public string Message { get; }
}
