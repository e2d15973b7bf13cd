using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace HoiAm.EndToEnd.Tests.Relay;

/// <summary>
/// The road between an upstream and the hub before it: callbacks are dropped, delayed, repeated and so reordered, by a seeded lot. What is
/// not dropped is tried until it is answered 200, as eSMS tries again what was not taken.
/// </summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Random _random;
    private readonly Lock _lot = new();
    private readonly ConcurrentBag<Task> _underWay = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly double _dropRate;
    private readonly string _target;
    private int _dropped;
    private int _seen;

    private ChaosProxy(WebApplication app, string target, double dropRate, int seed)
    {
        (_app, _target, _dropRate, _random) = (app, target, dropRate, new Random(seed));
        app.Run(HandleAsync);
    }

    public string Url => _app.Urls.First();

    public int Dropped => _dropped;

    public int Seen => _seen;

    public static async Task<ChaosProxy> StartAsync(string target, double dropRate, int seed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestLineSize = 32 * 1024);
        var proxy = new ChaosProxy(builder.Build(), target, dropRate, seed);
        await proxy._app.StartAsync();
        return proxy;
    }

    /// <summary>Waits until everything that came was passed on.</summary>
    public async Task DrainAsync()
    {
        while (_underWay.Any(t => !t.IsCompleted))
        {
            await Task.WhenAll(_underWay.ToArray());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private Task HandleAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        bool isDropped;
        int copies;
        int delay;
        Interlocked.Increment(ref _seen);
        lock (_lot)
        {
            isDropped = _random.NextDouble() < _dropRate;
            copies = _random.NextDouble() < 0.2 ? 2 : 1;
            delay = _random.Next(0, 400);
        }

        if (isDropped)
        {
            Interlocked.Increment(ref _dropped);
            return Task.CompletedTask;
        }

        for (var copy = 0; copy < copies; copy++)
        {
            _underWay.Add(PassOnAsync(target, delay * (copy + 1)));
        }

        return Task.CompletedTask;
    }

    private async Task PassOnAsync(string target, int delayMs)
    {
        await Poll.PauseAsync(delayMs);
        for (var attempt = 0; attempt < 600; attempt++)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(_target + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
                if ((int)answer.StatusCode == 200)
                {
                    return;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or SocketException)
            {
                // The hub is being killed just now.
            }

            await Poll.PauseAsync(100);
        }
    }
}
