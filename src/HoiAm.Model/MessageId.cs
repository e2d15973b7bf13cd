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
        Guid.CreateVersion7(now).TryFormat(text, out _, "D");
        RandomNumberGenerator.GetInt32(100).TryFormat(text[36..], out _, "D2", CultureInfo.InvariantCulture);
        return new string(text);
    }
}
