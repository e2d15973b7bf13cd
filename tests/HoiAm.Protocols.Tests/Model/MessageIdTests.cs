using HoiAm.Model;

namespace HoiAm.Protocols.Tests.Model;

public sealed class MessageIdTests
{
    [Fact]
    public void NewIds_AreGuidsWithTwoDigits_OrderedByTime()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var ids = Enumerable.Range(0, 1000).Select(i => MessageId.New(start.AddMilliseconds(i))).ToList();

        Assert.All(ids, id =>
        {
            Assert.Equal(38, id.Length);
            Assert.True(Guid.TryParseExact(id[..36], "D", out _));
            Assert.True(char.IsAsciiDigit(id[36]) && char.IsAsciiDigit(id[37]));
        });
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory]
    [InlineData(1, MessageKind.PromoSms)]
    [InlineData(25, MessageKind.Zns)]
    [InlineData(27, MessageKind.ZnsJourney)]
    [InlineData(3, null)]
    [InlineData(22, null)]
    [InlineData(28, null)]
    [InlineData(125, null)]
    [InlineData(-1, null)]
    public void TypeId_HasAKindOnlyWhenDocumented(int typeId, MessageKind? kind) => Assert.Equal(kind, MessageKinds.FromTypeId(typeId));

    [Fact]
    public void TypeIdOfAKind_IsTheWireNumber()
    {
        Assert.Equal(25, MessageKind.ZnsByUid.TypeId());
        Assert.Equal(0, MessageKind.VoiceCall.TypeId());
        Assert.All(new[] { 1, 2, 8, 23, 24, 25, 26, 27 }, id => Assert.Equal(id, MessageKinds.FromTypeId(id)!.Value.TypeId()));
    }
}
