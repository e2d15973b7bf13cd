using System.Globalization;
using HoiAm.Server.Directory;
using HoiAm.Server.Guarding;
using HoiAm.Server.Json;
using HoiAm.Server.Security;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>What a call needs.</summary>
internal enum Permission
{
    /// <summary>Look.</summary>
    Read,

    /// <summary>Send again, approve, attach, pause, test.</summary>
    Operate,

    /// <summary>Make and delete keys of an account: administrators, and the customer itself.</summary>
    OwnKeys,

    /// <summary>Change accounts, vendors, keys, tokens, catalogue.</summary>
    Administer,
}

/// <summary>Who calls the admin API.</summary>
/// <param name="Name">Name of the token, for the audit log.</param>
/// <param name="Role"><c>admin</c>, <c>support</c>, <c>readonly</c> or <c>account:{id}</c>.</param>
/// <param name="Scope">The only account that is seen; null for all.</param>
internal sealed record AdminPrincipal(string Name, string Role, Account? Scope)
{
    private const string AccountPrefix = "account:";

    /// <summary>Where the call came from, behind trusted proxies the real address; null when unknown.</summary>
    public string? Source { get; init; }

    /// <summary>Numbers are masked for read-only staff.</summary>
    public bool MasksNumbers => Role == "readonly";

    /// <summary>True when this account's data may be seen.</summary>
    public bool Sees(int account) => Scope is null || Scope.Number == account;

    public bool May(Permission permission) => Role switch
    {
        "admin" => true,
        "support" => permission is Permission.Read or Permission.Operate,
        "readonly" => permission == Permission.Read,
        _ => Scope is not null && permission != Permission.Administer,
    };

    /// <summary>True for the roles that exist; an account role needs an account that exists.</summary>
    public static bool IsRole(string role, HubSnapshot snapshot) =>
        role is "admin" or "support" or "readonly"
        || (role.StartsWith(AccountPrefix, StringComparison.Ordinal) && snapshot.Accounts.ContainsKey(role[AccountPrefix.Length..]));

    /// <summary>The principal of a token; null when its role leads nowhere.</summary>
    public static AdminPrincipal? Of(Credential token, HubSnapshot snapshot)
    {
        var role = token.Role ?? "";
        if (!role.StartsWith(AccountPrefix, StringComparison.Ordinal))
        {
            return new AdminPrincipal(token.Name, role, null);
        }

        return snapshot.Accounts.TryGetValue(role[AccountPrefix.Length..], out var account)
            ? new AdminPrincipal(token.Name, role, account)
            : null;
    }
}

/// <summary>Guards every admin route: bearer token, role, scope; failed tries are counted per source address.</summary>
internal sealed class AdminGate(HubDirectory directory, FailureThrottle throttle, TimeProvider time)
{
    private const string ItemKey = "HoiAm.Principal";

    /// <summary>The caller of a guarded route.</summary>
    public static AdminPrincipal Principal(HttpContext context) => (AdminPrincipal)context.Items[ItemKey]!;

    /// <summary>403 when a signed-in caller may not do this; null when it may.</summary>
    public static IResult? Refusal(AdminPrincipal principal, Permission permission, bool allowScoped) =>
        principal.May(permission) && (principal.Scope is null || allowScoped)
            ? null
            : Answers.Problem(403, "Not allowed.", $"The role {principal.Role} may not do this.");

    /// <summary>Null when the caller may go on, else the refusal.</summary>
    public IResult? Check(HttpContext context, Permission permission, bool allowScoped)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : "";
        var credential = directory.Find(CredentialKind.Token, token);
        if (credential is null || !credential.IsInForce(time.GetUtcNow()) || AdminPrincipal.Of(credential, directory.Current) is not { } principal)
        {
            if (throttle.IsPastLimit(context.Connection.RemoteIpAddress, out var retryAfter))
            {
                context.Response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
                return Answers.Problem(429, "Too many failed tries.", "Wait before you try another token from this address.");
            }

            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Answers.Problem(401, "Not signed in.", token.Length == 0
                ? "Send Authorization: Bearer and a token of this hub."
                : "The token is not known, or not in force.");
        }

        if (Refusal(principal, permission, allowScoped) is { } refusal)
        {
            return refusal;
        }

        directory.Touch(credential);
        context.Items[ItemKey] = principal with
        {
            Source = context.Connection.RemoteIpAddress is { } source ? AddressRanges.Plain(source).ToString() : null,
        };
        return null;
    }
}
