using System.Text;
using HoiAm.Dispatch.Sending;
using HoiAm.Dispatch.Tests.Support;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Sending;

public sealed class HttpCallbackSenderTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(300);
    private readonly HttpCallbackSender _sender = new(TimeProvider.System);

    private static HookPolicy Lenient => new() { AllowPrivateHooks = true };

    private static HookPolicy Hasty => Lenient with { Retry = new RetryPolicy { Timeout = s_short, ConnectTimeout = s_short } };

    public void Dispose() => _sender.Dispose();

    [Fact]
    public async Task ServerAnswers200_IsDeliveredWithSnippet()
    {
        await using var server = RawServer.Always(Ok);
        var attempt = await SendAsync(server.Url + "/hook", "?a=1", Lenient);
        Assert.Equal(AttemptOutcome.Delivered, attempt.Outcome);
        Assert.Equal(200, attempt.HttpStatus);
        Assert.Equal("OK", attempt.ResponseSnippet);
        Assert.Null(attempt.Error);
        Assert.Equal(1, attempt.Number);
    }

    [Theory]
    [InlineData("/hook", "?a={b}&c=%2F%252F&d=a b", null)]
    [InlineData("/hook", "?a={\"b\"}&c=%2f%252F%7e", "/hook?a={\"b\"}&c=%2f%252F%7e")]
    [InlineData("/a/../b/./c//d/%2e%2e/x", "?x=%41", "/a/../b/./c//d/%2e%2e/x?x=%41")]
    [InlineData("", "?x=1", "/?x=1")]
    [InlineData("/h%C3%A9/", "?tok=1&&x=#frag", "/h%C3%A9/?tok=1&&x=#frag")]
    [InlineData("/p", "", "/p")]
    public async Task RequestLine_HasTheExactBytes(string path, string query, string? expected)
    {
        await using var server = RawServer.Always(Ok);
        var attempt = await SendAsync(server.Url + path, query, Lenient);
        if (expected is null)
        {
            Assert.Equal(AttemptOutcome.BadUrl, attempt.Outcome);
            Assert.Equal(0, server.Connections);
            return;
        }

        Assert.Equal($"GET {expected} HTTP/1.1", server.Heads[0].Split("\r\n")[0]);
    }

    [Fact]
    public async Task Get_CarriesOurHeadersAndNoOthers()
    {
        await using var server = RawServer.Always(Ok);
        var callback = Callback(server.Url + "/", "?x=1");
        callback.Attempts = 2;
        await _sender.SendAsync(callback, Lenient, TestContext.Current.CancellationToken);
        var names = server.Heads[0].Split("\r\n").Skip(1).Where(l => l.Length > 0).Select(l => l.Split(':')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(["Host", "User-Agent", "X-HoiAm-Attempt", "X-HoiAm-Callback-Id", "X-HoiAm-Event-Time"], names);
        Assert.Contains("X-HoiAm-Attempt: 3\r\n", server.Heads[0], StringComparison.Ordinal);
        Assert.Contains("X-HoiAm-Callback-Id: cb_000000000000002a\r\n", server.Heads[0], StringComparison.Ordinal);
        Assert.Contains("X-HoiAm-Event-Time: 2026-01-02T03:04:05.678Z\r\n", server.Heads[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoSecrets_SignTheExactPathAndQueryTwice()
    {
        await using var server = RawServer.Always(Ok);
        var secrets = new[] { "new-secret"u8.ToArray(), "old-secret"u8.ToArray() };
        await SendAsync(server.Url + "/h", "?a={1}&b=%2F", Lenient with { SigningSecrets = secrets });
        var headers = server.Heads[0].Split("\r\n").Skip(1).Where(l => l.Contains(':', StringComparison.Ordinal))
            .ToDictionary(l => l.Split(": ")[0], l => l.Split(": ")[1]);
        var signed = Encoding.ASCII.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}./h?a={{1}}&b=%2F");
        var expected = secrets.Select(s => "v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(s, signed)));
        Assert.Equal(string.Join(' ', expected), headers["webhook-signature"]);
        Assert.Equal("cb_000000000000002a", headers["webhook-id"]);
    }

    [Theory]
    [InlineData(CallbackFormat.EsmsPostForm, "application/x-www-form-urlencoded")]
    [InlineData(CallbackFormat.EsmsPostJson, "application/json; charset=utf-8")]
    [InlineData(CallbackFormat.CloudEvents, "application/cloudevents+json; charset=utf-8")]
    public async Task PostFormats_SendTheBody(CallbackFormat format, string contentType)
    {
        await using var server = RawServer.Always(Ok);
        var callback = Callback(server.Url + "/h", "?own=1", format, "{\"a\":1}");
        var attempt = await _sender.SendAsync(callback, Lenient, TestContext.Current.CancellationToken);
        Assert.Equal(AttemptOutcome.Delivered, attempt.Outcome);
        Assert.StartsWith("POST /h?own=1 HTTP/1.1\r\n", server.Heads[0], StringComparison.Ordinal);
        Assert.Contains($"Content-Type: {contentType}\r\n", server.Heads[0], StringComparison.Ordinal);
        Assert.Equal("{\"a\":1}", server.Bodies[0]);
    }

    [Fact]
    public async Task ServerHangsBeforeHeaders_TimesOut()
    {
        await using var server = new RawServer(exchange => exchange.HangAsync());
        var attempt = await SendAsync(server.Url + "/", "?q=secret", Hasty);
        Assert.Equal(AttemptOutcome.TimedOut, attempt.Outcome);
        Assert.Equal("No complete answer headers within 300 ms.", attempt.Error);
        Assert.InRange(attempt.DurationMs, 250, 5_000);
    }

    [Fact]
    public async Task ServerHangsInHeaders_TimesOut()
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nX-Half: ");
            await exchange.HangAsync();
        });
        Assert.Equal(AttemptOutcome.TimedOut, (await SendAsync(server.Url + "/", "", Hasty)).Outcome);
    }

    [Fact]
    public async Task ServerHangsInBody_IsDeliveredAtOnce()
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
            await exchange.HangAsync();
        });
        var attempt = await SendAsync(server.Url + "/", "", Lenient);
        Assert.Equal(AttemptOutcome.Delivered, attempt.Outcome);
        Assert.Equal("part", attempt.ResponseSnippet);
    }

    [Fact]
    public async Task BodyOf100Megabytes_IsNotRead()
    {
        long written = 0;
        await using var server = new RawServer(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n");
            var block = Encoding.ASCII.GetBytes(new string('x', 65_536));
            for (var i = 0; i < 1_600; i++)
            {
                await exchange.WriteAsync(block);
                Interlocked.Add(ref written, block.Length);
            }
        });
        var attempt = await SendAsync(server.Url + "/", "", Lenient);
        Assert.Equal(AttemptOutcome.Delivered, attempt.Outcome);
        Assert.Equal(new string('x', 256), attempt.ResponseSnippet);
        Assert.InRange(Interlocked.Read(ref written), 0, 50_000_000);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", AttemptOutcome.Delivered, 204)]
    [InlineData("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", AttemptOutcome.Delivered, 202)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", AttemptOutcome.HttpStatus, 404)]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", AttemptOutcome.TimedOut, 408)]
    [InlineData("HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n", AttemptOutcome.TimedOut, 504)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", AttemptOutcome.Redirected, 302)]
    [InlineData("HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n", AttemptOutcome.HttpStatus, 500)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", AttemptOutcome.Delivered, 200)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", AttemptOutcome.ProtocolError, 0)]
    public async Task Answer_IsRead(string answer, AttemptOutcome outcome, int status)
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.WriteAsync(answer);
            if (!answer.Contains("Content-Length", StringComparison.Ordinal))
            {
                exchange.Close();
            }
        });
        var attempt = await SendAsync(server.Url + "/", "", Lenient);
        Assert.Equal((outcome, status), (attempt.Outcome, attempt.HttpStatus));
        Assert.Equal(outcome == AttemptOutcome.Delivered, attempt.Error is null);
        Assert.Single(server.Heads);
    }

    [Fact]
    public async Task HugeHeaders_AreAProtocolError()
    {
        await using var server = RawServer.Always($"HTTP/1.1 200 OK\r\nX-Huge: {new string('h', 100_000)}\r\nContent-Length: 0\r\n\r\n");
        var attempt = await SendAsync(server.Url + "/", "", Lenient);
        Assert.Equal(AttemptOutcome.ProtocolError, attempt.Outcome);
        Assert.Contains("32 KiB", attempt.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FreshConnectionBreaksBeforeTheAnswer_IsOneRequestAndAReset(bool withReset)
    {
        await using var server = new RawServer(exchange =>
        {
            if (withReset)
            {
                exchange.Reset();
            }
            else
            {
                exchange.Close();
            }

            return Task.CompletedTask;
        });
        var attempt = await SendAsync(server.Url + "/", "?q=secret", Lenient);
        Assert.Equal(AttemptOutcome.ConnectionReset, attempt.Outcome);
        Assert.DoesNotContain("secret", attempt.Error, StringComparison.Ordinal);
        Assert.Single(server.Heads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReusedConnectionBreaksBeforeTheAnswer_IsTriedAgainAtOnceWithoutCounting(bool withReset)
    {
        await using var server = new RawServer(async exchange =>
        {
            if (exchange.OnConnection == 1)
            {
                await exchange.WriteAsync(Ok);
            }
            else if (withReset)
            {
                exchange.Reset();
            }
            else
            {
                exchange.Close();
            }
        });
        Assert.Equal(AttemptOutcome.Delivered, (await SendAsync(server.Url + "/", "", Lenient)).Outcome);
        var second = await SendAsync(server.Url + "/", "", Lenient);
        Assert.Equal(AttemptOutcome.Delivered, second.Outcome);
        Assert.Equal(1, second.Number);
        Assert.Equal(2, server.Connections);
        Assert.Equal(3, server.Heads.Count);
    }

    [Theory]
    [InlineData("no HTTP at all, and no end of line")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    public async Task ReusedConnectionBreaksInsideAnAnswer_IsOneRequest(string part)
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.WriteAsync(exchange.OnConnection == 1 ? Ok : part);
            if (exchange.OnConnection > 1)
            {
                exchange.Close();
            }
        });
        await SendAsync(server.Url + "/", "", Lenient);
        Assert.NotEqual(AttemptOutcome.Delivered, (await SendAsync(server.Url + "/", "", Lenient)).Outcome);
        Assert.Equal(2, server.Heads.Count);
    }

    [Fact]
    public async Task ReusedConnectionBreaksUnderAPost_IsNotRepeated()
    {
        await using var server = new RawServer(async exchange =>
        {
            if (exchange.OnConnection == 1)
            {
                await exchange.WriteAsync(Ok);
            }
            else
            {
                exchange.Reset();
            }
        });
        await SendAsync(server.Url + "/", "", Lenient);
        var post = await _sender.SendAsync(Callback(server.Url + "/", "", CallbackFormat.EsmsPostJson, "{}"), Lenient, TestContext.Current.CancellationToken);
        Assert.Equal(AttemptOutcome.ConnectionReset, post.Outcome);
        Assert.Equal(2, server.Heads.Count);
    }

    [Fact]
    public async Task TriesInARow_ShareOneConnection()
    {
        await using var server = RawServer.Always(Ok);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(AttemptOutcome.Delivered, (await SendAsync(server.Url + "/h", $"?i={i}", Lenient)).Outcome);
        }

        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("999999999999999999999", 86_400)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
    [InlineData("soon", null)]
    public async Task RetryAfter_IsRead(string value, int? seconds)
    {
        await using var server = RawServer.Always($"HTTP/1.1 429 Slow\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n");
        var attempt = await SendAsync(server.Url + "/", "", Lenient);
        Assert.Equal(seconds, attempt.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task NobodyListens_IsRefused()
    {
        int port;
        await using (var server = RawServer.Always(Ok))
        {
            port = server.Port;
        }

        var attempt = await SendAsync($"http://127.0.0.1:{port}/", "", Lenient);
        Assert.Equal(AttemptOutcome.ConnectionRefused, attempt.Outcome);
    }

    [Fact]
    public async Task NameWithoutAddress_FailsInDns()
    {
        var attempt = await SendAsync("http://hook.hoiam-test.invalid/", "", Lenient);
        Assert.Equal(AttemptOutcome.DnsFailed, attempt.Outcome);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    public async Task PrivateAddressWithoutLeave_IsBlockedBeforeAnyConnection(string url)
    {
        await using var server = RawServer.Always(Ok);
        var attempt = await SendAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, url, server.Port), "", new HookPolicy());
        Assert.Equal(AttemptOutcome.Blocked, attempt.Outcome);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task PlainServerUnderHttps_FailsInTls()
    {
        using var listener = new TlsRefuser();
        var attempt = await SendAsync($"https://127.0.0.1:{listener.Port}/", "", Lenient);
        Assert.Equal(AttemptOutcome.TlsFailed, attempt.Outcome);
    }

    [Fact]
    public async Task SelfSignedCertificate_FailsInTlsAndSaysSo()
    {
        await using var server = new TlsServer();
        var attempt = await SendAsync($"https://localhost:{server.Port}/", "", Lenient);
        Assert.Equal(AttemptOutcome.TlsFailed, attempt.Outcome);
        Assert.Contains("certificate", attempt.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("GET", server.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerClosesAsSoonAsItAccepts_IsOneConnectionAndAReset(bool withReset)
    {
        await using var server = new RawServer(_ => Task.CompletedTask, onAccept: socket =>
        {
            socket.LingerState = new System.Net.Sockets.LingerOption(withReset, 0);
            socket.Close();
        });
        var attempt = await SendAsync(server.Url + "/", "", Lenient);
        Assert.Equal(AttemptOutcome.ConnectionReset, attempt.Outcome);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task AnswerBreaksOffInItsHeaders_IsAResetAndOneRequest()
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nX-Half: ");
            exchange.Close();
        });
        Assert.Equal(AttemptOutcome.ConnectionReset, (await SendAsync(server.Url + "/", "", Lenient)).Outcome);
        Assert.Single(server.Heads);
    }

    [Fact]
    public async Task BodyThatTrickles_CostsNoMoreThanTheSnippetsTime()
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true)
            {
                await exchange.WriteAsync("1\r\nx\r\n");
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, exchange.Stop);
            }
        });
        var attempt = await SendAsync(server.Url + "/", "", Lenient).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(AttemptOutcome.Delivered, attempt.Outcome);
        Assert.StartsWith("x", attempt.ResponseSnippet, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HubStops_IsInterrupted()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new RawServer(async exchange =>
        {
            await stop.CancelAsync();
            await exchange.HangAsync();
        });
        var attempt = await _sender.SendAsync(Callback(server.Url + "/", ""), Lenient, stop.Token);
        Assert.Equal(AttemptOutcome.Interrupted, attempt.Outcome);
    }

    [Fact]
    public async Task Non200Rule_TakesOnly200AsAcknowledged()
    {
        await using var server = RawServer.Always("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
        var attempt = await SendAsync(server.Url + "/", "", Lenient with { Retry = new RetryPolicy { On = RetryOn.Non200 } });
        Assert.Equal(AttemptOutcome.HttpStatus, attempt.Outcome);
    }

    private static DueCallback Callback(string url, string query, CallbackFormat format = CallbackFormat.EsmsGet, string body = "") => new()
    {
        Id = 42,
        Hook = new Hook(1, 1, url, "key"),
        Query = query,
        Format = format,
        Body = Encoding.UTF8.GetBytes(body),
        CreatedAt = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero),
        EventTime = new DateTimeOffset(2026, 1, 2, 10, 4, 5, 678, TimeSpan.FromHours(7)),
    };

    private ValueTask<Attempt> SendAsync(string url, string query, HookPolicy policy) => _sender.SendAsync(Callback(url, query), policy, TestContext.Current.CancellationToken);
}
