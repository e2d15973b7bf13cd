using HoiAm.Client;
using HoiAm.Model;
using HoiAm.Packages.Tests.Support;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.GetCallback;

namespace HoiAm.Packages.Tests.Client;

/// <summary>The documented limits are kept by the client, before the server has to refuse.</summary>
public sealed class LimitTests
{
    private const string Empty = """{"Code":100,"Message":"Success","Data_callback":[]}""";

    // 2026-01-01 00:00 UTC is 07:00 in Vietnam.
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Pull_NeverExceedsTwentyInAnySecond()
    {
        var (client, server) = Client(GetCallbackLimits.Edition2024);
        await _clock.RunAsync(Task.WhenAll(Enumerable.Range(0, 70).Select(i => client.GetCallbackAsync([$"id-{i}"], null, TestContext.Current.CancellationToken))));

        var times = server.Requests.Select(r => r.At).Order().ToList();
        Assert.Equal(70, times.Count);
        for (var i = 20; i < times.Count; i++)
        {
            Assert.True(times[i] - times[i - 20] > TimeSpan.FromSeconds(1), $"21 requests within {times[i] - times[i - 20]}");
        }
    }

    [Fact]
    public async Task ZnsStatus_KeepsToItsOwnLimit_AndClientsShareIt()
    {
        var server = new ScriptedServer(_clock, (_, _) => ScriptedServer.Json("""{"CodeResult":"854"}"""));
        var options = Options(GetCallbackLimits.Edition2024);
        EsmsClient[] clients = [new(new HttpClient(server), options), new(new HttpClient(server), options)];
        await _clock.RunAsync(Task.WhenAll(Enumerable.Range(0, 250).Select(i => clients[i % 2].QueryZnsStatusAsync($"id-{i}", MessageKind.Zns, TestContext.Current.CancellationToken))));

        var times = server.Requests.Select(r => r.At).Order().ToList();
        Assert.All(Enumerable.Range(100, 150), i => Assert.True(times[i] - times[i - 100] > TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task OutsideTheHours_NothingIsAsked_AndTheReplySaysWhenTheyOpen()
    {
        var (client, server) = Client(GetCallbackLimits.Edition2023);
        var reply = await client.GetCallbackAsync(["id"], null, TestContext.Current.CancellationToken);

        Assert.Equal((EsmsOutcome.Withheld, TimeSpan.FromHours(18), 0), (reply.Outcome, reply.RetryAfter, reply.Attempts));
        Assert.Empty(server.Requests);

        _clock.Advance(TimeSpan.FromHours(18));
        Assert.True((await client.GetCallbackAsync(["id"], null, TestContext.Current.CancellationToken)).IsSuccess);

        _clock.Advance(TimeSpan.FromHours(1));
        reply = await client.GetCallbackAsync(["id"], null, TestContext.Current.CancellationToken);
        Assert.Equal((EsmsOutcome.Withheld, TimeSpan.FromHours(23)), (reply.Outcome, reply.RetryAfter));
        Assert.Single(server.Requests);
    }

    // Five were asked at 01:59:58.9 at one a second: those whose turn comes after two o'clock stay home.
    [Fact]
    public async Task HoursThatEndWhileWaiting_WithholdTheRest()
    {
        _clock.Advance(TimeSpan.FromHours(19) - TimeSpan.FromMilliseconds(1100));
        var (client, server) = Client(GetCallbackLimits.Edition2023);
        var replies = await _clock.RunAsync(Task.WhenAll(Enumerable.Range(0, 5).Select(i => client.GetCallbackAsync([$"id-{i}"], null, TestContext.Current.CancellationToken))));

        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(3, replies.Count(r => r.Outcome == EsmsOutcome.Withheld));
    }

    [Fact]
    public async Task ManyIds_GoInRequestsOfTheEditionsSize()
    {
        var (client, server) = Client(GetCallbackLimits.Edition2024);
        var asked = new List<string>();
        await foreach (var reply in client.GetCallbacksAsync(Enumerable.Range(0, 450).Select(i => $"id-{i % 430}"), "oa", TestContext.Current.CancellationToken))
        {
            asked.AddRange(reply.Asked);
        }

        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(Enumerable.Range(0, 430).Select(i => $"id-{i}"), asked);
    }

    [Fact]
    public async Task MoreIdsThanARequestMayHave_AreAProgrammersError()
    {
        var (client, _) = Client(GetCallbackLimits.Edition2023);
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetCallbackAsync([.. Enumerable.Range(0, 101).Select(i => $"id-{i}")], null, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetCallbackAsync([], null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void DocumentedHosts_AreTheDefault()
    {
        var options = new EsmsClientOptions { ApiKey = "k", SecretKey = "s" };
        Assert.Equal(
            ("https://rest.esms.vn/", "https://voiceapi.esms.vn/", "https://status-sms.esms.vn/"),
            (options.RestAddress.AbsoluteUri, options.VoiceAddress.AbsoluteUri, options.StatusAddress.AbsoluteUri));
    }

    [Fact]
    public async Task EachHost_GetsItsOwnCalls()
    {
        var server = new ScriptedServer(_clock, (_, _) => ScriptedServer.Json("""{"Code":101}"""));
        var client = new EsmsClient(new HttpClient(server), Options(GetCallbackLimits.Edition2024));
        await client.SendSmsAsync("b", "0901234567", "x", null, TestContext.Current.CancellationToken);
        await client.CallTemplateAsync("t", "0901234567", ["1"], null, null, TestContext.Current.CancellationToken);
        await client.GetCallStatusAsync("r", TestContext.Current.CancellationToken);
        await client.GetCallbackAsync(["a"], null, TestContext.Current.CancellationToken);

        Assert.Equal(["https://rest.esms.vn", "https://voiceapi.esms.vn", "https://voiceapi.esms.vn", "https://status-sms.esms.vn"], server.Requests.Select(r => r.Host));
    }

    // Settings are judged where they are given, not when the first call fails.
    [Theory]
    [InlineData("ftp://x", 3, 1)]
    [InlineData("https://x/?a=b", 3, 1)]
    [InlineData("https://x", 0, 1)]
    [InlineData("https://x", 11, 1)]
    [InlineData("https://x", 3, 0)]
    public void UnusableSettings_AreRefused(string address, int attempts, int perSecond) => Assert.ThrowsAny<ArgumentException>(() => new EsmsClient(
        new HttpClient(new ScriptedServer(_clock, (_, _) => null)),
        new EsmsClientOptions
        {
            ApiKey = "k", SecretKey = "s", RestAddress = new Uri(address), MaxAttempts = attempts,
            PerSecond = new Dictionary<EsmsOperation, int> { [EsmsOperation.SendJson] = perSecond },
        }));

    private EsmsClientOptions Options(GetCallbackLimits limits) => new() { ApiKey = "k", SecretKey = "s", Time = _clock, Pull = limits };

    private (EsmsClient Client, ScriptedServer Server) Client(GetCallbackLimits limits)
    {
        var server = new ScriptedServer(_clock, (_, _) => ScriptedServer.Json(Empty));
        return (new EsmsClient(new HttpClient(server), Options(limits)), server);
    }
}
