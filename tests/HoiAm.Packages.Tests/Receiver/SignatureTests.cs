using System.Text;
using System.Text.Json.Nodes;
using HoiAm.Dispatch.Sending;
using HoiAm.Receiver.Signing;

namespace HoiAm.Packages.Tests.Receiver;

/// <summary>The vectors that other languages are given, which a script in Python made, and the hub's own signatures.</summary>
public sealed class SignatureTests
{
    private static readonly JsonArray s_vectors = JsonNode.Parse(File.ReadAllText(RepositoryRoot.File("tests/vectors/signing/signatures.json")))!.AsArray();

    public static TheoryData<string> Vectors => [.. s_vectors.Select(v => (string)v!["name"]!)];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Vector_GetsItsVerdict(string name)
    {
        var vector = s_vectors.Single(v => (string?)v!["name"] == name)!;
        var clock = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds((long)vector["now"]!));
        var verifier = new WebhookVerifier(vector["secrets"]!.AsArray().Select(s => (string)s!), null, clock);
        var (id, time, signature, payload) = ((string?)vector["id"], (string?)vector["timestamp"], (string?)vector["signature"], (string)vector["payload"]!);
        var verdict = (string?)vector["method"] == "GET"
            ? verifier.VerifyGet(payload, id, time, signature)
            : verifier.VerifyPost(Encoding.UTF8.GetBytes(payload), id, time, signature);

        Assert.Equal((string)vector["verdict"]!, verdict.ToString());
    }

    [Fact]
    public void HubsOwnSignature_Holds()
    {
        var clock = new ManualTimeProvider();
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        byte[][] keys = [Encoding.UTF8.GetBytes("the newer secret"), Encoding.UTF8.GetBytes("the older secret")];
        var signature = WebhookSignature.Sign(keys, "cb_1", seconds, "/hook?SMSID=1"u8);
        var time = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier(["the newer secret"], null, clock).VerifyGet("/hook?SMSID=1", "cb_1", time, signature));
        Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier(["the older secret"], null, clock).VerifyGet("/hook?SMSID=1", "cb_1", time, signature));
        Assert.Equal(WebhookVerdict.Mismatch, new WebhookVerifier(["a third secret"], null, clock).VerifyGet("/hook?SMSID=1", "cb_1", time, signature));
    }

    [Fact]
    public void Secrets_AreInNoText()
    {
        Assert.DoesNotContain("secret-of-mine", new WebhookVerifier(["secret-of-mine"]).ToString(), StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => new WebhookVerifier([]));
        Assert.ThrowsAny<ArgumentException>(() => new WebhookVerifier([" "]));
        Assert.ThrowsAny<ArgumentException>(() => new WebhookVerifier(["x"], TimeSpan.Zero));
    }
}
