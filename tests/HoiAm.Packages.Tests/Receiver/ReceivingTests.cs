using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using HoiAm.Dispatch.Sending;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Receiver;
using HoiAm.Receiver.Storing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HoiAm.Packages.Tests.Receiver;

/// <summary>The receiver behind a real web server: what is answered, what the handler gets, and how often.</summary>
public sealed class ReceivingTests : IAsyncDisposable
{
    private const string Secret = "the secret of the shop";
    private const string Query = "SMSID=id-1&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=850.0000&TotalReceiver=1&TotalSent=1&RequestId=r&TypeId=2&telcoid=1&phonenumber=0901234567&switchsmsid=";

    private readonly TempFolder _folder = new();
    private readonly ConcurrentQueue<EsmsCallback> _handled = new();
    private readonly HttpClient _http = new();
    private readonly List<WebApplication> _apps = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        _http.Dispose();
        _folder.Dispose();
    }

    // Without the templates that have no values, and without the unencoded form of the first edition, which cannot stand on a request line.
    public static TheoryData<string> DocumentedQueries =>
    [
        .. JsonNode.Parse(File.ReadAllText(RepositoryRoot.File("tests/vectors/callbacks/callbacks.json")))!.AsArray().Select(s => (string)s!["query"]!)
            .Where(q => q.All(c => c is >= '!' and <= '~') && EsmsCallbackReader.Read(q).IsRecognized).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(DocumentedQueries))]
    public async Task DocumentedCallback_ArrivesDecoded(string query)
    {
        var expected = EsmsCallbackReader.Read(query);
        var url = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Exact(url + "/hook?" + query));
        using var answer = await _http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var callback = await OneAsync();
        Assert.Equal(expected.Facts, callback.Facts);
        Assert.Equal(expected.Outcome, callback.Outcome);
        Assert.Equal(query, callback.Raw);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "smsid=id-1&SENDSTATUS=5&sendSuccess=1&TypeId=2&phonenumber=0901234567&TelcoID=1&error_info=")]
    [InlineData("application/json; charset=utf-8", """{"SMSID":"id-1","SendStatus":"5","SendSuccess":"1","TypeId":"2","phonenumber":"0901234567","telcoid":"1","error_info":""}""")]
    [InlineData("text/plain", """ {"smsid":"id-1","sendstatus":5,"SendSuccess":1,"typeid":2,"PhoneNumber":"0901234567","telcoid":1,"error_info":null}""")]
    [InlineData(null, "SMSID=id-1&SendStatus=5&SendSuccess=1&TypeId=2&phonenumber=0901234567&telcoid=1")]
    public async Task PostInAnyForm_IsUnderstood(string? contentType, string body)
    {
        var url = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await PostAsync(url, contentType, body));
        var callback = await OneAsync();

        Assert.Equal(("id-1", CallbackOutcome.Delivered, "0901234567", "Viettel", true), (callback.SmsId, callback.Outcome, callback.Facts.PhoneNumber, callback.TelcoName, callback.IsFinal));
        Assert.Equal(MessageKind.CustomerCareSms, callback.Facts.Kind);
    }

    [Fact]
    public async Task ZaloResult_ComesWithItsMeaning()
    {
        var url = await StartAsync();
        await PostAsync(url, "application/json", """{"SMSID":"id-1","SendStatus":"5","SendFailed":"1","TypeId":"25","error_info":{"error":-114,"message":"x"}}""");
        var callback = await OneAsync();

        Assert.Equal((-114, HoiAm.Protocols.Codes.ZaloRetryClass.Permanent), (callback.Zalo!.Code, callback.Zalo.RetryClass));
    }

    [Fact]
    public async Task RepeatedCallback_IsAcknowledgedAndHandledOnce()
    {
        var url = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await GetAsync(url, Query, "cb_1"));
        }

        Assert.Equal(HttpStatusCode.OK, await GetAsync(url, Query + "&again=1", "cb_2"));
        await Poll.UntilAsync(() => _handled.Count == 2, "Both callbacks");
        Assert.Equal(["cb_1", "cb_2"], _handled.Select(c => c.Id));
    }

    // eSMS itself gives no id: the same content in another order or form is the same callback.
    [Fact]
    public async Task RepeatWithoutAnId_IsRecognisedByItsContent()
    {
        var url = await StartAsync();
        await GetAsync(url, "SMSID=id-1&SendStatus=5&RequestId=a%20b&TypeId=2");
        await GetAsync(url, "RequestId=a+b&sendstatus=5&TypeId=2&SMSID=id-1");
        await PostAsync(url, "application/json", """{"TypeId":2,"SMSID":"id-1","SendStatus":"5","RequestId":"a b"}""");
        await GetAsync(url, "SMSID=id-1&SendStatus=4&RequestId=a%20b&TypeId=2");
        await Poll.UntilAsync(() => _handled.Count == 2, "Both callbacks");

        Assert.Equal([CallbackOutcome.FinishedUnknown, CallbackOutcome.Rejected], _handled.Select(c => c.Outcome));
    }

    [Fact]
    public async Task AcknowledgedCallback_SurvivesTheProcess_AndIsHandledAfterTheStart()
    {
        var url = await StartAsync((_, _) => throw new InvalidOperationException("not yet"), o => o.RetryDelay = o.MaxRetryDelay = TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(url, Query, "cb_1"));
        await StopAsync();

        await StartAsync();
        Assert.Equal("cb_1", (await OneAsync()).Id);
    }

    [Fact]
    public async Task HandledCallback_IsKnownAfterARestart()
    {
        await GetAsync(await StartAsync(), Query, "cb_1");
        await OneAsync();
        await StopAsync();
        Assert.Equal(HttpStatusCode.OK, await GetAsync(await StartAsync(), Query, "cb_1"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(_apps[^1].Urls.First(), Query, "cb_2"));
        await Poll.UntilAsync(() => _handled.Count == 2, "The second one");

        Assert.Equal(["cb_1", "cb_2"], _handled.Select(c => c.Id));
    }

    [Fact]
    public async Task FailingHandler_IsAskedAgain_AndOnlyItsOwnMessageWaits()
    {
        var url = await StartAsync(
            (callback, _) =>
            {
                if (callback is { SmsId: "id-1", HandlingAttempt: < 4 })
                {
                    throw new InvalidOperationException("not yet");
                }

                _handled.Enqueue(callback);
                return Task.CompletedTask;
            },
            o => o.RetryDelay = TimeSpan.FromMilliseconds(100));
        await GetAsync(url, Query + "&n=1", "first");
        await GetAsync(url, Query + "&n=2", "second");
        await GetAsync(url, Query.Replace("id-1", "id-2", StringComparison.Ordinal), "other");
        await Poll.UntilAsync(() => _handled.Count == 3, "All three");

        Assert.Equal(["other", "first", "second"], _handled.Select(c => c.Id));
        Assert.Equal(4, _handled.Single(c => c.Id == "first").HandlingAttempt);
    }

    [Fact]
    public async Task HandlerUnderWay_IsWaitedForWhenTheApplicationStops()
    {
        var begun = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var url = await StartAsync(async (callback, _) =>
        {
            begun.TrySetResult();
            await release.Task;
            _handled.Enqueue(callback);
        });
        await GetAsync(url, Query, "cb_1");
        await begun.Task;
        var stop = StopAsync();
        Assert.False(stop.IsCompleted);
        release.SetResult();
        await stop;
        await StartAsync();

        Assert.Equal("cb_1", Assert.Single(_handled).Id);
        Assert.Equal(0, _apps[^1].Services.GetRequiredService<ReceiverHost>().All.Single().Pending);
    }

    [Fact]
    public async Task HopelessCallback_IsSetAside_AndComesBackOnRequest()
    {
        var broken = true;
        var url = await StartAsync(
            (callback, _) =>
            {
                if (broken)
                {
                    throw new InvalidOperationException("not today");
                }

                _handled.Enqueue(callback);
                return Task.CompletedTask;
            },
            o => (o.RetryDelay, o.MaxHandlingAttempts) = (TimeSpan.Zero, 3));
        var receiver = _apps[^1].Services.GetRequiredService<ReceiverHost>().All.Single();
        await GetAsync(url, Query, "cb_1");
        await Poll.UntilAsync(() => receiver.Pending == 0, "Setting aside");
        broken = false;

        Assert.Equal(1, await receiver.RetrySetAsideAsync());
        Assert.Equal("cb_1", (await OneAsync()).Id);
        Assert.Equal(0, await receiver.RetrySetAsideAsync());
    }

    [Fact]
    public async Task SignedRequest_PassesWithAnyCurrentSecret_AndNothingElseDoes()
    {
        var url = await StartAsync(configure: o =>
        {
            o.SigningSecrets.Add("the next secret of the shop");
            o.SigningSecrets.Add(Secret);
        });
        var target = "/hook?" + Query;
        Assert.Equal(HttpStatusCode.OK, await SignedAsync(url, target, target, Secret, 0));
        Assert.Equal(HttpStatusCode.Unauthorized, await SignedAsync(url, target, target, "the secret of somebody", 0));
        Assert.Equal(HttpStatusCode.Unauthorized, await SignedAsync(url, target + "&x=1", target, Secret, 0));
        Assert.Equal(HttpStatusCode.Unauthorized, await SignedAsync(url, target, target, Secret, -301));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(url, Query, "cb_9"));
        await OneAsync();
    }

    // Whoever plays a signed request again may write another callback id on it; it is still the same callback.
    [Fact]
    public async Task SignedRequestPlayedAgain_IsKnownByTheSignedId()
    {
        var url = await StartAsync(configure: o => o.SigningSecrets.Add(Secret));
        var target = "/hook?" + Query;
        Assert.Equal(HttpStatusCode.OK, await SignedAsync(url, target, target, Secret, 0, "one"));
        Assert.Equal(HttpStatusCode.OK, await SignedAsync(url, target, target, Secret, 0, "two"));
        Assert.Equal(HttpStatusCode.OK, await SignedAsync(url, target + "&n=2", target + "&n=2", Secret, 0, "three", "msg_2"));
        await Poll.UntilAsync(() => _handled.Count == 2, "Both callbacks");

        Assert.Equal(["msg_1", "msg_2"], _handled.Select(c => c.Id));
    }

    [Theory]
    [InlineData("GET", "/hook", "", 400)]
    [InlineData("GET", "/hook?x=1", "", 400)]
    [InlineData("POST", "/hook", "[1]", 400)]
    [InlineData("POST", "/hook", "{\"SMSID\":", 400)]
    [InlineData("POST", "/hook", "", 400)]
    [InlineData("PUT", "/hook", "", 405)]
    public async Task WhatIsNoCallback_IsRefusedInWords(string method, string target, string body, int status)
    {
        var url = await StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), url + target);
        request.Content = body.Length > 0 ? new StringContent(body) : null;
        using var answer = await _http.SendAsync(request, Stop);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task LongBody_IsRefused()
    {
        var url = await StartAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(url, "application/json", new string(' ', 70_000) + "{}"));
    }

    [Fact]
    public async Task StoreThatCannotKeep_LeavesTheCallbackWithItsSender()
    {
        var url = await StartAsync(configure: o => o.Store = (_, _) => new BrokenStore());
        using var answer = await _http.GetAsync(new Uri(url + "/hook?" + Query), Stop);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter!.Delta);
        Assert.Empty(_handled);
    }

    [Fact]
    public async Task TooManyWaiting_LeaveTheNextOneWithItsSender()
    {
        var url = await StartAsync((_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop), o => o.MaxPending = 2);
        await GetAsync(url, Query, "1");
        await GetAsync(url, Query, "2");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(url, Query, "3"));
    }

    [Fact]
    public void MappingWithoutServices_SaysWhatIsMissing()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("AddEsmsReceiver", Assert.Throws<InvalidOperationException>(() => app.MapEsmsCallback("/hook", (_, _) => Task.CompletedTask)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoAddressesForOneFolder_AreRefused()
    {
        await using var app = Build(null, null);
        app.MapEsmsCallback("/hook", (_, _) => Task.CompletedTask);
        Assert.Throws<InvalidOperationException>(() => app.MapEsmsCallback("/Hook/", (_, _) => Task.CompletedTask));
    }

    private static Uri Exact(string url)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        Assert.True(Uri.TryCreate(url, in options, out var uri));
        return uri!;
    }

    private WebApplication Build(Func<EsmsCallback, CancellationToken, Task>? handler, Action<EsmsReceiverOptions>? configure)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = _folder.Path });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestLineSize = 64 * 1024);
        builder.Services.AddEsmsReceiver(configure);
        return builder.Build();
    }

    private async Task<string> StartAsync(Func<EsmsCallback, CancellationToken, Task>? handler = null, Action<EsmsReceiverOptions>? configure = null)
    {
        var app = Build(handler, configure);
        app.MapEsmsCallback("/hook", handler ?? ((callback, _) =>
        {
            _handled.Enqueue(callback);
            return Task.CompletedTask;
        }));
        await app.StartAsync(Stop);
        _apps.Add(app);
        return app.Urls.First();
    }

    private async Task StopAsync()
    {
        var app = _apps[^1];
        _apps.Remove(app);
        await app.StopAsync(Stop);
        await app.DisposeAsync();
    }

    private async Task<EsmsCallback> OneAsync()
    {
        await Poll.UntilAsync(() => !_handled.IsEmpty, "A callback");
        return Assert.Single(_handled);
    }

    private async Task<HttpStatusCode> GetAsync(string url, string query, string? id = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url + "/hook?" + query);
        if (id is not null)
        {
            request.Headers.Add("X-HoiAm-Callback-Id", id);
        }

        using var answer = await _http.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> PostAsync(string url, string? contentType, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        using var answer = await _http.PostAsync(new Uri(url + "/hook"), content, Stop);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> SignedAsync(string url, string target, string signed, string secret, int ageSeconds, string callbackId = "x", string webhookId = "msg_1")
    {
        var seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + ageSeconds;
        using var request = new HttpRequestMessage(HttpMethod.Get, Exact(url + target));
        request.Headers.Add("X-HoiAm-Callback-Id", callbackId);
        request.Headers.Add("webhook-id", webhookId);
        request.Headers.Add("webhook-timestamp", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Sign([Encoding.UTF8.GetBytes(secret)], webhookId, seconds, Encoding.ASCII.GetBytes(signed)));
        using var answer = await _http.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    private sealed class BrokenStore : ICallbackStore
    {
        public ValueTask<IReadOnlyList<KeptCallback>> OpenAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<KeptCallback>>([]);

        public ValueTask<KeepResult> KeepAsync(KeptCallback callback, CancellationToken cancellationToken) => throw new IOException("no space");

        public ValueTask DoneAsync(string id) => default;

        public ValueTask SetAsideAsync(string id) => default;

        public ValueTask<IReadOnlyList<KeptCallback>> TakeSetAsideAsync() => ValueTask.FromResult<IReadOnlyList<KeptCallback>>([]);

        public ValueTask DisposeAsync() => default;
    }
}
