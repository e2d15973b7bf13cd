using System.Globalization;
using FsCheck.Fluent;
using HoiAm.Protocols.Tests.Support;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.Tests.Text;

public sealed class WireTimeTests
{
    [Theory]
    [InlineData("2026-04-07T09:46:05.000Z", "2026-04-07T09:46:05.0000000+00:00")]
    [InlineData("2026-04-07T09:46:05Z", "2026-04-07T09:46:05.0000000+00:00")]
    [InlineData("2026-04-07T16:46:05.123+07:00", "2026-04-07T16:46:05.1230000+07:00")]
    [InlineData("2026-04-07T16:46:05+0700", "2026-04-07T16:46:05.0000000+07:00")]
    [InlineData("2026-04-07T16:46:05-03", "2026-04-07T16:46:05.0000000-03:00")]
    [InlineData("2026-04-07T16:46:05.1234567899", "2026-04-07T16:46:05.1234567+07:00")]
    [InlineData("2026-04-07 16:46:05", "2026-04-07T16:46:05.0000000+07:00")]
    [InlineData("2026/04/07 16:46", "2026-04-07T16:46:00.0000000+07:00")]
    [InlineData("07/04/2026 16:46:05", "2026-04-07T16:46:05.0000000+07:00")]
    [InlineData("07/04/2026 16:46", "2026-04-07T16:46:00.0000000+07:00")]
    [InlineData("7/4/2026 9:46", "2026-04-07T09:46:00.0000000+07:00")]
    [InlineData("07-04-2026 16:46:05", "2026-04-07T16:46:05.0000000+07:00")]
    [InlineData("07-04-2026 16:46", "2026-04-07T16:46:00.0000000+07:00")]
    [InlineData(" 07/04/2026  16:46 ", "2026-04-07T16:46:00.0000000+07:00")]
    [InlineData("29/02/2024 00:00:00", "2024-02-29T00:00:00.0000000+07:00")]
    [InlineData("20260407164605", "2026-04-07T16:46:05.0000000+07:00")]
    [InlineData("1775551565", "2026-04-07T08:46:05.0000000+00:00")]
    [InlineData("1775551565123", "2026-04-07T08:46:05.1230000+00:00")]
    public void AcceptedForms_AreRead(string text, string expected) =>
        Assert.Equal(expected, WireTime.Read(text)?.ToString("O", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("")]
    [InlineData("string")]
    [InlineData("0")]
    [InlineData("12345")]
    [InlineData("99999999999999999999")]
    [InlineData("07/04/2026")]
    [InlineData("31/04/2026 10:00")]
    [InlineData("29/02/2026 10:00")]
    [InlineData("04/13/2026 10:00")]
    [InlineData("07/04-2026 10:00")]
    [InlineData("07/04/26 10:00")]
    [InlineData("0007/04/2026 10:00")]
    [InlineData("07/04/2026 24:00")]
    [InlineData("07/04/2026 10:60")]
    [InlineData("07/04/2026 10:00:60")]
    [InlineData("07/04/2026 10:00:")]
    [InlineData("07/04/2026 10:00:00.")]
    [InlineData("07/04/2026 10:00 PM")]
    [InlineData("1999-01-01 10:00")]
    [InlineData("2026-04-07T16:46:05+25:00")]
    [InlineData("2026-04-07T16:46:05+14:59")]
    [InlineData("20261307164605")]
    [InlineData("2026-04-07T16:46:05Zx")]
    public void OtherText_IsNoTime(string text) => Assert.Null(WireTime.Read(text));

    [Fact]
    public void RandomText_NeverThrows() => Always.Holds(
        Gen.Elements("0123456789/-: T.Z+".ToCharArray()).ListOf().Select(c => string.Concat(c)),
        text => Assert.True(WireTime.Read(text) is null or { Year: >= 1999 and <= 2101 }),
        cases: 3000);

    [Fact]
    public void VietnamsWallClock_IsSevenHoursAhead() =>
        Assert.Equal(new DateTime(2026, 1, 1, 1, 30, 0), WireTime.ToVietnam(new DateTimeOffset(2025, 12, 31, 18, 30, 0, TimeSpan.Zero)));
}
