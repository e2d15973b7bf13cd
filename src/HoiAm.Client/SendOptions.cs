using System.Globalization;
using HoiAm.Protocols.Text;

namespace HoiAm.Client;

/// <summary>What any send may bear beside its content (protocol C.1).</summary>
public sealed record SendOptions
{
    /// <summary>
    /// Your own id, at most 50 characters, unique within 24 hours. Null (default): the client generates one. It comes back in the callback
    /// and makes a repeat safe: the same id again is refused (124) instead of sent twice.
    /// </summary>
    public string? RequestId { get; init; }

    /// <summary>Where the status goes. Default none: then only queries tell it.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>When to send. Default at once.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>Validate and answer only: nothing is stored, charged or sent.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Name of the campaign, at most 254 characters.</summary>
    public string? Campaign { get; init; }

    /// <summary>SMS and Viber: the text has letters beyond GSM 7 bit, such as Vietnamese diacritics.</summary>
    public bool IsUnicode { get; init; }

    internal static SendOptions None { get; } = new();

    // Local time of Vietnam, which is what the documentation's pattern without a zone means (protocol G 41).
    internal string SendDate => SendAt is { } at ? WireTime.ToVietnam(at).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "";
}
