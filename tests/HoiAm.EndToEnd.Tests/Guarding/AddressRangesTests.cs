using System.Net;
using HoiAm.Server.Guarding;

namespace HoiAm.EndToEnd.Tests.Guarding;

/// <summary>Which texts are ranges of addresses, and who is inside.</summary>
public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.0/24", "203.0.113.255", true)]
    [InlineData("203.0.113.0/24", "203.0.114.0", false)]
    [InlineData("203.0.113.0/24", "::ffff:203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "198.51.100.1", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("::1", "::1", true)]
    public void Range_HoldsWhatLiesInside(string range, string address, bool inside) =>
        Assert.Equal(inside, AddressRanges.Of([range]).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("", "must be an address or a range")]
    [InlineData("shop.example", "must be an address or a range")]
    [InlineData("10.1", "must be an address or a range")]
    [InlineData("0x7f.0.0.1", "must be an address or a range")]
    [InlineData("010.0.0.1", "must be an address or a range")]
    [InlineData("fe80::1%eth0", "must be an address or a range")]
    [InlineData("10.0.0.0/33", "prefix from 0 to 32")]
    [InlineData("10.0.0.0/-1", "prefix from 0 to 32")]
    [InlineData("10.0.0.0/", "prefix from 0 to 32")]
    [InlineData("2001:db8::/129", "prefix from 0 to 128")]
    [InlineData("203.0.113.7/24", "the range is 203.0.113.0/24")]
    [InlineData("::ffff:10.0.0.1", "must be written as IPv4, 10.0.0.1")]
    public void OtherText_IsRefusedWithWhatIsAccepted(string text, string says)
    {
        Assert.Null(AddressRanges.Parse(text, out var fault));
        Assert.Contains(says, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void UnreadableStoredRange_AllowsNobodyInsteadOfEverybody()
    {
        var ranges = AddressRanges.Of(["nonsense"]);
        Assert.False(ranges.IsEmpty);
        Assert.False(ranges.Contains(IPAddress.Loopback));
        Assert.True(AddressRanges.None.IsEmpty);
    }
}
