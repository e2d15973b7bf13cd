using System.Net;
using System.Text.Json.Nodes;
using HoiAm.Client.Vendor;
using HoiAm.Packages.Tests.Support;

namespace HoiAm.Packages.Tests.Client;

/// <summary>The vendor's client understands each documented status, and repeats only what a repeat can mend.</summary>
public sealed class VendorReportClientTests
{
    private const string Success = """{"code":0,"data":{"msisdn":"0901234567"},"message":"success","errors":{},"total_record":0,"current_page":0}""";

    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(200, Success, VendorReportOutcome.Accepted, 1)]
    [InlineData(201, Success, VendorReportOutcome.Accepted, 1)]
    [InlineData(204, "", VendorReportOutcome.Accepted, 1)]
    [InlineData(400, """{"code":400,"data":null,"message":"m","errors":{"msisdn":["must be a number"]}}""", VendorReportOutcome.Invalid, 1)]
    [InlineData(401, """{"code":401,"message":"m","errors":{}}""", VendorReportOutcome.Unauthorized, 1)]
    [InlineData(403, """{"code":403,"message":"m","errors":{}}""", VendorReportOutcome.Forbidden, 1)]
    [InlineData(404, "", VendorReportOutcome.NotFound, 1)]
    [InlineData(405, "", VendorReportOutcome.WrongMethod, 1)]
    [InlineData(500, "", VendorReportOutcome.ServerError, 5)]
    [InlineData(502, "<html>", VendorReportOutcome.Unavailable, 5)]
    [InlineData(503, """{"code":503,"message":"later","errors":{}}""", VendorReportOutcome.Unavailable, 5)]
    [InlineData(504, "", VendorReportOutcome.Unavailable, 5)]
    [InlineData(413, "", VendorReportOutcome.Invalid, 1)]
    [InlineData(302, "", VendorReportOutcome.Unexpected, 1)]
    [InlineData(200, """{"code":7,"message":"no","errors":{}}""", VendorReportOutcome.Unexpected, 1)]
    [InlineData(200, """{"code":0,"message":"success","errors":{"additionalProp1":{}}}""", VendorReportOutcome.Unexpected, 1)]
    [InlineData(200, "OK", VendorReportOutcome.Accepted, 1)]
    public async Task Status_HasItsPlace(int status, string body, VendorReportOutcome outcome, int attempts)
    {
        var server = new ScriptedServer(_clock, (_, _) => ScriptedServer.Json(body, (HttpStatusCode)status));
        var reply = await _clock.RunAsync(Client(server).ReportAsync(Report(), TestContext.Current.CancellationToken));

        Assert.Equal((outcome, attempts, status), (reply.Outcome, reply.Attempts, reply.HttpStatus));
        Assert.NotEqual("", reply.Message);
        Assert.Equal(body, reply.RawBody);
    }

    [Fact]
    public async Task Repeat_CountsItselfAndChangesNothingElse()
    {
        var server = new ScriptedServer(_clock, (n, _) => n switch
        {
            1 => null,
            2 => throw new HttpRequestException(HttpRequestError.ConnectionError),
            _ => ScriptedServer.Json(Success),
        });
        var reply = await _clock.RunAsync(Client(server).ReportAsync(Report(), TestContext.Current.CancellationToken));
        var bodies = server.Requests.Select(r => JsonNode.Parse(r.Body)!).ToList();

        Assert.True(reply.IsAccepted);
        Assert.Equal([4, 5, 6], bodies.Select(b => (int)b["retryCount"]!));
        Assert.Equal("POST /api/vendor/v1/sms/callback", $"{server.Requests[0].Method} {server.Requests[0].Target}");
        Assert.All(bodies, b => Assert.Equal("""{"msisdn":"0901234567","requestId":"r","status":2}""", Without(b, "retryCount")));
    }

    [Fact]
    public async Task ErrorsOfTheEnvelope_AreReadByField()
    {
        var server = new ScriptedServer(_clock, (_, _) => ScriptedServer.Json("""{"code":400,"message":"m","errors":{"msisdn":["one","two"],"status":"odd","x":{}}}""", HttpStatusCode.BadRequest));
        var reply = await Client(server).ReportAsync(Report(), TestContext.Current.CancellationToken);

        Assert.Equal(["one", "two"], reply.Errors["msisdn"]);
        Assert.Equal(["odd"], reply.Errors["status"]);
        Assert.Equal(["{}"], reply.Errors["x"]);
    }

    private static VendorReportMessage Report() => new() { Msisdn = "0901234567", RequestId = "r", Status = 2, RetryCount = 4 };

    private static string Without(JsonNode node, string name)
    {
        var copy = node.DeepClone().AsObject();
        copy.Remove(name);
        return copy.ToJsonString();
    }

    private VendorReportClient Client(ScriptedServer server) =>
        new(new HttpClient(server), new VendorReportClientOptions { Address = new Uri("http://hub"), ApiKey = "vendor-key", Time = _clock });
}
