using System.Security.Cryptography;
using System.Text;
using HoiAm.Server.Hosting;

namespace HoiAm.Server.Security;

/// <summary>
/// The hub's own key, kept outside the store. Keys and tokens are stored only as digests under it; secrets that must be sent on (signing,
/// upstream) are encrypted under it. Who has only the store has neither.
/// </summary>
internal sealed class KeyRing
{
    private const string FileName = "hub.key";

    /// <summary>Bytes of the key that the others are derived from.</summary>
    public const int KeyLength = 32;

    [ThreadStatic]
    private static IncrementalHash? s_hmac;

    [ThreadStatic]
    private static KeyRing? s_hmacOwner;

    private readonly byte[] _digestKey;
    private readonly byte[] _sealKey;

    public KeyRing(ReadOnlySpan<byte> master)
    {
        _digestKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, master.ToArray(), KeyLength, info: "digest"u8.ToArray());
        _sealKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, master.ToArray(), KeyLength, info: "seal"u8.ToArray());
    }

    /// <summary>Reads the key of a data folder; null when there is none yet. Nothing is written.</summary>
    /// <exception cref="StartupException">The file holds no key.</exception>
    public static KeyRing? Load(string folder) => Read(folder) is { } master ? new KeyRing(master) : null;

    /// <summary>The bytes of the key of a data folder; null when there is none.</summary>
    /// <exception cref="StartupException">The file holds no key.</exception>
    public static byte[]? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        var master = File.ReadAllBytes(path);
        return master.Length == KeyLength
            ? master
            : throw new StartupException($"{path} must hold {KeyLength} bytes; without the right key no stored key or secret can be used.");
    }

    /// <summary>Makes a key that only the folder's owner may read.</summary>
    public static KeyRing Create(string folder)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var master = RandomNumberGenerator.GetBytes(KeyLength);
        using var file = new FileStream(Path.Combine(folder, FileName), options);
        file.Write(master);
        file.Flush(flushToDisk: true);
        return new KeyRing(master);
    }

    /// <summary>The digest under which a key or token is stored and looked up.</summary>
    public Digest Digest(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[512];
        if (!Encoding.UTF8.TryGetBytes(text, utf8, out var length))
        {
            utf8 = Encoding.UTF8.GetBytes(text.ToString());
            length = utf8.Length;
        }

        Span<byte> hash = stackalloc byte[32];
        var hmac = Hmac();
        hmac.AppendData(utf8[..length]);
        hmac.GetHashAndReset(hash);
        return new Digest(hash);
    }

    // Every request is digested, and setting the key up costs more than the digest itself: each thread keeps one that has it.
    private IncrementalHash Hmac()
    {
        if (!ReferenceEquals(s_hmacOwner, this))
        {
            s_hmac?.Dispose();
            (s_hmac, s_hmacOwner) = (IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _digestKey), this);
        }

        return s_hmac!;
    }

    /// <summary>Encrypts a secret that must be used in clear later.</summary>
    public string Seal(string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var box = new byte[12 + 16 + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, 12));
        using var aes = new AesGcm(_sealKey, 16);
        aes.Encrypt(box.AsSpan(0, 12), plain, box.AsSpan(28), box.AsSpan(12, 16));
        return Convert.ToBase64String(box);
    }

    /// <summary>The secret again; null when it was sealed under another key.</summary>
    public string? Unseal(string? sealedSecret)
    {
        if (sealedSecret is null)
        {
            return null;
        }

        try
        {
            var box = Convert.FromBase64String(sealedSecret);
            var plain = new byte[box.Length - 28];
            using var aes = new AesGcm(_sealKey, 16);
            aes.Decrypt(box.AsSpan(0, 12), box.AsSpan(28), box.AsSpan(12, 16), plain);
            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
