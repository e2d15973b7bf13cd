using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HoiAm.Server.Admin;
using HoiAm.Server.Directory;
using HoiAm.Server.Security;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Dashboard.SigningIn;

/// <summary>How the browser reaches the hub.</summary>
internal static class Transport
{
    /// <summary>
    /// True when it does so over TLS, here or at a proxy that says so. Anybody may claim it, but gains nothing: it only makes cookies stricter.
    /// </summary>
    public static bool IsSecure(HttpContext context) =>
        context.Request.IsHttps || context.Request.Headers["X-Forwarded-Proto"].ToString().Equals("https", StringComparison.OrdinalIgnoreCase);

    /// <summary>True when the browser says that another site sent this form.</summary>
    public static bool IsFromElsewhere(HttpContext context)
    {
        var site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is not ("same-origin" or "none");
        }

        // Older browsers. A proxy may have changed the host, and then says what it was.
        var origin = context.Request.Headers.Origin.ToString();
        return origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && (Same(uri, context.Request.Host.Value) || Same(uri, context.Request.Headers["X-Forwarded-Host"].ToString())));
    }

    private static bool Same(Uri origin, string? host) => origin.Authority.Equals(host, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Somebody who is signed in.</summary>
/// <param name="Principal">Who, and what that one may.</param>
/// <param name="Csrf">What every form must bring along.</param>
internal sealed record Session(AdminPrincipal Principal, string Csrf);

/// <summary>
/// Sessions live in a sealed cookie that names the token or key they began with. Each request looks that up again, so deleting or
/// expiring it ends the session at once, on every node, and a restart ends none.
/// </summary>
internal sealed class SessionCookie(HubDirectory directory, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const string Prefix = "session:";

    /// <summary>Begins a session on the strength of a credential.</summary>
    public void Begin(HttpContext context, Credential credential)
    {
        var csrf = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var expires = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        var content = JsonSerializer.Serialize(new Content(credential.Id, credential.Digest.Short(), csrf, expires));
        Append(context, directory.Keys.Seal(Prefix + content), Lifetime);
    }

    public static void End(HttpContext context) => Append(context, "", TimeSpan.Zero);

    /// <summary>The session of a request; null when there is none in force.</summary>
    public Session? Read(HttpContext context)
    {
        if (directory.Keys.Unseal(context.Request.Cookies[Name(context)]) is not { } text
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || JsonSerializer.Deserialize<Content>(text.AsSpan(Prefix.Length)) is not { } content)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var credential = directory.Current.AllCredentials.FirstOrDefault(c => c.Id == content.Credential);
        if (now.ToUnixTimeSeconds() >= content.Expires || credential is null || !credential.IsInForce(now) || credential.Digest.Short() != content.Digest)
        {
            return null;
        }

        return PrincipalOf(credential) is { } principal ? new Session(principal, content.Csrf) : null;
    }

    /// <summary>Whom a credential lets in; null when nobody.</summary>
    public AdminPrincipal? PrincipalOf(Credential credential) => credential.Kind switch
    {
        CredentialKind.Token => AdminPrincipal.Of(credential, directory.Current),
        CredentialKind.Account when directory.Current.AccountsByNumber.TryGetValue(credential.Owner, out var account) && account.Settings.Enabled =>
            new AdminPrincipal(account.Id + " (" + credential.Name + ")", "account:" + account.Id, account),
        _ => null,
    };

    /// <summary>True when a form brought what the session gave it.</summary>
    public static bool Matches(Session session, string? given) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(session.Csrf), Encoding.UTF8.GetBytes(given ?? ""));

    // Behind TLS the name itself forbids other hosts and plain HTTP.
    private static string Name(HttpContext context) => Transport.IsSecure(context) ? "__Host-hoiam" : "hoiam";

    private static void Append(HttpContext context, string value, TimeSpan age) => context.Response.Cookies.Append(Name(context), value, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = Transport.IsSecure(context),
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    });

    private sealed record Content(string Credential, string Digest, string Csrf, long Expires);
}

/// <summary>The token of forms that are filled in before anybody is signed in: it is bound to a cookie of the same browser.</summary>
internal static class StrangerForm
{
    private const string Name = "hoiam_form";

    /// <summary>The token for a form; sets the cookie when there is none.</summary>
    public static string Token(HttpContext context, KeyRing keys)
    {
        var value = context.Request.Cookies[Name];
        if (value is not { Length: 32 })
        {
            value = RandomNumberGenerator.GetHexString(32, lowercase: true);
            context.Response.Cookies.Append(Name, value, new CookieOptions
            {
                HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = Transport.IsSecure(context), Path = "/", IsEssential = true,
            });
        }

        return Of(value, keys);
    }

    public static bool Matches(HttpContext context, KeyRing keys, string? given) =>
        context.Request.Cookies[Name] is { Length: 32 } value
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Of(value, keys)), Encoding.UTF8.GetBytes(given ?? ""));

    private static string Of(string value, KeyRing keys) => keys.Digest(string.Create(CultureInfo.InvariantCulture, $"form:{value}")).Short();
}
