using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HoiAm.Dispatch.Sending;

/// <summary>Signatures of the Standard Webhooks specification: HMAC-SHA256 over <c>id.timestamp.payload</c>, one per secret.</summary>
public static class WebhookSignature
{
    /// <summary>The value of <c>webhook-signature</c>: <c>v1,</c> and base64 for each secret, joined by blanks.</summary>
    /// <param name="secrets">Raw keys, newest first.</param>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="unixSeconds">The value of <c>webhook-timestamp</c>.</param>
    /// <param name="payload">The body; for a GET the path and query as sent.</param>
    public static string Sign(IReadOnlyList<byte[]> secrets, string id, long unixSeconds, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        var head = string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.");
        var length = head.Length + payload.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var content = rented.AsSpan(0, length);
            Encoding.ASCII.GetBytes(head, content);
            payload.CopyTo(content[head.Length..]);
            Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
            var text = new StringBuilder(48 * secrets.Count);
            foreach (var secret in secrets)
            {
                HMACSHA256.HashData(secret, content, mac);
                text.Append(text.Length == 0 ? "" : " ").Append("v1,").Append(Convert.ToBase64String(mac));
            }

            return text.ToString();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
