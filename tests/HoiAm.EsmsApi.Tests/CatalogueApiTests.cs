using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.EsmsApi.Tests;

/// <summary>The catalogue in the admin API: what is put is shown and in force at once, what is wrong is named, what is gone is gone.</summary>
public sealed class CatalogueApiTests(EsmsHub hub)
{
    private const string Account = """{"apiKey":"catalogue-key","secretKey":"catalogue-secret"}""";

    [Theory]
    [InlineData("brandnames/SHOP%20A", """{"typeIds":[2,1]}""", """{"active":false}""", "active", "false")]
    [InlineData("oas/123", """{"name":"Shop"}""", """{"qualityCurrent":"HIGH"}""", "qualityCurrent", "HIGH")]
    [InlineData("templates/9", """{"oaId":"123","parameters":[{"name":"otp"}]}""", """{"status":"DISABLE"}""", "status", "DISABLE")]
    [InlineData("prices/voice", """{"price":"600.5"}""", """{"telcos":{"1":500}}""", "price", "600.5")]
    public async Task Document_IsCreated_ChangedAndDeleted(string path, string create, string change, string member, string value)
    {
        var at = "/accounts/catalogue/" + path;
        await hub.AdminAsync("PUT", "/accounts/catalogue", await ExistsAsync() ? 200 : 201, Account);
        await hub.AdminAsync("GET", at, 404);
        await hub.AdminAsync("PUT", at, 201, create);
        await hub.AdminAsync("PUT", at, 200, change);
        var one = await hub.AdminJsonAsync(at);
        var all = await hub.AdminJsonAsync("/accounts/catalogue/" + path.Split('/')[0]);

        Assert.Equal(value, one[member]!.ToString());
        Assert.Equal(Uri.UnescapeDataString(path.Split('/')[1]), (string)all["items"]![0]!["id"]!);
        await hub.AdminAsync("DELETE", at, 204);
        await hub.AdminAsync("DELETE", at, 404);
    }

    [Theory]
    [InlineData("brandnames/A", """{}""", "typeIds")]
    [InlineData("brandnames/A", """{"typeIds":[2],"colour":1}""", "colour")]
    [InlineData("brandnames/A", """{"typeIds":[2],"templates":[{"id":1}]}""", "templates[0].content")]
    [InlineData("oas/x", """{"name":"Shop"}""", "id")]
    [InlineData("oas/1", """{}""", "name")]
    [InlineData("oas/1", """{"name":"Shop","qualityCurrent":"BEST"}""", "qualityCurrent")]
    [InlineData("templates/1", """{}""", "oaId")]
    [InlineData("prices/9", """{"price":1}""", "id")]
    [InlineData("prices/2", """{"price":-1}""", "price")]
    [InlineData("prices/2", """{"telcos":{"8":1}}""", "telcos.8")]
    [InlineData("sending", """{"routes":[{"route":"moon"}]}""", "routes[0].route")]
    [InlineData("sending", """{"allowedAddresses":["here"]}""", "allowedAddresses[0]")]
    [InlineData("sending", """{"blockedNumbers":["12"]}""", "blockedNumbers[0]")]
    [InlineData("sending", """{"shortCode":{"url":"https://shop.example/"}}""", "shortCode")]
    public async Task WrongDocument_IsRefused_AndTheFaultNamed(string path, string document, string member)
    {
        var answer = JsonNode.Parse(await hub.AdminAsync("PUT", "/accounts/sandbox/" + path, 400, document))!;

        Assert.True(answer["errors"]!.AsObject().ContainsKey(member), answer.ToJsonString());
    }

    [Fact]
    public async Task CatalogueOfNobody_Is404()
    {
        await hub.AdminAsync("PUT", "/accounts/nobody/brandnames/A", 404, """{"typeIds":[2]}""");
        await hub.AdminAsync("GET", "/accounts/nobody/prices", 404);
        await hub.AdminAsync("POST", "/accounts/nobody/balance", 404, """{"amount":1,"reason":"x"}""");
    }

    [Fact]
    public async Task Changes_AreAudited()
    {
        await hub.AdminAsync("PUT", "/accounts/sandbox/brandnames/AUDITED", 201, """{"typeIds":[2]}""");
        var audit = await hub.AdminJsonAsync("/audit?limit=500");

        Assert.Contains(audit["items"]!.AsArray(), e => (string)e!["subject"]! == "sandbox/AUDITED" && (string)e["action"]! == "catalogue.brandnames");
        await hub.AdminAsync("DELETE", "/accounts/sandbox/brandnames/AUDITED", 204);
    }

    [Fact]
    public async Task OpenApi_HasEveryCall()
    {
        var (_, body) = await hub.RawAsync("GET", "/openapi/v1.json");
        var paths = JsonNode.Parse(body)!["paths"]!.AsObject();

        Assert.All(EsmsRoutes.All, e => Assert.Contains(paths, p => p.Key.StartsWith("/MainService.svc/json/" + e.Path, StringComparison.Ordinal)));
        Assert.True(paths.ContainsKey("/admin/v1/accounts/{id}/balance"));
    }

    private async Task<bool> ExistsAsync() =>
        (await hub.AdminJsonAsync("/accounts?limit=500"))["items"]!.AsArray().Any(a => (string)a!["id"]! == "catalogue");
}
