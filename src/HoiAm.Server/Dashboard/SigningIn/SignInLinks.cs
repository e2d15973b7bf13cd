using System.Security.Cryptography;
using HoiAm.Server.Admin;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Dashboard.SigningIn;

/// <summary>
/// Links that let a customer in once, without keys. An unused link is a token that nobody can call with; using it swaps it for one that
/// lasts as long as a session. Both are listed and can be deleted like every token.
/// </summary>
internal sealed class SignInLinks(HubDirectory directory, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    // No header can carry this character, so the link opens nothing but the sign-in page.
    private const string Prefix = "link\0";

    public void Map(AdminRoutes routes) => routes.Map("POST", "/accounts/{id}/signin-links", Permission.Administer, scoped: false, MakeAsync);

    /// <summary>Uses a link up; null when it is unknown, used or too old.</summary>
    public async Task<Credential?> RedeemAsync(string secret)
    {
        var digest = directory.Keys.Digest(Prefix + secret);
        if (directory.Current.Credentials.GetValueOrDefault((CredentialKind.Token, digest)) is not { } link || !link.IsInForce(time.GetUtcNow()))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var session = link with
        {
            Id = "token/" + RandomNumberGenerator.GetHexString(12, lowercase: true),
            Digest = directory.Keys.Digest("session:" + RandomNumberGenerator.GetHexString(64)),
            ValidTo = now + SessionCookie.Lifetime,
            CreatedAt = now,
        };
        var used = await directory.ChangeAsync(connection =>
        {
            if (connection.Execute("DELETE FROM credential WHERE id = @p0", link.Id) == 0)
            {
                return false;
            }

            // Those of earlier days are of no use to anybody.
            connection.Execute("DELETE FROM credential WHERE name LIKE 'sign-in link %' AND valid_to < @p0", now);
            CredentialWrites.Insert(connection, session);
            Audit.Write(connection, new AdminPrincipal(link.Name, link.Role!, null), "signin.link", link.Role!, now);
            return true;
        }).ConfigureAwait(false);
        return used ? directory.Current.AllCredentials.FirstOrDefault(c => c.Id == session.Id) : null;
    }

    private async Task<IResult> MakeAsync(AdminCall call)
    {
        if (!directory.Current.Accounts.TryGetValue(call.Route("id"), out var account))
        {
            return AccountsApi.Unknown(call.Route("id"));
        }

        var now = time.GetUtcNow();
        var secret = CredentialWrites.NewKey();
        var link = new Credential(
            0,
            "token/" + RandomNumberGenerator.GetHexString(12, lowercase: true),
            CredentialKind.Token,
            0,
            directory.Keys.Digest(Prefix + secret),
            null,
            $"sign-in link by {call.Principal.Name}",
            "account:" + account.Id,
            true,
            null,
            now + Lifetime,
            now);
        await directory.ChangeAsync(connection =>
        {
            CredentialWrites.Insert(connection, link);
            Audit.Write(connection, call.Principal, "link.create", account.Id, now);
            return true;
        }).ConfigureAwait(false);
        return Answers.Created(new { path = "/signin/link?key=" + secret, validTo = Answers.Time(link.ValidTo!.Value) });
    }
}
