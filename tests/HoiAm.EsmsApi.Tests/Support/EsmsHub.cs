using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;
using HoiAm.Server.Hosting;
using HoiAm.Server.Sending.Routes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(EsmsHub))]

namespace HoiAm.EsmsApi.Tests.Support;

/// <summary>One callback as a customer's server saw it.</summary>
internal sealed record Received(string Path, string Query)
{
    /// <summary>Names in their order.</summary>
    public IReadOnlyList<string> Names => [.. Query.Split('&').Select(p => p[..p.IndexOf('=', StringComparison.Ordinal)])];

    /// <summary>A value decoded once, as frameworks do; null when the name is not there.</summary>
    public string? this[string name] => Query.Split('&')
        .Where(p => p.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(p => Uri.UnescapeDataString(p[(name.Length + 1)..]))
        .FirstOrDefault();
}

/// <summary>
/// A hub with the sandbox on a free port, and a customer's web server beside it. One for all tests: each uses accounts, phones and hooks
/// of its own.
/// </summary>
public sealed class EsmsHub : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hoiam-esms-").FullName;
    private readonly ConcurrentQueue<Received> _received = new();
    private readonly ConcurrentDictionary<string, string> _bodies = new();
    private readonly StringWriter _console = new();
    private WebApplication? _hooks;
    private Hub? _hub;
    private HttpClient _http = new();
    private int _number;

    /// <summary>Where the hub listens.</summary>
    public string Url => _hub!.Addresses[0];

    /// <summary>Where the customer's hooks are.</summary>
    public string HookUrl => _hooks!.Urls.First();

    /// <summary>Routes beside the hub's own.</summary>
    internal IReadOnlyList<ISendRoute> Routes { get; init; } = [];

    /// <summary>What the hub printed.</summary>
    public string Console
    {
        get
        {
            lock (_console)
            {
                return _console.ToString();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestLineSize = 64 * 1024);
        _hooks = builder.Build();
        _hooks.Run(context =>
        {
            var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            var question = target.IndexOf('?', StringComparison.Ordinal);
            _received.Enqueue(question < 0 ? new Received(target, "") : new Received(target[..question], target[(question + 1)..]));
            return context.Response.WriteAsync(_bodies.GetValueOrDefault(question < 0 ? target : target[..question], "OK"));
        });
        await _hooks.StartAsync();
        await StartAsync();
    }

    /// <summary>Starts the hub on its data; after a stop it is another port.</summary>
    public async Task StartAsync()
    {
        _hub = await Hub.StartAsync(
            new HubOptions { Urls = "http://127.0.0.1:0", Data = Path.Combine(_folder, "data"), Sandbox = true, Output = TextWriter.Synchronized(_console), Routes = Routes },
            b => b.Logging.ClearProviders());
        _http.Dispose();
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Stops the hub; the data stay.</summary>
    public async Task StopAsync() => await _hub!.DisposeAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub!.DisposeAsync();
        await _hooks!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A number that no other test uses; the last three digits are given.</summary>
    public string Phone(int suffix = 123) => $"090{Interlocked.Increment(ref _number):D4}{suffix:D3}";

    /// <summary>A hook of its own.</summary>
    public string NewHook() => $"{HookUrl}/hook{Interlocked.Increment(ref _number)}";

    /// <summary>What a hook answers from now on; "OK" without.</summary>
    public void Answer(string hookUrl, string body) => _bodies[hookUrl[HookUrl.Length..]] = body;

    internal IReadOnlyList<Received> At(string hookUrl) => [.. _received.Where(r => HookUrl + r.Path == hookUrl)];

    /// <summary>The callbacks of a hook, once there are as many; waits a moment more for one too many.</summary>
    internal async Task<IReadOnlyList<Received>> CallbacksAsync(string hookUrl, int count = 1)
    {
        await UntilAsync(() => At(hookUrl).Count >= count, $"{count} callbacks at {hookUrl}");
        return At(hookUrl);
    }

    internal async Task<Received> CallbackAsync(string hookUrl) => (await CallbacksAsync(hookUrl))[0];

    /// <summary>Waits for something to become true; the limit is generous, a busy machine makes a test slow and never red.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what) => await UntilAsync(() => Task.FromResult(condition()), what);

    /// <summary>The same for a look over HTTP.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(90), what + ": did not happen within 90 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System);
        }
    }

