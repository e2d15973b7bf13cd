using System.Text;
using HoiAm.Ledger.Rows;

namespace HoiAm.Ledger.Sqlite;

/// <summary>
/// Keeps a row the same size while it changes. SQLite packs rows without a gap: a row that grows splits its page, and every message and
/// every callback grows once, by its first report and its first try. With the room set aside when the row is entered, SQLite writes the
/// new row over the old one in place; sizes are those of its record format (serial types of the file format page).
/// </summary>
internal static class RowRoom
{
    /// <summary>Bytes set aside in a new message: what a first, final report with a price adds.</summary>
    public const int NewMessage = 36;

    /// <summary>Bytes set aside in a new callback: one try without much of an answer.</summary>
    public const int NewCallback = 24;

    // From here on the length itself takes a byte more.
    private const int ShortMax = 57;
    private static readonly byte[] s_zeros = new byte[ShortMax];

    /// <summary>This many bytes of nothing, none when negative.</summary>
    public static ReadOnlySpan<byte> Free(int bytes) => s_zeros.AsSpan(0, Math.Clamp(bytes, 0, ShortMax));

    /// <summary>A log of tries with the room that it leaves in its row.</summary>
    public static byte[] Padded(byte[]? log, int room)
    {
        if (log is not null && log.Length >= room)
        {
            return log;
        }

        var padded = new byte[room];
        log?.CopyTo(padded, 0);
        return padded;
    }

    /// <summary>Bytes that the changing columns of a message take now.</summary>
    public static int Changing(MessageRow m) =>
        Size((long)m.State) + Size(m.Finals) + Size(m.Successes) + Size(m.Rejections) + Size(m.HandedOver) + Size(m.Presumed)
        + Size(m.Contradictions) + Size(m.Charged) + Size(m.LastReport) + Size(m.LastCallback) + Changing(m.First);

    private static int Changing(RecipientRow r) =>
        Size((long)r.State) + Size(r.TelcoId) + 1 + Size(r.Price) + Size(r.Charged) + Size(r.SeenStatuses) + Size(r.Segments)
        + Size(r.EventAtMs) + Size(r.PartnerId) + Size(r.ErrorInfo);

    private static int Size(long value) => value switch
    {
        0 or 1 => 0,
        >= sbyte.MinValue and <= sbyte.MaxValue => 1,
        >= short.MinValue and <= short.MaxValue => 2,
        >= -(1 << 23) and < 1 << 23 => 3,
        >= int.MinValue and <= int.MaxValue => 4,
        >= -(1L << 47) and < 1L << 47 => 6,
        _ => 8,
    };

    private static int Size(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes > ShortMax ? bytes + 1 : bytes;
    }
}
