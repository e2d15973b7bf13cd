using System.Text;
using FsCheck.Fluent;
using HoiAm.Protocols.GetCallback;
using HoiAm.Protocols.Tests.Support;

namespace HoiAm.Protocols.Tests.GetCallback;

public sealed class GetCallbackRequestReaderTests
{
    [Fact]
    public void SampleOfSeed002_IsRead()
    {
        var reading = GetCallbackRequestReader.Read(Vectors.Bytes("getcallback/getcallback-request.seed-002.json"));

        Assert.True(reading.IsValid);
        Assert.Equal("{{ApiKey}}", reading.Request.ApiKey);
        Assert.Equal("{{SecretKey}}", reading.Request.SecretKey);
        Assert.Equal("{{OAId}}", reading.Request.OaId);
        Assert.Equal(
            ["41a35814-81d7-4ad1-9cce-1ac7fddd5f34196", "41a35814-81d7-4ad1-9cce-1ac7fddd5f34197", "41a35814-81d7-4ad1-9cce-1ac7fddd5f34198"],
            reading.Request.RefIds);
    }

    [Fact]
    public void NewestSample_KeepsRepeatedIds() =>
        Assert.Equal(
            ["{{Refid}}", "{{Refid}}", "{{Refid}}"],
            GetCallbackRequestReader.Read(Vectors.Bytes("getcallback/getcallback-request.docs-v2.json")).Request.RefIds);

    [Fact]
    public void FirstEdition_HasNoKeys()
    {
        var reading = GetCallbackRequestReader.Read(Vectors.Bytes("getcallback/getcallback-request.2023-first-version.json"));

        Assert.True(reading.IsValid);
        Assert.Equal(("", "", "OAID"), (reading.Request.ApiKey, reading.Request.SecretKey, reading.Request.OaId));
    }

    [Theory]
    [InlineData("""{"ListRefid":"a"}""", "a")]
    [InlineData("""{"ListRefid":"a, b;c\nd,,"}""", "a|b|c|d")]
    [InlineData("""{"LISTREFID":["a ",null,"",7,"a "]}""", "a |7|a ")]
    [InlineData("""{"listRefId":[]}""", "")]
    [InlineData("\uFEFF{\"ListRefid\":[\"a\"],}", "a")]
    [InlineData("""{"ListRefid":["a"],"Extra":{"ListRefid":["b"]}}""", "a")]
    public void ListRefid_ComesInManyForms(string body, string ids)
    {
        var reading = Read(body);

        Assert.True(reading.IsValid);
        Assert.Equal(ids, string.Join('|', reading.Request.RefIds));
        Assert.Null(reading.Request.OaId);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("ListRefid=a", "not valid JSON")]
    [InlineData("{\"ApiKey\":\"k\"}", "ListRefid is missing")]
    [InlineData("{\"ApiKey\":\"k\",\"ListRefid\":null}", "ListRefid is missing")]
    [InlineData("{\"ApiKey\":\"k\",\"ListRefid\":\"\"}", "ListRefid is missing")]
    [InlineData("{\"ApiKey\":\"k\",\"ListRefid\":{\"a\":1}}", "ListRefid is an object")]
    [InlineData("{\"ApiKey\":\"k\",\"ListRefid\":[\"a\",[\"b\"]]}", "no SMSID")]
    [InlineData("{\"ApiKey\":\"k\",\"ListRefid\":[\"\\ud800\"]}", "not valid JSON")]
    [InlineData("{\"ApiKey\":\"k\",\"ListRefid\":[\"a\"]} x", "not valid JSON")]
    public void MalformedRequest_SaysWhatIsAccepted(string body, string because)
    {
        var reading = Read(body);

        Assert.False(reading.IsValid);
        Assert.Contains(because, reading.Error, StringComparison.Ordinal);
        Assert.Contains("Accepted is a JSON object with ApiKey", reading.Error, StringComparison.Ordinal);
        Assert.Equal(body.StartsWith("{\"ApiKey\"", StringComparison.Ordinal) ? "k" : "", reading.Request.ApiKey);
    }

    [Fact]
    public void InvalidUtf8_IsRefused() =>
        Assert.Contains("UTF-8", GetCallbackRequestReader.Read([(byte)'{', 0xFF, (byte)'}']).Error, StringComparison.Ordinal);

    [Fact]
    public void RandomBytes_NeverThrow() => Always.Holds(
        Gen.OneOf(
            Gen.Choose(0, 255).Select(b => (byte)b).ListOf().Select(b => b.ToArray()),
            Generators.Text.Select(text => Encoding.UTF8.GetBytes("{\"ListRefid\":[" + text))),
        bytes =>
        {
            Assert.NotNull(GetCallbackRequestReader.Read(bytes).Request);
            Assert.NotNull(GetCallbackResponseReader.Read(bytes).Message);
        },
        cases: 2000);

    private static GetCallbackRequestReading Read(string body) => GetCallbackRequestReader.Read(Encoding.UTF8.GetBytes(body));
}
