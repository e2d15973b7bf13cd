using System.Buffers.Binary;

namespace HoiAm.Faults.Power;

internal enum DiskOp
{
    Open = 1,
    Write = 2,
    Sync = 3,
    Truncate = 4,
    Unlink = 5,
    Rename = 6,
}

/// <summary>One change of a file, as the file layer noted it; the bytes stay in the log.</summary>
internal readonly record struct DiskRecord(DiskOp Op, int File, long Offset, int Length, long Ns, long DataAt);

/// <summary>The log of one run's writes (struct record of native/shim.c), whole in memory.</summary>
internal sealed class WriteLog
{
    private const int HeaderLength = 32;
    private readonly byte[] _bytes;

    private WriteLog(byte[] bytes, List<DiskRecord> records)
    {
        _bytes = bytes;
        Records = records;
    }

    public IReadOnlyList<DiskRecord> Records { get; }

    public static WriteLog Read(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var records = new List<DiskRecord>();
        var at = 0L;

        // A process that was killed may leave half a record at the end.
        while (at + HeaderLength <= bytes.Length)
        {
            var head = bytes.AsSpan((int)at, HeaderLength);
            var length = BinaryPrimitives.ReadInt64LittleEndian(head[16..]);
            if (at + HeaderLength + length > bytes.Length)
            {
                break;
            }

            records.Add(new DiskRecord(
                (DiskOp)BinaryPrimitives.ReadInt32LittleEndian(head),
                BinaryPrimitives.ReadInt32LittleEndian(head[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(head[8..]),
                (int)length,
                BinaryPrimitives.ReadInt64LittleEndian(head[24..]),
                at + HeaderLength));
            at += HeaderLength + length;
        }

        return records.Exists(r => r.Op == DiskOp.Rename)
            ? throw new InvalidOperationException("The store renames files; the disk model has to learn that first.")
            : new WriteLog(bytes, records);
    }

    public ReadOnlySpan<byte> Data(in DiskRecord record) => _bytes.AsSpan((int)record.DataAt, record.Length);

    public string Path(in DiskRecord open) => Encoding.UTF8.GetString(Data(open));
}
