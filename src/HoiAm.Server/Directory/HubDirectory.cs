using System.Collections.Frozen;
using System.Data.Common;
using System.Text.Json;
using HoiAm.Dispatch;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger;
using HoiAm.Ledger.Writing;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Server.Alerting;
using HoiAm.Server.Cluster;
using HoiAm.Server.Security;
using HoiAm.Server.Sending.Catalogues;
using HoiAm.Server.Sending.Routes.Submitting;

namespace HoiAm.Server.Directory;

/// <summary>
/// Accounts, vendors, keys and tokens: kept in the store, served from an immutable snapshot in memory. A change is written first, then
/// the snapshot is swapped, so that the answer to the change and the next request agree.
/// </summary>
internal sealed class HubDirectory(HubStore store, TimeProvider time, bool allowPrivateByDefault)
    : IAccountProfiles, IHookPolicies
{
    /// <summary>The number under which the hub's own callbacks to its operator stand; no account has it.</summary>
    public const int Operator = 0;

    private static readonly HookPolicy s_defaultPolicy = new();
    private readonly KeyRing _keys = store.Keys;
    private readonly Lock _reload = new();
    private readonly Dictionary<HookTlsSettings, HookIdentity> _identities = [];
    private volatile HubSnapshot _snapshot = HubSnapshot.Empty;
    private MessageLedger? _ledger;

    /// <summary>The configuration in force.</summary>
    public HubSnapshot Current => _snapshot;

    public KeyRing Keys => _keys;

    /// <summary>Names of the routes that this hub has; a catalogue's other routes do not count.</summary>
    public IReadOnlySet<string> RouteNames { get; init; } = FrozenSet<string>.Empty;

    /// <summary>What accounts that say nothing about private hooks get.</summary>
    public bool AllowPrivateByDefault => allowPrivateByDefault;

    /// <summary>The ledger comes later than the directory, since it asks the directory for accounts.</summary>
    public void Attach(MessageLedger ledger) => _ledger = ledger;

    /// <inheritdoc/>
    AccountProfile? IAccountProfiles.Find(int number) => _snapshot.AccountsByNumber.GetValueOrDefault(number)?.Profile;

    /// <inheritdoc/>
    HookPolicy IHookPolicies.For(int account) => account == Operator ? _snapshot.AlertPolicy : _snapshot.AccountsByNumber.GetValueOrDefault(account)?.Policy ?? s_defaultPolicy;

    /// <summary>Reads everything anew and swaps the snapshot.</summary>
    public void Reload()
    {
        lock (_reload)
        {
            using var connection = store.OpenReader();
            var accounts = connection.Query(
                "SELECT number, id, document FROM account",
                r => ToAccount(r.GetInt32(0), r.GetString(1), JsonSerializer.Deserialize<AccountSettings>(r.GetString(2))!));
            var vendors = connection.Query(
                "SELECT number, id, document FROM vendor",
                r => new Vendor(r.GetInt32(0), r.GetString(1), JsonSerializer.Deserialize<VendorSettings>(r.GetString(2))!));
            var credentials = connection.Query(
                """
                SELECT number, id, kind, owner, digest, secret_digest, name, role, active, valid_from, valid_to, last_used, created_at
                FROM credential ORDER BY number
                """,
                ToCredential);
            var documents = Catalogue.ReadAll(connection).ToLookup(r => r.Account);
            var connectors = vendors.ToDictionary(v => v.Id, v => v.Settings, StringComparer.Ordinal);
            var catalogues = accounts.ToFrozenDictionary(a => a.Number, a => Catalogue.Build(
                a.Id,
                a.Settings.Enabled,
                documents[a.Number],
                (route, kind) => RouteNames.Contains(route) || ProviderRoutes.Carries(route, kind, a.Settings, connectors)));
            var alerts = connection.Query("SELECT value FROM meta WHERE name = 'alerts'", r => r.GetString(0)) is [var text]
                ? JsonSerializer.Deserialize<AlertSettings>(text)! : AlertSettings.None;
            _snapshot = new HubSnapshot
            {
                Alerts = alerts,
                AlertPolicy = ToPolicy(alerts),
                Accounts = accounts.ToFrozenDictionary(a => a.Id, StringComparer.Ordinal),
                AccountsByNumber = accounts.ToFrozenDictionary(a => a.Number),
                AccountsByInboundKey = accounts.Where(a => a.InboundKey.Length > 0).ToFrozenDictionary(a => a.InboundKey, StringComparer.OrdinalIgnoreCase),
                Vendors = vendors.ToFrozenDictionary(v => v.Id, StringComparer.Ordinal),
                VendorsByNumber = vendors.ToFrozenDictionary(v => v.Number),
                Credentials = credentials.ToFrozenDictionary(c => (c.Kind, c.Digest)),
                Catalogues = catalogues,
                AllCredentials = credentials,
            };
        }
    }

    /// <summary>Writes a change and puts it in force before returning.</summary>
    public async Task<T> ChangeAsync<T>(Func<DbConnection, T> change)
    {
        var result = await _ledger!.WriteAsync(connection => Write(connection, change)).ConfigureAwait(false);
        Reload();
        return result;
    }

    /// <summary>Makes a change inside a write: alone among all nodes, and told to the others.</summary>
    public T Write<T>(DbConnection connection, Func<DbConnection, T> change)
    {
        store.BeginChange(connection);
        var result = change(connection);
        store.EndChange(connection);
        return result;
    }

    /// <summary>The key's owner when the key is known, and whether it opens anything now.</summary>
    public Credential? Find(CredentialKind kind, ReadOnlySpan<char> key) =>
        key.Length == 0 ? null : _snapshot.Credentials.GetValueOrDefault((kind, _keys.Digest(key)));

    /// <summary>The account of an ApiKey and SecretKey pair that is in force; null otherwise.</summary>
    public Account? Authenticate(string? apiKey, string? secretKey) =>
        Identify(apiKey, secretKey) is { Settings.Enabled: true } account ? account : null;

    /// <summary>The same, but also an account that is disabled: the send calls tell its owner so.</summary>
    public Account? Identify(string? apiKey, string? secretKey)
    {
        if (Find(CredentialKind.Account, apiKey) is not { SecretDigest: { } expected } credential
            || !expected.Equals(_keys.Digest(secretKey))
            || !credential.IsInForce(time.GetUtcNow())
            || !_snapshot.AccountsByNumber.TryGetValue(credential.Owner, out var account))
        {
            return null;
        }

        Touch(credential);
        return account;
    }

    /// <summary>True when the account may be used from this address (its sending settings' <c>allowedAddresses</c>).</summary>
    public bool MayCall(Account account, System.Net.IPAddress? address) =>
        !_snapshot.Catalogues.TryGetValue(account.Number, out var catalogue)
        || HoiAm.Sending.SendRules.CheckAccount(catalogue.Rules, address)?.Code != EsmsResults.AddressNotAllowed.Code;

    /// <summary>Notes that a key was used.</summary>
    public void Touch(Credential credential) => credential.LastUsedMs = time.GetUtcNow().ToUnixTimeMilliseconds();

    // The operator names these addresses, often a relay on the same machine; nobody else can.
    private HookPolicy ToPolicy(AlertSettings alerts) => new()
    {
        AllowPrivateHooks = true,
        MaxConcurrency = 2,
        SigningSecrets = _keys.Unseal(alerts.SealedSecret) is { } secret ? [SigningSecret.ToKey(secret)] : [],
    };

    private Account ToAccount(int number, string id, AccountSettings settings)
    {
        var push = settings.PushStates.Aggregate(0, (mask, status) => mask | (1 << status));
        return new Account(
            number,
            id,
            settings,
            _keys.Unseal(settings.InboundKey) ?? "",
            new AccountProfile(
                number, settings.CallbackUrl, settings.CallbackFormat, settings.Profile, push, AccountProfile.DefaultFirstTryDelay) { Id = id },
            new HookPolicy
            {
                Retry = settings.Retry,

                // Each node keeps to its share, so that all together keep to the limit (docs/scaling.md).
                MaxConcurrency = Share(settings.MaxConcurrency),
                MaxPerMinute = settings.MaxPerMinute is { } perMinute ? Share(perMinute) : null,
                AllowPrivateHooks = settings.AllowPrivateHooks ?? allowPrivateByDefault,
                Identity = Identity(settings.HookTls),
                Headers = Admin.HookAuthInput.Headers(settings, _keys),
                SigningSecrets = [.. settings.SigningSecrets.Select(_keys.Unseal).OfType<string>().Select(SigningSecret.ToKey)],
                ApiKey = settings.SealedCallbackApiKey is { } apiKey ? _keys.Unseal(apiKey) : null,
            })
        {
            InboundNetworks = [.. settings.InboundAllow.Select(Catalogue.ToNetwork).OfType<System.Net.IPNetwork>()],
        };
    }

    // The same settings keep the same object, since open connections belong to it; unused ones are dropped now and then.
    private HookIdentity? Identity(HookTlsSettings? tls)
    {
        if (tls is null)
        {
            return null;
        }

        if (!_identities.TryGetValue(tls, out var identity))
        {
            if (_identities.Count > 1_000)
            {
                _identities.Clear();
            }

            _identities[tls] = identity = new HookIdentity(
                HookCertificates.Client(_keys.Unseal(tls.SealedClientPem), out _), HookCertificates.Roots(tls.CaPem, out _));
        }

        return identity;
    }

    private int Share(int limit) => Math.Max(1, limit / store.Nodes);

    private static Credential ToCredential(DbDataReader r) => new(
        r.GetInt64(0),
        r.GetString(1),
        Enum.Parse<CredentialKind>(r.GetString(2)),
        r.GetInt32(3),
        new Digest((byte[])r.GetValue(4)),
        r.IsDBNull(5) ? null : new Digest((byte[])r.GetValue(5)),
        r.GetString(6),
        r.TextOrNull(7),
        r.GetInt64(8) != 0,
        r.TimeOrNull(9),
        r.TimeOrNull(10),
        DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(12)))
    {
        LastUsedMs = r.LongOrNull(11) ?? 0,
    };
}
