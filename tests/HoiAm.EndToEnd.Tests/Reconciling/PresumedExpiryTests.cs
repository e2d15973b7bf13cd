namespace HoiAm.EndToEnd.Tests.Reconciling;

/// <summary>Messages of which nothing is heard end with a presumed expiry, which only a real report replaces.</summary>
[Collection(AloneTests.Name)]
public sealed class PresumedExpiryTests
{
    private const string Phone = "0901234567";
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task AfterThreeDaysOfSilence_TheMessageIsTakenForExpired_UntilARealReportComes()
    {
        await using var scene = await Scene.StartAsync();
        await scene.Admin.MessageAsync("shop", "v", "silent", Phone, $"\"callbackUrl\": \"{scene.Hook.Url}/hook\"");
        await PassAsync(scene, TimeSpan.FromHours(1));
        await scene.Admin.MessageAsync("shop", "v", "heard", Phone);
        (await scene.Vendor.ReportAsync(Phone, "heard", 1)).Is(200);
        await scene.Admin.MessageAsync("shop", "v", "done", Phone);
        (await scene.Vendor.ReportAsync(Phone, "done", 2)).Is(200);

        await PassAsync(scene, TimeSpan.FromHours(70));
        Assert.Equal("accepted", await StateAsync(scene, "silent"));
        await PassAsync(scene, TimeSpan.FromMinutes(61));
        await Poll.UntilAsync(() => TickAsync(scene, () => Told(scene).Count == 1), "The callback");

        var story = await scene.Admin.StoryAsync("silent");
        Assert.Equal(("expired", true, 0m), ((string)story["message"]!["state"]!, (bool)story["message"]!["presumed"]!, (decimal)story["message"]!["totalPrice"]!));
        Assert.Equal("presumed", (string?)Assert.Single(story["reports"]!.AsArray())!["source"]);
        Assert.Contains("silentForHours", (string)story["reports"]![0]!["raw"]!, StringComparison.Ordinal);
        var told = Told(scene)[0];
        Assert.Equal(("5", "1", "0", "0.0000"), (told.Parameter("SendStatus"), told.Parameter("SendFailed"), told.Parameter("SendSuccess"), told.Parameter("TotalPrice")));
        Assert.Equal("waiting", await StateAsync(scene, "heard"));

        (await scene.Vendor.ReportAsync(Phone, "silent", 2)).Is(200);
        await Poll.UntilAsync(() => TickAsync(scene, () => Told(scene).Count == 2), "The second callback");
        var real = (await scene.Admin.StoryAsync("silent"))["message"]!;
        Assert.Equal(("delivered", false, 850m), ((string)real["state"]!, (bool)real["presumed"]!, (decimal)real["totalPrice"]!));
        Assert.Equal(("1", "850.0000"), (Told(scene)[1].Parameter("SendSuccess"), Told(scene)[1].Parameter("TotalPrice")));

        await PassAsync(scene, TimeSpan.FromHours(1));
        await Poll.UntilAsync(async () => await TickAsync(scene, () => true) && await StateAsync(scene, "heard") == "expired", "The second presumption");
        Assert.Equal("delivered", await StateAsync(scene, "silent"));
        Assert.Equal("delivered", await StateAsync(scene, "done"));
    }

    [Fact]
    public async Task TheSilenceIsTheAccountsChoice_AndAChangeHoldsForWhatWaits()
    {
        await using var scene = await Scene.StartAsync("\"presumeExpiredAfter\": \"00:10:00\"");
        await scene.Admin.AccountAsync("patient", null, "\"presumeExpiredAfter\": null");
        await scene.Admin.MessageAsync("shop", "v", "short", Phone);
        await scene.Admin.MessageAsync("patient", "v", "never", Phone);

        await PassAsync(scene, TimeSpan.FromMinutes(11), s_step);
        await Poll.UntilAsync(async () => await TickAsync(scene, () => true) && await StateAsync(scene, "short") == "expired", "The short silence");
        await PassAsync(scene, TimeSpan.FromHours(200), TimeSpan.FromHours(1));
        Assert.Equal("accepted", await StateAsync(scene, "never"));

        await scene.Hub.RestartAsync();
        using var admin = new AdminClient(scene.Hub.Url);
        var shown = (await admin.PutAsync("/accounts/patient", """{ "presumeExpiredAfter": "72:00:00" }""")).Is(200).Json;
        Assert.Equal("72:00:00", (string?)shown["presumeExpiredAfter"]);
        await PassAsync(scene, TimeSpan.FromSeconds(30), s_step);
        await Poll.UntilAsync(
            async () => await TickAsync(scene, () => true) && (string?)(await admin.StoryAsync("never"))["message"]!["state"] == "expired", "The presumption");

        (await admin.PutAsync("/accounts/patient", """{ "presumeExpiredAfter": "00:00:10" }""")).IsProblem(400, "presumeExpiredAfter");
        (await admin.PutAsync("/accounts/patient", """{ "presumeExpiredAfter": "40.00:00:00" }""")).IsProblem(400, "presumeExpiredAfter");
    }

    // A try that a busy machine lets time out is made again: what counts is the callback.
    private static List<HookCall> Told(Scene scene) => [.. scene.Hook.Calls.DistinctBy(c => c.CallbackId)];

    private static async Task<bool> TickAsync(Scene scene, Func<bool> condition)
    {
        scene.Hub.Clock.Advance(TimeSpan.FromSeconds(1));
        await Poll.PauseAsync(20);
        return condition();
    }

    // Each step is one jump of the clock: rounds come about as often as steps, not once for every second of three days.
    private static async Task PassAsync(Scene scene, TimeSpan time, TimeSpan? step = null)
    {
        var one = step ?? TimeSpan.FromMinutes(15);
        for (var passed = TimeSpan.Zero; passed < time; passed += one)
        {
            scene.Hub.Clock.Leap(one);
            await Poll.PauseAsync(5);
        }
    }

    private static async Task<string> StateAsync(Scene scene, string id) => (string)(await scene.Admin.StoryAsync(id))["message"]!["state"]!;
}
