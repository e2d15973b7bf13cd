using System.Collections.Concurrent;
using System.Net;

namespace HoiAm.Server.Security;

/// <summary>
/// Counts failed authentications per source address in windows of a minute. Valid credentials never come here, so they are never
/// refused; a guesser gets 429 once its window is full.
/// </summary>
internal sealed class FailureThrottle(TimeProvider time)
{
    /// <summary>Failures a minute and source before 429. Default 30: a person who mistypes never gets there.</summary>
    public const int FailuresPerMinuteMax = 30;

    /// <summary>Nodes among which a source's failures may be spread; each allows its share.</summary>
    public Func<int> Nodes { get; init; } = static () => 1;

    private const int SourcesMax = 50_000;
    private readonly ConcurrentDictionary<IPAddress, (long Minute, int Count)> _sources = new();

    /// <summary>Counts a failure. True when the source is past its limit; then it may try again after <paramref name="retryAfter"/> seconds.</summary>
    public bool IsPastLimit(IPAddress? source, out int retryAfter)
    {
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        var minute = seconds / 60;
        retryAfter = (int)(60 - (seconds % 60));
        if (_sources.Count > SourcesMax)
        {
            Forget(minute);
        }

        var counted = _sources.AddOrUpdate(
            source ?? IPAddress.None,
            static (_, now) => (now, 1),
            static (_, old, now) => old.Minute == now ? (now, old.Count + 1) : (now, 1),
            minute);
        return counted.Count > Math.Max(1, FailuresPerMinuteMax / Nodes());
    }

    private void Forget(long minute)
    {
        foreach (var (source, window) in _sources)
        {
            if (window.Minute != minute)
            {
                _sources.TryRemove(source, out _);
            }
        }
    }
}
