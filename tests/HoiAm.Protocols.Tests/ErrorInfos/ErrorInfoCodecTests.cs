using FsCheck.Fluent;
using HoiAm.Model;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.Tests.Support;

namespace HoiAm.Protocols.Tests.ErrorInfos;

public sealed class ErrorInfoCodecTests
{
    private static readonly DateTime s_time = new(2024, 4, 24, 16, 58, 1);

    [Theory]
    [InlineData(MessageKind.Zns, CallbackProfile.Default, """
        "{\"error\":0,\"message\":\"a\\\"b\"}"
        """)]
    [InlineData(MessageKind.ZnsByUid, CallbackProfile.Default, """
        {"error":0,"message":"a\"b"}
        """)]
    [InlineData(MessageKind.ZaloFollower, CallbackProfile.Default, "%7B%22error%22:0,%22message%22:%22a%5C%22b%22%7D____24/04/2024%2016:58:01")]
    [InlineData(MessageKind.ZnsJourney, CallbackProfile.ByteExact, "%7B%22error%22:0,%22message%22:%22a%5C%22b%22%7D____24/04/2024%2016:58:01")]
    [InlineData(MessageKind.ZnsJourney, CallbackProfile.Plain, """
        {"error":0,"message":"a\"b"}
        """)]
    public void EachKind_HasItsDocumentedForm(MessageKind kind, CallbackProfile profile, string expected) =>
        Assert.Equal(expected.Trim(), ErrorInfoCodec.Encode("""{"error":0,"message":"a\"b"}""", s_time, kind, profile));

    [Fact]
    public void NoResult_IsAnEmptyValueInEveryKind() =>
        Assert.All(Enum.GetValues<MessageKind>(), kind => Assert.Equal("", ErrorInfoCodec.Encode("", s_time, kind, CallbackProfile.Default)));

    [Fact]
    public void WhatIsEncoded_IsDecodedExactly() => Always.Holds(
        from json in Generators.ErrorJson
        from time in Generators.LocalTime
        from kind in Gen.Elements(Enum.GetValues<MessageKind>().Where(k => k.IsZalo()).ToArray())
        from profile in Gen.Elements(Enum.GetValues<CallbackProfile>())
        select (json, time, kind, profile),
        input =>
        {
            var reading = ErrorInfoCodec.Decode(ErrorInfoCodec.Encode(input.json, input.time, input.kind, input.profile));

            Assert.True(reading.Parsed);
            Assert.Equal(input.json, reading.Json);
            Assert.Null(reading.TrailingText);
            var hasTime = input.profile != CallbackProfile.Plain && input.kind is MessageKind.ZaloFollower or MessageKind.ZnsJourney
                && input.profile != CallbackProfile.Plain;
            Assert.Equal(hasTime ? input.time : null, reading.Time);
        },
        cases: 1000);

    [Fact]
    public void TextBehindTheJson_IsKeptApart()
    {
        var reading = ErrorInfoCodec.Decode(
            """{"error":-124,"message":"Access token is invalid"}Object reference not set to an instance of an object.""");

        Assert.Equal(-124, reading.Error);
        Assert.Equal("Access token is invalid", reading.Message);
        Assert.Equal("""{"error":-124,"message":"Access token is invalid"}""", reading.Json);
        Assert.Equal("Object reference not set to an instance of an object.", reading.TrailingText);
        Assert.True(reading.Parsed);
    }

    [Theory]
    [InlineData("""{"error":"-114","message":null}""", -114, "")]
    [InlineData("""{"Error":-114,"Message":"m","other":{"error":1},"list":[{"error":2}]}""", -114, "m")]
    [InlineData("""{"message":"%7B is a brace","error":0}""", 0, "%7B is a brace")]
    [InlineData("%7b%22error%22:-1%7d", -1, "")]
    [InlineData("1001", 1001, "")]
    [InlineData(" -114 ", -114, "")]
    [InlineData("-114____24/04/2024%2016:58:01", -114, "")]
    [InlineData("\"{\\\"error\\\":5}\"____24/04/2024 16:58:01", null, "\"{\\\"error\\\":5}\"")]
    public void OddResults_AreRead(string text, int? error, string message)
    {
        var reading = ErrorInfoCodec.Decode(text);

        Assert.Equal(error, reading.Error);
        Assert.Equal(message, reading.Message);
        Assert.Equal(error is not null, reading.Parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void Nothing_IsEmpty(string text) => Assert.Same(ErrorInfoReading.Empty, ErrorInfoCodec.Decode(text));

    [Theory]
    [InlineData("timeout")]
    [InlineData("{\"error\":")]
    [InlineData("{'error':1}")]
    [InlineData("50% of 100%")]
    [InlineData("\"half a quote")]
    [InlineData("{\"error\":0,\"message\":\"\\ud800\"}")]
    [InlineData("[1,2]")]
    public void TextThatIsNoJson_IsKeptAsItIs(string text)
    {
        var reading = ErrorInfoCodec.Decode(text);

        Assert.False(reading.Parsed);
        Assert.Equal(text, reading.Text);
        Assert.Equal(text, reading.Message);
        Assert.Equal("", reading.Json);
    }

    [Theory]
    [InlineData("{}____24/04/2024 16:58:01", true)]
    [InlineData("{}____31/02/2024 16:58:01", false)]
    [InlineData("{}____soon", false)]
    public void OnlyADate_IsCutOffBehindTheUnderscores(string text, bool isDate)
    {
        var reading = ErrorInfoCodec.Decode(text);

        Assert.Equal(isDate, reading.Time is not null);
        Assert.Equal(isDate, reading.TrailingText is null);
        Assert.Equal("{}", reading.Json);
    }

    [Fact]
    public void DeepNesting_IsTextAndNoCrash()
    {
        var reading = ErrorInfoCodec.Decode(string.Concat(Enumerable.Repeat("{\"a\":", 1000)));

        Assert.False(reading.Parsed);
    }

    [Fact]
    public void RandomText_NeverThrows() => Always.Holds(
        Gen.OneOf(
            ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? ""),
            Generators.Text,
            Generators.Text.Select(text => "{" + text),
            Generators.Text.Select(text => "\"" + text + "\"")),
        text => Assert.NotNull(ErrorInfoCodec.Decode(text)),
        cases: 2000);
}
