using System.Net;
using FsCheck;
using FsCheck.Fluent;
using HoiAm.Dispatch.Sending;

namespace HoiAm.Dispatch.Tests.Sending;

public sealed class AddressGuardTests
{
    /// <summary>First and last address of each special range, and for each end the neighbour outside where that is public.</summary>
    public static TheoryData<string, string, string?, string?> Ranges => new()
    {
        { "0.0.0.0", "0.255.255.255", null, "1.0.0.0" },
        { "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0" },
        { "100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0" },
        { "127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0" },
        { "169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0" },
        { "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0" },
        { "192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0" },
        { "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0" },
        { "192.31.196.0", "192.31.196.255", "192.31.195.255", "192.31.197.0" },
        { "192.52.193.0", "192.52.193.255", "192.52.192.255", "192.52.194.0" },
        { "192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0" },
        { "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0" },
        { "192.175.48.0", "192.175.48.255", "192.175.47.255", "192.175.49.0" },
        { "198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0" },
        { "198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0" },
        { "203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0" },
        { "224.0.0.0", "239.255.255.255", "223.255.255.255", null },
        { "240.0.0.0", "255.255.255.255", null, null },
        { "::", "::1", null, null },
        { "::2", "::ffff:ffff", null, null },
        { "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", null, null },
        { "100::", "100::ffff:ffff:ffff:ffff", null, null },
        { "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", null, null },
        { "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::" },
        { "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::", "2001:db9::" },
        { "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff::", "2003::" },
        { "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:7fff::", "2620:4f:8001::" },
        { "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff::", "3fff:1000::" },
        { "4000::", "5eff::", null, null },
        { "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null },
        { "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null },
        { "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null },
        { "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null },
        { "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null },
        { "168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17" },
        { "fd00:ec2::254", "169.254.169.254", null, null },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void SpecialRange_IsRefusedToItsEnds(string first, string last, string? below, string? above)
    {
        Assert.NotNull(AddressGuard.Refusal(IPAddress.Parse(first), false));
        Assert.NotNull(AddressGuard.Refusal(IPAddress.Parse(last), false));
        Assert.All(new[] { below, above }.OfType<string>(), outside => Assert.Null(AddressGuard.Refusal(IPAddress.Parse(outside), false)));
    }

    [Theory]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:0.0.0.0", false)]
    [InlineData("::ffff:224.1.1.1", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("8.8.8.8", true)]
    public void WithLeave_AllButUnspecifiedMulticastAndBroadcastPass(string address, bool passes) =>
        Assert.Equal(passes, AddressGuard.Refusal(IPAddress.Parse(address), true) is null);

    [Fact]
    public void MappedAndNat64_InheritTheVerdictOfTheIpv4Inside() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        ArbMap.Default.ArbFor<bool>(),
        (number, allow) =>
        {
            var four = BitConverter.GetBytes(number);
            var verdict = AddressGuard.Refusal(new IPAddress(four), allow);
            byte[] mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, .. four];
            byte[] nat64 = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, .. four];
            return AddressGuard.Refusal(new IPAddress(mapped), allow) == verdict && AddressGuard.Refusal(new IPAddress(nat64), allow) == verdict;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void WhatIsAllowedWithoutLeave_IsAllowedWithIt() => Prop.ForAll(
        Gen.Choose(0, 255).ListOf(16).ToArbitrary(),
        bytes =>
        {
            var address = new IPAddress([.. bytes.Select(b => (byte)b)]);
            return AddressGuard.Refusal(address, false) is not null || AddressGuard.Refusal(address, true) is null;
        }).QuickCheckThrowOnFailure();
}
