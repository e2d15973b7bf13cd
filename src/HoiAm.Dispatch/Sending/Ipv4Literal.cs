using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// Reads IPv4 addresses in every spelling that resolvers and URL parsers accept: one to four parts, each decimal, octal (<c>0177</c>) or
/// hex (<c>0x7f</c>), the last one filling the rest.
/// </summary>
internal static class Ipv4Literal
{
    private static readonly System.Buffers.SearchValues<char> s_hexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>True when a name's last label makes it an address to URL parsers: all digits, or hex with its <c>0x</c>.</summary>
    public static bool IsMeant(ReadOnlySpan<char> lastLabel) =>
        !lastLabel.IsEmpty && (!lastLabel.ContainsAnyExceptInRange('0', '9') || (IsHex(lastLabel) && !lastLabel[2..].ContainsAnyExcept(s_hexDigits)));

    /// <summary>Reads an address; false when a part is no number or too large.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        Span<Range> parts = stackalloc Range[5];
        var count = text.Split(parts, '.');
        if (count is < 1 or > 4)
        {
            return false;
        }

        uint value = 0;
        for (var i = 0; i < count; i++)
        {
            var isLast = i == count - 1;
            var max = isLast ? uint.MaxValue >> (8 * i) : byte.MaxValue;
            if (Part(text[parts[i]]) is not { } part || part > max)
            {
                return false;
            }

            value |= isLast ? (uint)part : (uint)part << (24 - (8 * i));
        }

        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        address = new IPAddress(bytes);
        return true;
    }

    private static bool IsHex(ReadOnlySpan<char> part) => part.StartsWith("0x", StringComparison.OrdinalIgnoreCase);

    private static ulong? Part(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty || part.Length > 32)
        {
            return null;
        }

        if (IsHex(part))
        {
            var digits = part[2..];
            return digits.IsEmpty ? 0
                : ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        }

        return part[0] == '0' ? Octal(part)
            : ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static ulong? Octal(ReadOnlySpan<char> digits)
    {
        ulong value = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || value > uint.MaxValue)
            {
                return null;
            }

            value = (value * 8) + (ulong)(digit - '0');
        }

        return value;
    }
}
