using System.Text.Json;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests.EsmsApi;

public sealed class RoutesTests
{
    [Theory]
    [InlineData("/MainService.svc/json/SendMultipleMessage_V4_post_json/")]
    [InlineData("/MainService.svc/json/SendMultipleMessage_V4_post_json")]
    [InlineData("//MainService.svc/json/SendMultipleMessage_V4_post_json/")]
    [InlineData("/mainservice.svc/JSON/sendmultiplemessage_v4_POST_json//")]
    public void DocumentedSpellings_LeadToTheSameCall(string path)
    {
        Assert.Equal(EsmsRouteOutcome.Found, EsmsRoutes.TryResolve("POST", path, out var route));
        Assert.Equal(EsmsOperation.SendJson, route.Endpoint!.Operation);
    }

    [Fact]
    public void EveryCall_IsFoundUnderItsOwnPathAndMethodOnly()
    {
        foreach (var endpoint in EsmsRoutes.All)
        {
            var path = "/MainService.svc/json/" + endpoint.Path;
            Assert.Equal(EsmsRouteOutcome.Found, EsmsRoutes.TryResolve(endpoint.Method, path, out var route));
            Assert.Equal(endpoint, route.Endpoint);
            Assert.Equal(EsmsRouteOutcome.WrongMethod, EsmsRoutes.TryResolve(endpoint.Method == "GET" ? "POST" : "GET", path, out _));
        }
    }

    [Fact]
    public void EveryOperation_HasOnePath() =>
        Assert.Equal(Enum.GetValues<EsmsOperation>().Where(o => o != EsmsOperation.None).Order(), EsmsRoutes.All.Select(e => e.Operation).Order());

    [Fact]
    public void KeysInThePath_AreTaken()
    {
        EsmsRoutes.TryResolve("GET", "/MainService.svc/json/GetListBrandname/Key1/Secret1", out var route);

        Assert.Equal(new EsmsRoute(route.Endpoint, "Key1", "Secret1"), route);
        var request = EsmsRequestReader.Read(route, null, "?ApiKey=other", []);
        Assert.Equal(("Key1", "Secret1"), (request!.ApiKey, request.SecretKey));
    }

    [Theory]
    [InlineData("/MainService.svc/xml/SendMultipleMessage_V4")]
    [InlineData("/MainService.svc/json/GetBalance/k/s")]
    [InlineData("/MainService.svc/json/")]
    [InlineData("/")]
    [InlineData("")]
    public void UnknownPath_IsAnsweredWithTheNearestServedOne(string path)
    {
        Assert.Equal(EsmsRouteOutcome.UnknownPath, EsmsRoutes.TryResolve("GET", path, out _));
        using var json = JsonDocument.Parse(EsmsRoutes.UnknownPathBody(path));
        Assert.StartsWith("/MainService.svc/json/", json.RootElement.GetProperty("nearest").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void XmlAnswerPath_NamesItsJsonTwin()
    {
        using var json = JsonDocument.Parse(EsmsRoutes.UnknownPathBody("/MainService.svc/xml/SendMultipleMessage_V4_get"));

        Assert.Equal("/MainService.svc/json/SendMultipleMessage_V4_get", json.RootElement.GetProperty("nearest").GetString());
    }
}
