namespace HoiAm.Faults.Power;

/// <summary>A file's bytes; what was never written inside its length reads as zero.</summary>
internal sealed class DiskContent
{
    private byte[] _bytes = [];

    public long Length { get; private set; }

    public byte[] Bytes => _bytes;

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        var end = offset + data.Length;
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Max(end, _bytes.Length * 2L));
        }

        data.CopyTo(_bytes.AsSpan((int)offset));
        Length = Math.Max(Length, end);
    }

    public void Truncate(long length)
    {
        if (length < Length)
        {
            _bytes.AsSpan((int)length, (int)(Length - length)).Clear();
        }

        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)length);
        }

        Length = length;
    }

    public DiskContent Copy() => new() { _bytes = _bytes.AsSpan(0, (int)Length).ToArray(), Length = Length };
}
