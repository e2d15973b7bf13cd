using System.Buffers;
using System.Text;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Ledger.Rows;

/// <summary>
/// The tries of a callback, packed behind each other in one column: a delivered callback costs some twenty bytes for its try instead of
/// a row with indexes. The newest <see cref="Kept"/> are kept; the count of all is in the callback's row.
/// </summary>
public static class AttemptLog
{
    /// <summary>So many tries are kept; a callback needs more only when it was replayed again and again.</summary>
    public const int Kept = 64;

    /// <summary>The log with one more try.</summary>
    public static byte[] Append(byte[]? log, Attempt attempt)
    {
        var error = attempt.Error is null ? [] : Encoding.UTF8.GetBytes(attempt.Error);
        var snippet = attempt.ResponseSnippet is null ? [] : Encoding.UTF8.GetBytes(attempt.ResponseSnippet);
        log = Trim(Written(log));
        var room = log.Length + 48 + error.Length + snippet.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            log.CopyTo(buffer, 0);
            var at = log.Length;
            Put(buffer, ref at, (ulong)attempt.Number);
            Put(buffer, ref at, (ulong)Math.Max(attempt.At.ToUnixTimeMilliseconds(), 0));
            Put(buffer, ref at, (ulong)Math.Max(attempt.DurationMs, 0));
            Put(buffer, ref at, (ulong)attempt.Outcome);
            Put(buffer, ref at, (ulong)attempt.HttpStatus);
            Put(buffer, ref at, attempt.RetryAfter is { } after ? (ulong)Math.Max(after.TotalSeconds, 0) + 1 : 0);
            Put(buffer, ref at, error);
            Put(buffer, ref at, snippet);
            return buffer.AsSpan(0, at).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The tries in the order in which they were made.</summary>
    public static List<Attempt> Read(ReadOnlySpan<byte> log)
    {
        var attempts = new List<Attempt>();
        var at = 0;
        while (at < log.Length && log[at] != 0)
        {
            var number = (int)Get(log, ref at);
            var begun = DateTimeOffset.FromUnixTimeMilliseconds((long)Get(log, ref at));
            var duration = (int)Get(log, ref at);
            var outcome = (AttemptOutcome)Get(log, ref at);
            var status = (int)Get(log, ref at);
            var after = Get(log, ref at);
            var error = GetText(log, ref at);
            var snippet = GetText(log, ref at);
            attempts.Add(new Attempt
            {
                Number = number,
                At = begun,
                DurationMs = duration,
                Outcome = outcome,
                HttpStatus = status,
                RetryAfter = after == 0 ? null : TimeSpan.FromSeconds(after - 1),
                Error = error,
                ResponseSnippet = snippet,
            });
        }

        return attempts;
    }

    // Tries count from 1, so a zero where a try would begin is room that the engine left.
    private static byte[]? Written(byte[]? log)
    {
        var at = 0;
        while (log is not null && at < log.Length && log[at] != 0)
        {
            Skip(log, ref at);
        }

        return log is null || at == log.Length ? log : log[..at];
    }

    private static byte[] Trim(byte[]? log)
    {
        // Nothing can hold more than Kept tries in less than 8 bytes each, so the common case is decided by the length alone.
        if (log is null || log.Length < 8 * Kept)
        {
            return log ?? [];
        }

        var starts = new List<int>();
        var at = 0;
        while (at < log.Length)
        {
            starts.Add(at);
            Skip(log, ref at);
        }

        return starts.Count < Kept ? log : log[starts[starts.Count - Kept + 1]..];
    }

    private static void Put(byte[] buffer, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            buffer[at++] = (byte)((value & 0x7F) | 0x80);
            value >>= 7;
        }

        buffer[at++] = (byte)value;
    }

    private static void Put(byte[] buffer, ref int at, byte[] text)
    {
        Put(buffer, ref at, (ulong)text.Length);
        text.CopyTo(buffer, at);
        at += text.Length;
    }

    private static ulong Get(ReadOnlySpan<byte> log, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = log[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }

    private static void Skip(ReadOnlySpan<byte> log, ref int at)
    {
        for (var i = 0; i < 6; i++)
        {
            Get(log, ref at);
        }

        SkipText(log, ref at);
        SkipText(log, ref at);
    }

    // In two steps: "at += Get(log, ref at)" would add to the place before the length, since the left side is read first.
    private static void SkipText(ReadOnlySpan<byte> log, ref int at)
    {
        var length = (int)Get(log, ref at);
        at += length;
    }

    private static string? GetText(ReadOnlySpan<byte> log, ref int at)
    {
        var length = (int)Get(log, ref at);
        var text = length == 0 ? null : Encoding.UTF8.GetString(log.Slice(at, length));
        at += length;
        return text;
    }
}
