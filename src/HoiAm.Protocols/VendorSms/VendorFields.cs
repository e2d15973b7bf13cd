using System.Text;
using System.Text.Json;

namespace HoiAm.Protocols.VendorSms;

/// <summary>The fields of a vendor report (protocol F.1) and our optional extensions (contract section 2), in documented order.</summary>
internal enum VendorField
{
    Msisdn,
    RequestId,
    SendTime,
    ResponseTimeTelco,
    Status,
    ReferentId,
    RetryCount,
    ErrorInfo,
    PartnerId,
    TelcoId,
    MtCount,
    Price,
}

/// <summary>Names of the fields.</summary>
internal static class VendorFields
{
    public const int Count = (int)VendorField.Price + 1;

    /// <summary>Deeper bodies are refused: the report is flat, only an inline <c>errorInfo</c> nests.</summary>
    public const int DepthMax = 16;

    private const int NameLengthMax = 17;

    private static readonly string[] s_names =
    [
        "msisdn", "requestId", "sendTime", "responseTimeTelco", "status", "referentId", "retryCount",
        "errorInfo", "partnerId", "telcoId", "mtcount", "price",
    ];

    private static readonly byte[][] s_utf8Names = [.. s_names.Select(Encoding.ASCII.GetBytes)];

    /// <summary>The name as documented; <c>referentId</c> is spelled so on purpose.</summary>
    public static string Name(this VendorField field) => s_names[(int)field];

    /// <summary>The same in UTF-8.</summary>
    public static ReadOnlySpan<byte> Utf8Name(this VendorField field) => s_utf8Names[(int)field];

    /// <summary>The field of a property name in any casing; null for unknown ones, which are passed over.</summary>
    public static VendorField? Find(ref readonly Utf8JsonReader name)
    {
        if (!name.ValueIsEscaped)
        {
            return Find(name.ValueSpan);
        }

        // An escape takes up to six bytes for one character.
        if (name.ValueSpan.Length > NameLengthMax * 6)
        {
            return null;
        }

        Span<byte> unescaped = stackalloc byte[NameLengthMax * 6];
        try
        {
            return Find(unescaped[..name.CopyString(unescaped)]);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no name of ours.
            return null;
        }
    }

    private static VendorField? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > NameLengthMax)
        {
            return null;
        }

        for (var i = 0; i < s_utf8Names.Length; i++)
        {
            if (name.Length == s_utf8Names[i].Length && Ascii.EqualsIgnoreCase(name, s_utf8Names[i]))
            {
                return (VendorField)i;
            }
        }

        return null;
    }

    /// <summary>Without the byte order mark that some clients put in front.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body) => body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body;
}
