using System.Globalization;
using System.Net;

namespace HoiAm.Dispatch.Sending;

/// <summary>A customer's CallbackUrl, checked and taken apart; the parts are the customer's own characters.</summary>
/// <param name="Refusal">One sentence that says what is wrong and what is accepted; null when the URL can be used.</param>
/// <param name="Url">Scheme, host, port and path; empty when refused.</param>
/// <param name="Query">The customer's own query with its <c>?</c>; empty without one. A fragment is dropped.</param>
/// <param name="HostKey">Scheme, host and port in lower case, the port always given.</param>
public readonly record struct HookUrlVerdict(string? Refusal, string Url, string Query, string HostKey)
{
    /// <summary>True when the URL can be used.</summary>
    public bool IsAccepted => Refusal is null;
}

/// <summary>Checks hook URLs at registration (contract promise 5), without asking any resolver. What a name leads to is judged when it is connected to.</summary>
public static class HookUrl
{
    private static readonly System.Buffers.SearchValues<char> s_nameCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    private const string NoV6 = "The host in the URL is not an IPv6 address in brackets.";

    /// <summary>Checks a URL.</summary>
    /// <param name="url">As the customer wrote it.</param>
    /// <param name="allowPrivate">True when the account's hooks may be loopback or private.</param>
    public static HookUrlVerdict Check(string? url, bool allowPrivate)
    {
        if (string.IsNullOrEmpty(url))
        {
            return Refuse("The URL is empty; an http or https URL such as https://shop.example/hooks/dlr is accepted.");
        }

        if (url.Length > Defaults.HookUrlLengthMax)
        {
            return Refuse($"The URL has {url.Length} characters; at most {Defaults.HookUrlLengthMax} are accepted.");
        }

        if (BadCharacters(url) is { } bad)
        {
            return Refuse(bad);
        }

        var isHttps = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!isHttps && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse("The URL has to begin with http:// or https://.");
        }

        var start = isHttps ? "https://".Length : "http://".Length;
        var rest = url.AsSpan(start);
        var end = rest.IndexOfAny('/', '?', '#');
        var authority = end < 0 ? rest : rest[..end];
        if (Authority(authority, allowPrivate, out var host, out var port) is { } refusal)
        {
            return Refuse(refusal);
        }

        var withoutFragment = url.AsSpan();
        var fragment = withoutFragment.IndexOf('#');
        withoutFragment = fragment < 0 ? withoutFragment : withoutFragment[..fragment];
        var mark = withoutFragment.IndexOf('?');
        var hook = mark < 0 ? withoutFragment : withoutFragment[..mark];
        var query = mark < 0 ? [] : withoutFragment[mark..];
        var key = string.Create(
            CultureInfo.InvariantCulture, $"{(isHttps ? "https" : "http")}://{host.ToLowerInvariant()}:{port ?? (isHttps ? 443 : 80)}");
        return Uri.TryCreate(hook.ToString(), UriKind.Absolute, out _)
            ? new HookUrlVerdict(null, hook.ToString(), query.ToString(), key)
            : Refuse("The URL cannot be read; an http or https URL such as https://shop.example/hooks/dlr is accepted.");
    }

    private static HookUrlVerdict Refuse(string sentence) => new(sentence, "", "", "");

    private static string? BadCharacters(string url)
    {
        for (var i = 0; i < url.Length; i++)
        {
            var c = url[i];
            if (c > 126)
            {
                return $"The URL has a character outside ASCII at position {i + 1}; write it percent-encoded as UTF-8, and a name in its xn-- form.";
            }

            if (c <= ' ')
            {
                return c == ' '
                    ? $"The URL has a blank at position {i + 1}; write it as %20."
                    : $"The URL has a control character at position {i + 1}; none is accepted.";
            }

            if (c is '\\' or '"' or '<' or '>' or '`' or '^')
            {
                return $"The URL has the character {c} at position {i + 1}; write it percent-encoded.";
            }

            if (c == '%' && (i + 2 >= url.Length || !char.IsAsciiHexDigit(url[i + 1]) || !char.IsAsciiHexDigit(url[i + 2])))
            {
                return $"The URL has a % at position {i + 1} that no two hex digits follow; write a percent sign as %25.";
            }
        }

        return null;
    }

    private static string? Authority(ReadOnlySpan<char> authority, bool allowPrivate, out string host, out int? port)
    {
        host = "";
        port = null;
        if (authority.Contains('@'))
        {
            return "The URL holds a user name or password; put a token into the path or the query instead.";
        }

        var bracket = authority.IndexOf(']');
        if (authority.Contains('[') && bracket < 0)
        {
            return NoV6;
        }

        var colon = authority[(bracket + 1)..].IndexOf(':');
        if (colon >= 0)
        {
            colon += bracket + 1;
            var digits = authority[(colon + 1)..];
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65_535)
            {
                return "The port in the URL is not a number from 1 to 65535.";
            }

            port = number;
            authority = authority[..colon];
        }

        if (authority.IsEmpty)
        {
            return "The URL has no host; an http or https URL such as https://shop.example/hooks/dlr is accepted.";
        }

        host = authority.ToString();
        return authority[0] == '[' || bracket >= 0 ? JudgeV6(authority, allowPrivate) : JudgeName(authority, allowPrivate);
    }

    private static string? JudgeV6(ReadOnlySpan<char> host, bool allowPrivate)
    {
        // A zone (%eth0) only makes sense on this machine's own links.
        return host[0] == '[' && host[^1] == ']' && !host.Contains('%') && IPAddress.TryParse(host[1..^1], out var address)
            ? JudgeAddress(address, allowPrivate)
            : NoV6;
    }

    private static string? JudgeName(ReadOnlySpan<char> host, bool allowPrivate)
    {
        var name = host[^1] == '.' ? host[..^1] : host;
        if (name.IsEmpty || name.Length > 253)
        {
            return "The host in the URL is not a name of 1 to 253 characters.";
        }

        var last = name[(name.LastIndexOf('.') + 1)..];
        if (Ipv4Literal.IsMeant(last))
        {
            return Ipv4Literal.TryParse(name, out var address)
                ? JudgeAddress(address, allowPrivate)
                : "The host in the URL looks like an IPv4 address but is none.";
        }

        foreach (var label in name.Split('.'))
        {
            var part = name[label];
            if (part.IsEmpty || part.Length > 63 || part[0] == '-' || part[^1] == '-' || part.ContainsAnyExcept(s_nameCharacters))
            {
                return "The host in the URL is not a name: labels of 1 to 63 letters, digits, hyphens and underscores, joined by dots.";
            }
        }

        var isLocal = last.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.Equals("localhost.localdomain", StringComparison.OrdinalIgnoreCase);
        return isLocal && !allowPrivate ? "The host in the URL is this machine's own name; hooks have to be reachable from outside." : null;
    }

    private static string? JudgeAddress(IPAddress address, bool allowPrivate) =>
        AddressGuard.Refusal(address, allowPrivate) is { } why
            ? $"The address in the URL is {why}; hooks have to be at public addresses."
            : null;
}