    /// <summary>Any request; gives status and body.</summary>
    public async Task<(HttpStatusCode Status, string Body)> RawAsync(string method, string target, byte[]? body = null, string? contentType = null)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method), new Uri(Url + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }

        using var response = await _http.SendAsync(request);
        return (response.StatusCode, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync()));
    }

    /// <summary>A call below /json/ with an account's keys and the given JSON members.</summary>
    public async Task<JsonNode> PostAsync(string path, string members, string account = "sandbox")
    {
        var keys = $"\"ApiKey\":\"{account}-key\",\"SecretKey\":\"{account}-secret\"";
        var (status, body) = await RawAsync(
            "POST", "/MainService.svc/json/" + path, Encoding.UTF8.GetBytes(members.Length == 0 ? $"{{{keys}}}" : $"{{{keys},{members}}}"), "application/json");
        Assert.Equal(HttpStatusCode.OK, status);
        return JsonNode.Parse(body)!;
    }

    /// <summary>A GET call with an account's keys and the given query.</summary>
    public async Task<JsonNode> GetAsync(string path, string query, string account = "sandbox")
    {
        var (status, body) = await RawAsync("GET", $"/MainService.svc/json/{path}?ApiKey={account}-key&SecretKey={account}-secret&{query}");
        Assert.Equal(HttpStatusCode.OK, status);
        return JsonNode.Parse(body)!;
    }

    /// <summary>A call of the admin API; fails unless the status is this one.</summary>
    public async Task<string> AdminAsync(string method, string path, int expected, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Url + "/admin/v1" + path);
        request.Headers.Authorization = new("Bearer", "sandbox-admin");
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == expected, $"{method} {path} gave {(int)response.StatusCode}: {text}");
        return text;
    }

    internal async Task<JsonNode> AdminJsonAsync(string path) => JsonNode.Parse(await AdminAsync("GET", path, 200))!;

    /// <summary>An account with everything that the sandbox's account has, made through the admin API; keys <c>{id}-key</c>, <c>{id}-secret</c>.</summary>
    public async Task<string> ShopAsync(string id, string balance = "1000000", string more = "", string sending = "")
    {
        await AdminAsync("PUT", $"/accounts/{id}", 201, $$"""{"apiKey":"{{id}}-key","secretKey":"{{id}}-secret"{{(more.Length > 0 ? "," + more : "")}}}""");
        foreach (var section in (string[])["brandnames", "oas", "templates", "prices"])
        {
            foreach (var item in (await AdminJsonAsync($"/accounts/sandbox/{section}"))["items"]!.AsArray())
            {
                var copy = item!.DeepClone().AsObject();
                copy.Remove("id");
                await AdminAsync("PUT", $"/accounts/{id}/{section}/{Uri.EscapeDataString((string)item["id"]!)}", 201, copy.ToJsonString());
            }
        }

        var settings = (await AdminJsonAsync("/accounts/sandbox/sending")).AsObject();
        settings.Remove("shortCode");
        foreach (var (name, value) in JsonNode.Parse("{" + sending + "}")!.AsObject())
        {
            settings[name] = value?.DeepClone();
        }

        await AdminAsync("PUT", $"/accounts/{id}/sending", 201, settings.ToJsonString());
        await AdminAsync("POST", $"/accounts/{id}/balance", 200, $$"""{"amount":{{balance}},"reason":"test"}""");
        return id;
    }

    /// <summary>The balance with its four decimals.</summary>
    public async Task<decimal> BalanceAsync(string account) => (decimal)(await AdminJsonAsync($"/accounts/{account}/balance"))["balance"]!;

    internal Task<JsonNode> StatusAsync(string smsId, string account = "sandbox") => GetAsync("GetSendStatus", "RefId=" + smsId, account);

    /// <summary>Waits until a message is final; gives its status.</summary>
    internal async Task<JsonNode> FinalAsync(string smsId, string account = "sandbox")
    {
        JsonNode? status = null;
        await UntilAsync(async () => (int)(status = await StatusAsync(smsId, account))["SendStatus"]! is 4 or 5, smsId + " becomes final");
        return status!;
    }
}
