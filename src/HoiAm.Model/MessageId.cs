#if !NET9_0_OR_GREATER
using System.Buffers.Binary;
#endif
using System.Globalization;
using System.Security.Cryptography;

namespace HoiAm.Model;

/// <summary>Makes the SMSIDs of messages that this hub accepts.</summary>
public static class MessageId
{
    /// <summary>The longest SMSID that is accepted from others (protocol G 45).</summary>
    public const int LengthMax = 128;

    /// <summary>
    /// A new SMSID: a GUID with dashes and two digits, 38 characters (protocol G 45). The GUID is a version 7 one, so ids are ordered by
    /// time and land beside each other in an index.
    /// </summary>
    public static string New(DateTimeOffset now)
    {
        Span<char> text = stackalloc char[38];
        NewGuid(now).TryFormat(text, out _, "D");
        RandomNumberGenerator.GetInt32(100).TryFormat(text[36..], out _, "D2", CultureInfo.InvariantCulture);
        return new string(text);
    }

#if NET9_0_OR_GREATER
    private static Guid NewGuid(DateTimeOffset now) => Guid.CreateVersion7(now);
#else
    // 48 bits of milliseconds, the version, the variant, and chance (RFC 9562, section 5.7).
    private static Guid NewGuid(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)now.ToUnixTimeMilliseconds() << 16) | 0x7000u | (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x0FFFu));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
#endif
}
