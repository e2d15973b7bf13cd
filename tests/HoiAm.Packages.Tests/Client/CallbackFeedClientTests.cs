using System.Net;
using HoiAm.Client.Feed;
using HoiAm.Packages.Tests.Support;

namespace HoiAm.Packages.Tests.Client;

/// <summary>The feed's client: pages, cursors, and what it repeats.</summary>
public sealed class CallbackFeedClientTests
{
    private const string Secret = "s-e-c-r-e-t";
    private const string Item = """{"id":"cb_%","smsId":"m-%","state":"delivered","createdAt":"2026-01-31T08:00:00.250Z","eventTime":"2026-01-31T08:00:00Z","attempts":1,"format":"esms-get","query":"SMSID=m-%&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=850.0000&TotalReceiver=1&TotalSent=1&RequestId=&TypeId=2"}""";

    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(200, """{"items":[],"next":null,"more":false}""", CallbackFeedOutcome.Page, 1)]
    [InlineData(200, "OK", CallbackFeedOutcome.Unreadable, 1)]
    [InlineData(200, """{"items":[{}]}""", CallbackFeedOutcome.Unreadable, 1)]
    [InlineData(302, "", CallbackFeedOutcome.Unreadable, 1)]
    [InlineData(400, """{"title":"t","detail":"after must be a cursor"}""", CallbackFeedOutcome.Refused, 1)]
    [InlineData(401, "", CallbackFeedOutcome.Unauthorized, 1)]
    [InlineData(403, "", CallbackFeedOutcome.Forbidden, 1)]
    [InlineData(404, "<html>", CallbackFeedOutcome.Refused, 1)]
    [InlineData(429, "", CallbackFeedOutcome.RateLimited, 3)]
    [InlineData(503, "", CallbackFeedOutcome.Unavailable, 3)]
    public async Task Status_HasItsPlace(int status, string body, CallbackFeedOutcome outcome, int attempts)
    {
        var server = new ScriptedServer(_clock, (_, _) => ScriptedServer.Json(body, (HttpStatusCode)status));
        var reply = await _clock.RunAsync(Client(server).GetPageAsync("cb_7", 10, TestContext.Current.CancellationToken));

        Assert.Equal((outcome, attempts, status, "cb_7"), (reply.Outcome, reply.Attempts, reply.HttpStatus, reply.Next));
        Assert.DoesNotContain(Secret, reply.ToString(), StringComparison.Ordinal);
        Assert.Equal(status == 400 ? "after must be a cursor" : "", reply.Message);
    }

    [Fact]
    public async Task Pages_FollowEachOther_AndALostAnswerIsAskedForAgain()
    {
        var server = new ScriptedServer(_clock, (number, _) => number switch
        {
            1 => ScriptedServer.Json($$"""{"items":[{{Of(1)}},{{Of(2)}}],"next":"cb_2","more":true}"""),
            2 => null,
            3 => ScriptedServer.Json($$"""{"items":[{{Of(3)}}],"next":"cb_3","more":false}"""),
            _ => throw new InvalidOperationException("Nothing is left to ask for."),
        });
        var ids = await _clock.RunAsync(ReadAsync(Client(server)));

        Assert.Equal(["cb_1", "cb_2", "cb_3"], ids);
        Assert.Equal(["?limit=2", "?limit=2&after=cb_2", "?limit=2&after=cb_2"], server.Requests.Select(r => r.Target["/api/v1/callbacks".Length..]));
    }

    [Fact]
    public async Task Formats_AreDecodedWhereTheyAreEsmss()
    {
        var server = new ScriptedServer(_clock, (_, _) => ScriptedServer.Json($$"""
            {"items":[{{Of(1)}},
              {"id":"cb_2","smsId":null,"format":"esms-get","query":"sender=84901234567&content=KM&serviceNumber=8055"},
              {"id":"cb_3","smsId":"m-3","format":"cloudevents","query":"","contentType":"application/cloudevents+json","body":"{\"id\":\"cb_3\"}"}],
             "next":"cb_3","more":false}
            """));
        var page = await _clock.RunAsync(Client(server).GetPageAsync(null, 100, TestContext.Current.CancellationToken));

        Assert.Equal(("m-1", true), (page.Items[0].Reading!.Facts.SmsId, page.Items[0].CreatedAt == new DateTimeOffset(2026, 1, 31, 8, 0, 0, 250, TimeSpan.Zero)));
        Assert.Null(page.Items[1].Reading);
        Assert.Null(page.Items[1].SmsId);
        Assert.Equal((null, """{"id":"cb_3"}"""), (page.Items[2].Reading, page.Items[2].Body));
        Assert.DoesNotContain("84901234567", page.Items[1].ToString(), StringComparison.Ordinal);
    }

    private static string Of(int number) => Item.Replace("%", number.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static async Task<List<string>> ReadAsync(CallbackFeedClient client)
    {
        var ids = new List<string>();
        await foreach (var page in client.GetPagesAsync(null, 2, TestContext.Current.CancellationToken))
        {
            ids.AddRange(page.Items.Select(i => i.Id));
        }

        return ids;
    }

    private CallbackFeedClient Client(ScriptedServer server) => new(
        new HttpClient(server), new CallbackFeedOptions { Address = new Uri("http://hub.example"), ApiKey = "key", SecretKey = Secret, Time = _clock });
}
