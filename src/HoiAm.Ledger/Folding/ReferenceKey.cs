using System.Globalization;

namespace HoiAm.Ledger.Folding;

/// <summary>What a reference names.</summary>
public enum ReferenceKind : byte
{
    /// <summary>SMSID; scope 0.</summary>
    SmsId = 1,

    /// <summary>A vendor's referentId; scope = vendor.</summary>
    Referent = 2,

    /// <summary>The requestId that a vendor echoes; scope = vendor.</summary>
    VendorRequest = 3,

    /// <summary>The customer's RequestId; scope = account.</summary>
    Request = 4,

    /// <summary>A recipient's address; scope 0.</summary>
    Address = 5,

    /// <summary>What a report has in common with its repeats, while it is parked or where no bit remembers it; scope = vendor.</summary>
    Repeat = 6,

    /// <summary>Zalo's message id, known once a report brought it; scope = account.</summary>
    Partner = 7,
}

/// <summary>
/// The 64-bit key under which a reference is indexed. Equal references have equal keys; the reverse is checked against the row. An id
/// that is a version 7 GUID keeps its time in the upper 48 bits, so that such ids land beside each other in the index: random ids cost
/// SQLite three to four times as much at a million rows.
/// </summary>
public static class ReferenceKey
{
    /// <summary>The key of a reference within its scope.</summary>
    public static long Of(ReferenceKind kind, int scope, ReadOnlySpan<char> text)
    {
        var hash = Hash(((ulong)kind << 32) | unchecked((uint)scope), text);
        if (text.Length >= 36 && text[14] == '7' && text[8] == '-' && text[13] == '-'
            && ulong.TryParse(text[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            && ulong.TryParse(text[9..13], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
        {
            return unchecked((long)((high << 32) | (low << 16) | (hash & 0xFFFF)));
        }

        return unchecked((long)hash);
    }

    /// <summary>A 64-bit hash that is the same in every process (FNV-1a with a closing mix).</summary>
    public static ulong Hash(ulong seed, ReadOnlySpan<char> text)
    {
        unchecked
        {
            var hash = 14695981039346656037UL ^ (seed * 0x9E3779B97F4A7C15UL);
            foreach (var c in text)
            {
                hash = (hash ^ c) * 1099511628211UL;
            }

            hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
            hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
            return hash ^ (hash >> 31);
        }
    }
}
