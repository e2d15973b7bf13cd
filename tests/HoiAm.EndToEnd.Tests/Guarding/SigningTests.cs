using System.Security.Cryptography;
using System.Text;

namespace HoiAm.EndToEnd.Tests.Guarding;

/// <summary>While a signing secret is changed, receivers with the old one and with the new one both find their signature.</summary>
[Collection(SharedHubTests.Name)]
public sealed class SigningTests(SharedHub shared)
{
    [Fact]
    public async Task ChangedSecret_SignsWithBothOverTheExactTarget()
    {
        const string Old = "old-secret-of-16-and-more";
        const string New = "whsec_bmV3LXNlY3JldC1pbi1iYXNlNjQ=";
        await shared.Admin.AccountAsync("signing", shared.Hook.Url + "/signing?own=%2F{x}", $"\"signingSecret\": \"{Old}\"");
        await shared.Admin.VendorAsync("signing");
        (await shared.Admin.PutAsync("/accounts/signing", $$"""{ "signingSecret": "{{New}}" }""")).Is(200);
        await shared.Admin.MessageAsync("signing", "signing", "signing-1", "0901234567");
        using var vendor = new VendorClient(shared.Url, "signing-vendor-key");
        (await vendor.ReportAsync("0901234567", "signing-1", 2)).Is(200);
        await Poll.UntilAsync(() => shared.Hook.For("signing-1").Count == 1, "The callback");

        var call = shared.Hook.For("signing-1")[0];
        var content = Encoding.ASCII.GetBytes($"{call.Headers["webhook-id"]}.{call.Headers["webhook-timestamp"]}.{call.Target}");
        var signatures = call.Headers["webhook-signature"].Split(' ');
        string Of(byte[] key) => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content));
        Assert.Equal([Of(Convert.FromBase64String(New["whsec_".Length..])), Of(Encoding.UTF8.GetBytes(Old))], signatures);
        Assert.StartsWith("/signing?own=%2F{x}&", call.Target, StringComparison.Ordinal);

        // A third secret ends the first one's time; nothing shows any of them.
        (await shared.Admin.PutAsync("/accounts/signing", """{ "signingSecret": "third-secret-of-16-and-more" }""")).Is(200);
        await shared.Admin.MessageAsync("signing", "signing", "signing-2", "0901234567");
        (await vendor.ReportAsync("0901234567", "signing-2", 2)).Is(200);
        await Poll.UntilAsync(() => shared.Hook.For("signing-2").Count == 1, "The callback");
        Assert.Equal(2, shared.Hook.For("signing-2")[0].Headers["webhook-signature"].Split(' ').Length);
        Assert.DoesNotContain("secret-of-16", (await shared.Admin.GetAsync("/accounts/signing")).Text, StringComparison.Ordinal);
    }
}
