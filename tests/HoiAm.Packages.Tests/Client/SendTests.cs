using System.Net;
using System.Text.Json.Nodes;
using HoiAm.Client;
using HoiAm.Packages.Tests.Support;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Packages.Tests.Client;

/// <summary>What happens to a send when the world does not answer as it should.</summary>
public sealed class SendTests
{
    private const string Ok = """{"CodeResult":"100","CountRegenerate":0,"SMSID":"0f1e-77"}""";
    private const string Repeated = """{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1","SendStatus":"5"}""";

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task LostAnswer_IsAskedForAgainWithTheSameBytes()
    {
        var (client, server) = Client((n, _) => n == 1 ? null : ScriptedServer.Json(Ok));
        var reply = await _clock.RunAsync(client.SendSmsAsync("Shop", "0901234567", "hello", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(EsmsOutcome.Accepted, reply.Outcome);
        Assert.Equal("0f1e-77", reply.SmsId);
        Assert.Equal(2, reply.Attempts);
        Assert.False(reply.IsUncertain);
        Assert.Equal(32, reply.RequestId.Length);
        Assert.Equal(server.Requests[0].Body, server.Requests[1].Body);
        Assert.Contains(reply.RequestId, server.Requests[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RepeatRefusedAsKnown_MeansThatTheFirstWasAccepted()
    {
        var (client, _) = Client((n, _) => n == 1 ? null : ScriptedServer.Json(Repeated));
        var reply = await _clock.RunAsync(client.SendSmsAsync("Shop", "0901234567", "hello", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(EsmsOutcome.AcceptedEarlier, reply.Outcome);
        Assert.True(reply.IsSuccess);
        Assert.False(reply.IsUncertain);
        Assert.Equal(5, reply.FirstSendStatus);
    }

    [Fact]
    public async Task RepeatedRequestIdOfAnEarlierCall_IsARefusal()
    {
        var (client, _) = Client((_, _) => ScriptedServer.Json(Repeated));
        var reply = await client.SendSmsAsync("Shop", "0901234567", "hello", new SendOptions { RequestId = "mine" }, TestContext.Current.CancellationToken);

        Assert.Equal(EsmsOutcome.Refused, reply.Outcome);
        Assert.Equal("124", reply.Code);
        Assert.Equal("mine", reply.RequestId);
    }

    [Theory]
    [InlineData(EsmsOperation.SendForm)]
    [InlineData(EsmsOperation.SendXml)]
    public async Task SendWithoutRequestId_IsNotRepeatedOnceItMayHaveArrived(EsmsOperation operation)
    {
        var (client, server) = Client((_, _) => null);
        var reply = await _clock.RunAsync(client.SendAsync(
            new TextSendRequest { Operation = operation, SmsType = "2", Brandname = "Shop", Phones = ["0901234567"], Content = "hello" }, TestContext.Current.CancellationToken));

        Assert.Equal(EsmsOutcome.TimedOut, reply.Outcome);
        Assert.True(reply.IsUncertain);
        Assert.Single(server.Requests);
        Assert.Equal("", reply.RequestId);
    }

    [Fact]
    public async Task NoConnection_IsRepeatedForEverySend_SinceNothingWasSent()
    {
        var (client, server) = Client((n, _) => n < 3 ? throw new HttpRequestException(HttpRequestError.ConnectionError, "no route to secret-of-mine") : ScriptedServer.Json(Ok));
        var reply = await _clock.RunAsync(client.SendCodeAsync("Shop", "0901234567", "{OTP}", cancellationToken: TestContext.Current.CancellationToken));

        Assert.True(reply.IsSuccess);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task NeverAConnection_IsUnreachableAndCertain()
    {
        var (client, _) = Client((_, _) => throw new HttpRequestException(HttpRequestError.NameResolutionError));
        var reply = await _clock.RunAsync(client.SendSmsAsync("Shop", "0901234567", "hello", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(EsmsOutcome.Unreachable, reply.Outcome);
        Assert.False(reply.IsUncertain);
        Assert.Equal(3, reply.Attempts);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadGateway, EsmsOutcome.Unavailable, 3, true)]
    [InlineData("<html>welcome</html>", HttpStatusCode.OK, EsmsOutcome.Unreadable, 3, true)]
    [InlineData("{\"error\":\"Invalid request\"}", HttpStatusCode.OK, EsmsOutcome.Refused, 1, false)]
    [InlineData("not here", HttpStatusCode.NotFound, EsmsOutcome.Refused, 1, false)]
    [InlineData("{\"CodeResult\":\"101\",\"ErrorMessage\":\"Authorize Failed\"}", HttpStatusCode.OK, EsmsOutcome.Refused, 1, false)]
    [InlineData("{\"CodeResult\":\"100\"", HttpStatusCode.OK, EsmsOutcome.Unreadable, 3, true)]
    public async Task Answer_IsAReply(string body, HttpStatusCode status, EsmsOutcome outcome, int attempts, bool uncertain)
    {
        var (client, _) = Client((_, _) => ScriptedServer.Json(body, status));
        var reply = await _clock.RunAsync(client.SendSmsAsync("Shop", "0901234567", "hello", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal((outcome, attempts, uncertain), (reply.Outcome, reply.Attempts, reply.IsUncertain));
        Assert.Equal(body, reply.RawBody);
        Assert.Equal((int)status, reply.HttpStatus);
        Assert.NotEqual("", reply.Meaning);
    }

    [Fact]
    public async Task RefusalForTheRate_WaitsAsLongAsTheServerAsks()
    {
        var (client, server) = Client((n, _) =>
        {
            var answer = ScriptedServer.Json(n == 1 ? """{"CodeResult":"160"}""" : Ok, n == 1 ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK);
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(7));
            return answer;
        });
        var reply = await _clock.RunAsync(client.SendCodeByTemplateAsync("0901234567", "1", cancellationToken: TestContext.Current.CancellationToken));

        Assert.True(reply.IsSuccess);
        Assert.InRange(server.Requests[1].At - server.Requests[0].At, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task LongWaitAskedFor_IsHandedToTheCaller()
    {
        var (client, server) = Client((_, _) =>
        {
            var answer = ScriptedServer.Json("", HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter = new(TimeSpan.FromMinutes(5));
            return answer;
        });
        var reply = await client.SendSmsAsync("Shop", "0901234567", "hello", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((EsmsOutcome.Unavailable, TimeSpan.FromMinutes(5)), (reply.Outcome, reply.RetryAfter));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task MultiChannel_GivesEachPartAnIdOfItsOwn()
    {
        var (client, server) = Client((_, _) => ScriptedServer.Json(Ok));
        var reply = await client.SendZaloThenSmsAsync(
            "0901234567",
            new ZnsSendRequest { Operation = EsmsOperation.SendMultiChannel, OaId = "1", TempId = "2", Values = new(["a"], []) },
            new TextSendRequest { Operation = EsmsOperation.SendMultiChannel, SmsType = "2", Brandname = "Shop", Content = "x", RequestId = "mine" },
            TestContext.Current.CancellationToken);
        var data = JsonNode.Parse(server.Requests[0].Body)!["Data"]!;

        Assert.Equal(2, reply.PartRequestIds.Length);
        Assert.Equal(reply.PartRequestIds[0], (string?)data[0]!["RequestId"]);
        Assert.Equal("mine", reply.PartRequestIds[1]);
    }

    [Fact]
    public async Task Bulk_TellsTheRowsOfALostAnswerApart()
    {
        var (client, _) = Client((n, _) => n == 1 ? null : ScriptedServer.Json(
            """{"CodeResult":"100","Message":"Sucess","TotalFail":2,"TotalSuccess":1,"detail":[{"CodeResult":"124","Phone":"a","ErrorMessage":"Request exist 1"},{"CodeResult":"108","Phone":"b","ErrorMessage":"bad"},{"CodeResult":"100","Phone":"c","SMSID":"id-c"}]}"""));
        var reply = await _clock.RunAsync(client.SendBulkAsync(
            new ZnsBulkRequest { Operation = EsmsOperation.SendZnsBulk, Rows = [new("a", "", ZnsValues.None), new("b", "", ZnsValues.None), new("c", "r3", ZnsValues.None)] },
            TestContext.Current.CancellationToken));

        Assert.Equal([EsmsOutcome.AcceptedEarlier, EsmsOutcome.Refused, EsmsOutcome.Accepted], reply.Rows.Select(r => r.Outcome));
        Assert.Equal(["", "", "id-c"], reply.Rows.Select(r => r.SmsId));
        Assert.Equal("r3", reply.Rows[2].RequestId);
        Assert.All(reply.Rows, r => Assert.NotEqual("", r.RequestId));
    }

    [Fact]
    public async Task RequestIdBeyondFifty_IsAProgrammersError()
    {
        var (client, _) = Client((_, _) => ScriptedServer.Json(Ok));
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendSmsAsync("Shop", "0901234567", "x", new SendOptions { RequestId = new string('r', 51) }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task OwnToken_IsThrown()
    {
        var (client, _) = Client((_, _) => null);
        using var stop = new CancellationTokenSource();
        var send = client.SendSmsAsync("Shop", "0901234567", "x", cancellationToken: stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send);
    }

    [Fact]
    public async Task SendDate_IsVietnamsTime()
    {
        var (client, server) = Client((_, _) => ScriptedServer.Json(Ok));
        await client.SendSmsAsync(
            "Shop", "0901234567", "x", new SendOptions { SendAt = new DateTimeOffset(2026, 1, 1, 20, 30, 0, TimeSpan.Zero) }, TestContext.Current.CancellationToken);

        Assert.Equal("2026-01-02 03:30:00", (string?)JsonNode.Parse(server.Requests[0].Body)!["SendDate"]);
    }

    private (EsmsClient Client, ScriptedServer Server) Client(Func<int, Seen, HttpResponseMessage?> script)
    {
        var server = new ScriptedServer(_clock, script);
        return (new EsmsClient(new HttpClient(server), new EsmsClientOptions { ApiKey = "key-of-mine", SecretKey = "secret-of-mine", Time = _clock }), server);
    }
}
