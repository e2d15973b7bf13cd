using System.Text;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.Upstream;

namespace HoiAm.Protocols.Tests.Upstream;

/// <summary>What a caller wrote keeps its bytes; keys, hook and RequestId do not.</summary>
public sealed class UpstreamRewriterTests
{
    private static readonly UpstreamChanges s_changes = new("up-key", "up-secret") { CallbackUrl = "https://hub/cb", RequestIds = ["id-1", "id-2"] };

    [Fact]
    public void Json_KeepsEveryOtherByte()
    {
        const string body = "{ \"apikey\" : \"k\",\n \"SecretKey\":\"s\", \"Content\":\"chào \\u0022 \\/\", \"callbackurl\":\"http://x\", \"Deep\":{\"ApiKey\":\"stays\"} }";

        Assert.Equal(
            "{\"RequestId\":\"id-1\", \"apikey\" : \"up-key\",\n \"SecretKey\":\"up-secret\", \"Content\":\"chào \\u0022 \\/\", \"callbackurl\":\"https://hub/cb\", \"Deep\":{\"ApiKey\":\"stays\"} }",
            Post("SendMultipleMessage_V4_post_json", body));
    }

    [Theory]
    [InlineData("{\"ApiKey\":\"k\",\"SecretKey\":\"s\",\"CallbackUrl\":\"u\",\"RequestId\":\"mine\"}", "{\"ApiKey\":\"up-key\",\"SecretKey\":\"up-secret\",\"CallbackUrl\":\"https://hub/cb\",\"RequestId\":\"mine\"}")]
    [InlineData("{\"ApiKey\":\"k\",\"SecretKey\":\"s\",\"CallbackUrl\":\"\",\"RequestId\":\" \"}", "{\"ApiKey\":\"up-key\",\"SecretKey\":\"up-secret\",\"CallbackUrl\":\"https://hub/cb\",\"RequestId\":\"id-1\"}")]
    [InlineData("{\"ApiKey\":\"k\",\"ApiKey\":\"k2\",\"SecretKey\":null}", "{\"CallbackUrl\":\"https://hub/cb\",\"RequestId\":\"id-1\",\"ApiKey\":\"up-key\",\"ApiKey\":\"up-key\",\"SecretKey\":\"up-secret\"}")]
    public void Json_ReplacesWhatIsThere_AndAddsWhatIsNot(string body, string expected) => Assert.Equal(expected, Post("SendMultipleMessage_V4_post_json", body));

    [Fact]
    public void Bulk_GivesEachRowItsOwn() => Assert.Equal(
        "{\"CallbackUrl\":\"https://hub/cb\",\"ApiKey\":\"up-key\",\"SecretKey\":\"up-secret\",\"Data\":[{\"RequestId\":\"id-1\",\"Phone\":\"1\"},{\"Phone\":\"2\",\"RequestId\":\"id-2\"}]}",
        Post("Send_zns_bulk_v4_post_json", "{\"ApiKey\":\"k\",\"SecretKey\":\"s\",\"Data\":[{\"Phone\":\"1\"},{\"Phone\":\"2\",\"RequestId\":\"\"}]}"));

    [Fact]
    public void Channels_GetTheHookEach() => Assert.Equal(
        "{\"ApiKey\":\"up-key\",\"SecretKey\":\"up-secret\",\"Channels\":[\"zalo\",\"sms\"],\"Data\":[{\"RequestId\":\"id-1\",\"CallbackUrl\":\"https://hub/cb\"},{\"CallbackUrl\":\"https://hub/cb\",\"RequestId\":\"id-2\"}]}",
        Post("MultiChannelMessage", "{\"ApiKey\":\"k\",\"SecretKey\":\"s\",\"Channels\":[\"zalo\",\"sms\"],\"Data\":[{\"CallbackUrl\":\"a\"},{}]}"));

    [Fact]
    public void Form_KeepsItsPairs() => Assert.Equal(
        "Phone=0901%20888&Content=a+b%26&Apikey=up-key&SECRETKEY=up-secret&CallbackUrl=https%3A%2F%2Fhub%2Fcb&RequestId=id-1",
        Post("SendMultipleMessage_V4_post", "Phone=0901%20888&Content=a+b%26&Apikey=k&SECRETKEY=s"));

    [Fact]
    public void Xml_KeepsItsElements()
    {
        var written = Post("SendMultipleMessage_V4", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<RQST>\n <APIKEY>k</APIKEY><SECRETKEY>s</SECRETKEY>\n <CONTENT>a &amp; b</CONTENT><CALLBACKURL/></RQST>");

        Assert.Contains("<APIKEY>up-key</APIKEY><SECRETKEY>up-secret</SECRETKEY>\n <CONTENT>a &amp; b</CONTENT><CALLBACKURL>https://hub/cb</CALLBACKURL></RQST>", written, StringComparison.Ordinal);
        Assert.Contains("<REQUESTID>id-1</REQUESTID>", written, StringComparison.Ordinal);
        Assert.StartsWith("<?xml", written, StringComparison.Ordinal);
    }

    [Fact]
    public void KeysInTheQueryOfAPost_AreReplacedThere()
    {
        EsmsRoutes.TryResolve("POST", "/MainService.svc/json/GetBalance_json", out var route);

        var written = UpstreamRewriter.Rewrite(route, "/MainService.svc/json/GetBalance_json", null, "?ApiKey=k&SecretKey=s", "{}"u8.ToArray(), new UpstreamChanges("up-key", "up-secret"))!;

        Assert.Equal(("?ApiKey=up-key&SecretKey=up-secret", "{}"), (written.Query, Encoding.UTF8.GetString(written.Body!)));
    }

    [Theory]
    [InlineData("{\"CodeResult\":\"100\",\"SMSID\":\"a \"}", "100", "a ")]
    [InlineData("{\"CodeResponse\":100}", "100", "")]
    [InlineData("{\"error\":\"Invalid request\"}", "", "")]
    [InlineData("\uFEFF{\"Code\":100}", "100", "")]
    public void Answer_IsRead(string body, string code, string smsId)
    {
        var answer = UpstreamAnswer.Read(Encoding.UTF8.GetBytes(body))!;

        Assert.Equal((code, smsId), (answer.Code, answer.SmsId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{\"CodeResult\":\"100\"")]
    [InlineData("[]")]
    [InlineData("{\"hello\":1}")]
    [InlineData("{\"CodeResult\":\"100\"} trailing")]
    public void WhatIsNoAnswer_IsNone(string body) => Assert.Null(UpstreamAnswer.Read(Encoding.UTF8.GetBytes(body)));

    private static string Post(string path, string body, UpstreamChanges? changes = null)
    {
        EsmsRoutes.TryResolve("POST", "/MainService.svc/json/" + path, out var route);
        return Encoding.UTF8.GetString(UpstreamRewriter.Rewrite(route, "/" + path + "/", "text/plain", "", Encoding.UTF8.GetBytes(body), changes ?? s_changes)!.Body!);
    }
}
