using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using HoiAm.Protocols.CallbackBodies;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.EndToEnd.Tests.Delivery;

/// <summary>The formats that are posted: method, media type, signature, and the same bytes at every try, after a kill and in a replay.</summary>
[Collection(AloneTests.Name)]
public sealed class FormatTests
{
    private const string Secret = "a-signing-secret-of-32-characters";
    private const string Phone = "0901234567";

    private static readonly (string Word, string MediaType)[] s_formats =
    [
        ("esms-post-form", "application/x-www-form-urlencoded"),
        ("esms-post-json", "application/json; charset=utf-8"),
        ("cloudevents", "application/cloudevents+json; charset=utf-8"),
        ("vendor", "application/json; charset=utf-8"),
    ];

    [Fact]
    public async Task PostedCallbacks_KeepTheirBytesOverRetriesAKillAndAReplay()
    {
        var accepts = false;
        await using var hook = await HookServer.StartAsync();
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        using var vendor = new VendorClient(hub.Url, "v-vendor-key");
        await admin.VendorAsync("v");
        foreach (var (word, _) in s_formats)
        {
            hook.Script("/" + word, _ => new HookAnswer(accepts ? 200 : 503));
            await admin.AccountAsync(
                word,
                $"{hook.Url}/{word}?token=t%20%C3%A9&x",
                $$""" "callbackFormat": "{{word}}", "callbackApiKey": "next-hub-key", "signingSecret": "{{Secret}}", "retry": { "maxRetries": 20, "delays": ["00:00:01"] } """);
            await admin.MessageAsync(word, "v", "id-" + word, Phone, """ "requestId": "order 7/ế" """);
            (await vendor.ReportAsync(Phone, "id-" + word, 2)).Is(200);
        }

        await Poll.UntilAsync(() => s_formats.All(f => hook.At("/" + f.Word).Count >= 2), "Second tries");
        await hub.KillAsync();
        await hub.StartAgainAsync();
        accepts = true;
        foreach (var (word, mediaType) in s_formats)
        {
            var callback = await DeliveredAsync(admin, word);
            var before = hook.At("/" + word).Count;
            (await admin.PostAsync($"/callbacks/{callback["id"]}/replay")).Is(202);
            await Poll.UntilAsync(() => hook.At("/" + word).Count > before, "The replay");
            await DeliveredAsync(admin, word);

            var calls = hook.At("/" + word);
            Assert.True(calls.Count >= 4);
            Assert.Single(calls.Select(c => c.Body).Distinct());
            Assert.Single(calls.Select(c => c.CallbackId).Distinct());
            Assert.All(calls, c => Check(c, word, mediaType));
            Assert.Equal(calls[0].Body, (string?)callback["body"]);
            Assert.Equal("POST", (string?)callback["method"]);
            Assert.Equal(word, (string?)callback["format"]);
        }
    }

    [Fact]
    public async Task TheVendorsFormat_IsWhatAnotherHubTakes()
    {
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        using var vendor = new VendorClient(hub.Url, "v-vendor-key");
        await admin.VendorAsync("v");
        await admin.VendorAsync("next");
        await admin.AccountAsync("first", hub.Url + VendorClient.Path, """ "callbackFormat": "vendor", "callbackApiKey": "next-vendor-key" """);
        await admin.AccountAsync("second", null);
        const string two = """ "recipients": [{ "phone": "0901234567", "price": 850 }, { "phone": "0912345678", "price": 850 }] """;
        (await admin.PostAsync("/messages", $$"""{ "account": "second", "vendor": "next", "smsId": "behind", "referentId": "front", "typeId": 2, {{two}} }""")).Is(201);
        (await admin.PostAsync("/messages", $$"""{ "account": "first", "vendor": "v", "smsId": "front", "typeId": 2, {{two}} }""")).Is(201);

        (await vendor.ReportAsync("0912345678", "front", -2)).Is(200);
        (await vendor.ReportAsync("0901234567", "front", 2)).Is(200);

        await Poll.UntilAsync(async () => (string?)(await admin.StoryAsync("behind"))["message"]!["state"] == "partlyDelivered", "The second hub's state");
        var story = await admin.StoryAsync("behind");
        Assert.Equal(["delivered", "failed"], story["recipients"]!.AsArray().Select(r => (string?)r!["state"]));
        Assert.Equal(850, (decimal)story["message"]!["totalPrice"]!);
        Assert.Equal(2, (await admin.StoryAsync("front"))["callbacks"]!.AsArray().Count);
    }

