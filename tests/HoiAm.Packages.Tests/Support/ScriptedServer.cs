using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace HoiAm.Packages.Tests.Support;

/// <summary>One request as a server would have seen it.</summary>
internal sealed record Seen(string Method, string Target, string Host, string Body, DateTimeOffset At);

/// <summary>A server in place of the network: what it does with request n is a script. Null means that no answer ever comes.</summary>
internal sealed class ScriptedServer(TimeProvider clock, Func<int, Seen, HttpResponseMessage?> script) : HttpMessageHandler
{
    private readonly ConcurrentQueue<Seen> _seen = new();
    private int _count;

    public IReadOnlyList<Seen> Requests => [.. _seen];

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var uri = request.RequestUri!;
        var seen = new Seen(request.Method.Method, uri.PathAndQuery, uri.GetLeftPart(UriPartial.Authority), body, clock.GetUtcNow());
        _seen.Enqueue(seen);
        if (script(Interlocked.Increment(ref _count), seen) is { } answer)
        {
            return answer;
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        throw new InvalidOperationException("Nothing ends an endless wait but its token.");
    }
}

/// <summary>Lets a task end under a clock that only moves when nothing else can happen.</summary>
internal static class Clocks
{
    /// <summary>Moves the clock in small steps until the task is done.</summary>
    public static async Task<T> RunAsync<T>(this ManualTimeProvider clock, Task<T> task, int stepMs = 10)
    {
        for (var steps = 0; !task.IsCompleted; steps++)
        {
            Assert.True(steps < 1_000_000, "The task does not end.");

            // Continuations run on the pool: give them their turn before time goes on.
            for (var turns = 0; turns < 3 && !task.IsCompleted; turns++)
            {
                await Task.Yield();
            }

            clock.Advance(TimeSpan.FromMilliseconds(stepMs));
        }

        return await task;
    }
}
