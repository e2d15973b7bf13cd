using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace HoiAm.Dispatch.Sending;

public sealed partial class HttpCallbackSender
{
    private HttpMessageInvoker InvokerFor(HookPolicy policy)
    {
        if (policy.Identity is not { } identity)
        {
            return policy.AllowPrivateHooks ? _lenient : _strict;
        }

        var own = _own.GetValue(identity, i => new OwnInvokers(NewInvoker(false, i), NewInvoker(true, i)));
        return policy.AllowPrivateHooks ? own.Lenient : own.Strict;
    }

    private HttpMessageInvoker NewInvoker(bool allowPrivate, HookIdentity? identity) => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = new GuardedConnector(allowPrivate, _clock, _resolutions, _proxy).ConnectAsync,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        MaxResponseDrainSize = Defaults.DrainBytesMax,
        MaxResponseHeadersLength = Defaults.ResponseHeadersKiBMax,
        PlaintextStreamFilter = static (context, _) => ValueTask.FromResult<Stream>(new NoEmptyAnswerStream(context.PlaintextStream)),
        PooledConnectionIdleTimeout = Defaults.ConnectionIdle,
        PooledConnectionLifetime = Defaults.ConnectionLifetime,
        ResponseDrainTimeout = Defaults.SnippetTime,
        SslOptions = identity is null ? new SslClientAuthenticationOptions() : Tls(identity),
        UseCookies = false,
        UseProxy = false,
    });

    private static SslClientAuthenticationOptions Tls(HookIdentity identity)
    {
        var options = new SslClientAuthenticationOptions();
        if (identity.ClientCertificate is { } certificate)
        {
            // Offline: building its chain must not fetch anything from where the certificate says.
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        if (identity.Roots is { } roots)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.AddRange(roots);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }

    private sealed record OwnInvokers(HttpMessageInvoker Strict, HttpMessageInvoker Lenient) : IDisposable
    {
        public void Dispose()
        {
            Strict.Dispose();
            Lenient.Dispose();
        }
    }
}
