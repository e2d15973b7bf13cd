using System.Text.Json;
using HoiAm.Server.Admin;
using HoiAm.Sending;
using HoiAm.Server.Directory;
using HoiAm.Server.Sending.Catalogues;
using HoiAm.Server.Sending.Routes.Simulated;
using HoiAm.Server.Sending.Sandbox;

namespace HoiAm.Server.Hosting;

/// <summary>The first administrator, and the sandbox's identities.</summary>
internal static class Bootstrap
{
    public const string SandboxToken = "sandbox-admin";

    private const string FirstTokenId = "token/first-administrator";

    /// <summary>Puts the given token in force, or makes one when there is none yet; gives it when it was made now and has to be shown.</summary>
    public static async Task<string?> AdministratorAsync(HubServices hub)
    {
        var given = hub.Options.AdminToken ?? (hub.Options.Sandbox ? SandboxToken : null);
        var existing = hub.Directory.Current.AllCredentials.FirstOrDefault(c => c.Id == FirstTokenId);
        if (given is null && existing is not null)
        {
            return null;
        }

        var token = given ?? "hat_" + CredentialWrites.NewKey();
        var digest = hub.Keys.Digest(token);
        if (existing is not null && existing.Digest.Equals(digest))
        {
            return null;
        }

        var now = hub.Time.GetUtcNow();
        var isMade = await hub.Directory.ChangeAsync(connection =>
        {
            if (given is null && connection.Scalar("SELECT COUNT(*) FROM credential WHERE id = @p0", FirstTokenId) > 0)
            {
                // Another node that starts at the same time was faster, and has shown its token.
                return false;
            }

            connection.Execute("DELETE FROM credential WHERE id = @p0", FirstTokenId);
            connection.Execute("DELETE FROM credential WHERE kind = @p0 AND digest = @p1", CredentialKind.Token.ToString(), digest.ToArray());
            CredentialWrites.Insert(
                connection, new Credential(0, FirstTokenId, CredentialKind.Token, 0, digest, null, "first administrator", "admin", true, null, null, now));
            return true;
        }).ConfigureAwait(false);
        return given is null && isMade ? token : null;
    }

    /// <summary>Account <c>sandbox</c> and vendor <c>sandbox</c> with their published keys (contract section 3).</summary>
    public static async Task SandboxAsync(HubServices hub, string inboxUrl)
    {
        var now = hub.Time.GetUtcNow();
        var keys = hub.Keys;
        await hub.Directory.ChangeAsync(connection =>
        {
            var current = hub.Directory.Current.Accounts.GetValueOrDefault("sandbox")?.Settings;
            var settings = current ?? new AccountSettings { InboundKey = keys.Seal(CredentialWrites.NewKey() + "sandbox") };

            // The inbox moves with the hub's port; a hook of the developer's own stays.
            var isInbox = settings.CallbackUrl?.EndsWith(SandboxInbox.Path, StringComparison.Ordinal) ?? true;
            settings = settings with { CallbackUrl = isInbox ? inboxUrl : settings.CallbackUrl, AllowPrivateHooks = settings.AllowPrivateHooks ?? true };
            var account = AccountsApi.Upsert(connection, "account", "sandbox", JsonSerializer.Serialize(settings), now, out _);
            CredentialWrites.PutFirst(
                connection, CredentialKind.Account, account, "sandbox", keys.Digest("sandbox-key"), keys.Digest("sandbox-secret"), now);
            var vendorSettings = hub.Directory.Current.Vendors.GetValueOrDefault("sandbox")?.Settings ?? new VendorSettings();
            var vendor = AccountsApi.Upsert(connection, "vendor", "sandbox", JsonSerializer.Serialize(vendorSettings), now, out _);
            CredentialWrites.PutFirst(connection, CredentialKind.Vendor, vendor, "sandbox", keys.Digest("sandbox-vendor"), null, now);
            CatalogueSeed.Write(connection, account, SandboxCatalogue.Create(), SimulatedRoute.RouteName, now);
            return true;
        }).ConfigureAwait(false);
    }
}
