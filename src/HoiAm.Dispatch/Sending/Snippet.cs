using System.Buffers;
using System.Text;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Sending;

/// <summary>The first bytes of an answer's body, for people. The body never decides anything (protocol G 5).</summary>
internal static class Snippet
{
    /// <summary>
    /// Reads as much as comes before the token fires, at most <see cref="Defaults.SnippetBytesMax"/> bytes, or
    /// <see cref="Defaults.DocumentBytesMax"/> of an XML document.
    /// </summary>
    public static async ValueTask<string?> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Defaults.DocumentBytesMax);
        var (count, max) = (0, Defaults.SnippetBytesMax);
        try
        {
            var stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            while (count < max)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(count, max - count), cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                count += read;
                max = IsDocument(buffer.AsSpan(0, count)) ? Defaults.DocumentBytesMax : Defaults.SnippetBytesMax;
            }
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException or InvalidOperationException)
        {
            // Whatever breaks here, the verdict stands: what came until now is the snippet.
        }

        var text = ToText(buffer.AsSpan(0, count));
        ArrayPool<byte>.Shared.Return(buffer);
        return text;
    }

    /// <summary>UTF-8 as text within the bounds of <see cref="Attempt.ResponseSnippet"/>, control characters as blanks; null for nothing.</summary>
    public static string? ToText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        var (bytesMax, lengthMax) = IsDocument(bytes)
            ? (Defaults.DocumentBytesMax, Attempt.DocumentLengthMax)
            : (Defaults.SnippetBytesMax, Attempt.SnippetLengthMax);
        Span<char> chars = stackalloc char[bytesMax];
        var length = Encoding.UTF8.GetChars(bytes[..Math.Min(bytes.Length, bytesMax)], chars);
        length = Math.Min(length, lengthMax);
        if (length == lengthMax && char.IsHighSurrogate(chars[length - 1]))
        {
            length--;
        }

        foreach (ref var c in chars[..length])
        {
            c = char.IsControl(c) && c is not ('\n' or '\t') ? ' ' : c;
        }

        return new string(chars[..length]);
    }

    // Pages of web servers begin with a document type or with html, and nobody reads them to their end.
    private static bool IsDocument(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        text = text.TrimStart(" \r\n\t"u8);
        return text.StartsWith("<?xml"u8) || (text.Length >= 15 && Ascii.EqualsIgnoreCase(text[..15], "<ClientResponse"u8));
    }
}
