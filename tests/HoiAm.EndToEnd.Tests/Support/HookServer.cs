using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>One request as a customer's server saw it.</summary>
internal sealed record HookCall(string Method, string Target, string Path, IReadOnlyDictionary<string, string> Headers, DateTimeOffset At, int Number)
{
    public string Body { get; init; } = "";

    /// <summary>Address of the caller.</summary>
    public string From { get; init; } = "";

    public string CallbackId => Headers["X-HoiAm-Callback-Id"];

    public string Attempt => Headers["X-HoiAm-Attempt"];

    /// <summary>The Standard Webhooks signature that these key bytes make of what came.</summary>
    public string SignatureBy(ReadOnlySpan<byte> key)
    {
        var signed = $"{Headers["webhook-id"]}.{Headers["webhook-timestamp"]}.{Body}";
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
    }

    /// <summary>A parameter of the query, decoded once as frameworks do; null when it is not there.</summary>
    public string? Parameter(string name)
    {
        foreach (var pair in Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&'))
        {
            if (pair.StartsWith(name + "=", StringComparison.Ordinal))
            {
                return Uri.UnescapeDataString(pair[(name.Length + 1)..]);
            }
        }

        return null;
    }
}

/// <summary>What a hook answers. A hang lasts until the caller gives up.</summary>
internal sealed record HookAnswer(int Status = 200, string Body = "OK", string? HeaderName = null, string? HeaderValue = null, bool Hangs = false, int DelayMs = 0)
{
    public static HookAnswer Ok { get; } = new();

    public static HookAnswer Silence { get; } = new(Hangs: true);
}

/// <summary>A customer's web server: real Kestrel on loopback, a script per path, everything recorded.</summary>
internal sealed class HookServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Func<HookCall, HookAnswer>> _scripts = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentQueue<HookCall> _calls = new();

    private HookServer(WebApplication app, TimeProvider clock)
    {
        _app = app;
        _clock = clock;
        app.Run(AnswerAsync);
    }

    public string Url => _app.Urls.First();

    public IReadOnlyList<HookCall> Calls => [.. _calls];

    public int Count => _calls.Count;

    public static async Task<HookServer> StartAsync(TimeProvider? clock = null, string address = "127.0.0.1")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{address}:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestLineSize = 32 * 1024);
        var server = new HookServer(builder.Build(), clock ?? TimeProvider.System);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>What a path answers; paths without a script answer 200.</summary>
    public HookServer Script(string path, Func<HookCall, HookAnswer> script)
    {
        _scripts[path] = script;
        return this;
    }

    public IReadOnlyList<HookCall> At(string path) => [.. _calls.Where(c => c.Path == path)];

    public IReadOnlyList<HookCall> For(string smsId) => [.. _calls.Where(c => c.Parameter("SMSID") == smsId)];

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        using var reader = new StreamReader(context.Request.Body);
        var call = new HookCall(
            context.Request.Method,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            path,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            _clock.GetUtcNow(),
            _counts.AddOrUpdate(path, 1, (_, count) => count + 1))
        {
            Body = await reader.ReadToEndAsync(),
            From = context.Connection.RemoteIpAddress?.ToString() ?? "",
        };
        _calls.Enqueue(call);
        var answer = _scripts.TryGetValue(path, out var script) ? script(call) : HookAnswer.Ok;
        if (answer.Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (answer.DelayMs > 0)
        {
            await Poll.PauseAsync(answer.DelayMs);
        }

        context.Response.StatusCode = answer.Status;
        if (answer.HeaderName is { } name)
        {
            context.Response.Headers[name] = answer.HeaderValue;
        }

        await context.Response.WriteAsync(answer.Body);
    }
}
