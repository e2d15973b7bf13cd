using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace HoiAm.EndToEnd.Tests.Relay;

/// <summary>A request as a provider saw it.</summary>
internal sealed record ProviderCall(string Method, string Target, string ContentType, string Body, IReadOnlyDictionary<string, string> Headers, int Number)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Member(string name) => (string?)Json[name];

    public string? Query(string name) => Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&')
        .Where(p => p.StartsWith(name + "=", StringComparison.Ordinal)).Select(p => Uri.UnescapeDataString(p[(name.Length + 1)..])).FirstOrDefault();
}

/// <summary>What a provider answers.</summary>
internal sealed record ProviderAnswer(string Body, int Status = 200, string Type = "application/json; charset=utf-8", int DelayMs = 0)
{
    /// <summary>The connection is cut after the request was read.</summary>
    public bool Cuts { get; init; }

    public string? Location { get; init; }

    public static ProviderAnswer Accepted(string smsId) => new($$"""{"CodeResult":"100","CountRegenerate":0,"SMSID":"{{smsId}}"}""");
}

/// <summary>A provider over real HTTP that does what the test says: slow, wrong, twice, or nothing at all.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ProviderCall> _calls = new();
    private int _count;

    private ScriptedUpstream(WebApplication app, Func<ProviderCall, ProviderAnswer> script)
    {
        _app = app;
        Script = script;
        app.Run(AnswerAsync);
    }

    public Func<ProviderCall, ProviderAnswer> Script { get; set; }

    /// <summary>Done before an answer is given.</summary>
    public Func<Task>? Before { get; set; }

    public string Url => _app.Urls.First();

    public IReadOnlyList<ProviderCall> Calls => [.. _calls];

    public static async Task<ScriptedUpstream> StartAsync(Func<ProviderCall, ProviderAnswer>? script = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ScriptedUpstream(builder.Build(), script ?? (call => ProviderAnswer.Accepted($"up-{call.Number}")));
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var call = new ProviderCall(
            context.Request.Method,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            context.Request.ContentType ?? "",
            await reader.ReadToEndAsync(),
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Interlocked.Increment(ref _count));
        _calls.Enqueue(call);
        if (Before is { } before)
        {
            await before();
        }

        var answer = Script(call);
        if (answer.DelayMs > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(answer.DelayMs), TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (answer.Cuts)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.Type;
        if (answer.Location is { } location)
        {
            context.Response.Headers.Location = location;
        }

        await context.Response.WriteAsync(answer.Body);
    }
}
