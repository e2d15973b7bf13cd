using System.Data.Common;
using System.Security.Cryptography;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Security;

namespace HoiAm.Server.Admin;

/// <summary>Writes keys and tokens; only digests reach the store.</summary>
internal static class CredentialWrites
{
    /// <summary>Id of the key pair that the PUT of an account or vendor gives.</summary>
    public const string FirstKeyId = "first";

    public const int KeyLengthMin = 8;

    public const int KeyLengthMax = 128;

    /// <summary>Reads a key that the caller chose; null when absent or faulty.</summary>
    public static string? ReadKey(JsonInput input, string name, bool required = false)
    {
        var key = input.Text(name, KeyLengthMin, KeyLengthMax, required);
        if (key is null || (key[0] != ' ' && key[^1] != ' '))
        {
            return key;
        }

        // Headers and requests lose such blanks on their way: the key would be accepted here and never again.
        input.Fault(name, "must not begin or end with a blank");
        return null;
    }

    /// <summary>A new random key: 32 lower-case letters and digits.</summary>
    public static string NewKey() => RandomNumberGenerator.GetString("abcdefghijkmnopqrstuvwxyz23456789", 32);

    /// <summary>Enters a credential; a key that exists is a conflict.</summary>
    public static void Insert(DbConnection connection, Credential credential)
    {
        if (connection.Scalar(
            "SELECT COUNT(*) FROM credential WHERE kind = @p0 AND digest = @p1", credential.Kind.ToString(), credential.Digest.ToArray()) > 0)
        {
            throw new AdminRefusal(Answers.Conflict(credential.Kind == CredentialKind.Token
                ? "This token exists already."
                : "This key is in use already; every key must be unique."));
        }

        var number = connection.Scalar("SELECT MAX(number) FROM credential") + 1;
        connection.Execute(
            """
            INSERT INTO credential (number, id, kind, owner, digest, secret_digest, name, role, active, valid_from, valid_to, created_at)
            VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11)
            """,
            number,
            credential.Id,
            credential.Kind.ToString(),
            credential.Owner,
            credential.Digest.ToArray(),
            credential.SecretDigest?.ToArray(),
            credential.Name,
            credential.Role,
            credential.Active,
            credential.ValidFrom,
            credential.ValidTo,
            credential.CreatedAt);
    }

    /// <summary>Puts the first key (pair) of an account or vendor in place of the one before. Members that are null keep their value.</summary>
    public static void PutFirst(
        DbConnection connection, CredentialKind kind, int owner, string ownerId, Digest? key, Digest? secret, DateTimeOffset now)
    {
        var id = $"{kind.ToString().ToLowerInvariant()}/{ownerId}/{FirstKeyId}";
        var existing = connection.Query(
            "SELECT digest, secret_digest FROM credential WHERE id = @p0",
            r => (Digest: new Digest((byte[])r.GetValue(0)), Secret: r.IsDBNull(1) ? (Digest?)null : new Digest((byte[])r.GetValue(1))),
            id);
        if (existing.Count > 0)
        {
            if ((key ?? existing[0].Digest).Equals(existing[0].Digest) && Nullable.Equals(secret ?? existing[0].Secret, existing[0].Secret))
            {
                return;
            }

            connection.Execute("DELETE FROM credential WHERE id = @p0", id);
            key ??= existing[0].Digest;
            secret ??= existing[0].Secret;
        }

        if (key is { } digest)
        {
            Insert(connection, new Credential(0, id, kind, owner, digest, secret, FirstKeyId, null, true, null, null, now));
        }
    }
}
