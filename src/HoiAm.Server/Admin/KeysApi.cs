using System.Security.Cryptography;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>Keys of accounts and vendors, and tokens of people: several at once, with validity; each is shown once, when it is made.</summary>
internal sealed class KeysApi(HubDirectory directory, TimeProvider time)
{
    public void Map(AdminRoutes routes)
    {
        foreach (var (segment, kind) in new[] { ("accounts", CredentialKind.Account), ("vendors", CredentialKind.Vendor) })
        {
            // A customer sees and changes the keys of its own account.
            var scoped = kind == CredentialKind.Account;
            var change = scoped ? Permission.OwnKeys : Permission.Administer;
            routes.Get($"/{segment}/{{id}}/keys", call => Task.FromResult(
                Owner(call, kind) is { } owner ? List(call, c => c.Kind == kind && c.Owner == owner) : UnknownOwner(kind, call.Route("id"))), scoped);
            routes.Map("POST", $"/{segment}/{{id}}/keys", change, scoped, call => AddKeyAsync(call, kind));
            routes.Map("DELETE", $"/{segment}/{{id}}/keys/{{key}}", change, scoped, call =>
                Owner(call, kind) is { } owner
                    ? DeleteAsync(call, c => c.Kind == kind && c.Owner == owner && KeyName(c) == call.Route("key"), "key")
                    : Task.FromResult(UnknownOwner(kind, call.Route("id"))));
        }

        routes.Get("/tokens", call => Task.FromResult(
            call.Principal.May(Permission.Administer)
                ? List(call, c => c.Kind == CredentialKind.Token)
                : Answers.Problem(403, "Not allowed.", "Tokens are seen by administrators only.")));
        routes.Map("POST", "/tokens", Permission.Administer, false, AddTokenAsync);
        routes.Map("DELETE", "/tokens/{key}", Permission.Administer, false, call =>
            DeleteAsync(call, c => c.Kind == CredentialKind.Token && KeyName(c) == call.Route("key"), "token"));
    }

    private int? Owner(AdminCall call, CredentialKind kind) => kind == CredentialKind.Account
        ? directory.Current.Accounts.TryGetValue(call.Route("id"), out var account) && call.Principal.Sees(account.Number) ? account.Number : null
        : directory.Current.Vendors.TryGetValue(call.Route("id"), out var vendor) ? vendor.Number : null;

    private static IResult UnknownOwner(CredentialKind kind, string id) =>
        kind == CredentialKind.Account ? AccountsApi.Unknown(id) : VendorsApi.Unknown(id);

    private IResult List(AdminCall call, Func<Credential, bool> filter)
    {
        var paging = Paging.Read(call);
        var rows = directory.Current.AllCredentials.Where(c => filter(c) && c.Number > (paging.Cursor ?? 0)).Take(paging.Limit + 1).ToList();
        return Answers.Ok(paging.Page(rows, c => c.Number, c => Show(c, null, null)));
    }

    private async Task<IResult> AddKeyAsync(AdminCall call, CredentialKind kind)
    {
        var ownerId = call.Route("id");
        if (Owner(call, kind) is not { } owner)
        {
            return UnknownOwner(kind, ownerId);
        }

        var (document, refusal) = await call.JsonAsync(optional: true).ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var input = new JsonInput(document!.RootElement);
            var apiKey = CredentialWrites.ReadKey(input, "apiKey") ?? CredentialWrites.NewKey();
            var secretKey = kind != CredentialKind.Account ? null
                : CredentialWrites.ReadKey(input, "secretKey") ?? CredentialWrites.NewKey();
            var credential = Read(input, kind, owner, $"{kind.ToString().ToLowerInvariant()}/{ownerId}/", apiKey, null);
            credential = credential with { SecretDigest = secretKey is null ? null : directory.Keys.Digest(secretKey) };
            return await InsertAsync(call, input, credential, apiKey, secretKey, $"{ownerId}: {credential.Name}").ConfigureAwait(false);
        }
    }

    private async Task<IResult> AddTokenAsync(AdminCall call)
    {
        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var input = new JsonInput(document!.RootElement);
            var role = input.Text("role", 1, 80, required: true);
            if (role is not null && !AdminPrincipal.IsRole(role, directory.Current))
            {
                input.Fault("role", "must be admin, support, readonly or account:{id} of an account that exists");
            }

            var token = CredentialWrites.ReadKey(input, "token") ?? "hat_" + CredentialWrites.NewKey();
            var credential = Read(input, CredentialKind.Token, 0, "token/", token, role);
            return await InsertAsync(call, input, credential, token, null, $"{credential.Name} ({role})").ConfigureAwait(false);
        }
    }

    private Credential Read(JsonInput input, CredentialKind kind, int owner, string prefix, string key, string? role)
    {
        var id = RandomNumberGenerator.GetHexString(12, lowercase: true);
        var from = input.Moment("validFrom");
        var to = input.Moment("validTo");
        if (from is { } begin && to is { } end && end <= begin)
        {
            input.Fault("validTo", "must be after validFrom");
        }

        return new Credential(
            0, prefix + id, kind, owner, directory.Keys.Digest(key), null, input.Text("name", 1, 80) ?? id, role, input.Flag("active") ?? true, from, to, time.GetUtcNow());
    }

    private async Task<IResult> InsertAsync(AdminCall call, JsonInput input, Credential credential, string key, string? secret, string subject)
    {
        input.RefuseUnknown();
        if (!input.IsValid)
        {
            return Answers.Invalid(input.Faults);
        }

        await directory.ChangeAsync(connection =>
        {
            CredentialWrites.Insert(connection, credential);
            Audit.Write(connection, call.Principal, credential.Kind == CredentialKind.Token ? "token.create" : "key.create", subject, time.GetUtcNow());
            return true;
        }).ConfigureAwait(false);
        return Answers.Created(Show(directory.Current.AllCredentials.First(c => c.Id == credential.Id), key, secret));
    }

    private async Task<IResult> DeleteAsync(AdminCall call, Func<Credential, bool> filter, string what)
    {
        if (directory.Current.AllCredentials.FirstOrDefault(filter) is not { } credential)
        {
            return Answers.NotFound($"There is no such {what}.");
        }

        await directory.ChangeAsync(connection =>
        {
            connection.Execute("DELETE FROM credential WHERE id = @p0", credential.Id);
            Audit.Write(connection, call.Principal, what + ".delete", credential.Id, time.GetUtcNow());
            return true;
        }).ConfigureAwait(false);
        return Results.NoContent();
    }

    private static string KeyName(Credential credential) => credential.Id[(credential.Id.LastIndexOf('/') + 1)..];

    private static Dictionary<string, object?> Show(Credential credential, string? key, string? secret)
    {
        var shown = new Dictionary<string, object?>
        {
            ["id"] = KeyName(credential),
            ["name"] = credential.Name,
            ["active"] = credential.Active,
            ["validFrom"] = credential.ValidFrom is { } from ? Answers.Time(from) : null,
            ["validTo"] = credential.ValidTo is { } to ? Answers.Time(to) : null,
            ["lastUsed"] = Answers.Time(credential.LastUsedMs),
            ["createdAt"] = Answers.Time(credential.CreatedAt),
        };
        if (credential.Kind == CredentialKind.Token)
        {
            shown["role"] = credential.Role;
            if (key is not null)
            {
                shown["token"] = key;
            }
        }
        else if (key is not null)
        {
            shown["apiKey"] = key;
            if (secret is not null)
            {
                shown["secretKey"] = secret;
            }
        }

        return shown;
    }
}
