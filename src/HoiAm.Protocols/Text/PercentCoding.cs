using System.Buffers;
using System.Text;

namespace HoiAm.Protocols.Text;

/// <summary>
/// Percent-encoding as protocol A.3 defines it: <c>E</c> leaves only unreserved characters, <c>U</c> leaves the reserved set too, both
/// with upper-case hex and <c>%20</c> for a blank. Framework helpers are not used, since they differ in braces, case and <c>+</c>.
/// </summary>
internal static class PercentCoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    private const string Reserved = ":/?#[]@!$&'()*+,;=";

    private static readonly SearchValues<char> s_plain = SearchValues.Create(Unreserved);
    private static readonly SearchValues<char> s_plainOrBrace = SearchValues.Create(Unreserved + "{}");
    private static readonly SearchValues<char> s_plainOrReserved = SearchValues.Create(Unreserved + Reserved);
    private static readonly SearchValues<char> s_visibleAscii =
        SearchValues.Create(string.Concat(Enumerable.Range(0x21, 0x7E - 0x20).Select(c => (char)c)));

    /// <summary><c>E(x)</c>; with <paramref name="bareBraces"/> it is <c>B(E(x))</c>.</summary>
    public static void AppendEscaped(ref TextBuilder to, scoped ReadOnlySpan<char> text, bool bareBraces = false) =>
        Append(ref to, text, bareBraces ? s_plainOrBrace : s_plain);

    /// <summary><c>U(x)</c>.</summary>
    public static void AppendUriEscaped(ref TextBuilder to, scoped ReadOnlySpan<char> text) => Append(ref to, text, s_plainOrReserved);

    /// <summary>Escapes only what cannot stand on a request line at all: blanks, control characters and everything beyond ASCII.</summary>
    public static void AppendRequestLineSafe(ref TextBuilder to, scoped ReadOnlySpan<char> text) => Append(ref to, text, s_visibleAscii);

    /// <summary>True when <see cref="AppendRequestLineSafe"/> would change nothing.</summary>
    public static bool IsRequestLineSafe(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_visibleAscii);

    /// <summary>
    /// Decodes once. A percent sign without two hex digits stands for itself, bytes that are no UTF-8 become U+FFFD; nothing is refused.
    /// </summary>
    public static string Decode(ReadOnlySpan<char> text, bool plusIsBlank)
    {
        if (!(plusIsBlank ? text.ContainsAny('%', '+') : text.Contains('%')))
        {
            return text.ToString();
        }

        byte[]? rented = null;
        var builder = new TextBuilder(stackalloc char[512]);
        try
        {
            var bytesMax = text.Length / 3;
            var bytes = bytesMax <= 512 ? stackalloc byte[512] : (rented = ArrayPool<byte>.Shared.Rent(bytesMax));
            Decode(ref builder, text, plusIsBlank, bytes);
            return builder.ToString();
        }
        finally
        {
            builder.Dispose();
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static void Decode(ref TextBuilder to, scoped ReadOnlySpan<char> text, bool plusIsBlank, scoped Span<byte> bytes)
    {
        Span<char> decoded = stackalloc char[256];
        for (var i = 0; i < text.Length; )
        {
            // A run of escapes is decoded as one, because one character may need up to four of them.
            var count = 0;
            while (i + 2 < text.Length && text[i] == '%' && IsHexPair(text[i + 1], text[i + 2]))
            {
                bytes[count++] = (byte)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2]));
                i += 3;
            }

            if (count > 0)
            {
                AppendUtf8(ref to, bytes[..count], decoded);
            }
            else
            {
                to.Append(text[i] == '+' && plusIsBlank ? ' ' : text[i]);
                i++;
            }
        }
    }

    private static void AppendUtf8(ref TextBuilder to, scoped ReadOnlySpan<byte> bytes, scoped Span<char> scratch)
    {
        while (!bytes.IsEmpty)
        {
            System.Text.Unicode.Utf8.ToUtf16(bytes, scratch, out var read, out var written, replaceInvalidSequences: true);
            to.Append(scratch[..written]);
            bytes = bytes[read..];
        }
    }

    private static void Append(ref TextBuilder to, scoped ReadOnlySpan<char> text, SearchValues<char> plain)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (true)
        {
            var run = text.IndexOfAnyExcept(plain);
            if (run < 0)
            {
                to.Append(text);
                return;
            }

            to.Append(text[..run]);
            text = text[run..];
            if (text[0] < 0x80)
            {
                to.AppendEscapedByte((byte)text[0]);
                text = text[1..];
                continue;
            }

            // An unpaired surrogate decodes to U+FFFD, as every encoder does.
            Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            var length = rune.EncodeToUtf8(utf8);
            for (var i = 0; i < length; i++)
            {
                to.AppendEscapedByte(utf8[i]);
            }

            text = text[consumed..];
        }
    }

    private static bool IsHexPair(char high, char low) => char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low);

    private static int HexValue(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
