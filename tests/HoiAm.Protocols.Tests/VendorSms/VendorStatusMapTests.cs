using HoiAm.Model;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.Protocols.Tests.VendorSms;

public sealed class VendorStatusMapTests
{
    [Theory]
    [InlineData(null, ReportedStatus.Missing)]
    [InlineData(0, ReportedStatus.PendingApproval)]
    [InlineData(1, ReportedStatus.Waiting)]
    [InlineData(2, ReportedStatus.Delivered)]
    [InlineData(-1, ReportedStatus.Rejected)]
    [InlineData(-2, ReportedStatus.Failed)]
    [InlineData(3, ReportedStatus.Seen)]
    [InlineData(4, ReportedStatus.Ignore)]
    [InlineData(5, ReportedStatus.Ignore)]
    [InlineData(6, ReportedStatus.Expired)]
    [InlineData(7, ReportedStatus.Unmapped)]
    [InlineData(-3, ReportedStatus.Unmapped)]
    [InlineData(int.MinValue, ReportedStatus.Unmapped)]
    public void DefaultMap_IsTheDocumentedOne(int? number, ReportedStatus expected) =>
        Assert.Equal(expected, VendorStatusMap.Map(number, null));

    [Fact]
    public void VendorsOwnMap_GoesFirst()
    {
        var map = new Dictionary<int, ReportedStatus> { [2] = ReportedStatus.Sent, [77] = ReportedStatus.Delivered };

        Assert.Equal(ReportedStatus.Sent, VendorStatusMap.Map(2, map));
        Assert.Equal(ReportedStatus.Delivered, VendorStatusMap.Map(77, map));
        Assert.Equal(ReportedStatus.Rejected, VendorStatusMap.Map(-1, map));
        Assert.Equal(ReportedStatus.Missing, VendorStatusMap.Map(null, map));
    }

    [Fact]
    public void EveryWordOfTheContract_IsReadAndNamed()
    {
        foreach (var name in "pendingApproval waiting sent delivered failed rejected expired seen ignore".Split(' '))
        {
            Assert.True(VendorStatusMap.TryParseName(name.ToUpperInvariant(), out var status));
            Assert.Equal(name, VendorStatusMap.Name(status));
            Assert.Contains(name, VendorStatusMap.AcceptedNames, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void NumbersOfTheDefaultMap_LeadBack()
    {
        foreach (var status in Enum.GetValues<ReportedStatus>())
        {
            if (VendorStatusMap.Number(status) is { } number)
            {
                Assert.Equal(status, VendorStatusMap.Map(number, null));
            }
        }
    }

    [Fact]
    public void FaultyMap_IsRefusedWithAllFaults()
    {
        var ok = VendorStatusMap.TryParse(
            [new("2", "delivered"), new("two", "sent"), new("3", "read"), new("+2", "failed")], out var map, out var errors);

        Assert.False(ok);
        Assert.Empty(map);
        Assert.Equal(3, errors.Count);
        Assert.Contains(errors, e => e.Contains("'read'", StringComparison.Ordinal) && e.Contains("pendingApproval", StringComparison.Ordinal));
    }

    [Fact]
    public void ProperMap_IsRead()
    {
        Assert.True(VendorStatusMap.TryParse([new("2", "delivered"), new("-9", "ignore")], out var map, out var errors));
        Assert.Empty(errors);
        Assert.Equal(ReportedStatus.Delivered, map[2]);
        Assert.Equal(ReportedStatus.Ignore, map[-9]);
    }
}
