using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Reconciling;

/// <summary>Silent messages are asked about: when, how, within which limits, and whatever the provider does.</summary>
[Collection(AloneTests.Name)]
public sealed class ReconciliationTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly ProviderMessage s_delivered = new(2, 5, 1, 0, 850);

    [Fact]
    public async Task SilentMessages_AreAskedAboutWithinTenSecondsAndRecovered()
    {
        await using var night = await Night.StartAsync("2024");
        var entered = night.Now;
        await night.RegisterAsync(["sms"], s_delivered);
        await night.RegisterAsync(["viber"], new ProviderMessage(23, 5, 0, 1));
        await night.RegisterAsync(["rejected"], new ProviderMessage(2, 4, 0, 1));
        await night.RegisterAsync(["zns"], new ProviderMessage(25, 5, 0, 1, 0, """{"error":-114,"message":"inactive"}"""));
        await night.RegisterAsync(["zns-without-url"], new ProviderMessage(25, 5, 1, 0, 330) { InPull = false });
        await night.RegisterAsync(["follower"], new ProviderMessage(26, 5, 1, 0, 60));
        await night.RegisterAsync(
            ["mixed"],
            new ProviderMessage(2, 5, 1, 1, 850) { Receivers = [("0901234567", false), ("0912345678", true)] },
            """ "recipients": [{ "phone": "0901234567" }, { "phone": "0912345678" }] """);

        await night.PassAsync(TimeSpan.FromMinutes(10) - s_second, TimeSpan.FromSeconds(20));
        Assert.Empty(night.Provider.Questions);
        await night.UntilAsync(async () => (await night.RunsAsync()) is [var run] && (int)run["recovered"]! == 7, TimeSpan.FromSeconds(30), s_second / 4, "The recovery", pauseMs: 120);

        var first = night.Provider.Questions.GroupBy(q => q.Ids[0]).Select(g => g.First()).ToList();
        Assert.All(first, q => Assert.InRange(q.At - entered, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(10)));
        Assert.Equal(["GetCallback", "QueryZnsStatus"], night.Provider.Questions.Where(q => q.Ids.Contains("zns")).Select(q => q.Call));
        Assert.Equal(["GetSendStatus", "GetSmsReceiverStatus"], night.Provider.Questions.Where(q => q.Ids.Contains("mixed")).Select(q => q.Call));
        foreach (var (id, state, price) in new[]
        {
            ("sms", "delivered", 850m), ("viber", "failed", 0m), ("rejected", "rejected", 0m), ("zns", "failed", 0m),
            ("zns-without-url", "delivered", 330m), ("follower", "delivered", 60m), ("mixed", "partlyDelivered", 850m),
        })
        {
            var story = await night.Admin.StoryAsync(id);
            Assert.Equal((id, state, price), (id, (string?)story["message"]!["state"], (decimal)story["message"]!["totalPrice"]!));
            Assert.All(story["reports"]!.AsArray(), r => Assert.Equal("pull", (string?)r!["source"]));
            Assert.Contains(id, (string)story["reports"]![0]!["raw"]! + (id == "mixed" ? id : ""), StringComparison.Ordinal);
            Assert.Single(story["callbacks"]!.AsArray());
        }

        Assert.Equal(["failed", "delivered"], (await night.Admin.StoryAsync("mixed"))["recipients"]!.AsArray().Select(r => (string?)r!["state"]));
        Assert.Contains("-114", (string)(await night.Admin.StoryAsync("zns"))["recipients"]![0]!["errorInfo"]!, StringComparison.Ordinal);
        var only = Assert.Single(await night.RunsAsync());
        Assert.Equal((7, 7, 0, 0), ((int)only["asked"]!, (int)only["answered"]!, (int)only["stillSilent"]!, (int)only["failures"]!));
        var asked = night.Provider.Questions.Count;
        await night.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10));
        Assert.Equal(asked, night.Provider.Questions.Count);
    }

    [Fact]
    public async Task AMessageThatStaysSilent_IsAskedAboutLessAndLessOften()
    {
        await using var night = await Night.StartAsync("2024", after: "00:00:10");
        await night.RegisterAsync(["late"], new ProviderMessage(2, 2, 0, 0));
        await night.RegisterAsync(["unknown"], s_delivered);
        night.Provider.Messages.TryRemove("unknown", out _);

        await night.PassAsync(TimeSpan.FromHours(2), TimeSpan.FromSeconds(5), pauseMs: 3);

        var times = night.Provider.Questions.Where(q => q.Ids[0] == "late").Select(q => q.At).ToList();
        Assert.InRange(times.Count, 6, 9);
        var gaps = times.Zip(times.Skip(1), (a, b) => b - a).ToList();
        Assert.All(gaps.Zip(gaps.Skip(1)), pair => Assert.True(pair.Second > pair.First));
        Assert.Equal("waiting", await night.MessageStateAsync("late"));
        Assert.Single((await night.Admin.StoryAsync("late"))["reports"]!.AsArray());
        Assert.Equal(2, await night.OpenAsync());

        night.Provider.Messages["late"] = s_delivered;
        await night.UntilAsync(async () => await night.MessageStateAsync("late") == "delivered", TimeSpan.FromHours(3), TimeSpan.FromMinutes(1), "The late end");
        var runs = await night.RunsAsync();
        Assert.True(runs.Count >= 3);
        Assert.Equal(1, runs.Sum(r => (int)r["recovered"]!));
        Assert.Equal((2, 1, 2), ((int)runs[^1]["asked"]!, (int)runs[^1]["answered"]!, (int)runs[^1]["stillSilent"]!));
    }

    [Fact]
    public async Task ManyAtOnce_AreAskedAboutAtTheDocumentedRate()
    {
        await using var night = await Night.StartAsync("2024", after: "00:00:05");
        await night.RegisterAsync(Enumerable.Range(0, 60).Select(i => $"sms-{i}"), s_delivered);
        await night.RegisterAsync(Enumerable.Range(0, 450).Select(i => $"zns-{i}"), new ProviderMessage(25, 5, 1, 0, 330));

        await night.PassAsync(TimeSpan.FromSeconds(6), s_second);
        await night.UntilAsync(async () => (await night.RunsAsync()).Sum(r => (int)r["recovered"]!) == 510, TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(30), "The recovery", pauseMs: 4);

        AssertRate(night.Provider.Questions, 20);
        var batches = night.Provider.Questions.Where(q => q.Call == "GetCallback").ToList();
        Assert.Equal([200, 200, 50], batches.Select(q => q.Ids.Count));
        Assert.Equal(60, night.Provider.Questions.Count(q => q.Call == "GetSendStatus"));
    }

    // 01:00 to 02:00 in Vietnam is 18:00 to 19:00 UTC: the hub's own zone and date have no say.
    [Theory]
    [InlineData("2023", 100)]
    [InlineData("seed", 200)]
    public async Task OlderEditions_AskOnlyInTheirHours(string edition, int idsMax)
    {
        var start = new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero);
        var opens = new DateTimeOffset(2026, 1, 1, 18, 0, 0, TimeSpan.Zero);
        await using var night = await Night.StartAsync(edition, start: start);
        await night.RegisterAsync(Enumerable.Range(0, 250).Select(i => $"zns-{i}"), new ProviderMessage(25, 5, 1, 0, 330));
        await night.RegisterAsync(["sms-1", "sms-2", "sms-3"], s_delivered);
        await night.RegisterAsync(["silent"], new ProviderMessage(2, 7, 0, 0));

        await night.PassAsync(opens - night.Now - s_second, TimeSpan.FromMinutes(7), pauseMs: 5);
        await night.PassAsync(opens - night.Now - s_second, s_second, pauseMs: 2);
        Assert.Empty(night.Provider.Questions);
        Assert.Equal("waitingForHours", (string?)(await night.StateAsync())["state"]);

        await night.UntilAsync(async () => (await night.RunsAsync()).Sum(r => (int)r["asked"]!) == 254, TimeSpan.FromMinutes(2), s_second / 2, "The recovery", pauseMs: 60);
        var first = night.Provider.Questions.Count;
        Assert.All(night.Provider.Questions, q => Assert.InRange(q.At, opens, opens.AddHours(1)));
        Assert.All(night.Provider.Questions, q => Assert.InRange(q.Ids.Count, 1, idsMax));
        AssertRate(night.Provider.Questions, 1);
        await night.PassAsync(opens.AddDays(1) - night.Now - s_second, TimeSpan.FromMinutes(11), pauseMs: 5);
        Assert.Equal(first, night.Provider.Questions.Count);
        await night.UntilAsync(async () => (await night.RunsAsync()) is [var second, _] && (int)second["asked"]! == 1, TimeSpan.FromMinutes(15), s_second, "The second night");
        Assert.Equal(first + 1, night.Provider.Questions.Count);

        var runs = await night.RunsAsync();
        Assert.Equal([1, 254], runs.Select(r => (int)r["asked"]!));
        Assert.All(runs, r => Assert.Equal((edition, 1), ((string)r["edition"]!, (int)r["stillSilent"]!)));
    }

    [Theory]
    [InlineData(503, "busy", "unreachable")]
    [InlineData(200, "<html>maintenance</html>", "unreadable")]
    [InlineData(404, "", "refused")]
    [InlineData(200, """{"Code":160,"CodeResponse":"160","Message":"Exceed TPS"}""", "rateLimited")]
    [InlineData(200, """{"Code":110,"CodeResponse":"110","Message":"only between 01:00 and 02:00"}""", "outsideHours")]
    [InlineData(200, """{"Code":101,"CodeResponse":"101","Message":"Authorize Failed"}""", "keysRefused")]
    public async Task AFailingProvider_IsNotPressed_AndNothingIsLost(int status, string body, string state)
    {
        await using var night = await Night.StartAsync("2024", after: "00:00:05");
        await night.RegisterAsync(["zns"], new ProviderMessage(25, 5, 1, 0, 330));
        await night.RegisterAsync(["viber"], new ProviderMessage(23, 5, 1, 0, 470));
        night.Provider.Fault = new HookAnswer(status, body, "Retry-After", "20");

        await night.PassAsync(TimeSpan.FromMinutes(2), s_second, pauseMs: 5);
        Assert.InRange(night.Provider.Questions.Count, 1, 16);
        await night.UntilAsync(async () => (string?)(await night.StateAsync())["state"] == state, TimeSpan.FromMinutes(5), s_second, "The state");
        var stopped = await night.StateAsync();
        Assert.False(string.IsNullOrEmpty((string?)stopped["error"]));
        Assert.Equal(2, (int)stopped["waiting"]!);
        Assert.True((int)stopped["lastRun"]!["failures"]! >= 1);

        night.Provider.Fault = null;
        await night.UntilAsync(async () => await night.OpenAsync() == 0, TimeSpan.FromMinutes(12), TimeSpan.FromSeconds(2), "The recovery");
        Assert.Equal("delivered", await night.MessageStateAsync("zns"));
        Assert.Equal("delivered", await night.MessageStateAsync("viber"));
        Assert.Equal("idle", (string?)(await night.StateAsync())["state"]);
    }

    [Fact]
    public async Task ARestart_GoesOnWhereTheRunWas()
    {
        await using var night = await Night.StartAsync("2024", after: "00:01:00");
        await night.RegisterAsync(["early"], new ProviderMessage(2, 2, 0, 0));
        await night.PassAsync(TimeSpan.FromSeconds(70), s_second);
        await night.RegisterAsync(["after"], s_delivered);
        await night.RestartAsync();
        night.Provider.Messages["early"] = s_delivered;
        await night.PassAsync(TimeSpan.FromSeconds(90), s_second);

        Assert.Equal("delivered", await night.MessageStateAsync("early"));
        Assert.Equal("delivered", await night.MessageStateAsync("after"));
        var run = Assert.Single(await night.RunsAsync());
        Assert.Equal((2, 2), ((int)run["asked"]!, (int)run["recovered"]!));
    }

    [Fact]
    public async Task APrivateProvider_IsNotCalledUnlessTheAccountAllowsIt()
    {
        await using var night = await Night.StartAsync("2024", after: "00:00:05");
        var port = new Uri(night.Provider.Url).Port.ToString(CultureInfo.InvariantCulture);
        (await night.Admin.PutAsync("/accounts/shop", """{ "upstream": null, "allowPrivateHooks": false }""")).Is(200);
        (await night.Admin.PutAsync("/accounts/shop", $$"""{ "upstream": { "baseUrl": "http://127.0.0.1:{{port}}", "apiKey": "k", "secretKey": "s" } }""")).IsProblem(400, "upstream.baseUrl");

        // Allowed when it was entered, refused when it is connected to.
        (await night.Admin.PutAsync("/accounts/shop", $$"""{ "allowPrivateHooks": true, "upstream": { "baseUrl": "http://127.0.0.1:{{port}}", "apiKey": "up-key", "secretKey": "up-secret" } }""")).Is(200);
        (await night.Admin.PutAsync("/accounts/shop", """{ "allowPrivateHooks": false }""")).Is(200);
        await night.RegisterAsync(["sms"], s_delivered);
        await night.UntilAsync(async () => (string?)(await night.StateAsync())["state"] == "unreachable", TimeSpan.FromMinutes(5), s_second, "The refusal", pauseMs: 30);

        Assert.Empty(night.Provider.Questions);
    }

    private static void AssertRate(IReadOnlyList<Question> questions, int perSecond)
    {
        var times = questions.Select(q => q.At).Order().ToList();
        for (var i = perSecond; i < times.Count; i++)
        {
            Assert.True(times[i] - times[i - perSecond] >= s_second, $"More than {perSecond} questions in the second from {times[i - perSecond]:O}.");
        }
    }
}
