using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HoiAm.Server.Security;

/// <summary>
/// Counts failed authentications per source in windows of a minute. Valid credentials never come here, so they are never refused; a guesser
/// gets 429 once its window is full. A source is an IPv4 address or an IPv6 /64: whoever has one address of a /64 has all of them.
/// </summary>
internal sealed class FailureThrottle(TimeProvider time)
{
    /// <summary>Failures a minute and source before 429. Default 30: a person who mistypes never gets there.</summary>
    public const int FailuresPerMinuteMax = 30;

    /// <summary>Sources counted one by one in a minute, some 5 MB. Those that come later share one count.</summary>
    public const int SourcesMax = 50_000;

    private readonly Lock _turn = new();
    private Window _window = new(long.MinValue);

    /// <summary>Nodes among which a source's failures may be spread; each allows its share.</summary>
    public Func<int> Nodes { get; init; } = static () => 1;

    /// <summary>Counts kept in memory now.</summary>
    public int Sources => _window.Counted;

    /// <summary>Counts a failure. True when the source is past its limit; then it may try again after <paramref name="retryAfter"/> seconds.</summary>
    public bool IsPastLimit(IPAddress? source, out int retryAfter)
    {
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        retryAfter = (int)(60 - (seconds % 60));
        return Current(seconds / 60).Count(Key(source)) > Math.Max(1, FailuresPerMinuteMax / Nodes());
    }

    private Window Current(long minute)
    {
        var window = Volatile.Read(ref _window);
        if (window.Minute == minute)
        {
            return window;
        }

        // The old minute is dropped as a whole: forgetting costs nothing, however many came.
        lock (_turn)
        {
            return _window.Minute == minute ? _window : _window = new Window(minute);
        }
    }

    private static UInt128 Key(IPAddress? source)
    {
        if (source is null)
        {
            return UInt128.Zero;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (!source.TryWriteBytes(bytes, out var length))
        {
            return UInt128.Zero;
        }

        if (source.IsIPv4MappedToIPv6)
        {
            bytes[12..].CopyTo(bytes);
            length = 4;
        }

        // The family is part of the key, so that no IPv4 address shares a count with a network of the other kind.
        return length == 4
            ? new UInt128(1, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : source.AddressFamily == AddressFamily.InterNetworkV6
                ? new UInt128(2, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes))
                : UInt128.Zero;
    }

    private sealed class Window(long minute)
    {
        private readonly ConcurrentDictionary<UInt128, int> _counts = new();
        private int _counted;
        private int _rest;

        public long Minute => minute;

        public int Counted => Volatile.Read(ref _counted);

        public int Count(UInt128 key)
        {
            if (Counted >= SourcesMax && !_counts.ContainsKey(key))
            {
                return Interlocked.Increment(ref _rest);
            }

            var count = _counts.AddOrUpdate(key, 1, static (_, old) => old == int.MaxValue ? old : old + 1);
            if (count == 1)
            {
                Interlocked.Increment(ref _counted);
            }

            return count;
        }
    }
}
