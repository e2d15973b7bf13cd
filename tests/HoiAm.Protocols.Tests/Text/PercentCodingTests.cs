using HoiAm.Protocols.Tests.Support;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.Tests.Text;

public sealed class PercentCodingTests
{
    [Fact]
    public void Escaping_IsWhatTheFrameworkCallsEscapeDataString() => Always.Holds(
        Generators.Text,
        text => Assert.Equal(Uri.EscapeDataString(text), Escape(text)));

    [Fact]
    public void Decoding_UndoesEscaping() => Always.Holds(
        Generators.Text,
        text =>
        {
            Assert.Equal(text, PercentCoding.Decode(Escape(text), plusIsBlank: true));
            Assert.Equal(text, PercentCoding.Decode(UriEscape(text), plusIsBlank: false));
        });

    [Theory]
    [InlineData("{\"a b\":1}/?#[]@!$&'()*+,;=%~", "%7B%22a%20b%22:1%7D/?#[]@!$&'()*+,;=%25~")]
    [InlineData("\\^`|<>", "%5C%5E%60%7C%3C%3E")]
    public void UriEscaping_LeavesTheReservedSet(string text, string expected) => Assert.Equal(expected, UriEscape(text));

    [Fact]
    public void HalfASurrogatePair_BecomesAReplacementCharacter() => Assert.Equal("a%EF%BF%BDb", Escape("a\uD83Db"));

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%C3%A9%C3", "é\uFFFD")]
    [InlineData("a+b", "a b")]
    [InlineData("%2B", "+")]
    public void MalformedEscapes_StandForThemselves(string text, string expected) =>
        Assert.Equal(expected, PercentCoding.Decode(text, plusIsBlank: true));

    [Fact]
    public void LongRuns_AreDecodedWhole()
    {
        var text = string.Concat(Enumerable.Repeat("ế😀", 2000));

        Assert.Equal(text, PercentCoding.Decode(Escape(text), plusIsBlank: true));
    }

    private static string Escape(string text)
    {
        var builder = new TextBuilder(stackalloc char[4]);
        PercentCoding.AppendEscaped(ref builder, text);
        var result = builder.ToString();
        builder.Dispose();
        return result;
    }

    private static string UriEscape(string text)
    {
        var builder = new TextBuilder(stackalloc char[4]);
        PercentCoding.AppendUriEscaped(ref builder, text);
        var result = builder.ToString();
        builder.Dispose();
        return result;
    }
}
