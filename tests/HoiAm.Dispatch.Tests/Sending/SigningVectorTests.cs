using System.Text;
using System.Text.Json;
using HoiAm.Dispatch.Sending;
using HoiAm.Testing;

namespace HoiAm.Dispatch.Tests.Sending;

/// <summary>Signatures agree with those that another implementation made (tests/vectors/signing).</summary>
public sealed class SigningVectorTests
{
    public static TheoryData<string> Names => [.. Read().Select(v => v.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Signature_IsTheVectors(string name)
    {
        var vector = Read().Single(v => v.GetProperty("name").GetString() == name);
        var keys = vector.GetProperty("secrets").EnumerateArray().Select(s => Key(s.GetString()!)).ToList();
        Assert.Equal(
            vector.GetProperty("signature").GetString(),
            WebhookSignature.Sign(
                keys,
                vector.GetProperty("id").GetString()!,
                vector.GetProperty("timestamp").GetInt64(),
                Encoding.UTF8.GetBytes(vector.GetProperty("payload").GetString()!)));
    }

    private static List<JsonElement> Read() =>
        [.. JsonDocument.Parse(File.ReadAllBytes(RepositoryRoot.File("tests/vectors/signing/hub-signatures.json"))).RootElement.EnumerateArray()];

    // The hub's reading of a secret: whsec_ and base64, else the text as it stands.
    private static byte[] Key(string secret)
    {
        var buffer = new byte[secret.Length];
        return secret.StartsWith("whsec_", StringComparison.Ordinal) && Convert.TryFromBase64String(secret["whsec_".Length..], buffer, out var length)
            ? buffer[..length]
            : Encoding.UTF8.GetBytes(secret);
    }
}
