using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HoiAm.Receiver.Signing;

/// <summary>What became of a signature check.</summary>
public enum WebhookVerdict : byte
{
    /// <summary>Signed with one of the secrets, and fresh.</summary>
    Valid = 0,

    /// <summary><c>webhook-id</c>, <c>webhook-timestamp</c> or <c>webhook-signature</c> is not there.</summary>
    Missing = 1,

    /// <summary>The timestamp is no number of seconds.</summary>
    Malformed = 2,

    /// <summary>Signed longer ago than the tolerance allows: perhaps somebody plays it again, perhaps this clock is fast.</summary>
    TooOld = 3,

    /// <summary>Signed further in the future than the tolerance allows: perhaps this clock is slow.</summary>
    TooNew = 4,

    /// <summary>No signature matches any secret.</summary>
    Mismatch = 5,
}

/// <summary>
/// Checks signatures of the Standard Webhooks specification: HMAC-SHA256 over <c>id.timestamp.payload</c>, as base64 behind <c>v1,</c>, several
/// of them apart by blanks. A GET has no body, so its payload is the path and query exactly as sent. Test vectors for other languages are in
/// the repository below tests/vectors/signing.
/// </summary>
public sealed class WebhookVerifier
{
    /// <summary>How far a timestamp may be from this clock when nothing else is said: 5 min.</summary>
    public static readonly TimeSpan DefaultTolerance = TimeSpan.FromMinutes(5);

    private const string Prefix = "whsec_";

    private readonly byte[][] _keys;
    private readonly TimeSpan _tolerance;
    private readonly TimeProvider _time;

    /// <summary>Makes a verifier.</summary>
    /// <param name="secrets">
    /// Every secret that counts, in the spelling of the hub's <c>signingSecret</c>: <c>whsec_</c> and base64, or any other text as it stands.
    /// While a secret is being changed, give the new and the old one.
    /// </param>
    /// <param name="tolerance">How far a timestamp may be from this clock, either way; null for <see cref="DefaultTolerance"/>.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">There is no secret, or an empty one.</exception>
    public WebhookVerifier(IEnumerable<string> secrets, TimeSpan? tolerance = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        _keys = [.. secrets.Select(Key)];
        _tolerance = tolerance ?? DefaultTolerance;
        _time = time ?? TimeProvider.System;
        if (_keys.Length == 0)
        {
            throw new ArgumentException("There is no secret.", nameof(secrets));
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_tolerance, TimeSpan.Zero, nameof(tolerance));
    }

    /// <summary>Checks a GET.</summary>
    /// <param name="pathAndQuery">From the first slash on, exactly as sent: not decoded, not put in another order.</param>
    /// <param name="id">The header <c>webhook-id</c>; null when absent.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>; null when absent.</param>
    /// <param name="signature">The header <c>webhook-signature</c>; null when absent.</param>
    public WebhookVerdict VerifyGet(string pathAndQuery, string? id, string? timestamp, string? signature)
    {
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        return VerifyPost(Encoding.UTF8.GetBytes(pathAndQuery), id, timestamp, signature);
    }

    /// <summary>Checks a POST.</summary>
    /// <param name="body">The body's bytes exactly as sent.</param>
    /// <param name="id">The header <c>webhook-id</c>; null when absent.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>; null when absent.</param>
    /// <param name="signature">The header <c>webhook-signature</c>; null when absent.</param>
    public WebhookVerdict VerifyPost(ReadOnlySpan<byte> body, string? id, string? timestamp, string? signature)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signature))
        {
            return WebhookVerdict.Missing;
        }

        // Eleven digits reach the year 5138; beyond that the sum below could overflow.
        if (timestamp.Length > 11 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return WebhookVerdict.Malformed;
        }

        // The signature first: who cannot sign learns nothing about the clock.
        if (!Matches(body, $"{id}.{timestamp}.", signature))
        {
            return WebhookVerdict.Mismatch;
        }

        var age = _time.GetUtcNow().ToUnixTimeSeconds() - seconds;
        return age > _tolerance.TotalSeconds ? WebhookVerdict.TooOld : age < -_tolerance.TotalSeconds ? WebhookVerdict.TooNew : WebhookVerdict.Valid;
    }

    /// <summary>The count of secrets, never the secrets.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"WebhookVerifier {{ Secrets = {_keys.Length} }}");

    private bool Matches(ReadOnlySpan<byte> payload, string head, string signature)
    {
        var content = new byte[Encoding.UTF8.GetByteCount(head) + payload.Length];
        var length = Encoding.UTF8.GetBytes(head, content);
        payload.CopyTo(content.AsSpan(length));
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var matches = false;
        foreach (var key in _keys)
        {
            HMACSHA256.HashData(key, content, expected);
            foreach (var text in signature.Split(' '))
            {
                // Every pair is compared to its end, so that time tells nothing about which one matched.
                if (text.StartsWith("v1,", StringComparison.Ordinal)
                    && Convert.TryFromBase64Chars(text.AsSpan(3), given, out var written)
                    && written == HMACSHA256.HashSizeInBytes)
                {
                    matches |= CryptographicOperations.FixedTimeEquals(expected, given);
                }
            }
        }

        return matches;
    }

    // The same reading as the hub's: what follows whsec_ and is no base64 is a text like any other.
    private static byte[] Key(string secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secret);
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
