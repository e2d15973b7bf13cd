using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.GetCallback;
using HoiAm.Protocols.Tests.Support;

namespace HoiAm.Protocols.Tests.GetCallback;

public sealed class GetCallbackResponseTests
{
    private static readonly CallbackFacts s_facts = new()
    {
        Kind = MessageKind.Zns,
        SmsId = "f66545d2-c7e2-4603-984e-d2238c363c8292",
        SendStatus = SendStatus.Finished,
        SendSuccess = 1,
        TotalPrice = 330,
        TotalReceiver = 1,
        TotalSent = 1,
        RequestId = "req-0005",
        TelcoId = 2,
        PhoneNumber = "0900000001",
        PartnerIds = "7984e9b198c40e9957d6",
        ErrorInfo = """{"error":0,"message":"Success"}""",
        OaId = "1000000000000000001",
        TempId = "200607",
    };

    [Fact]
    public void Answer_IsTheConstructedSampleWithoutItsBlanks() =>
        Assert.Equal(Compact("getcallback/constructed-getcallback-response-clean.json"), Write(new GetCallbackItem(s_facts, "http://127.0.0.1:9000/hook")));

    [Fact]
    public void EmptyAnswer_IsTheConstructedSample() =>
        Assert.Equal(Compact("getcallback/constructed-getcallback-response-empty.json"), Write());

