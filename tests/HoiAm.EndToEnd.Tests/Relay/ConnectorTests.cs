using System.Text;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Relay;

/// <summary>Messages that leave through a vendor's send interface: answered slowly, wrongly, twice and not at all.</summary>
public sealed class ConnectorTests
{
    private const string Taken = """{"errorCode":"000","errorMessage":"ok","referentId":"vmg-1"}""";

    [Fact]
    public async Task Vmg_GetsTheDocumentedRequest_AndItsReportFindsTheMessage()
    {
        await using var scene = await ConnectorScene.StartAsync("vmg", _ => new ProviderAnswer(Taken));

        var smsId = await scene.SendAsync();

        await Poll.UntilAsync(() => scene.Vendor.Calls.Count == 1, "The vendor is asked");
        var call = scene.Vendor.Calls[0];
        Assert.Equal(("/api/SMSBrandname/SendSMS", "vendor-secret"), (call.Target, call.Headers["token"]));
        Assert.Equal(("84901888484", "SHOP", "xin chao", smsId, 1, 0), (call.Member("to"), call.Member("from"), call.Member("message"), call.Member("requestId"), (int)call.Json["type"]!, (int)call.Json["useUnicode"]!));
        using var vendor = new VendorClient(scene.Url, "carrier-vendor-key");
        (await vendor.PostAsync($$"""{"msisdn":"84901888484","requestId":"{{smsId}}","sendTime":"07/04/2026 09:46","status":2,"referentId":"vmg-1","retryCount":0}""")).Is(200);
        await Poll.UntilAsync(() => scene.Shop.For(smsId).Count == 1, "The shop hears of it");
        Assert.Equal(("5", "1", "850.0000"), (scene.Shop.For(smsId)[0].Parameter("SendStatus"), scene.Shop.For(smsId)[0].Parameter("SendSuccess"), scene.Shop.For(smsId)[0].Parameter("TotalPrice")));
    }

    [Theory]
    [InlineData(500, "oops")]
    [InlineData(200, "<html>")]
    [InlineData(0, "")]
    public async Task Vmg_WithoutAClearAnswer_IsAskedAgainWithTheSameId_And304MeansItArrived(int status, string body)
    {
        await using var scene = await ConnectorScene.StartAsync("vmg", call => call.Number == 1
            ? new ProviderAnswer(body, status) { Cuts = status == 0 }
            : new ProviderAnswer("""{"errorCode":"304","errorMessage":"duplicate"}"""));

        var smsId = await scene.SendAsync();

        await Poll.UntilAsync(() => scene.Vendor.Calls.Count == 2, "The vendor is asked again");
        Assert.Equal(scene.Vendor.Calls[0].Body, scene.Vendor.Calls[1].Body);
        Assert.Empty(await scene.Admin.ListAsync("/uncertain"));
        Assert.Equal("accepted", await scene.StateAsync(smsId));
    }

    [Theory]
    [InlineData(500, "oops")]
    [InlineData(200, "{\"code\"")]
    [InlineData(0, "")]
    public async Task Interits_WithoutAClearAnswer_IsUncertainAndNeverAskedAgainByItself(int status, string body)
    {
        await using var scene = await ConnectorScene.StartAsync("interits", call => call.Number == 1
            ? new ProviderAnswer(body, status) { Cuts = status == 0 }
            : new ProviderAnswer("""{"code":0,"data":{"token":"t"},"message":"success","referentId":"int-1"}"""));

        var smsId = await scene.SendAsync();

        var row = await Poll.ForAsync(async () => (await scene.Admin.ListAsync("/uncertain")).FirstOrDefault(), "It is listed as uncertain");
        Assert.Equal(("submission", "carrier", smsId), ((string?)row["kind"], (string?)row["route"], (string?)row["smsId"]));
        Assert.Single(scene.Vendor.Calls);

        // A person found out that it was not sent.
        (await scene.Admin.PostAsync($"/uncertain/{(string)row["id"]!}/settle", """{"outcome":"notSent"}""")).Is(200);
        await Poll.UntilAsync(() => scene.Vendor.Calls.Count == 2, "It is sent again");
        Assert.Empty(await scene.Admin.ListAsync("/uncertain"));
    }

