using System.Net;
using HoiAm.Server.Security;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Guarding;

/// <summary>Counting failed tries: per source, for a minute, in bounded memory.</summary>
public sealed class FailureThrottleTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void OneSource_MayFailThirtyTimesAMinute()
    {
        var throttle = new FailureThrottle(_clock);
        var guesser = IPAddress.Parse("203.0.113.7");
        for (var i = 0; i < FailureThrottle.FailuresPerMinuteMax; i++)
        {
            Assert.False(throttle.IsPastLimit(guesser, out _));
        }

        Assert.True(throttle.IsPastLimit(guesser, out var wait));
        Assert.InRange(wait, 1, 60);
        Assert.False(throttle.IsPastLimit(IPAddress.Parse("203.0.113.8"), out _));
        _clock.Advance(TimeSpan.FromSeconds(wait));
        Assert.False(throttle.IsPastLimit(guesser, out _));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("0.0.0.1", "::1", false)]
    public void AddressesOfOnePrefix_ShareACount(string one, string other, bool share)
    {
        var throttle = new FailureThrottle(_clock);
        for (var i = 0; i < FailureThrottle.FailuresPerMinuteMax; i++)
        {
            throttle.IsPastLimit(IPAddress.Parse(one), out _);
        }

        Assert.Equal(share, throttle.IsPastLimit(IPAddress.Parse(other), out _));
    }

    [Fact]
    public void SprayFromAMillionPrefixes_IsCountedInBoundedMemory()
    {
        var throttle = new FailureThrottle(_clock);
        var known = IPAddress.Parse("203.0.113.7");
        throttle.IsPastLimit(known, out _);
        Span<byte> bytes = stackalloc byte[16];
        bytes[0] = 0x20;
        bytes[15] = 1;
        var refused = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes[4..], i);
            refused += throttle.IsPastLimit(new IPAddress(bytes), out _) ? 1 : 0;
        }

        Assert.Equal(FailureThrottle.SourcesMax, throttle.Sources);
        Assert.Equal(1_000_000 - FailureThrottle.SourcesMax + 1 - FailureThrottle.FailuresPerMinuteMax, refused);

        // Who was counted before the spray still has a count of its own, and the next minute begins anew.
        Assert.False(throttle.IsPastLimit(known, out _));
        _clock.Advance(TimeSpan.FromMinutes(1));
        throttle.IsPastLimit(known, out _);
        Assert.Equal(1, throttle.Sources);
    }
}
