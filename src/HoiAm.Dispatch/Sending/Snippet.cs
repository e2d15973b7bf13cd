using System.Buffers;
using System.Text;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Sending;

/// <summary>The first bytes of an answer's body, for people. The body never decides anything (protocol G 5).</summary>
internal static class Snippet
{
    /// <summary>Reads as much as comes before the token fires, at most <see cref="Defaults.SnippetBytesMax"/> bytes.</summary>
    public static async ValueTask<string?> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Defaults.SnippetBytesMax);
        var count = 0;
        try
        {
            var stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            while (count < Defaults.SnippetBytesMax)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(count, Defaults.SnippetBytesMax - count), cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                count += read;
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

    /// <summary>UTF-8 as text of at most <see cref="Attempt.SnippetLengthMax"/> characters, control characters as blanks; null for nothing.</summary>
    public static string? ToText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        Span<char> chars = stackalloc char[Defaults.SnippetBytesMax];
        var length = Encoding.UTF8.GetChars(bytes[..Math.Min(bytes.Length, Defaults.SnippetBytesMax)], chars);
        length = Math.Min(length, Attempt.SnippetLengthMax);
        if (length == Attempt.SnippetLengthMax && char.IsHighSurrogate(chars[length - 1]))
        {
            length--;
        }

        foreach (ref var c in chars[..length])
        {
            c = char.IsControl(c) && c is not ('\n' or '\t') ? ' ' : c;
        }

        return new string(chars[..length]);
    }
}
