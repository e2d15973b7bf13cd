using FsCheck;
using FsCheck.Fluent;
using HoiAm.Model;

namespace HoiAm.Sending.Tests;

/// <summary>Segments as carriers count them, and templates as they are registered.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData('x', 160, false, 1)]
    [InlineData('x', 161, false, 2)]
    [InlineData('x', 306, false, 2)]
    [InlineData('x', 307, false, 3)]
    [InlineData('x', 459, false, 3)]
    [InlineData('€', 80, false, 1)]
    [InlineData('€', 81, false, 2)]
    [InlineData('€', 152, false, 2)] // 76 to a segment: the 153rd septet cannot hold half a character
    [InlineData('€', 153, false, 3)]
    [InlineData('x', 70, true, 1)]
    [InlineData('x', 71, true, 2)]
    [InlineData('ế', 70, false, 1)]
    [InlineData('ế', 134, false, 2)]
    [InlineData('ế', 135, false, 3)]
    [InlineData('x', 0, false, 1)]
    public void Segments_AreCounted(char letter, int count, bool unicode, int segments) =>
        Assert.Equal(segments, SmsSegments.Count(new string(letter, count), unicode));

    [Fact]
    public void SurrogatePair_IsNeverCutApart()
    {
        var pairs = string.Concat(Enumerable.Repeat("😀", 67));

        Assert.Equal(1, SmsSegments.Count(pairs.AsSpan(0, 70), unicode: false));
        Assert.Equal(3, SmsSegments.Count(pairs, unicode: false)); // 33 to a segment of 67
    }

    [Fact]
    public void OneLetterOutsideTheAlphabet_MakesTheTextUnicode()
    {
        Assert.True(SmsSegments.IsGsm("Ma OTP: 1234 {x} [y] ~"));
        Assert.False(SmsSegments.IsGsm("Mã OTP"));
        Assert.Equal(2, SmsSegments.Count(new string('x', 70) + "ã", unicode: false));
    }

    [Theory]
    [InlineData("{P1,10} la ma xac minh cua ban", "686868 la ma xac minh cua ban", true)]
    [InlineData("{P1,10} la ma xac minh cua ban", "1234567890 la ma xac minh cua ban", true)]
    [InlineData("{P1,10} la ma xac minh cua ban", "12345678901 la ma xac minh cua ban", false)]
    [InlineData("{P1,10} la ma xac minh cua ban", " la ma xac minh cua ban", false)]
    [InlineData("{P1,10} la ma xac minh cua ban", "686868 la ma xac minh cua ban!", false)]
    [InlineData("{P1,10} la ma xac minh cua ban", "686868 LA MA xac minh cua ban", false)]
    [InlineData("Chuc mung {P2,50}: {P2,50}", "Chuc mung a: b: c", true)]
    [InlineData("{P2,2}{P2,2}", "abcd", true)]
    [InlineData("{P2,2}{P2,2}", "abcde", false)]
    [InlineData("{P2,2}{P2,2}", "a", false)]
    [InlineData("No marks", "No marks", true)]
    [InlineData("{P1} is text", "{P1} is text", true)]
    [InlineData("{P1,0} {x", "{P1,0} {x", true)]
    [InlineData("", "", true)]
    public void SmsTemplate_FitsOrNot(string template, string text, bool fits) =>
        Assert.Equal(fits, TextPattern.OfSms(template).TryMatch(text, out _));

    [Fact]
    public void ZnsTemplate_MatchesTheTextBetweenItsTags()
    {
        var template = new ZnsTemplate("1", MessageKind.Zns, [new ZnsParameter("name", 20), new ZnsParameter("order", 10)])
        {
            Content = "<p class=\"a\">Chào {{name}},</p>\n<b>đơn {{ order }}</b> đã giao.",
        };

        Assert.True(TextPattern.OfZns(template).TryMatch("Chào Anh Ba, đơn 42 đã giao.", out var values));
        Assert.Equal([KeyValuePair.Create("name", "Anh Ba"), KeyValuePair.Create("order", "42")], values);
    }

    [Fact]
    public void FilledTemplate_AlwaysFitsAndOneTooLongNever()
    {
        var property = Prop.ForAll(
            Gen.Choose(1, 8).ListOf().ToArbitrary(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (limits, seed) =>
            {
                // Digits for values and letters between them, so that no gap can borrow from its neighbours.
                var template = string.Concat(limits.Select((limit, i) => $"{{P1,{limit}}}-{(char)('a' + (i % 20))}."));
                string Fill(int tooLong) => string.Concat(limits.Select(
                    (limit, i) => new string('7', i == tooLong ? limit + 1 : 1 + ((seed >> (i % 16)) % limit)) + $"-{(char)('a' + (i % 20))}."));
                var pattern = TextPattern.OfSms(template);
                return pattern.TryMatch(Fill(-1), out var values)
                    && values.Length == limits.Count
                    && (limits.Count == 0 || !pattern.TryMatch(Fill(seed % limits.Count), out _));
            });

        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void HostileText_IsDecidedAtOnce()
    {
        var pattern = TextPattern.OfSms(string.Concat(Enumerable.Repeat("{P1,500}a", 50)));

        Assert.False(pattern.TryMatch(new string('a', 1500) + "b", out _));
    }
}
