using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests.EsmsApi;

/// <summary>Protocol I: every habit of a client that must not matter. Each row is the same send.</summary>
public sealed class LeniencyTests
{
    private const string PostJson = "SendMultipleMessage_V4_post_json/";

    public static TheoryData<string, string, string, string?, string> SameSend => new()
    {
        { "as documented", "SendMultipleMessage_V4_post_json/", "", "application/json", """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"2","IsUnicode":"1","Sandbox":"1"}""" },
        { "numbers and booleans", "SendMultipleMessage_V4_post_json/", "", "application/json", """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phone":901888484,"Brandname":"X","SmsType":2,"IsUnicode":true,"Sandbox":1}""" },
        { "other casing", "SendMultipleMessage_V4_post_json/", "", "application/json", """{"APIKey":"k","secretkey":"s","CONTENT":"a b","phone":"0901888484","BrandName":"X","Smstype":"2","Unicode":"1","SandBox":"1"}""" },
        { "IsSandBox", "SendMultipleMessage_V4_post_json/", "", "application/json", """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"2","IsUnicode":"1","IsSandBox":true}""" },
        { "no content type", "SendMultipleMessage_V4_post_json/", "", null, """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"2","IsUnicode":"1","Sandbox":"1"}""" },
        { "text/plain", "SendMultipleMessage_V4_post_json/", "", "text/plain", """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"2","IsUnicode":"1","Sandbox":"1"}""" },
        { "byte order mark", "SendMultipleMessage_V4_post_json/", "", "application/json", "\uFEFF" + """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"2","IsUnicode":"1","Sandbox":"1"}""" },
        { "unknown members, nulls", "SendMultipleMessage_V4_post_json/", "", "application/json", """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"2","IsUnicode":"1","Sandbox":"1","foo":{"bar":[1,{}]},"RequestId":null,"SendDate":"","campaignid":false}""" },
        { "last of two wins", "SendMultipleMessage_V4_post_json/", "", "application/json", """{"ApiKey":"k","SecretKey":"s","Content":"z","content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"8","smstype":"2","IsUnicode":"1","Sandbox":"1"}""" },
        { "form on the JSON call", "SendMultipleMessage_V4_post_json/", "", "application/x-www-form-urlencoded", "Apikey=k&SecretKey=s&Content=a+b&Phone=0901888484&Brandname=X&SmsType=2&IsUnicode=1&Sandbox=1" },
        { "JSON on the form call", "SendMultipleMessage_V4_post/", "", "application/x-www-form-urlencoded", """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"2","IsUnicode":"1","Sandbox":"1"}""" },
        { "multipart form", "SendMultipleMessage_V4_post/", "", "multipart/form-data; boundary=--x", Multipart(("ApiKey", "k"), ("SecretKey", "s"), ("Content", "a b"), ("Phone", "0901888484"), ("Brandname", "X"), ("SmsType", "2"), ("IsUnicode", "1"), ("Sandbox", "1")) },
        { "keys in the query", "SendMultipleMessage_V4_post_json/", "?ApiKey=k&SecretKey=s", "application/json", """{"Content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"2","IsUnicode":"1","Sandbox":"1"}""" },
        { "XML text", "SendMultipleMessage_V4", "", "text/plain", "<RQST><APIKEY>k</APIKEY><SECRETKEY>s</SECRETKEY><ISUNICODE>1</ISUNICODE><CONTENT>a b</CONTENT><SMSTYPE>2</SMSTYPE><BRANDNAME>X</BRANDNAME><SANDBOX>1</SANDBOX><CONTACTS><CUSTOMER><PHONE>0901888484</PHONE></CUSTOMER></CONTACTS></RQST>" },
        { "XML with declaration, CDATA, blanks", "SendMultipleMessage_V4", "", "application/text/plain", "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<rqst>\n <ApiKey>k</ApiKey>\n <SecretKey>s</SecretKey> <IsUnicode>1</IsUnicode><Content><![CDATA[a b]]></Content><SmsType>2</SmsType><Brandname>X</Brandname><Sandbox>1</Sandbox><Contacts><Customer><Phone> 0901888484 </Phone></Customer></Contacts></rqst>" },
        { "trailing comma and comment", "SendMultipleMessage_V4_post_json/", "", "application/json", """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phone":"0901888484","Brandname":"X","SmsType":"2","IsUnicode":"1","Sandbox":"1", /* later */ }""" },
        { "list of one phone", "SendMultipleMessage_V4_post_json/", "", "application/json", """{"ApiKey":"k","SecretKey":"s","Content":"a b","Phones":["0901888484"],"Brandname":"X","SmsType":"2","IsUnicode":"1","Sandbox":"1"}""" },
    };

    [Theory]
    [MemberData(nameof(SameSend))]
    public void Habit_DoesNotMatter(string habit, string path, string query, string? contentType, string body)
    {
        var request = Assert.IsType<TextSendRequest>(Sandbox.Read("POST", path, query, Encoding.UTF8.GetBytes(body), contentType));

        Assert.Equal(("k", "s", "a b", "X", "2"), (request.ApiKey, request.SecretKey, request.Content, request.Brandname, request.SmsType));
        Assert.True(request.IsUnicode && request.Sandbox, habit);
        Assert.Equal(("", "", ""), (request.RequestId, request.SendDate, request.Campaign));
        Assert.Equal("0901888484", Assert.Single(request.Phones).PadLeft(10, '0'));
    }

