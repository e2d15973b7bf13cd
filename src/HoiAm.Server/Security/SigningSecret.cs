using System.Text;

namespace HoiAm.Server.Security;

/// <summary>Signing secrets in the Standard Webhooks spelling: <c>whsec_</c> and base64, or any text of 16 characters and more as it stands.</summary>
internal static class SigningSecret
{
    private const string Prefix = "whsec_";

    /// <summary>The key's bytes.</summary>
    public static byte[] ToKey(string secret)
    {
        if (secret.StartsWith(Prefix, StringComparison.Ordinal))
        {
            var buffer = new byte[secret.Length];
            if (Convert.TryFromBase64String(secret[Prefix.Length..], buffer, out var length))
            {
                return buffer[..length];
            }
        }

        return Encoding.UTF8.GetBytes(secret);
    }
}
