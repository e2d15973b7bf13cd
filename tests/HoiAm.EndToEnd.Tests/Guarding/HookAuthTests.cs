using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Guarding;

/// <summary>How the hub shows itself to demanding hooks: what may be set, what is sent, and that nothing secret comes back out.</summary>
[Collection(SharedHubTests.Name)]
public sealed class HookAuthTests(SharedHub shared)
{
    [Fact]
    public async Task BasicAndOwnHeaders_ReachTheHookAndNobodyElse()
    {
        await shared.Admin.AccountAsync(
            "hookauth", shared.Hook.Url + "/hookauth", "\"hookAuth\": { \"username\": \"hub\", \"password\": \"hook-password-1\" }, \"hookHeaders\": { \"X-Shop-Token\": \"shop-token-value\" }");
        await shared.Admin.VendorAsync("hookauth");
        await shared.Admin.MessageAsync("hookauth", "hookauth", "hookauth-1", "0901234567");
        using var vendor = new VendorClient(shared.Url, "hookauth-vendor-key");
        (await vendor.ReportAsync("0901234567", "hookauth-1", 2)).Is(200);
        await Poll.UntilAsync(() => shared.Hook.For("hookauth-1").Count == 1, "The callback");

        var headers = shared.Hook.For("hookauth-1")[0].Headers;
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("hub:hook-password-1")), headers["Authorization"]);
        Assert.Equal("shop-token-value", headers["X-Shop-Token"]);
        var shown = (await shared.Admin.GetAsync("/accounts/hookauth")).Is(200);
        Assert.DoesNotContain("hook-password-1", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("shop-token-value", shown.Text, StringComparison.Ordinal);
        Assert.True((bool)shown.Json["hookAuth"]!);
        Assert.Equal("X-Shop-Token", (string)shown.Json["hookHeaders"]![0]!);

        foreach (var file in Directory.GetFiles(shared.Hub.Data, "hub.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory, TestContext.Current.CancellationToken);
            Assert.Equal(-1, memory.ToArray().AsSpan().IndexOf("hook-password-1"u8));
            Assert.Equal(-1, memory.ToArray().AsSpan().IndexOf("shop-token-value"u8));
        }
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("content-length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Connection")]
    [InlineData("X-HoiAm-Attempt")]
    [InlineData("webhook-signature")]
    [InlineData("Proxy-Authorization")]
    [InlineData("User-Agent")]
    public async Task HeaderOfOurs_IsRefused(string name) =>
        (await PutAsync($$"""{ "hookHeaders": { "{{name}}": "x" } }""")).IsProblem(400, "hookHeaders." + name, "set by the hub itself");

    [Theory]
    [InlineData("""{ "hookHeaders": { "X-A": "a\r\nHost: evil" } }""", "hookHeaders.X-A")]
    [InlineData("""{ "hookHeaders": { "X A": "a" } }""", "hookHeaders.X A")]
    [InlineData("""{ "hookHeaders": { "X-A": "" } }""", "hookHeaders.X-A")]
    [InlineData("""{ "hookHeaders": { "X-A": "á" } }""", "hookHeaders.X-A")]
    [InlineData("""{ "hookHeaders": { "Authorization": "Bearer x" }, "hookAuth": { "username": "a", "password": "b" } }""", "hookHeaders")]
    [InlineData("""{ "hookAuth": { "username": "a:b", "password": "b" } }""", "hookAuth.username")]
    [InlineData("""{ "hookTls": { "clientCertificate": "no PEM" } }""", "hookTls.clientCertificate")]
    [InlineData("""{ "hookTls": { "ca": "no PEM" } }""", "hookTls.ca")]
    public async Task UnusableSetting_IsRefusedWithItsMember(string json, string member) => (await PutAsync(json)).IsProblem(400, member);

    [Fact]
    public async Task Certificate_IsShownWithoutItsKey_AndAnExpiredOneIsRefused()
    {
        var now = TimeProvider.System.GetUtcNow();
        var good = Pem(now.AddDays(-1), now.AddDays(30));
        var put = new JsonObject { ["hookTls"] = new JsonObject { ["clientCertificate"] = good, ["ca"] = good[..good.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)] } };
        var shown = (await PutAsync(put.ToJsonString())).Json;
        Assert.Equal("CN=hook client", (string)shown["hookTls"]!["clientCertificate"]!["subject"]!);
        Assert.Equal("CN=hook client", (string)shown["hookTls"]!["ca"]![0]!);
        Assert.DoesNotContain("PRIVATE", shown.ToJsonString(), StringComparison.Ordinal);

        var old = new JsonObject { ["hookTls"] = new JsonObject { ["clientCertificate"] = Pem(now.AddDays(-30), now.AddDays(-1)) } };
        (await PutAsync(old.ToJsonString())).IsProblem(400, "hookTls.clientCertificate", "expired");
        (await PutAsync("""{ "hookTls": null }""")).Is(200);
    }

    private static string Pem(DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=hook client", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, to);
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private async Task<Reply> PutAsync(string json)
    {
        if ((await shared.Admin.GetAsync("/accounts/hookset")).Status == 404)
        {
            await shared.Admin.AccountAsync("hookset", null);
        }

        return await shared.Admin.PutAsync("/accounts/hookset", json);
    }
}
