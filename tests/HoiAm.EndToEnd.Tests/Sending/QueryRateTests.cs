using System.Text;

namespace HoiAm.EndToEnd.Tests.Sending;

/// <summary>The two look-ups for which eSMS documents a rate (protocol D): code 160 beyond it, per account, within any second.</summary>
public sealed class QueryRateTests
{
    private const string Zalo = "\"OAID\":\"1\",\"MessageId\":\"b6adb3b5e4fd0ca355ec\"";

    [Theory]
    [InlineData("QueryZnsStatus/", "\"SmsId\":\"unknown\",\"SmsType\":\"25\"", 100, "854")]
    [InlineData("GetZaloMessageStatus", Zalo, 30, "204")]
    public async Task BeyondItsRate_Is160_UntilTheSecondHasPassed(string path, string members, int perSecond, string otherwise)
    {
        await using var hub = await HubInProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("first", null);
        await admin.AccountAsync("second", null);
        using var http = new HttpClient { BaseAddress = new Uri(hub.Url) };
        for (var i = 0; i < perSecond; i++)
        {
            if (i == perSecond / 2)
            {
                hub.Clock.Advance(TimeSpan.FromMilliseconds(600));
            }

            Assert.Equal(otherwise, (await AskAsync(http, path, "first", members)).Code);
        }

        var (code, reply) = await AskAsync(http, path, "first", members);
        Assert.Equal(("160", "1"), (code, reply.RetryAfter));
        Assert.Equal("""{"CodeResult":"160","ErrorMessage":"Exceed TPS"}""", reply.Text);

        // Another account, another call and a stranger are not concerned; and the first half of the calls is a second ago before the rest.
        Assert.Equal(otherwise, (await AskAsync(http, path, "second", members)).Code);
        Assert.Equal("101", (await AskAsync(http, path, "nobody", members)).Code);
        Assert.NotEqual("160", (await AskAsync(http, path.StartsWith('Q') ? "GetZaloMessageStatus" : "QueryZnsStatus", "first", members)).Code);
        hub.Clock.Advance(TimeSpan.FromMilliseconds(400));
        for (var i = 0; i < perSecond / 2; i++)
        {
            Assert.Equal(otherwise, (await AskAsync(http, path, "first", members)).Code);
        }

        Assert.Equal("160", (await AskAsync(http, path, "first", members)).Code);
    }

    private static async Task<(string? Code, Reply Reply)> AskAsync(HttpClient http, string path, string account, string members)
    {
        var body = $"{{\"ApiKey\":\"{account}-key\",\"SecretKey\":\"{account}-secret\",{members}}}";
        var reply = await Reply.SendAsync(http, new HttpRequestMessage(HttpMethod.Post, "/MainService.svc/json/" + path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        });
        return ((string?)reply.Is(200).Json["CodeResult"], reply);
    }
}
