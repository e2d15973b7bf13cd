using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HoiAm.Server.Security;

/// <summary>Reads certificates that were pasted as PEM.</summary>
internal static class HookCertificates
{
    /// <summary>A certificate with its private key, both in one text; null with what is wrong.</summary>
    public static X509Certificate2? Client(string? pem, out string fault)
    {
        fault = "must hold a certificate and its private key as PEM, one after the other";
        if (pem is null)
        {
            return null;
        }

        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            fault = "holds a key under a passphrase; take the passphrase off, the hub seals the key with its own";
            return null;
        }

        try
        {
            using var read = X509Certificate2.CreateFromPem(pem, pem);

            // Through PKCS #12, because some platforms do not use a key that only lives beside the certificate.
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>One or more certificates of authorities; null with what is wrong, or when there is no text.</summary>
    public static X509Certificate2Collection? Roots(string? pem, out string fault)
    {
        fault = "must hold one or more certificates as PEM";
        if (pem is null)
        {
            return null;
        }

        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPem(pem);
            return roots.Count > 0 ? roots : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