    [Fact]
    public async Task TheFeed_ShowsEachFormatAsItIs()
    {
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        using var vendor = new VendorClient(hub.Url, "v-vendor-key");
        await admin.VendorAsync("v");
        foreach (var (word, mediaType) in s_formats)
        {
            await admin.AccountAsync(word, null, $"\"callbackFormat\": \"{word}\"");
            await admin.MessageAsync(word, "v", "id-" + word, Phone);
            (await vendor.ReportAsync(Phone, "id-" + word, 2)).Is(200);
            using var pull = new PullClient(hub.Url, word + "-key", word + "-secret");

            var item = (await pull.FeedAsync()).Is(200).Json["items"]![0]!;

            Assert.Equal(word, (string?)item["format"]);
            Assert.StartsWith((string)item["contentType"]!, mediaType, StringComparison.Ordinal);
            var content = item["callback"]!;
            Assert.Equal("id-" + word, (string?)(word switch
            {
                "cloudevents" => content["data"]!["smsId"],
                "vendor" => content["referentId"],
                _ => content["SMSID"],
            }));
            Assert.Contains("id-" + word, (string)item["body"]!, StringComparison.Ordinal);
        }

        (await admin.PutAsync("/accounts/vendor", """{ "callbackFormat": "carrier-pigeon" }""")).IsProblem(400, "callbackFormat", "cloudevents, vendor");
        (await admin.PutAsync("/accounts/vendor", """{ "callbackApiKey": "no blanks please" }""")).IsProblem(400, "callbackApiKey", "ASCII");
    }

    private static void Check(HookCall call, string word, string mediaType)
    {
        Assert.Equal("POST", call.Method);
        Assert.Equal($"/{word}?token=t%20%C3%A9&x", call.Target);
        Assert.Equal(mediaType, call.Headers["Content-Type"]);
        Assert.Equal(word == "vendor" ? "next-hub-key" : null, call.Headers.GetValueOrDefault("API-KEY"));
        var signed = Encoding.UTF8.GetBytes($"{call.CallbackId}.{call.Headers["webhook-timestamp"]}.{call.Body}");
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed)), call.Headers["webhook-signature"]);
        var body = Encoding.UTF8.GetBytes(call.Body);
        switch (word)
        {
            case "cloudevents":
                var told = CloudEventReader.Read(body)!;
                Assert.Equal((call.CallbackId, MessageOutcome.Delivered, "order 7/ế"), (told.CallbackId, told.Outcome, told.Facts.RequestId));
                Assert.Equal("/hoiam/accounts/cloudevents", told.Source);
                break;
            case "vendor":
                var report = VendorReportReader.Read(body, strict: true).Report!;
                Assert.Equal((Phone, 2, "order 7/ế", "id-vendor", 850m), (report.Msisdn, report.Status, report.RequestId, report.ReferentId, report.Price));
                break;
            default:
                var facts = EsmsCallbackBodies.Read(body);
                Assert.Equal((CallbackOutcome.Delivered, "order 7/ế", Phone, 850m), (facts.Outcome, facts.Facts.RequestId, facts.Facts.PhoneNumber, facts.Facts.TotalPrice));
                break;
        }
    }

    private static async Task<JsonNode> DeliveredAsync(AdminClient admin, string word)
    {
        JsonNode? callback = null;
        await Poll.UntilAsync(
            async () => (string?)(callback = (await admin.StoryAsync("id-" + word))["callbacks"]![0])!["state"] == "delivered",
            string.Create(CultureInfo.InvariantCulture, $"The callback of {word}"));
        return callback!;
    }
}
