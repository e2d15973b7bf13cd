using System.Security.Cryptography;
using System.Text;
using HoiAm.Protocols.EsmsCallback;

namespace HoiAm.Server.Relaying;

/// <summary>How a repetition of what belongs to no message is known: by what it says, not by how it is written.</summary>
internal static class PassedOn
{
    // A text has an id of its own. The result of a registration has none: the same one a day later is a new one.
    private static readonly TimeSpan s_texts = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_results = TimeSpan.FromDays(1);
    private static readonly string[] s_identity = ["content", "cpid", "sender", "serviceNumber", "smsid"];

    /// <summary>How long a repetition is known as one.</summary>
    public static TimeSpan KnownFor(PushKind kind) => kind == PushKind.ShortCode ? s_texts : s_results;

    /// <summary>
    /// The same for GET and POST, and for names in any order and casing. Of a text that has an id the moment and the signature do not
    /// count, which another try may make anew; all else is told by everything that it says.
    /// </summary>
    public static string Digest(CallbackPush push)
    {
        var hasId = push.Kind == PushKind.ShortCode && push.Values.GetValueOrDefault("smsid") is { Length: > 0 };
        var values = push.Values.Where(v => !hasId || s_identity.Contains(v.Key, StringComparer.OrdinalIgnoreCase))
            .OrderBy(v => v.Key, StringComparer.OrdinalIgnoreCase);
        var text = new StringBuilder().Append(push.Kind);
        foreach (var (name, value) in values)
        {
            text.Append('\0').Append(name.ToLowerInvariant()).Append('\0').Append(value);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