    [Fact]
    public void WrongKeys_AreAnsweredAsTheConstructedSample()
    {
        var output = new ArrayBufferWriter<byte>();
        var (code, message) = GetCallbackErrors.AuthorizeFailed;
        GetCallbackResponseWriter.WriteError(code, message, output);

        Assert.Equal(Compact("getcallback/constructed-getcallback-response-101.json"), Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Refusals_HaveTheContractsCodes()
    {
        Assert.Equal((160, "Exceed TPS"), GetCallbackErrors.TooManyRequests);
        Assert.Equal(791, GetCallbackErrors.OaIdMissing.Code);
        Assert.Equal((110, "why"), GetCallbackErrors.Malformed("why"));
        var (code, message) = GetCallbackErrors.OutsideWindow(GetCallbackLimits.Seed.Window!);
        Assert.Equal(110, code);
        Assert.Contains("01:00-02:00", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_AreThoseOfTheDocumentedAnswer_InItsOrderAndTypes()
    {
        var documented = JsonNode.Parse(Vectors.Bytes("getcallback/getcallback-response.seed-002.json"))!;
        var ours = JsonNode.Parse(Write(new GetCallbackItem(s_facts with { RequestId = "" }, "u")))!;

        Assert.Equal(Shape(documented), Shape(ours));
        Assert.Equal(Shape(documented["Data_callback"]![0]!), Shape(ours["Data_callback"]![0]!));

        static IEnumerable<(string, JsonValueKind?)> Shape(JsonNode node) => node.AsObject().Select(m => (m.Key, m.Value?.GetValueKind()));
    }

    [Theory]
    [InlineData(SendStatus.PendingApproval, 2, 0, 0, 0)]
    [InlineData(SendStatus.Waiting, 2, 0, 0, 0)]
    [InlineData(SendStatus.Sent, 2, 0, 0, 0)]
    [InlineData(SendStatus.None, 2, 0, 0, 0)]
    [InlineData(SendStatus.Rejected, 5, 9, 0, 4)]
    [InlineData(SendStatus.Finished, 5, 2, 3, 4)]
    public void States_BecomeWaitingOrFinished(SendStatus status, int wire, int failed, int success, int sent)
    {
        var facts = s_facts with { SendStatus = status, SendFailed = 2, SendSuccess = 3, TotalSent = 4, TotalReceiver = 9 };
        var item = JsonNode.Parse(Write(new GetCallbackItem(facts, "u")))!["Data_callback"]![0]!;

        Assert.Equal(
            (wire, failed, success, sent, 9),
            ((int)item["SendStatus"]!, (int)item["SendFailed"]!, (int)item["SendSuccess"]!, (int)item["TotalSent"]!, (int)item["TotalReceiver"]!));
    }

    [Theory]
    [InlineData("0", "0.0")]
    [InlineData("330", "330.0")]
    [InlineData("330.5", "330.5")]
    [InlineData("0.1234", "0.1234")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335.0")]
    public void TotalPrice_KeepsADecimalPlace(string price, string wire)
    {
        var facts = s_facts with { TotalPrice = decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture) };

        Assert.Contains($"\"TotalPrice\":{wire},", Write(new GetCallbackItem(facts, "u")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageKind.CustomerCareSms, "\"Partnerids\":null,\"ErrorInfo\":null,\"OAId\":null,\"ZnsTempId\":null}")]
    [InlineData(MessageKind.Viber, "\"Partnerids\":null,\"ErrorInfo\":null,\"OAId\":null,\"ZnsTempId\":null}")]
    [InlineData(MessageKind.ZaloFollower, "\"Partnerids\":\"\",\"ErrorInfo\":\"\",\"OAId\":\"\",\"ZnsTempId\":null}")]
    [InlineData(MessageKind.Zns, "\"Partnerids\":\"\",\"ErrorInfo\":\"\",\"OAId\":\"\",\"ZnsTempId\":\"\"}")]
    public void MembersThatAKindDoesNotBear_AreNull(MessageKind kind, string end)
    {
        var facts = new CallbackFacts { Kind = kind, SmsId = "x", SendStatus = SendStatus.Finished };

        Assert.Contains(end, Write(new GetCallbackItem(facts, "u")), StringComparison.Ordinal);
    }

    [Fact]
    public void SampleOfSeed002_IsReadWithItsQuirks()
    {
        var answer = GetCallbackResponseReader.Read(Vectors.Bytes("getcallback/getcallback-response.seed-002.json"));

        Assert.True(answer.Parsed);
        Assert.Equal((100, "Success"), (answer.Code, answer.Message));
        var item = Assert.Single(answer.Items);
        Assert.Equal("https://api.esms.vn/zalo-zns/zns/receive-callback", item.CallbackUrl);
        Assert.Equal(
            new CallbackFacts
            {
                Kind = MessageKind.Zns,
                SmsId = "4a496110-9fd3-4838-ac8b-bcaa36616f7011",
                SendStatus = SendStatus.Finished,
                SendFailed = 1,
                TotalReceiver = 1,
                TotalSent = 1,
                TelcoId = 1,
                PhoneNumber = "0909090909",
                PartnerIds = "7984e9b198c40e9957d6",
                ErrorInfo = """{"error":-124,"message":"Access token is invalid"}""",
                OaId = "1090257973118325189",
                TempId = "228386",
            },
            item.Callback.Facts);
        Assert.Equal("Object reference not set to an instance of an object.", item.Callback.ErrorInfo.TrailingText);
        Assert.Equal(CallbackOutcome.Failed, item.Callback.Outcome);
        Assert.Empty(item.Callback.Problems);
    }

    [Fact]
    public void NumbersAsText_AreRead()
    {
        var answer = GetCallbackResponseReader.Read("""
            {"code":"100","data_callback":[{"smsid":"x","sendsuccess":"1","SendStatus":"5","TotalPrice":"330.0","TypeId":"26"},7]}
            """u8);

        Assert.Equal(100, answer.Code);
        var facts = Assert.Single(answer.Items).Callback.Facts;
        Assert.Equal((MessageKind.ZaloFollower, 1, 330m), (facts.Kind, facts.SendSuccess, facts.TotalPrice));
    }

    [Fact]
    public void WrittenAnswers_AreReadBack() => Always.Holds(
        Generators.Facts,
        facts =>
        {
            facts = facts with { SendStatus = SendStatus.Finished, ErrorInfoTime = null };
            if (facts.Kind == MessageKind.VoiceCall)
            {
                return;
            }

            // The pull has no room for the switched message's id.
            var read = Assert.Single(GetCallbackResponseReader.Read(Encoding.UTF8.GetBytes(Write(new GetCallbackItem(facts, "u ế")))).Items);

            Assert.Equal(facts with { SwitchSmsId = "" }, read.Callback.Facts);
            Assert.Equal("u ế", read.CallbackUrl);
        });

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"Code\":100,\"Message\":\"\\ud800\"}")]
    public void OtherBodies_AreNoAnswer(string body) => Assert.False(GetCallbackResponseReader.Read(Encoding.UTF8.GetBytes(body)).Parsed);

    private static string Compact(string vector)
    {
        using var document = JsonDocument.Parse(Vectors.Bytes(vector));
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            document.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Write(params IReadOnlyList<GetCallbackItem> items)
    {
        var output = new ArrayBufferWriter<byte>();
        GetCallbackResponseWriter.Write(items, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