    [Theory]
    [InlineData("?ApiKey=k&SecretKey=s&Phone=0901888484&Content=a+b&Brandname=X&SmsType=2")]
    [InlineData("?&ApiKey=k&SecretKey=s&Phone=0901888484&Content=a%20b&Brandname=X&SmsType=2&RequestId=&foo=bar")]
    [InlineData("ApiKey=k&SecretKey=s&phone=0901888484&content=a b&BRANDNAME=X&SmsType=2")]
    public void GetHabit_DoesNotMatter(string query)
    {
        var request = Assert.IsType<TextSendRequest>(Sandbox.Get("SendMultipleMessage_V4_get", query));

        Assert.Equal(("k", "a b", "X", "2"), (request.ApiKey, request.Content, request.Brandname, request.SmsType));
    }

    [Fact]
    public void UnencodedPercentSign_StaysInTheText() =>
        Assert.Equal("Giam 50% hom nay", ((TextSendRequest)Sandbox.Get("SendMultipleMessage_V4_get", "Content=Giam 50% hom nay")!).Content);

    [Fact]
    public void BodyOnGet_AddsFieldsAndNeverSpoilsTheCall()
    {
        var added = Sandbox.Read("GET", "GetSendStatus", "?ApiKey=k&SecretKey=s", "{\"RefId\":\"m\"}"u8.ToArray(), null);
        var ignored = Sandbox.Read("GET", "GetSendStatus", "?ApiKey=k&RefId=m", "{broken"u8.ToArray(), null);

        Assert.Equal("m", Assert.IsType<MessageStatusRequest>(added).SmsId);
        Assert.Equal("m", Assert.IsType<MessageStatusRequest>(ignored).SmsId);
    }

    [Theory]
    [InlineData("84901888484")]
    [InlineData("+84901888484")]
    [InlineData("84 901 888 484")]
    [InlineData("0901.888.484")]
    [InlineData("0901 888 484")]
    [InlineData("901888484")]
    public void PhoneSpelling_DoesNotMatter(string phone)
    {
        var body = $$"""{"Content":"x","Phone":"{{phone}}","Brandname":"Baotrixemay","SmsType":2}""";

        Assert.Equal("0901888484", Sandbox.Decide(Sandbox.Post(PostJson, body)).Draft!.Recipients[0].Address);
    }

    [Theory]
    [InlineData("SendZaloMessage_V6/", """{"TempData":{"otp":686868}}""")]
    [InlineData("SendZaloMessage_V6/", """{"tempdata":[{"key":"otp","value":"686868"}]}""")]
    [InlineData("SendZaloMessage_V5_post/", """{"TempData":{"otp":"686868"}}""")]
    [InlineData("SendZaloMessage_V5_post/", """{"TempData":[{"Key":"otp","Value":686868}]}""")]
    public void TempData_IsTakenAsObjectAndAsList(string path, string body)
    {
        var values = Assert.IsType<ZnsSendRequest>(Sandbox.Post(path, body)).Values;

        Assert.Equal([KeyValuePair.Create("otp", "686868")], values.Named);
    }

    [Fact]
    public void Params_KeepTheirPlacesWhateverTheyAre() => Assert.Equal(
        ["A", "1", "1.50", "true", "false", "", ""],
        Assert.IsType<ZnsSendRequest>(Sandbox.Post("SendZaloMessage_V4_post_json", """{"Params":["A",1,1.50,true,false,null,""]}""")).Values.Ordered);

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("<RQST><APIKEY>k</RQST>")]
    [InlineData("<!DOCTYPE r [<!ENTITY e \"x\">]><RQST><APIKEY>&e;</APIKEY></RQST>")]
    public void UndecodableBody_IsNull(string body) => Assert.Null(Sandbox.Post(PostJson, body));

    [Theory]
    [InlineData(15, true)]
    [InlineData(200, false)]
    public void JsonDepth_IsBounded(int depth, bool readable)
    {
        var body = "{\"a\":" + new string('[', depth) + new string(']', depth) + "}";

        Assert.Equal(readable, Sandbox.Post(PostJson, body) is not null);
    }

    [Fact]
    public void InvalidUtf8_IsNull() =>
        Assert.Null(Sandbox.Read("POST", PostJson, "", [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'], null));

    [Fact]
    public void VoiceHostsStatusCall_IsToldApartByItsParameter()
    {
        Assert.IsType<VoiceStatusRequest>(Sandbox.Get("GetSendStatus", "ReferenceId=r"));
        Assert.IsType<MessageStatusRequest>(Sandbox.Get("GetSendStatus", "RefId=r"));
    }

    [Fact]
    public void AnyBytesOnAnyCall_NeverThrow()
    {
        var starts = new[] { "", "{", "<", "--x\r\n", "{\"Data\":[", "{\"Payload\":{", "<RQST><CONTACTS>" };
        var property = Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            Gen.Choose(0, 10_000).ToArbitrary(),
            (bytes, pick) =>
            {
                var endpoint = EsmsRoutes.All[pick % EsmsRoutes.All.Length];
                byte[] body = [.. Encoding.UTF8.GetBytes(starts[pick % starts.Length]), .. bytes ?? []];
                EsmsRequestReader.Read(new EsmsRoute(endpoint, null, null), "multipart/form-data", Encoding.UTF8.GetString(body), body);
                return true;
            });

        property.QuickCheckThrowOnFailure();
    }

    private static string Multipart(params (string Name, string Value)[] fields) =>
        string.Concat(fields.Select(f => $"----x\r\nContent-Disposition: form-data; name=\"{f.Name}\"\r\n\r\n{f.Value}\r\n")) + "----x--\r\n";
}
