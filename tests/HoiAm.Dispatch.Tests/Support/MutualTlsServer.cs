using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace HoiAm.Dispatch.Tests.Support;

/// <summary>A TLS server for <c>localhost</c> under an authority of its own, that wants a client certificate of that authority.</summary>
internal sealed class MutualTlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _server;

    public MutualTlsServer()
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var ca = new CertificateRequest("CN=test authority", caKey, HashAlgorithmName.SHA256);
        ca.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        ca.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var issuer = ca.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        Authority = X509CertificateLoader.LoadCertificate(issuer.Export(X509ContentType.Cert));
        _server = Issue(issuer, "localhost", now, 1);
        Client = Issue(issuer, "hub", now, 2);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>What hooks under it are believed by.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>A certificate that it accepts, with its key.</summary>
    public X509Certificate2 Client { get; }

    /// <summary>Subjects of the clients that it answered; empty for one without a certificate.</summary>
    public string? LastClient { get; private set; }

    public string Url => $"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/hook";

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private static X509Certificate2 Issue(X509Certificate2 issuer, string name, DateTimeOffset now, byte serial)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.Create(issuer, now.AddHours(-12), now.AddHours(12), [serial]);
        using var withKey = made.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate?.Issuer == "CN=test authority");
            await tls.AuthenticateAsServerAsync(_server, clientCertificateRequired: true, checkCertificateRevocation: false);
            var buffer = new byte[4_096];
            _ = await tls.ReadAsync(buffer);
            LastClient = tls.RemoteCertificate?.Subject;
            await tls.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"));
        }
        catch (Exception)
        {
            // The one did not believe the other.
        }
    }
}
