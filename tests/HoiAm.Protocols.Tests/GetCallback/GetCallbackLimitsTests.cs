using HoiAm.Model;
using HoiAm.Protocols.GetCallback;

namespace HoiAm.Protocols.Tests.GetCallback;

public sealed class GetCallbackLimitsTests
{
    [Theory]
    [InlineData("seed", 200, 1, "01:00-02:00")]
    [InlineData("2023", 100, 1, "01:00-02:00")]
    [InlineData("2024", 200, 20, null)]
    public void Presets_AreThoseOfTheEditions(string name, int maxIds, int perSecond, string? window)
    {
        var limits = GetCallbackLimits.Preset(name)!;

        Assert.Equal((maxIds, perSecond, window), (limits.MaxIds, limits.PerSecond, limits.Window?.ToString()));
        Assert.Equal(PullKinds.Zalo, limits.Kinds);
        Assert.Empty(limits.Validate());
    }

    [Fact]
    public void UnknownPreset_IsNull() => Assert.Null(GetCallbackLimits.Preset("2022"));

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1001, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(0, 1001, 2)]
    [InlineData(1, 1, 0)]
    [InlineData(1000, 1000, 0)]
    public void Figures_HaveBounds(int maxIds, int perSecond, int faults) =>
        Assert.Equal(faults, new GetCallbackLimits { MaxIds = maxIds, PerSecond = perSecond }.Validate().Count);

    [Fact]
    public void Cut_TakesTheFirstIds_ThenDropsRepeats()
    {
        var limits = new GetCallbackLimits { MaxIds = 4 };

        Assert.Equal(["b", "a", "A"], limits.Cut(["b", "a", "b", "A", "c"]));
        Assert.Empty(limits.Cut([]));
        Assert.Equal(200, GetCallbackLimits.Edition2024.Cut([.. Enumerable.Range(0, 201).Select(i => $"id{i}")]).Count);
    }

    [Theory]
    [InlineData("01:00-02:00", "01:00", true)]
    [InlineData("01:00-02:00", "01:59", true)]
    [InlineData("01:00-02:00", "02:00", false)]
    [InlineData("01:00-02:00", "00:59", false)]
    [InlineData("23:00 - 01:00", "23:30", true)]
    [InlineData("23:00-01:00", "00:30", true)]
    [InlineData("23:00-01:00", "12:00", false)]
    public void Window_ContainsItsStartButNotItsEnd(string window, string time, bool inside) =>
        Assert.Equal(inside, LocalWindow.Parse(window)!.Contains(TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Window_IsInVietnamsTime()
    {
        var window = GetCallbackLimits.Seed.Window!;

        Assert.True(window.Contains(new DateTimeOffset(2026, 1, 1, 18, 30, 0, TimeSpan.Zero)));
        Assert.False(window.Contains(new DateTimeOffset(2026, 1, 1, 1, 30, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01:00")]
    [InlineData("1:00-2:00")]
    [InlineData("01:00-24:00")]
    [InlineData("01:00-01:00")]
    [InlineData("01:00-02:00-03:00")]
    public void OtherText_IsNoWindow(string text) => Assert.Null(LocalWindow.Parse(text));

    [Theory]
    [InlineData("zalo", "zalo")]
    [InlineData("ALL", "all")]
    [InlineData("24, 25", "24,25")]
    [InlineData("24,25,26,27", "zalo")]
    [InlineData("1", "1")]
    public void Kinds_AreReadAndWritten(string text, string expected) => Assert.Equal(expected, PullKinds.Parse(text)!.Value.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("24,")]
    [InlineData("sms")]
    [InlineData("-1")]
    [InlineData("9999999999")]
    public void OtherText_IsNoKind(string text) => Assert.Null(PullKinds.Parse(text));

    [Fact]
    public void Sets_IncludeWhatTheirNamesSay()
    {
        foreach (var kind in Enum.GetValues<MessageKind>())
        {
            Assert.Equal(kind.IsZalo(), PullKinds.Zalo.Includes(kind));
            Assert.Equal(kind != MessageKind.VoiceCall, PullKinds.All.Includes(kind));
        }
    }
}
