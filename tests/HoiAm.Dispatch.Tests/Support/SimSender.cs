using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Support;

/// <summary>What a scripted hook does with one try.</summary>
/// <param name="Outcome">The verdict.</param>
/// <param name="Status">The status, 0 without an answer.</param>
/// <param name="Takes">How long it takes.</param>
/// <param name="RetryAfter">What it asks for.</param>
internal readonly record struct Reply(AttemptOutcome Outcome, int Status, TimeSpan Takes, TimeSpan? RetryAfter = null)
{
    public static Reply Ok => new(AttemptOutcome.Delivered, 200, TimeSpan.FromMilliseconds(5));

    public static Reply Hang => new(AttemptOutcome.TimedOut, 0, TimeSpan.FromSeconds(10));

    public static Reply Of(int status) => new(AttemptOutcome.HttpStatus, status, TimeSpan.FromMilliseconds(5));
}

/// <summary>A sender whose hooks are scripts, and which watches the bounds while they run.</summary>
internal sealed class SimSender(TimeProvider clock, Func<DueCallback, Reply> script) : ICallbackSender
{
    private readonly HashSet<long> _underWay = [];
    private readonly Dictionary<int, int> _perHook = [];
    private readonly Dictionary<string, int> _perHost = [];

    /// <summary>Every try in the order of its begin.</summary>
    public List<(long Id, int Hook, int Number, DateTimeOffset At, bool IsReplay)> Tries { get; } = [];

    public Dictionary<string, int> HostPeaks { get; } = [];

    public Dictionary<int, int> HookPeaks { get; } = [];

    public int InFlight => _underWay.Count;

    public async ValueTask<Attempt> SendAsync(DueCallback callback, HookPolicy policy, CancellationToken stop)
    {
        Assert.True(_underWay.Add(callback.Id), "One callback was sent twice at once.");
        var at = clock.GetUtcNow();
        Tries.Add((callback.Id, callback.Hook.Id, callback.Attempts + 1, at, callback.IsReplay));
        Count(_perHook, HookPeaks, callback.Hook.Id, 1);
        Count(_perHost, HostPeaks, callback.Hook.HostKey, 1);
        var reply = script(callback);
        var done = new TaskCompletionSource<bool>();
        await using (stop.Register(() => done.TrySetResult(false)).ConfigureAwait(false))
        {
            var timer = clock.CreateTimer(_ => done.TrySetResult(true), null, reply.Takes, Timeout.InfiniteTimeSpan);
            var ended = await done.Task.ConfigureAwait(false);
            await timer.DisposeAsync().ConfigureAwait(false);
            _underWay.Remove(callback.Id);
            Count(_perHook, HookPeaks, callback.Hook.Id, -1);
            Count(_perHost, HostPeaks, callback.Hook.HostKey, -1);
            return new Attempt
            {
                Number = callback.Attempts + 1,
                At = at,
                DurationMs = (int)(clock.GetUtcNow() - at).TotalMilliseconds,
                Outcome = ended ? reply.Outcome : AttemptOutcome.Interrupted,
                HttpStatus = reply.Status,
                RetryAfter = reply.RetryAfter,
                Error = reply.Outcome == AttemptOutcome.Delivered ? null : "scripted",
            };
        }
    }

    private static void Count<T>(Dictionary<T, int> now, Dictionary<T, int> peaks, T key, int by)
        where T : notnull
    {
        now[key] = now.GetValueOrDefault(key) + by;
        peaks[key] = Math.Max(peaks.GetValueOrDefault(key), now[key]);
    }
}
