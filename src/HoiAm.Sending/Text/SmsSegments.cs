using System.Buffers;

namespace HoiAm.Sending;

/// <summary>Counts the segments that a text is billed as (3GPP TS 23.038 and 23.040).</summary>
public static class SmsSegments
{
    /// <summary>Longest text that is taken, in segments. Vietnamese carriers end long before; the bound keeps a price predictable.</summary>
    public const int SegmentsMax = 10;

    private const int GsmSingle = 160;
    private const int GsmPart = 153;
    private const int UnicodeSingle = 70;
    private const int UnicodePart = 67;

    // The basic alphabet, and the extension table whose characters take two septets.
    private static readonly SearchValues<char> s_basic = SearchValues.Create(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");

    private static readonly SearchValues<char> s_extension = SearchValues.Create("\f^{}\\[~]|€");

    /// <summary>True when the text needs no Unicode.</summary>
    public static bool IsGsm(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!s_basic.Contains(c) && !s_extension.Contains(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Segments of a text, at least 1. Unicode is billed when it was asked for or when the text needs it.</summary>
    public static int Count(ReadOnlySpan<char> text, bool unicode)
    {
        if (unicode || !IsGsm(text))
        {
            return text.Length <= UnicodeSingle ? 1 : Pack(text, UnicodePart, UnicodeWidth);
        }

        var septets = 0;
        foreach (var c in text)
        {
            septets += s_extension.Contains(c) ? 2 : 1;
        }

        return septets <= GsmSingle ? 1 : Pack(text, GsmPart, GsmWidth);
    }

    // A character that takes two places is never cut apart between two segments, so a text may need one more than its length says.
    private static int Pack(ReadOnlySpan<char> text, int capacity, Func<char, int> width)
    {
        var segments = 1;
        var used = 0;
        foreach (var c in text)
        {
            var wide = width(c);
            if (used + wide > capacity)
            {
                segments++;
                used = 0;
            }

            used += wide;
        }

        return segments;
    }

    private static int GsmWidth(char c) => s_extension.Contains(c) ? 2 : 1;

    // A surrogate pair counts when its first half comes; the second half then costs nothing.
    private static int UnicodeWidth(char c) => char.IsHighSurrogate(c) ? 2 : char.IsLowSurrogate(c) ? 0 : 1;
}
