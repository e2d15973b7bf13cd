using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Relay;

/// <summary>The route to an account's upstream: what this hub judged and billed goes out by the eSMS call of its kind.</summary>
public sealed class UpstreamRouteTests
{
    private const string Keys = "\"ApiKey\":\"sandbox-key\",\"SecretKey\":\"sandbox-secret\"";

    [Fact]
    public async Task PromotionsJourneysAndCalls_GoOutByTheirDocumentedCalls()
    {
        await using var provider = await ScriptedUpstream.StartAsync(call => ProviderAnswer.Accepted($"p-{call.Number}"));
        await using var scene = await RouteScene.StartAsync(provider.Url);

        var promo = await scene.PromoAsync("123");
        await Poll.UntilAsync(() => provider.Calls.Count == 1, "The promotion is handed over");
        var json = provider.Calls[0].Json;
        Assert.EndsWith("/MainService.svc/json/SendMultipleSMSBrandname_json/", provider.Calls[0].Target, StringComparison.Ordinal);
        Assert.Equal((promo, "1", "Baotrixemay", 30), ((string?)json["RequestId"], (string?)json["SmsType"], (string?)json["Brandname"], json["Phones"]!.AsArray().Count));

        var journey = await scene.JourneyAsync("0901888123");
        await Poll.UntilAsync(() => provider.Calls.Count == 2, "The journey is handed over");
        json = provider.Calls[1].Json;
        Assert.EndsWith("/SendZaloMessage_V4_post_json/", provider.Calls[1].Target, StringComparison.Ordinal);
        Assert.Equal((journey, true, "order-1", "123456"), ((string?)json["RequestId"], (bool)json["IsJourney"]!, (string?)json["OrderId"], (string?)json["Params"]![0]));

        var call = await scene.CallAsync("0901888123", "MakeCallTemplate_V2?TemplateId=20001&VariableListStr=12&Speed=-2");
        await Poll.UntilAsync(() => provider.Calls.Count == 3, "The call is handed over");
        var asked = provider.Calls[2];
        Assert.Equal(("GET", call, "20001", "0901888123", "-2"), (asked.Method, asked.Query("RequestId"), asked.Query("TemplateId"), asked.Query("Phone"), asked.Query("Speed")));

        var recording = await scene.CallAsync("0901888124", "MakeCallRecord_V2?TemplateId=30001&MaxRetry=2");
        await Poll.UntilAsync(() => provider.Calls.Count == 4, "The recording is handed over");
        Assert.Equal((recording, "30001", "2"), (provider.Calls[3].Query("RequestId"), provider.Calls[3].Query("TemplateId"), provider.Calls[3].Query("MaxRetry")));

        // A call's callback names the provider's id alone; what the hub put into its URL tells whose it is.
        using var http = new HttpClient();
        var url = asked.Query("CallbackUrl")!.Replace("ReferenceId=", "ReferenceId=p-3", StringComparison.Ordinal).Replace("SentResult=", "SentResult=1", StringComparison.Ordinal)
            .Replace("CallStatus=", "CallStatus=ANSWERED", StringComparison.Ordinal).Replace("SendStatus=", "SendStatus=5", StringComparison.Ordinal);
        (await Reply.SendAsync(http, new HttpRequestMessage(HttpMethod.Get, url))).Is(200);
        await Poll.UntilAsync(async () => await scene.StateAsync(call) == "delivered", "The call is over");
    }

    [Fact]
    public async Task TheHubsOwnSandbox_AsUpstream_EndsEveryKind_AndOnlyWhatWasDeliveredCosts()
    {
        await using var upstream = await WarmHub.StartAsync(sandbox: true);
        await using var scene = await RouteScene.StartAsync(upstream.Url);
        var before = await scene.BalanceAsync();

        var promo = await scene.PromoAsync("123", failing: 10);
        var journey = await scene.JourneyAsync("0901888123");
        var call = await scene.CallAsync("0901888123", "MakeCallTemplate_V2?TemplateId=20001&VariableListStr=12");
        var refused = await scene.JourneyAsync("0901888900");

        foreach (var (smsId, state) in ((string, string)[])[(promo, "partlyDelivered"), (journey, "delivered"), (call, "delivered"), (refused, "failed")])
        {
            await Poll.UntilAsync(async () => await scene.StateAsync(smsId) == state, $"{smsId} is {state}");
        }

        await Poll.UntilAsync(() => scene.Shop.Count >= 4, "The shop hears of all");
        var told = scene.Shop.Calls.Single(c => c.Parameter("SMSID") == promo);
        Assert.Equal(("5", "20", "10", "8000.0000"), (told.Parameter("SendStatus"), told.Parameter("SendSuccess"), told.Parameter("SendFailed"), told.Parameter("TotalPrice")));
        Assert.Equal(before - (20 * 400) - 220 - 600, await scene.BalanceAsync());
    }

