using System.Net.Sockets;
using System.Text;

namespace HoiAm.EndToEnd.Tests.Guarding;

/// <summary>Requests that no client sends by accident, byte by byte over a socket: the answer is a clear refusal, and the hub lives.</summary>
[Collection(SharedHubTests.Name)]
public sealed class HostileHttpTests(SharedHub shared)
{
    private const string Report = "POST /api/vendor/v1/sms/callback HTTP/1.1\r\nHost: hub\r\n";
    private const string Esms = "POST /MainService.svc/json/SendMultipleMessage_V4_post_json HTTP/1.1\r\nHost: hub\r\n";
    private const string Admin = "PUT /admin/v1/vendors/hostile HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer " + HubProcess.AdminToken + "\r\n";
    private const string Key = "API-KEY: hostile-vendor-key\r\n";

    /// <summary>What is sent, and the statuses that are clear answers to it.</summary>
    public static TheoryData<string, string, int[]> Requests => new()
    {
        { "length and chunks together", Report + Key + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: hub\r\n\r\n", [400] },
        { "two lengths", Report + Key + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", [400] },
        { "length that is no number", Report + Key + "Content-Length: two\r\n\r\n{}", [400] },
        { "negative length", Report + Key + "Content-Length: -1\r\n\r\n", [400] },
        { "length beyond any number", Report + Key + "Content-Length: 99999999999999999999\r\n\r\n", [400] },
        { "unknown transfer coding", Report + Key + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", [400, 501] },
        { "coding that hides chunked", Report + Key + "Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{}", [400, 501] },
        { "chunk size that is no number", Report + Key + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n", [400] },
        { "blank before the colon", Report + "API-KEY : hostile-vendor-key\r\nContent-Length: 2\r\n\r\n{}", [400] },
        { "folded header", Report + "API-KEY: hostile\r\n -vendor-key\r\nContent-Length: 2\r\n\r\n{}", [400] },
        { "line end inside a value", Report + "API-KEY: x\rX-Other: y\r\nContent-Length: 2\r\n\r\n{}", [400] },
        { "nothing inside a value", Report + "API-KEY: x\0y\r\nContent-Length: 2\r\n\r\n{}", [400] },
        { "the key twice", Report + Key + Key + "Content-Length: 2\r\n\r\n{}", [400] },
        { "two hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400] },
        { "no host", "GET /healthz HTTP/1.1\r\n\r\n", [400] },
        { "two tokens", "GET /admin/v1/accounts HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer x\r\nAuthorization: Bearer " + HubProcess.AdminToken + "\r\n\r\n", [400] },
        { "unknown version", "GET /healthz HTTP/9.9\r\nHost: hub\r\n\r\n", [400, 505] },
        { "garbage", "\u0016\u0003\u0001\u0002\r\n\r\n", [400] },
        { "a header of 64 KiB", "GET /healthz HTTP/1.1\r\nHost: hub\r\nX-Big: " + new string('a', 65_536) + "\r\n\r\n", [431] },
        { "a thousand headers", "GET /healthz HTTP/1.1\r\nHost: hub\r\n" + string.Concat(Enumerable.Range(0, 1_000).Select(i => $"X-{i}: y\r\n")) + "\r\n", [431] },
        { "a path of 64 KiB", "GET /" + new string('a', 65_536) + " HTTP/1.1\r\nHost: hub\r\n\r\n", [414] },
        { "path that climbs", "GET /docs/../../../../etc/passwd HTTP/1.1\r\nHost: hub\r\n\r\n", [400, 404] },
        { "path that climbs in disguise", "GET /docs/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: hub\r\n\r\n", [400, 404] },
        { "body beyond the limit, told", Report + Key + "Content-Length: 65537\r\n\r\n", [413] },
        { "deep JSON for a vendor", With(Report + Key, Deep(50_000)), [400] },
        { "deep JSON for eSMS", With(Esms, Deep(200_000)), [200, 400] },
        { "deep JSON for an administrator", With(Admin, Deep(50_000)), [400] },
        { "a member twice", With(Admin, """{ "apiKey": "hostile-1-key", "APIKEY": "hostile-2-key" }"""), [400] },
        { "an entity that reads a file", With(Esms + "Content-Type: application/xml\r\n", """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><RQST><APIKEY>&x;</APIKEY></RQST>"""), [200, 400, 404] },
        { "a billion laughs", With(Esms + "Content-Type: application/xml\r\n", """<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><RQST>&c;</RQST>"""), [200, 400, 404] },
        { "bytes that are no UTF-8", With(Report + Key, "{ \"msisdn\": \"\u00ff\u00fe\" }"), [400] },
        { "half of a pair", With(Admin, """{ "apiKey": "\ud800xxxxxxxx" }"""), [400] },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task HostileRequest_IsRefusedClearly(string what, string request, int[] statuses)
    {
        await SetUpAsync();
        var answer = await SendAsync(request);
        var status = Status(answer);
        Assert.True(statuses.Contains(status), $"{what}: {answer}");
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);

        // Whatever stood behind it on the connection was not taken for a request of its own.
        Assert.Equal(1, Count(answer, "HTTP/1.1 "));
        await LivesAsync();
    }

    [Fact]
    public async Task KeyTwice_IsToldInTheVendorsEnvelope()
    {
        await SetUpAsync();
        var answer = await SendAsync(Report + Key + Key + "Content-Length: 2\r\n\r\n{}");
        Assert.Contains(
            """{"code":400,"data":null,"message":"The header API-KEY is given more than once.","errors":{},"total_record":0,"current_page":0}""",
            answer,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task PipelinedReports_AreAnsweredInOrderAndAll()
    {
        await SetUpAsync();
        var one = With(Report + Key, VendorClient.Body("0901234567", "hostile-pipeline", 2));
        var answer = await SendAsync(one + one + With(Report + Key, "{") + one.Replace("Host: hub\r\n", "Host: hub\r\nConnection: close\r\n", StringComparison.Ordinal));
        Assert.Equal([200, 200, 400, 200], answer.Split("HTTP/1.1 ").Skip(1).Select(a => int.Parse(a.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task SlowStrangers_KeepNobodyElseWaiting()
    {
        await SetUpAsync();
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 300; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", shared.Hub.Port, TestContext.Current.CancellationToken);
                var begun = Encoding.ASCII.GetBytes(i % 2 == 0 ? "POST /api/ven" : Report + Key + "Content-Length: 60000\r\n\r\n{");
                await client.GetStream().WriteAsync(begun, TestContext.Current.CancellationToken);
                slow.Add(client);
            }

            using var vendor = new VendorClient(shared.Url, "hostile-vendor-key");
            for (var i = 0; i < 20; i++)
            {
                (await vendor.ReportAsync("0901234567", "hostile-slow", 2)).Is(200);
            }
        }
        finally
        {
            slow.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task EveryAnswer_BearsTheHeadersThatABrowserNeeds()
    {
        foreach (var path in new[] { "/", "/healthz", "/docs/index.html", "/openapi/v1.json", "/admin/v1/accounts", "/metrics", "/no-such-page" })
        {
            var answer = await SendAsync($"GET {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n");
            foreach (var header in new[]
            {
                "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY", "Referrer-Policy: ", "Content-Security-Policy: ",
            })
            {
                Assert.Contains(header, answer, StringComparison.OrdinalIgnoreCase);
            }

            // The files behind /docs are the same for everybody and may be kept.
            Assert.Equal(!path.StartsWith("/docs", StringComparison.Ordinal), answer.Contains("Cache-Control: no-store", StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain("\r\nServer:", answer, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static string With(string head, string body) => $"{head}Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\n\r\n{body}";

    private static string Deep(int depth) => new string('[', depth / 2) + new string(']', depth / 2);

    private static int Status(string answer) =>
        answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture) : 0;

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", shared.Hub.Port);
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        }
        catch (IOException)
        {
            // It was refused before all of it was sent.
        }

        // Until the hub closes; a connection that it keeps is quiet soon after the answer.
        var answer = new StringBuilder();
        var buffer = new byte[16_384];
        try
        {
            while (true)
            {
                using var patience = new CancellationTokenSource(answer.Length == 0 || request.Contains("Connection: close", StringComparison.Ordinal) ? Poll.Patience : TimeSpan.FromMilliseconds(300));
                var read = await stream.ReadAsync(buffer, patience.Token);
                if (read == 0)
                {
                    break;
                }

                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException)
        {
            // A reset after the answer, because not all of the request was read; or nothing more came.
        }

        return answer.ToString();
    }

    private async Task LivesAsync()
    {
        using var vendor = new VendorClient(shared.Url, "hostile-vendor-key");
        (await vendor.ReportAsync("0901234567", "hostile-alive", 2)).Is(200);
    }

    private async Task SetUpAsync()
    {
        if ((await shared.Admin.GetAsync("/vendors/hostile")).Status == 404)
        {
            await shared.Admin.VendorAsync("hostile");
        }
    }
}
