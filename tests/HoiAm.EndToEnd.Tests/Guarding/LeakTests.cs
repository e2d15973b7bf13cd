using System.Text;

namespace HoiAm.EndToEnd.Tests.Guarding;

/// <summary>A busy run with good, bad and failing traffic: no secret and no whole number in anything that the hub prints or answers to strangers.</summary>
public sealed class LeakTests
{
    private const string Phone = "0907654321";

    private static readonly string[] s_secrets =
    [
        "907654321", "leak-key", "leak-secret", "leak-vendor-key", "leak-signing-secret-16", "leak-hook-password", "leak-header-value",
        "leak-wrong-token", "leak-wrong-key", HubProcess.AdminToken, "leak-made-token", "leak-in-query",
    ];

    [Fact]
    public async Task BusyRun_PrintsAndAnswersNoSecretAndNoNumber()
    {
        await using var hook = await HookServer.StartAsync();
        hook.Script("/fails", _ => new HookAnswer(500, "no luck with " + Phone)).Script("/gone", _ => new HookAnswer(410));
        await using var hub = await HubProcess.StartAsync();
        var answers = new StringBuilder();
        using var admin = new AdminClient(hub.Url);
        using var stranger = new AdminClient(hub.Url, "leak-wrong-token");
        using var wrong = new VendorClient(hub.Url, "leak-wrong-key");
        using var vendor = new VendorClient(hub.Url, "leak-vendor-key");
        await admin.AccountAsync(
            "leak",
            hook.Url + "/fails?token=leak-in-query",
            "\"signingSecret\": \"leak-signing-secret-16\", \"hookAuth\": { \"username\": \"u\", \"password\": \"leak-hook-password\" }, \"hookHeaders\": { \"X-T\": \"leak-header-value\" }");
        await admin.VendorAsync("leak");
        (await admin.PostAsync("/tokens", """{ "token": "leak-made-token", "role": "support" }""")).Is(201);
        for (var i = 0; i < 5; i++)
        {
            await admin.MessageAsync("leak", "leak", "leak-" + i, Phone, i == 0 ? $"\"callbackUrl\": \"{hook.Url}/gone?p={Phone}\"" : "");
            (await vendor.ReportAsync(Phone, "leak-" + i, 2)).Is(200);
            answers.AppendLine((await wrong.ReportAsync(Phone, "leak-" + i, 2)).Text);
            answers.AppendLine((await stranger.GetAsync("/messages?phone=" + Phone)).Text);
            answers.AppendLine((await vendor.PostAsync($$"""{ "msisdn": "{{Phone}}x", "status": "odd" """)).Text);
            answers.AppendLine((await admin.PostAsync("/messages", "{ \"apiKey\": \"leak-key\", ")).Text);
            using var pull = new HttpClient { BaseAddress = new Uri(hub.Url) };
            using var body = new StringContent($$"""{ "ApiKey": "leak-key", "SecretKey": "leak-wrong-key", "Phone": "{{Phone}}" }""", Encoding.UTF8, "application/json");
            using var pulled = await pull.PostAsync(new Uri("/ZaloCallback/GetCallback", UriKind.Relative), body, TestContext.Current.CancellationToken);
            answers.AppendLine(await pulled.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        await Poll.UntilAsync(() => hook.Count >= 5, "The callbacks");
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(hub.Url + "/metrics"), TestContext.Current.CancellationToken);
        answers.AppendLine((await admin.GetAsync("/audit")).Text);
        await hub.TerminateAsync();
        foreach (var (where, text) in new[] { ("the output", hub.Stdout + hub.Stderr), ("the metrics", metrics), ("the refusals and the audit", answers.ToString()) })
        {
            Assert.NotEmpty(text);
            Assert.All(s_secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"'{secret}' is in {where}: {text}"));
        }
    }

    [Fact]
    public async Task ReadOnlyStaff_SeesNoNumberThatAStrangerWroteAnywhere()
    {
        await using var scene = await Scene.StartAsync();
        scene.Hook.Script("/echo/0907654321", call => new HookAnswer(200, "thanks, +84 907.654.321 is " + call.Parameter("Phonenumber")));
        await scene.Admin.MessageAsync("shop", "v", "echo-1", Phone, $"\"requestId\": \"order-{Phone}\", \"callbackUrl\": \"{scene.Hook.Url}/echo/{Phone}?tel={Phone}\"");
        (await scene.Vendor.PostAsync($$"""{ "msisdn": "{{Phone}}", "referentId": "echo-1", "status": -2, "errorInfo": "84907654321 is switched off" }""")).Is(200);
        await scene.SettledAsync("echo-1");
        (await scene.Admin.PostAsync("/tokens", """{ "token": "readonly-token", "role": "readonly" }""")).Is(201);
        using var readOnly = new AdminClient(scene.Hub.Url, "readonly-token");
        foreach (var path in new[] { "/messages/echo-1", "/messages", "/callbacks", "/endpoints", "/orphans", "/audit" })
        {
            var text = (await readOnly.GetAsync(path)).Is(200).Text;
            Assert.DoesNotContain("907654321", text, StringComparison.Ordinal);
            Assert.DoesNotContain("907.654.321", text, StringComparison.Ordinal);
        }

        Assert.Contains("907.654.321", (await scene.Admin.GetAsync("/messages/echo-1")).Text, StringComparison.Ordinal);
    }
}
