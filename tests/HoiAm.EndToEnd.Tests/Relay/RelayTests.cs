using System.Diagnostics;

namespace HoiAm.EndToEnd.Tests.Relay;

/// <summary>Relay mode before a scripted upstream: what goes out, what comes back, and what happens when it does not.</summary>
public sealed class RelayTests
{
    private const string Own = """{ "CodeResult" : "100","CountRegenerate":0,  "SMSID":"odd spacing, odd member", "Extra":[1,2] }""";

    [Fact]
    public async Task Send_GoesOnWithTheUpstreamsKeysAndTheHubsHook_AndTheAnswerComesBackUnchanged()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = _ => new ProviderAnswer(Own, Type: "application/json;charset=utf-8");

        var answer = (await scene.SendSmsAsync("order-1")).Is(200);

        Assert.Equal(Own, answer.Text);
        var call = Assert.Single(scene.Upstream.Calls);
        Assert.Equal("/MainService.svc/json/SendMultipleMessage_V4_post_json/", call.Target);
        Assert.Equal(("provider-key", "provider-secret", "order-1", scene.InboundUrl), (call.Member("ApiKey"), call.Member("SecretKey"), call.Member("RequestId"), call.Member("CallbackUrl")));
        Assert.Equal("7 la ma xac minh cua ban", call.Member("Content"));
        Assert.DoesNotContain("shop-", call.Body.Replace(scene.Shop.Url, "", StringComparison.Ordinal), StringComparison.Ordinal);
        var message = (await scene.Admin.StoryAsync("odd spacing, odd member"))["message"]!;
        Assert.Equal(("order-1", scene.Shop.Url + "/hook", "0901888484"), ((string?)message["requestId"], (string?)message["callbackUrl"], (string?)message["phone"]));
        Assert.Empty(await scene.UncertainAsync());
    }

    [Fact]
    public async Task SendWithoutRequestId_GetsOneOfTheHub()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);

        (await scene.SendSmsAsync()).Is(200);
        (await scene.SendSmsAsync()).Is(200);

        var ids = scene.Upstream.Calls.Select(c => c.Member("RequestId")!).ToList();
        Assert.All(ids, id => Assert.InRange(id.Length, 20, 50));
        Assert.Equal(2, ids.Distinct().Count());
    }

    [Fact]
    public async Task EveryShape_IsRewrittenInItsOwnShape()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        var hook = Uri.EscapeDataString(scene.Shop.Url + "/x?token=1");

        (await scene.GetAsync($"SendMultipleMessage_V4_get?Phone=0901888484&Content=xin+ch%C3%A0o&ApiKey=shop-key&SecretKey=shop-secret&Brandname=B&SmsType=2&CallbackUrl={hook}&IsUnicode=1")).Is(200);
        (await scene.PostAsync("SendMultipleMessage_V4_post/", $"Phone=0901888484&Content=a%26b&Apikey=shop-key&SecretKey=shop-secret&SmsType=2&Brandname=B&CallbackUrl={hook}", "application/x-www-form-urlencoded")).Is(200);
        (await scene.PostAsync("SendMultipleMessage_V4", "<RQST><APIKEY>shop-key</APIKEY><SECRETKEY>shop-secret</SECRETKEY><CONTENT>a &lt; b</CONTENT><SMSTYPE>2</SMSTYPE><BRANDNAME>B</BRANDNAME><CONTACTS><CUSTOMER><PHONE>0901888484</PHONE></CUSTOMER></CONTACTS></RQST>", "text/plain")).Is(200);

        var inbound = Uri.EscapeDataString(scene.InboundUrl);
        Assert.StartsWith($"/MainService.svc/json/SendMultipleMessage_V4_get?Phone=0901888484&Content=xin+ch%C3%A0o&ApiKey=provider-key&SecretKey=provider-secret&Brandname=B&SmsType=2&CallbackUrl={inbound}&IsUnicode=1&RequestId=hoiam-", scene.Upstream.Calls[0].Target, StringComparison.Ordinal);
        Assert.StartsWith($"Phone=0901888484&Content=a%26b&Apikey=provider-key&SecretKey=provider-secret&SmsType=2&Brandname=B&CallbackUrl={inbound}&RequestId=hoiam-", scene.Upstream.Calls[1].Body, StringComparison.Ordinal);
        Assert.Contains("<CONTENT>a &lt; b</CONTENT>", scene.Upstream.Calls[2].Body, StringComparison.Ordinal);
        Assert.Contains($"<CALLBACKURL>{scene.InboundUrl}</CALLBACKURL>", scene.Upstream.Calls[2].Body, StringComparison.Ordinal);
        Assert.Contains("<APIKEY>provider-key</APIKEY>", scene.Upstream.Calls[2].Body, StringComparison.Ordinal);
        Assert.All(scene.Upstream.Calls, c => Assert.DoesNotContain("shop-", c.Body + c.Target, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bulk_IsOneCallWithARequestIdForEachRow_AndAMessageForEachAcceptedOne()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = _ => new ProviderAnswer("""{"CodeResult":"100","Message":"Sucess","TotalFail":1,"TotalSuccess":1,"detail":[{"CodeResult":"108","Phone":"12","ErrorMessage":"no"},{"CodeResult":"100","Phone":"0901888484","SMSID":"row-2"}]}""");

        (await scene.PostAsync("Send_zns_bulk_v4_post_json/", $$"""{"ApiKey":"shop-key","SecretKey":"shop-secret","TempID":"1","OAID":"2","CallbackUrl":"{{scene.Shop.Url}}/bulk","Data":[{"Phone":"12","Params":["a"],"RequestId":"r1"},{"Phone":"0901888484","Params":["b"]}]}""")).Is(200);

        var data = scene.Upstream.Calls[0].Json["Data"]!.AsArray();
        Assert.Equal("r1", (string?)data[0]!["RequestId"]);
        Assert.StartsWith("hoiam-", (string?)data[1]!["RequestId"], StringComparison.Ordinal);
        Assert.Equal(scene.InboundUrl, scene.Upstream.Calls[0].Member("CallbackUrl"));
        Assert.Equal(scene.Shop.Url + "/bulk", (string?)(await scene.Admin.StoryAsync("row-2"))["message"]!["callbackUrl"]);
    }

    [Fact]
    public async Task BothChannels_GetTheHubsHook_AndEachLegsCallbackGoesToItsOwn()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = _ => ProviderAnswer.Accepted("two-legs");

        (await scene.PostAsync("MultiChannelMessage/", $$"""{"ApiKey":"shop-key","SecretKey":"shop-secret","Phone":"0901888484","Channels":["zalo","sms"],"Data":[{"TempID":"1","Params":["x"],"OAID":"2","CallbackUrl":"{{scene.Shop.Url}}/zalo","RequestId":"leg-1"},{"Content":"x","SmsType":"2","Brandname":"B","CallbackUrl":"{{scene.Shop.Url}}/sms","RequestId":"leg-2"}]}""")).Is(200);

        Assert.All(scene.Upstream.Calls[0].Json["Data"]!.AsArray(), part => Assert.Equal(scene.InboundUrl, (string?)part!["CallbackUrl"]));
        var zalo = "SMSID=two-legs&SendFailed=1&SendStatus=5&SendSuccess=0&TotalPrice=0.0000&TotalReceiver=1&TotalSent=0&RequestId=leg-1&TypeId=25&telcoid=2&phonenumber=0901888484&partnerids=&error_info=%7B%22error%22%3A-114%7D&oaid=2&tempid=1";
        var sms = RelayScene.Delivered("two-legs", "leg-2");
        (await scene.CallbackAsync(zalo)).Is(200);
        (await scene.CallbackAsync(sms)).Is(200);
        Assert.Equal("/zalo?" + zalo, Assert.Single(await scene.ShopAsync("/zalo")).Target);
        Assert.Equal("/sms?" + sms, Assert.Single(await scene.ShopAsync("/sms")).Target);
    }

    [Fact]
    public async Task MadeRequestId_DoesNotReachTheShop()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = _ => ProviderAnswer.Accepted("made-id");

        (await scene.SendSmsAsync()).Is(200);
        var made = (string?)scene.Upstream.Calls[0].Json["RequestId"];

        Assert.StartsWith("hoiam-", made, StringComparison.Ordinal);
        (await scene.CallbackAsync(RelayScene.Delivered("made-id", made!))).Is(200);
        Assert.Equal("/hook?" + RelayScene.Delivered("made-id"), Assert.Single(await scene.ShopAsync("/hook")).Target);
    }

    [Fact]
    public async Task Queries_PassWithTheUpstreamsKeys()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = _ => new ProviderAnswer("""{"Balance":17,"CodeResponse":"100","UserID":5}""");

        Assert.Equal("""{"Balance":17,"CodeResponse":"100","UserID":5}""", (await scene.PostAsync("GetBalance_json", """{"ApiKey":"shop-key","SecretKey":"shop-secret"}""")).Is(200).Text);
        (await scene.GetAsync("GetSendStatus?RefId=a%20b&ApiKey=shop-key&SecretKey=shop-secret")).Is(200);
        (await scene.GetAsync("GetListBrandname/shop-key/shop-secret")).Is(200);

        Assert.Equal("/MainService.svc/json/GetSendStatus?RefId=a%20b&ApiKey=provider-key&SecretKey=provider-secret", scene.Upstream.Calls[1].Target);
        Assert.StartsWith("/MainService.svc/json/GetListBrandname/provider-key/provider-secret", scene.Upstream.Calls[2].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RepeatedRequestId_IsAnsweredHereWith124_AndARefusalReservesNothing()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = call => call.Number == 1 ? new ProviderAnswer("""{"CodeResult":"103","CountRegenerate":0,"ErrorMessage":"Balance"}""") : ProviderAnswer.Accepted("sms-" + call.Number);

        Assert.Equal("103", (string?)(await scene.SendSmsAsync("once")).Json["CodeResult"]);
        Assert.Equal("sms-2", (string?)(await scene.SendSmsAsync("once")).Json["SMSID"]);
        Assert.Equal("124", (string?)(await scene.SendSmsAsync("once")).Json["CodeResult"]);
        Assert.Equal(2, scene.Upstream.Calls.Count);
    }

    [Fact]
    public async Task SlowUpstream_TheCallerIsToldInTime_AndTheSameRequestIdGetsTheAnswerThatCameLater()
    {
        await using var scene = await RelayScene.StartAsync("\"patience\": \"00:00:01\"");
        scene.Upstream.Script = call => ProviderAnswer.Accepted("late") with { DelayMs = 2_500 };

        var watch = Stopwatch.StartNew();
        var first = (await scene.SendSmsAsync("slow")).Is(200);
        Assert.Equal("504", (string?)first.Json["CodeResult"]);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2.4), $"The answer took {watch.Elapsed}.");

        await Poll.UntilAsync(async () => (await scene.Admin.GetAsync("/messages/late")).Status == 200, "The late answer is stored");
        var second = (await scene.SendSmsAsync("slow")).Is(200);
        Assert.Equal("""{"CodeResult":"100","CountRegenerate":0,"SMSID":"late"}""", second.Text);
        Assert.Equal("124", (string?)(await scene.SendSmsAsync("slow")).Json["CodeResult"]);
        Assert.Single(scene.Upstream.Calls);
    }

    [Fact]
    public async Task TheSameRequestIdAtTheSameTime_IsSentOnce()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = call => ProviderAnswer.Accepted("one") with { DelayMs = 300 };

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => scene.SendSmsAsync("same")));

        Assert.Single(scene.Upstream.Calls);
        Assert.Equal(1, answers.Count(a => (string?)a.Json["CodeResult"] == "100"));
        Assert.Equal(4, answers.Count(a => (string?)a.Json["CodeResult"] == "124"));
    }

    [Theory]
    [InlineData(200, "text/html", "<html>busy</html>")]
    [InlineData(200, "application/json", "{\"CodeResult\":\"100\",\"SMS")]
    [InlineData(200, "application/json", "{\"CodeResult\":\"100\",\"CountRegenerate\":0}")]
    [InlineData(500, "text/plain", "oops")]
    [InlineData(302, "text/html", "moved")]
    [InlineData(503, "application/json", "{\"error\":\"try again\"}")]
    [InlineData(0, "", "")]
    public async Task Rubbish_IsUncertainAndVisible_AndARetryWithItsRequestIdIsSafe(int status, string type, string body)
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = call => call.Number == 1
            ? new ProviderAnswer(body, status, type) { Cuts = status == 0, Location = status == 302 ? "http://127.0.0.1:1/" : null }
            : ProviderAnswer.Accepted("second");

        Assert.Equal("504", (string?)(await scene.SendSmsAsync("r1")).Is(200).Json["CodeResult"]);
        var row = Assert.Single(await scene.UncertainAsync());
        Assert.Equal(("relay", "uncertain", "shop", "r1"), ((string?)row["kind"], (string?)row["state"], (string?)row["account"], (string?)row["sends"]![0]!["requestId"]));
        Assert.False(string.IsNullOrEmpty((string?)row["detail"]));
        Assert.Single(scene.Upstream.Calls);

        Assert.Equal("second", (string?)(await scene.SendSmsAsync("r1")).Json["SMSID"]);
        Assert.Equal(scene.Upstream.Calls[0].Body, scene.Upstream.Calls[1].Body);
        Assert.Empty(await scene.UncertainAsync());
    }

    [Fact]
    public async Task UncertainSend_IsSettledByItsCallback()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = call => call.Number == 1 ? new ProviderAnswer("<html>", 502) : new ProviderAnswer("""{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1"}""");
        (await scene.SendSmsAsync("lost")).Is(200);

        // The upstream has it after all: it says so, and names the SMSID only in its callback.
        Assert.Equal("124", (string?)(await scene.SendSmsAsync("lost")).Json["CodeResult"]);
        Assert.Equal("confirmed", (string?)Assert.Single(await scene.UncertainAsync())["state"]);
        var query = RelayScene.Delivered("found", "lost");
        (await scene.CallbackAsync(query)).Is(200);

        Assert.Equal("/hook?" + query, Assert.Single(await scene.ShopAsync("/hook")).Target);
        Assert.Empty(await scene.UncertainAsync());
        Assert.Equal("delivered", (string?)(await scene.Admin.StoryAsync("found"))["message"]!["state"]);
    }

    [Fact]
    public async Task NobodyListens_NothingIsUncertain()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient, baseUrl: $"http://127.0.0.1:{HubProcess.FreePort()}");

        Assert.Equal("503", (string?)(await scene.SendSmsAsync("away")).Is(200).Json["CodeResult"]);
        Assert.Empty(await scene.UncertainAsync());
    }

    [Fact]
    public async Task PrivateUpstream_IsRefusedWithTheAccountsGuard()
    {
        await using var hub = await WarmHub.StartAsync();
        using var admin = new AdminClient(hub.Url);

        (await admin.PutAsync("/accounts/shop", """{"apiKey":"shop-key","secretKey":"shop-secret","upstream":{"baseUrl":"http://127.0.0.1:9/","apiKey":"k-k-k-k-k","secretKey":"s-s-s-s-s"}}""")).IsProblem(400, "upstream.baseUrl");
    }

    [Fact]
    public async Task UnsafeRepetition_IsNotPassedOnAgain_UntilAPersonSettlesIt()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = call => call.Number == 1 ? new ProviderAnswer("<html>", 502) : ProviderAnswer.Accepted("x");
        var form = "Phone=0901888484&Content=a&ApiKey=shop-key&SecretKey=shop-secret&SmsType=2&Brandname=B&RequestId=form-1";
        (await scene.PostAsync("SendMultipleMessage_V4_post/", form, "application/x-www-form-urlencoded")).Is(200);

        Assert.Equal("504", (string?)(await scene.PostAsync("SendMultipleMessage_V4_post/", form, "application/x-www-form-urlencoded")).Json["CodeResult"]);
        Assert.Single(scene.Upstream.Calls);
        var id = (string)Assert.Single(await scene.UncertainAsync())["id"]!;
        (await scene.Admin.PostAsync($"/uncertain/{id}/settle", """{"outcome":"sent"}""")).IsProblem(400, "smsId");
        (await scene.Admin.PostAsync($"/uncertain/{id}/settle", """{"outcome":"sent","smsId":"by-hand"}""")).Is(200);
        Assert.Equal("form-1", (string?)(await scene.Admin.StoryAsync("by-hand"))["message"]!["requestId"]);
    }

    [Theory]
    [InlineData("relay-intent", 0)]
    [InlineData("after-upstream-answer", 1)]
    [InlineData("relay-stored", 1)]
    public async Task KilledAnywhere_TheRetryIsNotASecondSend(string point, int callsBefore)
    {
        await using var scene = await RelayScene.StartProcessAsync(RelayScene.Patient);
        var accepted = new HashSet<string>();
        scene.Upstream.Script = call => accepted.Add(call.Member("RequestId")!)
            ? ProviderAnswer.Accepted("k-1")
            : new ProviderAnswer("""{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1"}""");
        await scene.Hub.KillAsync();
        Assert.True(await scene.Hub.StartAgainAsync(point));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => scene.SendSmsAsync("kill"));
        Assert.True(await scene.Hub.WaitForExitAsync(Poll.Patience));
        Assert.Equal(callsBefore, scene.Upstream.Calls.Count);
        Assert.True(await scene.Hub.StartAgainAsync());

        var uncertain = await scene.UncertainAsync();
        Assert.Equal(point == "relay-stored" ? 0 : 1, uncertain.Count);
        var code = (string?)(await scene.SendSmsAsync("kill")).Is(200).Json["CodeResult"];
        Assert.Equal(point == "after-upstream-answer" ? "124" : "100", code);
        Assert.Single(accepted);
        Assert.Equal(point == "after-upstream-answer" ? 2 : 1, scene.Upstream.Calls.Count);

        // Whatever was cut off, the callback finds its message.
        (await scene.CallbackAsync(RelayScene.Delivered("k-1", "kill"))).Is(200);
        Assert.Single(await scene.ShopAsync("/hook"));
        Assert.Empty(await scene.UncertainAsync());
    }

    [Fact]
    public async Task Secrets_AreNowhereInTheLog()
    {
        await using var scene = await RelayScene.StartProcessAsync(RelayScene.Patient);
        scene.Upstream.Script = _ => new ProviderAnswer("<html>", 500);
        (await scene.GetAsync("SendMultipleMessage_V4_get?Phone=0901888484&Content=x&ApiKey=shop-key&SecretKey=shop-secret&Brandname=B&SmsType=2")).Is(200);

        var log = scene.Hub.Stdout + scene.Hub.Stderr;
        Assert.Contains("500", log, StringComparison.Ordinal);
        Assert.All((string[])["provider-key", "provider-secret", "shop-key", "shop-secret"], secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
        Assert.DoesNotContain("provider-secret", (await scene.Admin.GetAsync("/accounts/shop")).Text, StringComparison.Ordinal);
    }
}
