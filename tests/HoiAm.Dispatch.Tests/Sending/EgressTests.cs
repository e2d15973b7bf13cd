using System.Security.Cryptography.X509Certificates;
using System.Text;
using HoiAm.Dispatch.Sending;
using HoiAm.Dispatch.Tests.Support;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Sending;

/// <summary>Ways out beside the plain one: through a proxy, with certificates and headers of an account's own. The guard holds on each.</summary>
public sealed class EgressTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

    private static HookPolicy Lenient => new() { AllowPrivateHooks = true };

    [Fact]
    public async Task Proxy_IsAskedForATunnelToTheAddressThatWasJudged()
    {
        await using var server = RawServer.Always(Ok);
        await using var proxy = new TunnelProxy();
        using var sender = Sender($"http://user:pass%20word@127.0.0.1:{proxy.Port}");
        var attempt = await SendAsync(sender, $"http://localhost:{server.Port}/h", Lenient);

        Assert.Equal(AttemptOutcome.Delivered, attempt.Outcome);
        var head = Assert.Single(proxy.Heads);
        Assert.Matches($@"^CONNECT (127\.0\.0\.1|\[::1\]):{server.Port} HTTP/1\.1\r\n", head);
        Assert.Contains("Proxy-Authorization: Basic " + Convert.ToBase64String("user:pass word"u8) + "\r\n", head, StringComparison.Ordinal);

        // What the proxy may know stays with the proxy.
        Assert.StartsWith("GET /h?a=1 HTTP/1.1\r\n", server.Heads[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Proxy-", server.Heads[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:80/")]
    [InlineData("http://localhost/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    public async Task PrivateHook_IsBlockedBeforeTheProxyHearsOfIt(string url)
    {
        await using var proxy = new TunnelProxy();
        using var sender = Sender($"http://127.0.0.1:{proxy.Port}");
        Assert.Equal(AttemptOutcome.Blocked, (await SendAsync(sender, url, new HookPolicy())).Outcome);
        Assert.Empty(proxy.Heads);
    }

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "403")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "refused the connection with 0")]
    [InlineData("", "did not answer as a proxy does")]
    public async Task ProxyThatRefuses_IsNamedInTheError(string answer, string says)
    {
        await using var proxy = new TunnelProxy(answer);
        using var sender = Sender($"http://127.0.0.1:{proxy.Port}");
        var attempt = await SendAsync(sender, "http://127.0.0.1:9/", Lenient);
        Assert.NotEqual(AttemptOutcome.Delivered, attempt.Outcome);
        Assert.Contains(says, attempt.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://proxy:3128")]
    [InlineData("proxy:3128")]
    [InlineData("http://proxy:3128/path")]
    [InlineData("")]
    public void UnusableProxy_IsRefusedWithoutEchoingIt(string text)
    {
        Assert.Null(EgressProxy.Parse(text, out var fault));
        Assert.Contains("http://proxy.internal:3128", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnvironmentProxy_IsNotTaken()
    {
        // Read by .NET when the first client is made, so it only shows that ours never asks: the proxy would get the head.
        await using var proxy = new TunnelProxy();
        await using var server = RawServer.Always(Ok);
        var before = Environment.GetEnvironmentVariable("http_proxy");
        Environment.SetEnvironmentVariable("http_proxy", $"http://127.0.0.1:{proxy.Port}");
        try
        {
            using var sender = new HttpCallbackSender(TimeProvider.System);
            Assert.Equal(AttemptOutcome.Delivered, (await SendAsync(sender, server.Url + "/h", Lenient)).Outcome);
            Assert.Empty(proxy.Heads);
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", before);
        }
    }

    [Fact]
    public async Task ClientCertificateAndPrivateAuthority_OpenADemandingHook()
    {
        await using var server = new MutualTlsServer();
        using var sender = new HttpCallbackSender(TimeProvider.System);
        var roots = new X509Certificate2Collection(server.Authority);

        Assert.Equal(AttemptOutcome.TlsFailed, (await SendAsync(sender, server.Url, Lenient)).Outcome);
        Assert.NotEqual(AttemptOutcome.Delivered, (await SendAsync(sender, server.Url, Lenient with { Identity = new HookIdentity(null, roots) })).Outcome);
        Assert.Equal(AttemptOutcome.TlsFailed, (await SendAsync(sender, server.Url, Lenient with { Identity = new HookIdentity(server.Client, null) })).Outcome);
        var attempt = await SendAsync(sender, server.Url, Lenient with { Identity = new HookIdentity(server.Client, roots) });
        Assert.True(attempt.Outcome == AttemptOutcome.Delivered, attempt.Error);
        Assert.Equal("CN=hub", server.LastClient);
    }

    [Fact]
    public async Task PrivateAddressWithCertificate_IsBlockedToo()
    {
        await using var server = new MutualTlsServer();
        using var sender = new HttpCallbackSender(TimeProvider.System);
        var identity = new HookIdentity(server.Client, new X509Certificate2Collection(server.Authority));
        Assert.Equal(AttemptOutcome.Blocked, (await SendAsync(sender, server.Url, new HookPolicy { Identity = identity })).Outcome);
    }

    private static HttpCallbackSender Sender(string proxy) =>
        new(TimeProvider.System, EgressProxy.Parse(proxy, out var fault) ?? throw new ArgumentException(fault, nameof(proxy)));

    private static ValueTask<Attempt> SendAsync(HttpCallbackSender sender, string url, HookPolicy policy) => sender.SendAsync(
        new DueCallback
        {
            Id = 42,
            Hook = new Hook(1, 1, url, "key"),
            Query = "?a=1",
            Format = CallbackFormat.EsmsGet,
            Body = Encoding.UTF8.GetBytes(""),
            CreatedAt = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero),
            EventTime = new DateTimeOffset(2026, 1, 2, 10, 4, 5, 678, TimeSpan.FromHours(7)),
        },
        policy,
        TestContext.Current.CancellationToken);
}