    [Fact]
    public async Task Reconciliation_AsksByTheProvidersOwnIds()
    {
        await using var provider = await ScriptedUpstream.StartAsync(call => call.Target.Contains("GetSendStatus", StringComparison.Ordinal)
            ? new ProviderAnswer($$"""{"CodeResponse":"100","SMSID":"{{call.Query("RefId")}}","SendFailed":0,"SendStatus":5,"SendSuccess":1,"TotalPrice":1.0,"TotalReceiver":1,"TotalSent":1}""")
            : ProviderAnswer.Accepted($"own-{call.Number}"));
        await using var scene = await RouteScene.StartAsync(provider.Url, """ , "reconcile": { "after": "00:00:01" } """);

        var smsId = await scene.SmsAsync("0901888123");

        await Poll.UntilAsync(async () => await scene.StateAsync(smsId) == "delivered", "Asking tells the end");
        Assert.Equal("own-1", Assert.Single(provider.Calls, c => c.Target.Contains("GetSendStatus", StringComparison.Ordinal)).Query("RefId"));
        await Poll.UntilAsync(() => scene.Shop.For(smsId).Count == 1, "The shop hears of it under the hub's id");
    }

    /// <summary>A sandbox hub whose account <c>sandbox</c> sends everything to an upstream.</summary>
    private sealed class RouteScene(WarmHub hub, HookServer shop) : IAsyncDisposable
    {
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

        public HookServer Shop => shop;

        public AdminClient Admin { get; } = new(hub.Url);

        public static async Task<RouteScene> StartAsync(string upstream, string more = "")
        {
            var scene = new RouteScene(await WarmHub.StartAsync(sandbox: true), await HookServer.StartAsync());
            (await scene.Admin.PutAsync(
                "/accounts/sandbox",
                $$"""{ "callbackUrl": "{{scene.Shop.Url}}/dlr", "upstream": { "baseUrl": "{{upstream}}", "apiKey": "sandbox-key", "secretKey": "sandbox-secret", "mode": "route" }{{more}} }""")).Is(200);
            (await scene.Admin.PutAsync("/accounts/sandbox/sending", """{ "routes": [{ "route": "upstream" }] }""")).Is(200);
            return scene;
        }

        public Task<string> PromoAsync(string ending, int failing = 0)
        {
            var phones = Enumerable.Range(0, 30).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"09018{i:D2}{(i < failing ? "900" : ending)}\""));
            return PostAsync("SendMultipleSMSBrandname_json/", $$"""{{{Keys}},"Phones":[{{string.Join(',', phones)}}],"SmsType":"1","Brandname":"Baotrixemay","Content":"khuyen mai"}""");
        }

        public Task<string> JourneyAsync(string phone) => PostAsync(
            "SendZaloMessage_V4_post_json/",
            $$"""{{{Keys}},"Phone":"{{phone}}","OAID":"4097311281936189049","TempID":"205644","Params":["123456"],"IsJourney":true,"OrderId":"order-1"}""");

        public Task<string> SmsAsync(string phone) => PostAsync(
            "SendMultipleMessage_V4_post_json/", $$"""{{{Keys}},"Phone":"{{phone}}","Content":"xin chao","Brandname":"Baotrixemay","SmsType":"2"}""");

        public async Task<string> CallAsync(string phone, string call) =>
            Accepted(await _http.GetStringAsync(new Uri($"{hub.Url}/MainService.svc/json/{call}&ApiKey=sandbox-key&SecretKey=sandbox-secret&Phone={phone}")));

        public async Task<string?> StateAsync(string smsId) => (string?)(await Admin.StoryAsync(smsId))["message"]!["state"];

        public async Task<decimal> BalanceAsync() => (decimal)(await Admin.GetAsync("/accounts/sandbox/balance")).Is(200).Json["balance"]!;

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            Admin.Dispose();
            await hub.DisposeAsync();
            await shop.DisposeAsync();
        }

        private async Task<string> PostAsync(string path, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync(new Uri($"{hub.Url}/MainService.svc/json/{path}"), content);
            return Accepted(await answer.Content.ReadAsStringAsync());
        }

        private static string Accepted(string answer)
        {
            var json = JsonNode.Parse(answer)!;
            Assert.True((string?)json["CodeResult"] == "100", answer);
            return (string)json["SMSID"]!;
        }
    }
}
