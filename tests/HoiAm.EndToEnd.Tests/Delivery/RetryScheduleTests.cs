using System.Globalization;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Delivery;

/// <summary>The retry rule from outside, under a clock of the test: how often, when, and when not.</summary>
public sealed class RetryScheduleTests
{
    private static readonly TimeSpan[] s_delays =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30)];

    [Fact]
    public async Task HookThatFailsFiveTimes_GetsItsCallbackOnTheSixthRequest()
    {
        await using var scene = await Scene.StartAsync();
        scene.Hook.Script("/five", call => call.Number <= 5 ? new HookAnswer(500, "down") : HookAnswer.Ok);
        await scene.ReportAsync("five-1", "/five");
        var callback = await scene.SettledAsync("five-1");

        Assert.Equal("delivered", (string?)callback["state"]);
        Assert.Equal(["1", "2", "3", "4", "5", "6"], scene.Hook.At("/five").Select(c => c.Attempt));
        Assert.Single(scene.Hook.At("/five").Select(c => (c.CallbackId, c.Target)).Distinct());
        var attempts = callback["attempts"]!.AsArray();
        Assert.Equal(["httpStatus", "httpStatus", "httpStatus", "httpStatus", "httpStatus", "delivered"], attempts.Select(a => (string)a!["outcome"]!));
        Assert.Equal("down", (string?)attempts[0]!["responseSnippet"]);
        AssertSchedule(attempts, s_delays);
    }

    [Fact]
    public async Task HookThatNeverAnswers_IsExhaustedAfterExactlySixTriesOnSchedule()
    {
        await using var scene = await Scene.StartAsync();
        scene.Hook.Script("/silent", _ => HookAnswer.Silence);
        await scene.ReportAsync("silent-1", "/silent");
        var callback = await scene.SettledAsync("silent-1", silentFor: TimeSpan.FromSeconds(10));

        Assert.Equal("exhausted", (string?)callback["state"]);
        Assert.Equal("retries", (string?)callback["reason"]);
        var attempts = callback["attempts"]!.AsArray();
        Assert.Equal(6, attempts.Count);
        Assert.All(attempts, a => Assert.Equal("timedOut", (string?)a!["outcome"]));
        Assert.All(attempts, a => Assert.Equal(10_000, (int)a!["durationMs"]!));
        AssertSchedule(attempts, s_delays);

        // Days later nothing more has come.
        scene.Hub.Clock.Advance(TimeSpan.FromDays(4));
        await Poll.PauseAsync(200);
        Assert.Equal(6, scene.Hook.At("/silent").Count);
        using var pull = new PullClient(scene.Hub.Url, "shop-key", "shop-secret");
        Assert.Equal("exhausted", (string?)(await pull.FeedAsync()).Is(200).Json["items"]![0]!["state"]);

        // Exhausted is not the end: a person sends it again, with the same bytes, numbered on.
        scene.Hook.Script("/silent", _ => HookAnswer.Ok);
        (await scene.Admin.PostAsync($"/callbacks/{callback["id"]}/replay")).Is(202);
        Assert.Equal("delivered", (string?)(await scene.SettledAsync("silent-1"))["state"]);
        var calls = scene.Hook.At("/silent");
        Assert.Equal("7", calls[6].Attempt);
        Assert.Single(calls.Select(c => (c.CallbackId, c.Target)).Distinct());
    }

    [Theory]
    [InlineData("timeout-only", 500, 1, "refused")]
    [InlineData("timeout-only", 404, 1, "refused")]
    [InlineData("timeout-only", 504, 3, "retries")]
    [InlineData("timeout-only", 408, 3, "retries")]
    [InlineData("default", 500, 3, "retries")]
    [InlineData("default", 503, 3, "retries")]
    [InlineData("default", 404, 3, "retries")]
    [InlineData("default", 425, 3, "retries")]
    [InlineData("default", 429, 3, "retries")]
    [InlineData("default", 400, 1, "refused")]
    [InlineData("default", 401, 1, "refused")]
    [InlineData("default", 403, 1, "refused")]
    [InlineData("default", 410, 1, "refused")]
    [InlineData("default", 302, 1, "refused")]
    [InlineData("default", 204, 1, null)]
    [InlineData("default", 202, 1, null)]
    [InlineData("non-200", 204, 3, "retries")]
    [InlineData("non-200", 400, 3, "retries")]
    [InlineData("non-200", 302, 3, "retries")]
    [InlineData("non-200", 200, 1, null)]
    public async Task Answer_IsJudgedByTheAccountsRule(string on, int status, int requests, string? reason)
    {
        await using var scene = await Scene.StartAsync($$""" "retry": { "on": "{{on}}", "maxRetries": 2, "delays": ["00:00:01"] } """);
        scene.Hook.Script("/judge", _ => status == 302 ? new HookAnswer(302, "", "Location", "/elsewhere") : new HookAnswer(status, ""));
        await scene.ReportAsync("judge-1", "/judge");
        var callback = await scene.SettledAsync("judge-1");
        Assert.Equal(reason is null ? "delivered" : "exhausted", (string?)callback["state"]);
        Assert.Equal(reason, (string?)callback["reason"]);
        Assert.Equal(requests, callback["attempts"]!.AsArray().Count);
        Assert.Equal(requests, scene.Hook.Count);
        Assert.Empty(scene.Hook.At("/elsewhere"));
    }

    [Theory]
    [InlineData("20", 20)]
    [InlineData("1", 5)]
    [InlineData("nonsense", 5)]
    [InlineData("Thu, 01 Jan 2026 00:01:02 GMT", 60)]
    public async Task RetryAfter_OnlyLengthensThePause(string value, int seconds)
    {
        await using var scene = await Scene.StartAsync(""" "retry": { "maxRetries": 1, "delays": ["00:00:05"] } """);
        scene.Hook.Script("/later", call => call.Number == 1 ? new HookAnswer(503, "", "Retry-After", value) : HookAnswer.Ok);
        await scene.ReportAsync("later-1", "/later");
        var attempts = (await scene.SettledAsync("later-1"))["attempts"]!.AsArray();
        AssertSchedule(attempts, [TimeSpan.FromSeconds(seconds)]);
    }

    [Fact]
    public async Task HookAtAnAddressThatIsNotAllowed_IsBlockedWithoutARequest()
    {
        await using var scene = await Scene.StartAsync();
        await scene.Admin.MessageAsync("shop", "v", "blocked-1", "0901234567", $"\"callbackUrl\": \"{scene.Hook.Url}/blocked\"");
        (await scene.Admin.PutAsync("/accounts/shop", """{ "allowPrivateHooks": false, "callbackUrl": null }""")).Is(200);
        (await scene.Vendor.ReportAsync("0901234567", "blocked-1", 2)).Is(200);
        var callback = await scene.SettledAsync("blocked-1");
        Assert.Equal("exhausted", (string?)callback["state"]);
        Assert.Equal("blocked", (string?)callback["reason"]);
        Assert.Equal(0, scene.Hook.Count);
    }

    [Fact]
    public async Task NobodyListening_IsRetriedAndExhausted()
    {
        await using var scene = await Scene.StartAsync(""" "retry": { "maxRetries": 1, "delays": ["00:00:01"] } """);
        await scene.Admin.MessageAsync("shop", "v", "dead-1", "0901234567", $"\"callbackUrl\": \"http://127.0.0.1:{HubProcess.FreePort().ToString(CultureInfo.InvariantCulture)}/x\"");
        (await scene.Vendor.ReportAsync("0901234567", "dead-1", 2)).Is(200);
        var callback = await scene.SettledAsync("dead-1");
        Assert.Equal("retries", (string?)callback["reason"]);
        Assert.Equal(["connectionRefused", "connectionRefused"], callback["attempts"]!.AsArray().Select(a => (string)a!["outcome"]!));
    }

    // A pause runs from the end of one try to the beginning of the next, and jitter may make it a tenth longer.
    private static void AssertSchedule(JsonArray attempts, TimeSpan[] delays)
    {
        Assert.Equal(delays.Length + 1, attempts.Count);
        for (var i = 0; i < delays.Length; i++)
        {
            var end = At(attempts[i]!) + TimeSpan.FromMilliseconds((int)attempts[i]!["durationMs"]!);
            var pause = At(attempts[i + 1]!) - end;
            Assert.True(
                pause >= delays[i] - TimeSpan.FromMilliseconds(5) && pause <= (delays[i] * 1.1) + TimeSpan.FromSeconds(1),
                $"Pause {i + 1} was {pause}, expected {delays[i]}.");
        }
    }

    private static DateTimeOffset At(JsonNode attempt) => DateTimeOffset.Parse((string)attempt["at"]!, CultureInfo.InvariantCulture);
}
