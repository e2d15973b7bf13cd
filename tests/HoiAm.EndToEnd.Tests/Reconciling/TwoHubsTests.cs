using System.Text;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Reconciling;

/// <summary>Two real hubs: B as the sandbox eSMS, A before it without a way for B's callbacks to reach it. A asks, is killed, and asks on.</summary>
[Collection(AloneTests.Name)]
public sealed class TwoHubsTests
{
    private const string Provider = "sandbox";

    // The last three digits choose what the sandbox's carriers do; 903 never reports.
    private static readonly (string Suffix, string State)[] s_ends =
        [("123", "delivered"), ("900", "failed"), ("901", "rejected"), ("902", "failed"), ("904", "delivered"), ("905", "delivered"), ("903", "")];

    [Fact]
    public async Task WhatTheHookMissed_IsRecoveredByAsking_AndTheSilentStaySilent()
    {
        await using var b = await HubProcess.StartAsync(null, "--sandbox");
        await using var a = await HubProcess.StartAsync();
        using var admin = new AdminClient(a.Url);
        using var send = new HttpClient { BaseAddress = new Uri(b.Url) };
        await admin.AccountAsync(
            "shop",
            null,
            $$""" "upstream": { "baseUrl": "{{b.Url}}", "apiKey": "{{Provider}}-key", "secretKey": "{{Provider}}-secret" }, "reconcile": { "after": "00:00:02", "edition": "2024" } """);
        var expected = new Dictionary<string, string>();
        for (var i = 0; i < 3; i++)
        {
            foreach (var (suffix, state) in s_ends)
            {
                var phone = "09012" + i + "0" + suffix;
                foreach (var (type, smsId) in new[] { (2, await SmsAsync(send, phone)), (25, await ZnsAsync(send, phone)) })
                {
                    (await admin.PostAsync("/messages", $$"""{ "account": "shop", "smsId": "{{smsId}}", "typeId": {{type}}, "recipients": [{ "phone": "{{phone}}" }] }""")).Is(201);
                    expected[smsId] = state;
                }
            }
        }

        await Poll.UntilAsync(async () => await RecoveredAsync(admin) > 0, "The first recovery", stepMs: 200);
        await a.KillAsync();
        await a.StartAgainAsync();
        foreach (var (smsId, state) in expected.Where(e => e.Value.Length > 0))
        {
            await Poll.UntilAsync(async () => (await admin.StoryAsync(smsId))["message"]!["state"]!.ToString() is "delivered" or "failed" or "rejected" or "expired", $"The end of {smsId}", stepMs: 100);
            var story = await admin.StoryAsync(smsId);
            Assert.Equal(state, (string?)story["message"]!["state"]);
            Assert.All(story["reports"]!.AsArray(), r => Assert.Equal("pull", (string?)r!["source"]));
        }

        foreach (var (smsId, _) in expected.Where(e => e.Value.Length == 0))
        {
            Assert.DoesNotContain((await admin.StoryAsync(smsId))["message"]!["state"]!.ToString(), new[] { "delivered", "failed", "rejected", "expired" });
        }

        Assert.Equal(6, (int)(await admin.GetAsync("/accounts/shop/reconciliation")).Is(200).Json["waiting"]!);
    }

    private static async Task<int> RecoveredAsync(AdminClient admin) =>
        (await admin.ListAsync("/reconciliations?account=shop")).Sum(r => (int)r["recovered"]!);

    private static Task<string> SmsAsync(HttpClient http, string phone) => SendAsync(
        http,
        "SendMultipleMessage_V4_post_json/",
        $$"""{ "ApiKey": "{{Provider}}-key", "SecretKey": "{{Provider}}-secret", "Phone": "{{phone}}", "Content": "xin chao", "Brandname": "Baotrixemay", "SmsType": "2", "CallbackUrl": "http://127.0.0.1:9/gone" }""");

    private static Task<string> ZnsAsync(HttpClient http, string phone) => SendAsync(
        http,
        "SendZaloMessage_V6/",
        $$"""{ "ApiKey": "{{Provider}}-key", "SecretKey": "{{Provider}}-secret", "Phone": "{{phone}}", "OAID": "4097311281936189049", "TempID": "205644", "TempData": { "otp": "123456" }, "CallbackUrl": "http://127.0.0.1:9/gone" }""");

    private static async Task<string> SendAsync(HttpClient http, string call, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/MainService.svc/json/" + call, UriKind.Relative), content);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("100", (string?)json["CodeResult"]);
        return (string)json["SMSID"]!;
    }
}
