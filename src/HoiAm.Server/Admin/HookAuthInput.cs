using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Security;

namespace HoiAm.Server.Admin;

/// <summary>
/// Reads how the hub shows itself to an account's hooks: <c>hookTls</c> (client certificate, authorities), <c>hookAuth</c> (Basic) and
/// <c>hookHeaders</c>. Everything that is secret is sealed before it is kept, and never shown again.
/// </summary>
internal static class HookAuthInput
{
    private const int PemLengthMax = 64 * 1024;
    private const int HeadersMax = 20;
    private const int HeaderValueMax = 2_000;

    // What frames the request, what this hub promises to say itself, and what only belongs to one connection.
    private static readonly HashSet<string> s_forbidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer",
        "Upgrade", "Expect", "User-Agent", "Proxy-Authorization", "Proxy-Connection",
    };

    public static AccountSettings Read(JsonInput input, AccountSettings settings, KeyRing keys, DateTimeOffset now)
    {
        settings = settings with
        {
            HookTls = ReadTls(input, settings.HookTls, keys, now),
            SealedHookAuth = ReadBasic(input, settings.SealedHookAuth, keys),
            HookHeaders = ReadHeaders(input, settings.HookHeaders, keys),
        };
        if (settings.SealedHookAuth is not null && settings.HookHeaders.Any(h => h.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
        {
            input.Fault("hookHeaders", "must not hold Authorization beside hookAuth; give one of the two");
        }

        return settings;
    }

    /// <summary>The settings without their secrets.</summary>
    public static object? ShowTls(HookTlsSettings? tls, KeyRing keys)
    {
        if (tls is null)
        {
            return null;
        }

        using var certificate = HookCertificates.Client(keys.Unseal(tls.SealedClientPem), out _);
        return new
        {
            clientCertificate = certificate is null ? null : new
            {
                subject = certificate.Subject,
                thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256),
                notAfter = Answers.Time(certificate.NotAfter.ToUniversalTime()),
            },
            ca = HookCertificates.Roots(tls.CaPem, out _)?.Select(c => c.Subject).ToList(),
        };
    }

    /// <summary>The headers of an account, ready to send.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(AccountSettings settings, KeyRing keys)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (keys.Unseal(settings.SealedHookAuth) is { } basic)
        {
            headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(basic))));
        }

        headers.AddRange(settings.HookHeaders.Select(h => KeyValuePair.Create(h.Name, keys.Unseal(h.SealedValue)!)).Where(h => h.Value is not null));
        return headers;
    }

    private static HookTlsSettings? ReadTls(JsonInput input, HookTlsSettings? current, KeyRing keys, DateTimeOffset now)
    {
        if (input.IsNull("hookTls"))
        {
            return null;
        }

        if (input.Object("hookTls") is not { } tls)
        {
            return current;
        }

        var settings = current ?? new HookTlsSettings();
        if (tls.Has("clientCertificate"))
        {
            var pem = Pem(tls, "clientCertificate");
            if (pem is not null)
            {
                using var certificate = HookCertificates.Client(pem, out var fault);
                if (certificate is null)
                {
                    tls.Fault("clientCertificate", fault);
                }
                else if (certificate.NotAfter.ToUniversalTime() <= now.UtcDateTime)
                {
                    tls.Fault("clientCertificate", "expired on " + Answers.Time(certificate.NotAfter.ToUniversalTime()));
                }
            }

            settings = settings with { SealedClientPem = pem is null ? null : keys.Seal(pem) };
        }

        if (tls.Has("ca"))
        {
            var pem = Pem(tls, "ca");
            if (pem is not null && HookCertificates.Roots(pem, out var fault) is null)
            {
                tls.Fault("ca", fault);
            }

            settings = settings with { CaPem = pem };
        }

        tls.RefuseUnknown();
        return settings.SealedClientPem is null && settings.CaPem is null ? null : settings;
    }

    private static string? Pem(JsonInput input, string name)
    {
        if (input.Element(name) is not { } element)
        {
            return null;
        }

        if (element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 and <= PemLengthMax } pem)
        {
            return pem;
        }

        input.Fault(name, string.Create(CultureInfo.InvariantCulture, $"must be PEM text of at most {PemLengthMax} characters"));
        return null;
    }

    private static string? ReadBasic(JsonInput input, string? current, KeyRing keys)
    {
        if (input.IsNull("hookAuth"))
        {
            return null;
        }

        if (input.Object("hookAuth") is not { } auth)
        {
            return current;
        }

        var user = auth.Text("username", 1, 200, required: true);
        var password = auth.Text("password", 1, 200, required: true);
        auth.RefuseUnknown();
        if (user?.Contains(':', StringComparison.Ordinal) == true)
        {
            auth.Fault("username", "must not hold a colon, which Basic authentication cannot carry");
        }

        return user is null || password is null ? current : keys.Seal($"{user}:{password}");
    }

    private static IReadOnlyList<SealedHeader> ReadHeaders(JsonInput input, IReadOnlyList<SealedHeader> current, KeyRing keys)
    {
        if (input.IsNull("hookHeaders"))
        {
            return [];
        }

        if (input.Element("hookHeaders") is not { } element)
        {
            return current;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            input.Fault("hookHeaders", "must be an object of names and values like { \"X-Token\": \"…\" }");
            return current;
        }

        var headers = new List<SealedHeader>();
        foreach (var member in element.EnumerateObject())
        {
            var value = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : "";
            if (Fault(member.Name, value, headers) is { } fault)
            {
                input.Fault("hookHeaders." + member.Name, fault);
                continue;
            }

            headers.Add(new SealedHeader(member.Name, keys.Seal(value)));
        }

        return headers;
    }

    private static string? Fault(string name, string value, List<SealedHeader> before)
    {
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return "must be a header name of 1 to 64 letters, digits, dashes or underscores";
        }

        if (s_forbidden.Contains(name) || name.StartsWith("X-HoiAm-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase))
        {
            return "is set by the hub itself or by the connection, and cannot be given";
        }

        if (before.Any(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            return "is given more than once";
        }

        if (before.Count == HeadersMax)
        {
            return string.Create(CultureInfo.InvariantCulture, $"is one too many; at most {HeadersMax} are accepted");
        }

        return value.Length is 0 or > HeaderValueMax || value.Any(c => c is < ' ' or > '~') || value.Trim().Length != value.Length
            ? string.Create(CultureInfo.InvariantCulture, $"must have a value of 1 to {HeaderValueMax} printable ASCII characters without blanks around them")
            : null;
    }
}
