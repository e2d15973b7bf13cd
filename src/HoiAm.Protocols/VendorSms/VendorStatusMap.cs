using System.Globalization;
using HoiAm.Model;

namespace HoiAm.Protocols.VendorSms;

/// <summary>What a vendor's status number means (protocol F.3, section G 62), and the vendor's own <c>statusMap</c> over it.</summary>
public static class VendorStatusMap
{
    private static readonly (string Name, ReportedStatus Status)[] s_names =
    [
        ("pendingApproval", ReportedStatus.PendingApproval),
        ("waiting", ReportedStatus.Waiting),
        ("sent", ReportedStatus.Sent),
        ("delivered", ReportedStatus.Delivered),
        ("failed", ReportedStatus.Failed),
        ("rejected", ReportedStatus.Rejected),
        ("expired", ReportedStatus.Expired),
        ("seen", ReportedStatus.Seen),
        ("ignore", ReportedStatus.Ignore),
    ];

    /// <summary>The words that a <c>statusMap</c> may use, joined for error texts.</summary>
    public static string AcceptedNames { get; } = string.Join(", ", s_names.Select(n => n.Name));

    /// <summary>Maps a number: the vendor's own map first, then F.3. A report without status is <see cref="ReportedStatus.Missing"/>.</summary>
    public static ReportedStatus Map(int? status, IReadOnlyDictionary<int, ReportedStatus>? overrides)
    {
        if (status is not { } number)
        {
            return ReportedStatus.Missing;
        }

        if (overrides is not null && overrides.TryGetValue(number, out var mapped))
        {
            return mapped;
        }

        return number switch
        {
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
    }

    /// <summary>The number that F.3 has for a status, for those who write reports; null when it has none (sent, unmapped, missing).</summary>
    public static int? Number(ReportedStatus status) => status switch
    {
        ReportedStatus.PendingApproval => 0,
        ReportedStatus.Waiting => 1,
        ReportedStatus.Delivered => 2,
        ReportedStatus.Rejected => -1,
        ReportedStatus.Failed => -2,
        ReportedStatus.Seen => 3,
        ReportedStatus.Expired => 6,
        _ => null,
    };

    /// <summary>The word for a status; null for those that no map may name (unmapped, missing).</summary>
    public static string? Name(ReportedStatus status)
    {
        foreach (var (name, value) in s_names)
        {
            if (value == status)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Reads one word of a <c>statusMap</c>, in any casing.</summary>
    public static bool TryParseName(ReadOnlySpan<char> text, out ReportedStatus status)
    {
        foreach (var (name, value) in s_names)
        {
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                status = value;
                return true;
            }
        }

        status = ReportedStatus.Unmapped;
        return false;
    }

    /// <summary>Reads a whole <c>statusMap</c>, number as text → word. All faults are reported at once.</summary>
    /// <param name="texts">As the admin API received them.</param>
    /// <param name="map">The map when everything is right, else empty.</param>
    /// <param name="errors">What is wrong; empty when nothing is.</param>
    public static bool TryParse(
        IEnumerable<KeyValuePair<string, string>> texts,
        out IReadOnlyDictionary<int, ReportedStatus> map,
        out IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var result = new Dictionary<int, ReportedStatus>();
        var faults = new List<string>();
        foreach (var (key, value) in texts)
        {
            if (!int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                faults.Add($"'{key}' is not a whole number");
            }
            else if (!TryParseName(value, out var status))
            {
                faults.Add($"'{value}' for {key} is not known; accepted are {AcceptedNames}");
            }
            else if (!result.TryAdd(number, status))
            {
                faults.Add($"{key} names a number that is already there");
            }
        }

        map = faults.Count == 0 ? result : new Dictionary<int, ReportedStatus>();
        errors = faults;
        return faults.Count == 0;
    }
}
