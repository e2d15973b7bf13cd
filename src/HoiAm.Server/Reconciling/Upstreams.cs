using System.Collections.Concurrent;
using HoiAm.Client;
using HoiAm.Dispatch.Sending;
using HoiAm.Server.Directory;
using HoiAm.Server.Security;

namespace HoiAm.Server.Reconciling;

/// <summary>A provider as it is asked for one account.</summary>
internal sealed record UpstreamLine(EsmsClient Client, Pace Pace, Edition Edition);

/// <summary>
/// Clients of the accounts' providers, through the guard against private addresses. Accounts with the same keys at the same provider share
/// one pace, since the provider counts by them.
/// </summary>
internal sealed class Upstreams(KeyRing keys, GuardedClient providers, TimeProvider time) : IDisposable
{
    // eSMS serves GetCallback at a host of its own (protocol B.1); everybody else at one address.
    private const string EsmsHost = "rest.esms.vn";
    private static readonly Uri s_esmsStatus = new("https://status-sms.esms.vn");
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _strict = New(providers, allowPrivate: false);
    private readonly HttpClient _lenient = New(providers, allowPrivate: true);
    private readonly ConcurrentDictionary<(string BaseUrl, string ApiKey, int PerSecond), Pace> _paces = new();
    private readonly ConcurrentDictionary<int, (Account Account, UpstreamLine Line)> _lines = new();

    /// <summary>The line of an account; null when it has no provider whose settings can be used.</summary>
    public UpstreamLine? Of(Account account)
    {
        if (account.Settings.Upstream is not { } upstream)
        {
            return null;
        }

        if (_lines.TryGetValue(account.Number, out var known) && ReferenceEquals(known.Account, account))
        {
            return known.Line;
        }

        if (keys.Unseal(upstream.SealedApiKey) is not { } apiKey || keys.Unseal(upstream.SealedSecretKey) is not { } secretKey
            || !Uri.TryCreate(upstream.BaseUrl, UriKind.Absolute, out var written))
        {
            return null;
        }

        var edition = Edition.Of(account.Settings.Reconcile.Edition);
        var address = new Uri(written.GetLeftPart(UriPartial.Path));
        var options = EsmsClientOptions.At(address, apiKey, secretKey);
        options = new EsmsClientOptions
        {
            ApiKey = apiKey,
            SecretKey = secretKey,
            RestAddress = address,
            StatusAddress = address.Host.Equals(EsmsHost, StringComparison.OrdinalIgnoreCase) ? s_esmsStatus : address,
            VoiceAddress = options.VoiceAddress,
            AttemptTimeout = s_patience,
            MaxAttempts = 1,
            Pull = edition.Limits,
            Time = time,
        };
        var pace = _paces.GetOrAdd((address.AbsoluteUri, apiKey, edition.Limits.PerSecond), key => new Pace(key.PerSecond, time));
        var line = new UpstreamLine(new EsmsClient(account.Policy.AllowPrivateHooks ? _lenient : _strict, options), pace, edition);
        _lines[account.Number] = (account, line);
        return line;
    }

    public void Dispose()
    {
        _strict.Dispose();
        _lenient.Dispose();
    }

    private static HttpClient New(GuardedClient providers, bool allowPrivate) =>
        new(providers.Handler(allowPrivate), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
}
