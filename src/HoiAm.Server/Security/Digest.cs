using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HoiAm.Server.Security;

/// <summary>A keyed digest of 32 bytes, usable as a dictionary key.</summary>
internal readonly struct Digest : IEquatable<Digest>
{
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    public Digest(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _a);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), _b);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), _c);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), _d);
        return bytes;
    }

    /// <summary>Compares in constant time.</summary>
    public bool Equals(Digest other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    // The digest is uniform already.
    public override int GetHashCode() => unchecked((int)_a);

    /// <summary>Sixteen hex digits that name a digest to people without giving it away.</summary>
    public string Short() => Convert.ToHexStringLower(SHA256.HashData(ToArray()))[..16];
}
