using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using HoiAm.Protocols.Tests.Support;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.Protocols.Tests.VendorSms;

public sealed class VendorEnvelopeTests
{
    [Fact]
    public void Success_EchoesTheAcceptedSample()
    {
        var answer = Success(Vectors.Bytes("vendor/constructed-vendor-request-vmg-style.json"));

        Assert.Equal(JsonNode.Parse(Vectors.Bytes("vendor/constructed-vendor-response-ok.json"))!.ToJsonString(), answer);
    }

    [Fact]
    public void Success_HasTheMembersAndOrderOfTheDocumentedAnswer()
    {
        var documented = JsonNode.Parse(Vectors.Bytes("vendor/vendor-response.seed-003.json"))!.AsObject();
        var answer = JsonNode.Parse(Success(Vectors.Bytes("vendor/vendor-request.seed-003.json")))!.AsObject();

        Assert.Equal(documented.Select(m => m.Key), answer.Select(m => m.Key));
        Assert.Equal(documented["data"]!.ToJsonString(), answer["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"status" : 2.0e0, "MSISDN":84900000001,"x":{"y":[1]},"price":"\u0031"}""", """{"status":2.0e0,"MSISDN":84900000001,"price":"\u0031"}""")]
    [InlineData("""{"status":1,"requestId":"a","status":2}""", """{"requestId":"a","status":2}""")]
    [InlineData("""{"errorInfo":{ "error" : 0 }}""", """{"errorInfo":{ "error" : 0 }}""")]
    [InlineData("\uFEFF{\"status\":1}", """{"status":1}""")]
    [InlineData("{}", "{}")]
    [InlineData("[1]", "{}")]
    [InlineData("{\"status\":1", "{}")]
    public void Success_KeepsTheReceivedTokensAndOrder(string body, string data) =>
        Assert.Equal(
            "{\"code\":0,\"data\":" + data + ",\"message\":\"success\",\"errors\":{},\"total_record\":0,\"current_page\":0}",
            Success(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void RepeatedFields_NeverOverflowTheEcho()
    {
        var body = "{" + string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"{(i % 2 == 0 ? "status" : "price")}\":{i}")) + "}";

        Assert.Contains("\"data\":{\"status\":498,\"price\":499}", Success(Encoding.UTF8.GetBytes(body)), StringComparison.Ordinal);
    }

    [Fact]
    public void Error_HasTheShapeOfTheConstructedSample()
    {
        var output = new ArrayBufferWriter<byte>();

        VendorEnvelope.WriteError(400, "Bad Request", new Dictionary<string, string[]> { ["referentId"] = ["is required"] }, output);

        Assert.Equal(
            JsonNode.Parse(Vectors.Bytes("vendor/constructed-vendor-response-400.json"))!.ToJsonString(),
            Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void ErrorWithoutFields_HasAnEmptyErrorsObject()
    {
        var output = new ArrayBufferWriter<byte>();

        VendorEnvelope.WriteError(401, "API-KEY \"x\" ế", null, output);

        Assert.Equal(
            """{"code":401,"data":null,"message":"API-KEY \"x\" ế","errors":{},"total_record":0,"current_page":0}""",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static string Success(byte[] body)
    {
        var output = new ArrayBufferWriter<byte>();
        VendorEnvelope.WriteSuccess(body, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
