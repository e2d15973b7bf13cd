using HoiAm.Dispatch.Sending;
using HoiAm.Model;
using HoiAm.Server.Directory;
using HoiAm.Server.Sending.Routes.Interits;
using HoiAm.Server.Sending.Routes.Upstream;
using HoiAm.Server.Sending.Routes.Vmg;

namespace HoiAm.Server.Sending.Routes.Submitting;

/// <summary>The routes that administrators made: one for each vendor with a connector, named as the vendor, and the accounts' upstreams.</summary>
internal sealed class ProviderRoutes(HubDirectory directory, GuardedClient http, SubmissionLog log, Func<Account, string> inboundUrl, TimeProvider time)
{
    /// <summary>Name of the route to an account's own upstream.</summary>
    public const string Upstream = "upstream";

    /// <summary>Whether a route of that name carries a kind for an account; asked when catalogues are read.</summary>
    public static bool Carries(string route, MessageKind kind, AccountSettings account, IReadOnlyDictionary<string, VendorSettings> vendors) =>
        route == Upstream ? account.Upstream is { Relays: false } && EsmsSend.CanCarry(kind)
        : vendors.TryGetValue(route, out var vendor) && vendor is { Enabled: true, Connector: { } connector } && Protocol(connector, keys: null).Carries(kind);

    /// <summary>The route for a message of an account; null when there is none.</summary>
    public ISendRoute? Find(string name, int account)
    {
        var current = directory.Current;
        if (name == Upstream)
        {
            return current.AccountsByNumber.TryGetValue(account, out var owner) && ToUpstream(owner) is { } esms
                ? new ProviderRoute(name, "", 0, esms, http, log, time)
                : null;
        }

        return current.Vendors.TryGetValue(name, out var vendor) && vendor.Settings is { Enabled: true, Connector: { } connector }
            ? new ProviderRoute(name, vendor.Id, vendor.Number, Protocol(connector, directory.Keys), http, log, time)
            : null;
    }

    private static IProviderSend Protocol(ConnectorSettings settings, Security.KeyRing? keys)
    {
        var connector = new Connector(settings, keys);
        return settings.Type == ConnectorSettings.Vmg ? new VmgSend(connector) : new InteritsSend(connector);
    }

    private EsmsSend? ToUpstream(Account account) => account.Settings.Upstream is { Relays: false } upstream
        && directory.Keys.Unseal(upstream.SealedApiKey) is { } key && directory.Keys.Unseal(upstream.SealedSecretKey) is { } secret
            ? new EsmsSend(upstream, new Protocols.Upstream.UpstreamChanges(key, secret), inboundUrl(account), account.Policy.AllowPrivateHooks)
            : null;
}
