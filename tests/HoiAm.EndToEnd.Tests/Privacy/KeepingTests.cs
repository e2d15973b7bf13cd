using System.Text;
using HoiAm.Server.Hosting;

namespace HoiAm.EndToEnd.Tests.Privacy;

/// <summary>Everything is forgotten in time, and nothing before: under a clock that only the test moves.</summary>
public sealed class KeepingTests
{
    private static readonly KeepOptions s_short = new() { Messages = "4", Reports = "2", Callbacks = "4", Orphans = "1", Audit = "1", Charges = "5" };

    [Fact]
    public async Task WhatIsOld_Goes_AndWhatIsPendingStaysHoweverOld()
    {
        await using var scene = await Scene.StartAsync(change: o => o with { Keep = s_short });
        await scene.ReportAsync("done", "/done");
        await scene.SettledAsync("done");
        await scene.ReportAsync("waits", "/waits");
        var waits = Assert.Single(await scene.Admin.ListAsync("/endpoints"), e => ((string)e["url"]!).EndsWith("/waits", StringComparison.Ordinal));
        (await scene.Admin.PostAsync($"/endpoints/{waits["id"]}/pause")).Is(200);
        (await scene.Vendor.ReportAsync("0901234567", "orphan", 2)).Is(200);
        Assert.Single(await scene.Admin.ListAsync("/orphans"));

        scene.Hub.Clock.Advance(TimeSpan.FromDays(3));
        await HourlyUntilAsync(scene, async () => (await scene.Admin.ListAsync("/orphans")).Count == 0, "The orphan's end");
        await HourlyUntilAsync(scene, async () => (await scene.Admin.StoryAsync("done"))["reports"]!.AsArray().Count == 0, "The report's end");
        Assert.Single((await scene.Admin.StoryAsync("done"))["callbacks"]!.AsArray());

        scene.Hub.Clock.Advance(TimeSpan.FromDays(30));
        await HourlyUntilAsync(scene, async () => (await scene.Admin.GetAsync("/messages/done")).Status == 404, "The message's end");
        await HourlyUntilAsync(scene, async () => (await scene.Admin.ListAsync("/callbacks?state=delivered")).Count == 0, "The callback's end");
        await HourlyUntilAsync(scene, async () => (await scene.Admin.ListAsync("/audit")).Count == 0, "The audit's end");
        Assert.Equal("pending", (string)Assert.Single((await scene.Admin.StoryAsync("waits"))["callbacks"]!.AsArray())!["state"]!);
        Assert.Empty(StoreScan.Find(scene.Hub.Data, "\"done\"", "SMSID=done"));

        // Resumed after a month it is sent, once.
        (await scene.Admin.PostAsync($"/endpoints/{waits["id"]}/resume")).Is(200);
        Assert.Equal("delivered", (string)(await scene.SettledAsync("waits"))["state"]!);
        Assert.Single(scene.Hook.For("waits"));
    }

    [Fact]
    public async Task Text_IsMaskedAfterItWasHandedOver_UnlessTheAccountKeepsIt()
    {
        // On the system's clock, for the simulated carriers report over HTTP; the time to wait is none.
        using var folder = new TempFolder();
        var hub = await Hub.StartAsync(new HubOptions
        {
            Urls = "http://127.0.0.1:0", Data = folder.File("data"), Sandbox = true, Keep = new KeepOptions { MaskTextAfter = "00:00:00" },
        });
        await using (hub)
        {
            var url = hub.Addresses[0];
            using var http = new HttpClient { BaseAddress = new Uri(url) };
            using var admin = new AdminClient(url, "sandbox-admin");
            const string Text = "Ma xac nhan cua ban la 482913";
            await SendAsync(http, "0901234567", Text, "");
            await SendAsync(http, "0901234568", Text + " mai", $", \"SendDate\": \"{TimeProvider.System.GetUtcNow().AddDays(2).ToOffset(TimeSpan.FromHours(7)):yyyy-MM-dd HH:mm:ss}\"");
            Assert.Equal(2, StoreScan.Find(folder.File("data"), "482913").Count);
            await Poll.UntilAsync(() => StoreScan.Find(folder.File("data"), "482913").Count == 1, "The masking", TimeSpan.FromMinutes(3), 500);

            // What is to be sent the day after tomorrow keeps its text until then.
            Assert.Contains("482913 mai", Assert.Single(StoreScan.Find(folder.File("data"), "482913")), StringComparison.Ordinal);
            Assert.NotEmpty(StoreScan.Find(folder.File("data"), "** *** **** *** *** ** ******"));
            Assert.Equal(2, StoreScan.Find(folder.File("data"), "\"brandname\":\"Baotrixemay\"").Count);

            // A number that was sent to and paid for is taken out of the statement's lines too; the money stays.
            var charges = 0;
            await Poll.UntilAsync(
                async () =>
                {
                    var erased = (await admin.PostAsync("/privacy/erase", """{ "phone": "0901234567" }""")).Is(200).Json;
                    charges += (int)erased["erased"]!["charges"]!;
                    return (bool)erased["complete"]!;
                },
                "The erasure",
                stepMs: 200);
            Assert.Equal(1, charges);
            Assert.Empty(StoreScan.Find(folder.File("data"), "901234567"));
            Assert.Contains("erased-", (await admin.GetAsync($"/accounts/sandbox/statement?detail=lines&month={Month()}")).Is(200).Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("3", null, "--retain-messages")]
    [InlineData("soon", null, "--retain-messages")]
    [InlineData(null, "tomorrow", "--mask-text-after")]
    public async Task UnusableTime_RefusesToStart(string? messages, string? mask, string option)
    {
        var refused = await Assert.ThrowsAsync<StartupException>(
            () => HubInProcess.StartAsync(change: o => o with { Keep = new KeepOptions { Messages = messages, MaskTextAfter = mask } }));
        Assert.Contains(option, refused.Message, StringComparison.Ordinal);
    }

    private static string Month() =>
        TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task SendAsync(HttpClient http, string phone, string text, string more)
    {
        using var body = new StringContent(
            $$"""{ "ApiKey": "sandbox-key", "SecretKey": "sandbox-secret", "Phone": "{{phone}}", "Content": "{{text}}", "Brandname": "Baotrixemay", "SmsType": "2"{{more}} }""",
            Encoding.UTF8,
            "application/json");
        using var answer = await http.PostAsync(new Uri("/MainService.svc/json/SendMultipleMessage_V4_post_json", UriKind.Relative), body);
        Assert.Contains("\"CodeResult\":\"100\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    // A round comes every hour of the test's clock and then takes its time by the real one, so the clock moves once in a second.
    private static Task HourlyUntilAsync(Scene scene, Func<Task<bool>> condition, string what)
    {
        var looks = 0;
        return Poll.UntilAsync(
            async () =>
            {
                if (await condition())
                {
                    return true;
                }

                if (looks++ % 10 == 0)
                {
                    scene.Hub.Clock.Advance(TimeSpan.FromHours(1));
                }

                return false;
            },
            what,
            stepMs: 100);
    }
}