    [Fact]
    public async Task Interits_GetsTheDocumentedRequest()
    {
        await using var scene = await ConnectorScene.StartAsync("interits", _ => new ProviderAnswer("""{"code":0,"data":{"token":"t"},"message":"success","referentId":"int-1"}"""));

        var smsId = await scene.SendAsync();

        await Poll.UntilAsync(() => scene.Vendor.Calls.Count == 1, "The vendor is asked");
        var call = scene.Vendor.Calls[0];
        Assert.Equal("vendor-secret", call.Headers["API-KEY"]);
        Assert.Equal("""{"destinations":["84901888484"],"from":"SHOP","text":"xin chao","scheduled":"","requestId":"%","useUnicode":0,"type":0,"ext":{}}""".Replace("%", smsId, StringComparison.Ordinal), call.Body);
    }

    [Fact]
    public async Task Refusal_RejectsTheMessage_AndGivesTheMoneyBack()
    {
        await using var scene = await ConnectorScene.StartAsync("vmg", _ => new ProviderAnswer("""{"errorCode":"005","errorMessage":"brand name"}"""));

        var smsId = await scene.SendAsync();

        await Poll.UntilAsync(() => scene.Shop.For(smsId).Count == 1, "The shop hears of the rejection");
        Assert.Equal("4", scene.Shop.For(smsId)[0].Parameter("SendStatus"));
        Assert.Equal(1_000_000m, (decimal)(await scene.Admin.GetAsync("/accounts/shop/balance")).Is(200).Json["balance"]!);
        Assert.Contains("brand name", (await scene.Admin.StoryAsync(smsId))["reports"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KilledWithTheRequestUnderWay_InteritsIsUncertain_AndNothingIsSentTwice()
    {
        await using var scene = await ConnectorScene.StartProcessAsync("interits", _ => new ProviderAnswer("""{"code":0,"referentId":"int-1"}"""));
        await scene.Hub.KillAsync();
        Assert.True(await scene.Hub.StartAgainAsync("submission-answered"));

        await scene.TrySendAsync();
        Assert.True(await scene.Hub.WaitForExitAsync(Poll.Patience));
        Assert.True(await scene.Hub.StartAgainAsync());

        await Poll.ForAsync(async () => (await scene.Admin.ListAsync("/uncertain")).FirstOrDefault(), "It is listed as uncertain");
        Assert.Single(scene.Vendor.Calls);
    }

    [Fact]
    public async Task NoRoute_IsRefused_AndADisabledVendorIsNone()
    {
        await using var scene = await ConnectorScene.StartAsync("vmg", _ => new ProviderAnswer(Taken), telco: 1);

        Assert.Equal("177", (string?)(await scene.TrySendAsync())!["CodeResult"]);
        (await scene.Admin.PutAsync("/vendors/carrier", """{"enabled":false}""")).Is(200);
        Assert.NotEqual("100", (string?)(await scene.TrySendAsync("0961888484"))!["CodeResult"]);
        Assert.Empty(scene.Vendor.Calls);
    }

    [Fact]
    public async Task UpstreamAsARoute_IsAskedWithTheSmsidOfThisHub_AndItsCallbackIsToldInItsWords()
    {
        await using var scene = await ConnectorScene.StartAsync("vmg", _ => ProviderAnswer.Accepted("their-id"));
        (await scene.Admin.PutAsync("/accounts/shop", $$"""{"upstream":{"baseUrl":"{{scene.Vendor.Url}}","apiKey":"provider-key","secretKey":"provider-secret","mode":"route"} }""")).Is(200);
        (await scene.Admin.PutAsync("/accounts/shop/sending", """{"routes":[{"route":"upstream"}]}""")).Is(200);

        var smsId = await scene.SendAsync();

        await Poll.UntilAsync(() => scene.Vendor.Calls.Count == 1, "The upstream is asked");
        var call = scene.Vendor.Calls[0];
        Assert.Equal(("provider-key", smsId, "0901888484", "SHOP"), (call.Member("ApiKey"), call.Member("RequestId"), call.Member("Phone"), call.Member("Brandname")));
        using var http = new HttpClient();
        (await Reply.SendAsync(http, new HttpRequestMessage(HttpMethod.Get, call.Member("CallbackUrl") + "?" + RelayScene.Delivered("their-id", smsId).Replace("850.0000", "600.0000", StringComparison.Ordinal)))).Is(200);
        await Poll.UntilAsync(() => scene.Shop.For(smsId).Count == 1, "The shop hears of it");
        Assert.Equal("850.0000", scene.Shop.For(smsId)[0].Parameter("TotalPrice"));
    }

    /// <summary>A hub with one vendor <c>carrier</c> as the only route of <c>shop</c>.</summary>
    private sealed class ConnectorScene(string url, IAsyncDisposable hub, ScriptedUpstream vendor, HookServer shop) : IAsyncDisposable
    {
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

        /// <summary>The hub's process, where <see cref="StartProcessAsync"/> started one.</summary>
        public HubProcess Hub => (HubProcess)hub;

        public string Url => url;

        public ScriptedUpstream Vendor => vendor;

        public HookServer Shop => shop;

        public AdminClient Admin { get; } = new(url);

        public static async Task<ConnectorScene> StartAsync(string type, Func<ProviderCall, ProviderAnswer> script, int telco = 0)
        {
            var hub = await WarmHub.StartAsync();
            return await PreparedAsync(hub.Url, hub, type, script, telco);
        }

        /// <summary>The same with a hub that can be killed.</summary>
        public static async Task<ConnectorScene> StartProcessAsync(string type, Func<ProviderCall, ProviderAnswer> script)
        {
            var hub = await HubProcess.StartAsync();
            return await PreparedAsync(hub.Url, hub, type, script, 0);
        }

        private static async Task<ConnectorScene> PreparedAsync(string url, IAsyncDisposable hub, string type, Func<ProviderCall, ProviderAnswer> script, int telco)
        {
            var scene = new ConnectorScene(url, hub, await ScriptedUpstream.StartAsync(script), await HookServer.StartAsync());
            (await scene.Admin.PutAsync("/vendors/carrier", $$"""{"apiKey":"carrier-vendor-key","connector":{"type":"{{type}}","baseUrl":"{{scene.Vendor.Url}}","apiKey":"vendor-secret","allowPrivate":true} }""")).Is(201);
            await scene.Admin.AccountAsync("shop", scene.Shop.Url + "/dlr");
            (await scene.Admin.PutAsync("/accounts/shop/brandnames/SHOP", """{"typeIds":[2]}""")).Is(201);
            (await scene.Admin.PutAsync("/accounts/shop/prices/2", """{"price":850}""")).Is(201);
            (await scene.Admin.PutAsync("/accounts/shop/sending", $$"""{"routes":[{"typeId":"2"{{(telco == 0 ? "" : $",\"telco\":{telco}")}},"route":"carrier"}]}""")).Is(201);
            (await scene.Admin.PostAsync("/accounts/shop/balance", """{"amount":1000000,"reason":"test"}""")).Is(200);
            return scene;
        }

        public async Task<string> SendAsync()
        {
            var answer = await TrySendAsync();
            Assert.True((string?)answer?["CodeResult"] == "100", answer?.ToJsonString());
            return (string)answer!["SMSID"]!;
        }

        public async Task<JsonNode?> TrySendAsync(string phone = "0901888484")
        {
            try
            {
                using var answer = await _http.PostAsync(
                    new Uri(url + "/MainService.svc/json/SendMultipleMessage_V4_post_json/"),
                    new StringContent($$"""{"ApiKey":"shop-key","SecretKey":"shop-secret","Phone":"{{phone}}","Content":"xin chao","Brandname":"SHOP","SmsType":"2"}""", Encoding.UTF8, "application/json"));
                return JsonNode.Parse(await answer.Content.ReadAsStringAsync());
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }

        public async Task<string?> StateAsync(string smsId) => (string?)(await Admin.StoryAsync(smsId))["message"]!["state"];

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            Admin.Dispose();
            await hub.DisposeAsync();
            await vendor.DisposeAsync();
            await shop.DisposeAsync();
        }
    }
}
