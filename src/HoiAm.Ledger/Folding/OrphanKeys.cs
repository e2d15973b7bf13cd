using System.Globalization;
using HoiAm.Ledger.Facts;

namespace HoiAm.Ledger.Folding;

/// <summary>The keys under which a parked report is indexed: one for each id that may name its message, and one for its repeats.</summary>
public static class OrphanKeys
{
    /// <summary>Most keys that a report has.</summary>
    public const int Max = 3;

    /// <summary>Writes the keys of a report and tells how many there are.</summary>
    public static int Of(IncomingReport report, Span<long> keys)
    {
        var count = 0;
        keys[count++] = Repeat(report);
        if (report.ReferentId is { } referent)
        {
            keys[count++] = ReferenceKey.Of(ReferenceKind.Referent, 0, referent);
        }

        if (report.RequestId is { } request)
        {
            keys[count++] = ReferenceKey.Of(ReferenceKind.VendorRequest, 0, request);
        }

        return count;
    }

    /// <summary>
    /// The key that a report shares with its repeats and with hardly any other: a vendor may use one id for thousands of reports, and a
    /// walk through them for each new one would stall the writer.
    /// </summary>
    public static long Repeat(IncomingReport report) => ReferenceKey.Of(ReferenceKind.Repeat, report.Vendor, string.Create(
        CultureInfo.InvariantCulture,
        $"{(int)report.Source}\n{(int)report.Status}\n{report.StatusCode}\n{report.Address}\n{report.ReferentId}\n{report.RequestId}"));
}
