using System.Text.Json.Nodes;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Relay;

/// <summary>The hub as somebody's hook: every documented callback, in any spelling, early, late, twice.</summary>
public sealed class InboundTests
{
    [Fact]
    public async Task EveryDocumentedCallback_PassesByteForByte()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient, account: "\"profile\": \"plain\"");
        var vectors = JsonNode.Parse(await File.ReadAllTextAsync(RepositoryRoot.File("tests/vectors/callbacks/callbacks.json"), TestContext.Current.CancellationToken))!.AsArray();
        var passed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var vector in vectors)
        {
            // The raw form of seed 000 is no legal request line, and no sender can have sent it.
            var query = (string)vector!["query"]!;
            // A list of names without values is what goes out, not what comes back.
            if (query.AsSpan().ContainsAny(" \"\\<>") || IdOf(query).Length == 0 || !passed.Add(query))
            {
                continue;
            }

            var path = $"/sample{passed.Count}";
            var smsId = IdOf(query);
            if ((await scene.Admin.GetAsync("/messages/" + Uri.EscapeDataString(smsId))).Status == 200)
            {
                // Another sample uses the same id: it is a callback of the same message then, and no news.
                (await scene.CallbackAsync(query)).Is(200);
                continue;
            }

            scene.Upstream.Script = _ => ProviderAnswer.Accepted(smsId);
            var isCall = Value(query, "ReferenceId") is not null;
            var hook = $"{scene.Shop.Url}{path}?own=1";
            (isCall
                ? await scene.GetAsync($"MakeCallTemplate_V2?ApiKey=shop-key&SecretKey=shop-secret&TemplateId=1&Phone=0901888484&CallbackUrl={Uri.EscapeDataString(hook)}")
                : await scene.PostAsync(Call(query), Body(query, hook))).Is(200);
            (await scene.CallbackAsync(isCall ? "own=1&" + query : query)).Is(200);
            Assert.Equal($"{path}?own=1&{query}", Assert.Single(await scene.ShopAsync(path)).Target);
            Assert.True(!isCall || scene.Upstream.Calls[^1].Query("CallbackUrl") == scene.InboundUrl + "?own=1");
        }

        Assert.True(passed.Count >= 9, $"Only {passed.Count} documented callbacks were tried.");
        Assert.Empty(await scene.Admin.ListAsync("/orphans"));
    }

    [Fact]
    public async Task FormAndJsonAndOddCasing_AreTheSameCallback()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = call => ProviderAnswer.Accepted("post-" + call.Number);
        for (var i = 0; i < 3; i++)
        {
            (await scene.SendSmsAsync(hook: "/post" + i)).Is(200);
        }

        var form = RelayScene.Delivered("post-1");
        (await scene.PostCallbackAsync(form, "application/x-www-form-urlencoded")).Is(200);
        (await scene.PostCallbackAsync("""{"smsid":"post-2","SENDSTATUS":5,"SendSuccess":1,"SendFailed":0,"TotalPrice":"850.0000","TotalReceiver":1,"TotalSent":1,"TypeId":2}""", "application/json")).Is(200);
        var odd = "sendstatus=5&SMSID=post-3&SENDSUCCESS=1&sendfailed=0&typeid=2&other=%2F";
        (await scene.CallbackAsync(odd, scene.InboundUrl.Replace("/callbacks/esms/", "/Callbacks/ESMS/", StringComparison.Ordinal))).Is(200);

        Assert.Equal("/post0?" + form, Assert.Single(await scene.ShopAsync("/post0")).Target);
        Assert.Equal("5", Assert.Single(await scene.ShopAsync("/post1")).Parameter("SendStatus"));
        Assert.Equal("/post2?" + odd, Assert.Single(await scene.ShopAsync("/post2")).Target);
    }

    [Fact]
    public async Task EarlyRepeatedAndOutOfOrder_BecomeOneCallback()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        var query = RelayScene.Delivered("early");

        // The report overtakes the answer to the send.
        scene.Upstream.Before = async () => (await scene.CallbackAsync(query)).Is(200);
        scene.Upstream.Script = _ => ProviderAnswer.Accepted("early");

        (await scene.SendSmsAsync("e-1")).Is(200);
        (await scene.CallbackAsync(query)).Is(200);
        (await scene.CallbackAsync(query.Replace("SendStatus=5", "SendStatus=7", StringComparison.Ordinal).Replace("SendSuccess=1", "SendSuccess=0", StringComparison.Ordinal))).Is(200);
        (await scene.CallbackAsync(query.Replace("SendSuccess=1", "SendSuccess=0", StringComparison.Ordinal).Replace("SendFailed=0", "SendFailed=1", StringComparison.Ordinal))).Is(200);

        Assert.Equal("/hook?" + query, Assert.Single(await scene.ShopAsync("/hook")).Target);
        var story = await scene.Admin.StoryAsync("early");
        Assert.Equal(("delivered", 1), ((string?)story["message"]!["state"], (int)story["message"]!["contradictions"]!));
        Assert.Equal(["esmsCallback", "esmsCallback", "esmsCallback"], story["reports"]!.AsArray().Select(r => (string)r!["source"]!));
        Assert.Equal(query, (string?)story["reports"]![0]!["raw"]);
        Assert.Empty(await scene.Admin.ListAsync("/orphans"));
        Assert.Single(await scene.ShopAsync("/hook"));
    }

    [Fact]
    public async Task PendingStates_FollowTheAccountsPushStates()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient, account: "\"pushStates\": [1, 2, 4, 5, 7]");
        scene.Upstream.Script = _ => ProviderAnswer.Accepted("steps");
        (await scene.SendSmsAsync()).Is(200);

        foreach (var status in (int[])[1, 2, 7, 4])
        {
            (await scene.CallbackAsync($"SMSID=steps&SendFailed={(status == 4 ? 1 : 0)}&SendStatus={status}&SendSuccess=0&TotalPrice=0.0000&TotalReceiver=1&TotalSent=0&RequestId=&TypeId=2")).Is(200);
        }

        Assert.Equal(["1", "2", "7", "4"], (await scene.ShopAsync("/hook", 4)).Select(c => c.Parameter("SendStatus")!));
        Assert.Equal("rejected", (string?)(await scene.Admin.StoryAsync("steps"))["message"]!["state"]);
    }

    [Fact]
    public async Task TotalsOfManyReceivers_AreTakenOverAsTold()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient, account: "\"pull\": { \"preset\": \"2024\", \"kinds\": \"all\" }");
        scene.Upstream.Script = _ => ProviderAnswer.Accepted("many");
        var phones = string.Join(',', Enumerable.Range(0, 30).Select(i => $"\"09018884{i:D2}\""));
        (await scene.PostAsync("SendMultipleSMSBrandname_json/", $$"""{"ApiKey":"shop-key","SecretKey":"shop-secret","Phones":[{{phones}}],"SmsType":"1","Brandname":"B","Content":"x","CallbackUrl":"{{scene.Shop.Url}}/many"}""")).Is(200);

        (await scene.CallbackAsync("SMSID=many&SendFailed=7&SendStatus=5&SendSuccess=22&TotalPrice=12345.6700&TotalReceiver=29&TotalSent=28&RequestId=&TypeId=1")).Is(200);

        Assert.Single(await scene.ShopAsync("/many"));
        var message = (await scene.Admin.StoryAsync("many"))["message"]!;
        Assert.Equal(("partlyDelivered", 22, 12345.67m), ((string?)message["state"], (int)message["sendSuccess"]!, (decimal)message["totalPrice"]!));
        Assert.Equal((22, 7, 29, 28), ((int)message["told"]!["sendSuccess"]!, (int)message["told"]!["sendFailed"]!, (int)message["told"]!["totalReceiver"]!, (int)message["told"]!["totalSent"]!));
        using var pull = new HttpClient();
        var asked = new HttpRequestMessage(HttpMethod.Post, scene.Url + "/ZaloCallback/GetCallback")
        {
            Content = new StringContent("""{"ApiKey":"shop-key","SecretKey":"shop-secret","ListRefid":["many"]}"""),
        };
        var pulled = (await Reply.SendAsync(pull, asked)).Is(200).Json["Data_callback"]![0]!;
        Assert.Equal((22, 7, 29, 28, 12345.67m), ((int)pulled["SendSuccess"]!, (int)pulled["SendFailed"]!, (int)pulled["TotalReceiver"]!, (int)pulled["TotalSent"]!, (decimal)pulled["TotalPrice"]!));
    }

    [Fact]
    public async Task FinishedWithoutOutcome_IsToldOnAsItIs()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        scene.Upstream.Script = _ => ProviderAnswer.Accepted("zeros");
        (await scene.SendSmsAsync()).Is(200);
        var query = "SMSID=zeros&SendFailed=0&SendStatus=5&SendSuccess=0&TotalPrice=696987.0000&TotalReceiver=169&TotalSent=169&RequestId=&TypeId=1";

        (await scene.CallbackAsync(query)).Is(200);

        Assert.Equal("/hook?" + query, Assert.Single(await scene.ShopAsync("/hook")).Target);
        var told = (await scene.Admin.StoryAsync("zeros"))["message"]!["told"]!;
        Assert.Equal((0, 0, 169), ((int)told["sendSuccess"]!, (int)told["sendFailed"]!, (int)told["totalReceiver"]!));
    }

    [Fact]
    public async Task UnknownMessage_WaitsForItsRegistration_ForItsOwnAccountOnly()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        await scene.Admin.AccountAsync("other", scene.Shop.Url + "/other");
        var query = RelayScene.Delivered("registered-later");
        (await scene.CallbackAsync(query)).Is(200);
        (await scene.CallbackAsync(query)).Is(200);
        var orphan = Assert.Single(await scene.Admin.ListAsync("/orphans"));
        Assert.Equal(("shop", "registered-later", query), ((string?)orphan["account"], (string?)orphan["referentId"], (string?)orphan["raw"]));

        (await scene.Admin.PostAsync("/messages", """{"account":"shop","smsId":"registered-later","typeId":2,"recipients":[{"phone":"0901888484"}]}""")).Is(201);

        Assert.Equal("/default?" + query, Assert.Single(await scene.ShopAsync("/default")).Target);
        (await scene.Admin.PostAsync("/messages", """{"account":"other","smsId":"not-of-shop","typeId":2,"recipients":[{"phone":"0901888484"}]}""")).Is(201);
        (await scene.CallbackAsync(RelayScene.Delivered("not-of-shop"))).Is(200);
        Assert.Equal("accepted", (string?)(await scene.Admin.StoryAsync("not-of-shop"))["message"]!["state"]);
        Assert.Single(await scene.Admin.ListAsync("/orphans"));
    }

    [Fact]
    public async Task ShortCodeTextsAndRegistrations_GoToTheAccountsHook()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        var text = "sender=84901888484&content=KM%20A&serviceNumber=8055&keyword=KM&sign=abc%3D&cpid=77&smsid=m1&receiverTime=20260407094605";

        var reply = (await scene.CallbackAsync(text)).Is(200);
        (await scene.CallbackAsync("ServicePreviewId=17&Result=2")).Is(200);

        Assert.Contains("<Smsid>m1</Smsid><Receiver>84901888484</Receiver>", reply.Text, StringComparison.Ordinal);
        Assert.Equal(["/default?" + text, "/default?ServicePreviewId=17&Result=2"], (await scene.ShopAsync("/default", 2)).Select(c => c.Target).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public async Task RepeatedTextsAndRegistrations_BecomeOneCallback_EvenAfterAKill()
    {
        await using var scene = await RelayScene.StartProcessAsync(RelayScene.Patient);
        var text = "sender=84901888484&content=KM%20A&serviceNumber=8055&keyword=KM&sign=abc%3D&cpid=77&smsid=m1&receiverTime=20260407094605";
        var result = "ServicePreviewId=17&Result=2";
        (await scene.CallbackAsync(text)).Is(200);
        (await scene.CallbackAsync(result)).Is(200);
        await scene.ShopAsync("/default", 2);

        // The vendor did not see the answer: it calls again after the kill, at another time, in another order, by another method.
        await scene.Hub.KillAsync();
        Assert.True(await scene.Hub.StartAgainAsync());
        Assert.Contains("<Smsid>m1</Smsid>", (await scene.CallbackAsync(text)).Is(200).Text, StringComparison.Ordinal);
        (await scene.CallbackAsync(text.Replace("094605", "094705", StringComparison.Ordinal))).Is(200);
        (await scene.CallbackAsync("Result=2&servicepreviewid=17")).Is(200);
        (await scene.PostCallbackAsync("""{"ServicePreviewId":17,"Result":2}""", "application/json")).Is(200);

        // Another text with the same words, and another result, are news.
        (await scene.CallbackAsync(text.Replace("smsid=m1", "smsid=m2", StringComparison.Ordinal))).Is(200);
        (await scene.CallbackAsync(result.Replace("Result=2", "Result=0", StringComparison.Ordinal))).Is(200);

        await Poll.UntilAsync(() => scene.Shop.At("/default").Select(c => c.CallbackId).Distinct().Count() >= 4, "Four callbacks");
        var callbacks = await scene.Admin.ListAsync("/callbacks?account=shop");
        Assert.Equal(4, callbacks.Count);
    }

    [Fact]
    public async Task Strangers_AreToldSo()
    {
        await using var scene = await RelayScene.StartAsync(RelayScene.Patient);
        var query = RelayScene.Delivered("x");

        (await scene.CallbackAsync(query, scene.InboundUrl + "x")).Is(404);
        Assert.Contains("SMSID", (await scene.CallbackAsync("hello=world")).Is(400).Text, StringComparison.Ordinal);
        Assert.Contains("SMSID", (await scene.PostCallbackAsync("{\"a\":", "application/json")).Is(400).Text, StringComparison.Ordinal);
        (await scene.Admin.PutAsync("/accounts/shop", """{"inboundAllow":["203.0.113.0/24"]}""")).Is(200);
        (await scene.CallbackAsync(query)).Is(403);
        (await scene.Admin.PutAsync("/accounts/shop", """{"inboundAllow":["127.0.0.0/8","::1"]}""")).Is(200);
        (await scene.CallbackAsync(query)).Is(200);
        (await scene.Admin.PutAsync("/accounts/shop", """{"inboundAllow":null,"enabled":false}""")).Is(200);
        (await scene.CallbackAsync(query)).Is(403);
        (await scene.Admin.PutAsync("/accounts/shop", """{"inboundAllow":["nonsense"]}""")).IsProblem(400, "inboundAllow[0]");
    }

    [Fact]
    public async Task KilledAfterTheCommit_TheCallbackIsNotLost()
    {
        await using var scene = await RelayScene.StartProcessAsync(RelayScene.Patient);
        scene.Upstream.Script = _ => ProviderAnswer.Accepted("in");
        (await scene.SendSmsAsync()).Is(200);
        await scene.Hub.KillAsync();
        Assert.True(await scene.Hub.StartAgainAsync("inbound-stored"));
        var query = RelayScene.Delivered("in");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => scene.CallbackAsync(query));
        Assert.True(await scene.Hub.WaitForExitAsync(Poll.Patience));
        Assert.True(await scene.Hub.StartAgainAsync());
        (await scene.CallbackAsync(query)).Is(200);

        var calls = await scene.ShopAsync("/hook");
        Assert.All(calls, c => Assert.Equal("/hook?" + query, c.Target));
        Assert.Single(calls.Select(c => c.CallbackId).Distinct());
    }

    private static string IdOf(string query) => Value(query, "SMSID") ?? Value(query, "ReferenceId")!;

    private static string? Value(string query, string name) => query.Split('&').Where(p => p.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(p => Uri.UnescapeDataString(p[(name.Length + 1)..])).FirstOrDefault();

    private static string Call(string query) => Value(query, "TypeId") is "24" or "25" or "26" or "27" ? "SendZaloMessage_V6/" : "SendMultipleMessage_V4_post_json/";

    private static string Body(string query, string hook)
    {
        var phone = Value(query, "phonenumber") ?? "0901888484";
        return $$"""{"ApiKey":"shop-key","SecretKey":"shop-secret","Phone":"{{phone}}","SmsType":"{{Value(query, "TypeId") ?? "2"}}","Content":"x","Brandname":"B","OAID":"1","TempID":"2","TempData":{"a":"b"},"CallbackUrl":"{{hook}}"}""";
    }
}
