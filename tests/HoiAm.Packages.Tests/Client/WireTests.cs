using System.Text;
using System.Text.Json;
using HoiAm.Client;
using HoiAm.Client.Vendor;
using HoiAm.Packages.Tests.Support;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.GetCallback;

namespace HoiAm.Packages.Tests.Client;

/// <summary>The client's half of the codecs: what the hub's half reads back, and what the documents show.</summary>
public sealed class WireTests
{
    private const string Nasty = "Xin chào & <b>\"50%\"</b> + = ' ; \u0001 dòng 1\ndòng 2";

    // The same without the control character, which XML cannot carry.
    private const string NastyInXml = "Xin chào & <b>\"50%\"</b> + = ' ;  dòng 1\ndòng 2";

    public static TheoryData<string> Everything => [.. Requests().Select(r => r.Key)];

    [Theory]
    [MemberData(nameof(Everything))]
    public void WrittenCall_IsReadBackAsItWas(string key)
    {
        var request = Requests().Single(r => r.Key == key).Value with { ApiKey = "key+=", SecretKey = "secret&%" };
        var wire = EsmsRequestWriter.Write(request);
        var question = wire.PathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? wire.PathAndQuery : wire.PathAndQuery[..question];
        Assert.Equal(EsmsRouteOutcome.Found, EsmsRoutes.TryResolve(wire.Method, Uri.UnescapeDataString(path), out var route));
        var read = EsmsRequestReader.Read(route, wire.ContentType, question < 0 ? "" : wire.PathAndQuery[question..], wire.Body.Span);

        Assert.Equal(request.Operation, read!.Operation);
        Assert.Equal(Json(request), Json(read));
        Assert.Equal(("key+=", "secret&%"), (read.ApiKey, read.SecretKey));
    }

    [Fact]
    public void EveryOperation_IsWritten() =>
        Assert.Equal(Enum.GetValues<EsmsOperation>().Where(o => o != EsmsOperation.None), Requests().Select(r => r.Value.Operation).Distinct().Order());

    [Fact]
    public void OperationThatDoesNotFit_IsAProgrammersError()
    {
        Assert.Throws<ArgumentException>(() => EsmsRequestWriter.Write(new AccountRequest { Operation = EsmsOperation.SendJson }));
        Assert.Throws<ArgumentException>(() => EsmsRequestWriter.Write(new TextSendRequest { Operation = EsmsOperation.GetBalance }));
        Assert.Throws<ArgumentException>(() => EsmsRequestWriter.Write(new AccountRequest { Operation = EsmsOperation.None }));
    }

    [Theory]
    [InlineData("getsendstatus-response-100", "GetSendStatus")]
    [InlineData("getsmsreceiverstatus-response-100", "ReceiverList")]
    [InlineData("constructed-getsmssentdata-v2-response-100", "SentData")]
    [InlineData("queryznsstatus-response-100", "Zns")]
    [InlineData("getzalomessagestatus-response-100", "Zalo")]
    [InlineData("voice-getsendstatus-response-100", "Voice")]
    [InlineData("getbalance-response-100", "Balance")]
    [InlineData("getlistbrandname-response-100", "Brandnames")]
    [InlineData("getlistzoa-response-100", "Oas")]
    [InlineData("getquota-response-100", "Quota")]
    [InlineData("summary-cskh-response-100", "Summary")]
    [InlineData("zns-bulk-response", "Bulk")]
    public void DocumentedAnswer_IsReadWhole(string file, string what)
    {
        var body = File.ReadAllBytes(RepositoryRoot.File($"tests/vectors/esms-api/{file}.json"));
        object? value = what switch
        {
            "GetSendStatus" => EsmsResponseReader.SendStatus(body).Value,
            "ReceiverList" => EsmsResponseReader.ReceiverStatus(body).Value!.Items.ToList(),
            "SentData" => EsmsResponseReader.SentData(body).Value!.Rows[0],
            "Zns" => EsmsResponseReader.ZnsStatus(body).Value,
            "Zalo" => EsmsResponseReader.ZaloMessageStatus(body).Value,
            "Voice" => EsmsResponseReader.VoiceStatus(body).Value,
            "Balance" => EsmsResponseReader.Balance(body).Value,
            "Brandnames" => EsmsResponseReader.Brandnames(body).Value!.Items.ToList(),
            "Oas" => EsmsResponseReader.Oas(body).Value!.Items.ToList(),
            "Quota" => EsmsResponseReader.Quota(body).Value,
            "Summary" => EsmsResponseReader.Summary(body).Value,
            _ => EsmsResponseReader.Bulk(body).Value,
        };
        switch (value)
        {
            case MessageCounters counters:
                Assert.Equal(new MessageCounters("434a124c-7818-4f45-bdf2-7f7b07fff210100", 5, 1, 0, 850m, 1, 1), counters);
                break;
            case List<ReceiverAnswer> receivers:
                Assert.Equal(["Viettel", "Vinaphone", "Mobifone"], receivers.Select(r => EsmsResponses.NetworkName(r.TelcoId)));
                Assert.Equal([true, false, false], receivers.Select(r => r.Delivered));
                break;
            case SentDataRow row:
                Assert.Equal((1705484048995, TimeSpan.FromHours(7)), (row.SentTime.ToUnixTimeMilliseconds(), row.SentTime.Offset));
                Assert.Equal(345.0m, row.SellPrice);
                break;
            case ZnsStatusAnswer zns:
                Assert.Equal(("0", true, "6dc7499c9ef6baaee3e1", 330m), (zns.ErrorInfo, zns.IsFinal, zns.ZaloMessageId, zns.Counters.TotalPrice));
                break;
            case ZaloMessageStatusAnswer zalo:
                Assert.Equal((1767678030984, 1), (zalo.DeliveredAt!.Value.ToUnixTimeMilliseconds(), zalo.Status));
                break;
            case VoiceStatusAnswer voice:
                Assert.Equal((13, "ANSWERED", 5, true), (voice.CallDuration, voice.CallStatus, voice.SendStatus, voice.Success));
                break;
            case BalanceAnswer balance:
                Assert.True(balance.Balance > 0 && balance.UserId > 0);
                break;
            case List<BrandnameAnswer> names:
                Assert.Equal([2, 1, 23], names.Select(n => n.Type));
                break;
            case List<OaAnswer> oas:
                Assert.All(oas, oa => Assert.True(oa.Id.Length > 10 && oa.Name.Length > 0));
                break;
            case OaQuota quota:
                Assert.True(quota.Daily > 0);
                break;
            case SummaryAnswer summary:
                Assert.True(summary.TotalReceiver > 0);
                break;
            case BulkAnswer bulk:
                Assert.Equal((1, 2), (bulk.TotalFail, bulk.TotalSuccess));
                Assert.Contains(bulk.Rows, r => r.Result?.Code == "108");
                break;
            default:
                Assert.Fail($"{file} was not read.");
                break;
        }
    }

    [Theory]
    [InlineData("send-response-100", "100", "", true)]
    [InlineData("send-response-101", "101", "Authorize Failed", false)]
    [InlineData("send-response-124-with-sendstatus", "124", "Request exist 1", false)]
    [InlineData("send-response-99", "99", "Invalid request", false)]
    [InlineData("getbalance-response-101", "101", "", false)]
    [InlineData("getsendstatus-response-101", "101", "", false)]
    [InlineData("getlistbrandname-response-101", "101", "", false)]
    [InlineData("voice-send-response-104", "104", "Template not found", false)]
    [InlineData("checkcode-response-117", "117", "", false)]
    public void DocumentedCode_IsFoundUnderAnyOfItsNames(string file, string code, string message, bool success)
    {
        var answer = EsmsResponseReader.Read(File.ReadAllBytes(RepositoryRoot.File($"tests/vectors/esms-api/{file}.json")));

        Assert.Equal((true, code, success), (answer.Parsed, answer.Code, answer.IsSuccess));
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        Assert.Equal(file is "send-response-100" or "getsendstatus-response-101", answer.SmsId.Length > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"CodeResult\":{}}")]
    [InlineData("{\"CodeResult\":\"\\uD800\"}")]
    [InlineData("\u00FF")]
    [InlineData("{\"CodeResult\":\"100\"")]
    public void BodyThatIsNoAnswer_IsToldApart(string body)
    {
        var bytes = Encoding.Latin1.GetBytes(body);
        Assert.False(EsmsResponseReader.Read(bytes).Parsed);
        Assert.NotEqual("", EsmsResponseReader.Read(bytes).Message);
        Assert.Null(EsmsResponseReader.SendStatus(bytes).Value);
    }

    // A success that lacks its content keeps the code and says nothing that it does not know.
    [Fact]
    public void SuccessWithoutContent_HasNoValue()
    {
        var body = "{\"CodeResult\":100}"u8;
        Assert.True(EsmsResponseReader.SendStatus(body).IsSuccess);
        Assert.Null(EsmsResponseReader.SendStatus(body).Value);
        Assert.Null(EsmsResponseReader.ZnsStatus(body).Value);
        Assert.Null(EsmsResponseReader.Bulk(body).Value);
        Assert.Null(EsmsResponseReader.Ratings(body).Value);
    }

    [Fact]
    public async Task Keys_AreInNoText()
    {
        var clock = new ManualTimeProvider();
        var server = new ScriptedServer(clock, (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "GET https://x/?ApiKey=KEYKEY&SecretKey=SECSEC"));
        var options = new EsmsClientOptions { ApiKey = "KEYKEY", SecretKey = "SECSEC", MaxAttempts = 1, Time = clock };
        var client = new EsmsClient(new HttpClient(server), options);
        var requests = Requests().Select(r => (object)(r.Value with { ApiKey = "KEYKEY", SecretKey = "SECSEC" })).ToList();
        var texts = new List<object?>
        {
            options, client, new GetCallbackRequest("KEYKEY", "SECSEC", ["a"], "oa"),
            new VendorReportClientOptions { Address = new Uri("http://x"), ApiKey = "KEYKEY" },
            await client.GetSendStatusAsync("id", TestContext.Current.CancellationToken),
            await client.SendSmsAsync("b", "0901234567", "x", null, TestContext.Current.CancellationToken),
            await client.GetBrandnamesAsync(TestContext.Current.CancellationToken),
        };
        texts.AddRange(requests);
        texts.AddRange(requests.Select(r => EsmsRequestWriter.Write((EsmsRequest)r)));
        EsmsRoutes.TryResolve("GET", "/MainService.svc/json/GetListBrandname/KEYKEY/SECSEC", out var route);
        texts.Add(route);

        Assert.All(texts, t => Assert.DoesNotMatch("KEYKEY|SECSEC", t!.ToString()));
    }

    private static string Json(EsmsRequest request) => JsonSerializer.Serialize(request, request.GetType());

    private static IEnumerable<KeyValuePair<string, EsmsRequest>> Requests()
    {
        EsmsRequest[] all = [.. Texts(), .. Zalo(), .. Others(), .. Queries()];
        return all.Select((r, i) => KeyValuePair.Create(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{r.Operation} {r.GetType().Name} {i}"), r));
    }

    private static IEnumerable<EsmsRequest> Texts()
    {
        foreach (var operation in Enum.GetValues<EsmsOperation>().Where(o => o is >= EsmsOperation.SendJson and <= EsmsOperation.SendViber))
        {
            var xml = operation is EsmsOperation.SendXml or EsmsOperation.SendPromoXml;
            yield return Common(new TextSendRequest
            {
                Operation = operation,
                SmsType = "2",
                Phones = ["0901234567", "+84 907 654 321"],
                Content = xml ? NastyInXml : Nasty,
                Brandname = "Bao & tri",
                IsUnicode = true,
                OaId = "4097311281936189049",
                OttUrl = "https://example.org/?a=b&c=d",
                OttImageUrl = "https://example.org/a.png",
                OttLabel = "Mở",
            });
        }

        yield return new TextSendRequest { Operation = EsmsOperation.SendJson };
    }

    private static IEnumerable<EsmsRequest> Zalo()
    {
        var named = new ZnsValues([], [new("otp", Nasty), new("empty", "")]);
        var ordered = new ZnsValues([Nasty, "", "3"], []);
        foreach (var (operation, addressing, values) in new[]
        {
            (EsmsOperation.SendZnsV4, ZnsAddressing.Phone, ordered), (EsmsOperation.SendZnsV5, ZnsAddressing.Phone, named), (EsmsOperation.SendZnsV6, ZnsAddressing.Phone, named),
            (EsmsOperation.SendZnsByUid, ZnsAddressing.ZaloUid, named), (EsmsOperation.SendZnsByHash, ZnsAddressing.HashedPhone, named), (EsmsOperation.SendZnsV6, ZnsAddressing.Phone, ZnsValues.None),
        })
        {
            yield return Common(new ZnsSendRequest
            {
                Operation = operation, Addressing = addressing, Address = "0901234567", OaId = "4097311281936189049", TempId = "205644", Values = values, SendingMode = "3",
            });
        }

        yield return Common(new ZnsSendRequest { Operation = EsmsOperation.SendZnsV4, Address = "0901234567", IsJourney = true, OrderId = "O 1", Values = ordered });
        yield return Common(new ZnsBulkRequest
        {
            Operation = EsmsOperation.SendZnsBulk, OaId = "1", TempId = "2", SendingMode = "1", Rows = [new("0901234567", "r1", ordered), new("84907654321", "", named)],
        });
        yield return Common(new FollowerSendRequest { Operation = EsmsOperation.SendFollowerText, OaId = "1", UserId = "5308693166941955879", Content = Nasty });
        var payload = EsmsRequestReader.ReadPayload("""{"recipient":{"user_id":"77"},"message":{"text":"chào","attachment":{"type":"template","payload":{"template_type":"request_user_info","elements":[{"title":"t"}]}}}}""");
        yield return Common(new FollowerSendRequest { Operation = EsmsOperation.SendFollowerPayload, OaId = "1", UserId = "77", Payload = payload });
    }

    private static IEnumerable<EsmsRequest> Others()
    {
        yield return new MultiChannelRequest
        {
            Operation = EsmsOperation.SendMultiChannel,
            Phone = "0901234567",
            Channels = ["zalo", "sms"],
            Parts =
            [
                Common(new ZnsSendRequest { Operation = EsmsOperation.SendMultiChannel, OaId = "1", TempId = "2", Values = new(["a"], []) }),
                Common(new TextSendRequest { Operation = EsmsOperation.SendMultiChannel, SmsType = "2", Brandname = "b", Content = Nasty }),
            ],
        };
        yield return new OtpSendRequest
        {
            Operation = EsmsOperation.SendOtpV4, Phone = "0901234567", Brandname = "b", Type = "2", Message = "{OTP} " + Nasty, TimeAlive = "5", NumCharOfCode = "6", IsNumber = true,
        };
        yield return new OtpSendRequest { Operation = EsmsOperation.SendOtpV5, Phone = "0901234567", MultiChannelTempId = "22575", TypeId = "2", TimeAlive = "5" };
        yield return new OtpCheckRequest { Operation = EsmsOperation.CheckOtp, Phone = "0901234567", Code = "686868" };
        yield return Common(new VoiceCallRequest
        {
            Operation = EsmsOperation.CallTemplate, Phone = "0901234567", TemplateId = "20001", Variables = ["một", "", "3"], Voice = "male", Speed = "-1",
        });
        yield return Common(new VoiceCallRequest
        {
            Operation = EsmsOperation.CallRecord, Phone = "0901234567", TemplateId = "30001", NumberForward = "0907654321", Ivr = "1", Limits = ["1", "2", "3", "4"],
        });
        yield return new SummaryRequest
        {
            Operation = EsmsOperation.SummarySms, Send = new TextSendRequest { Operation = EsmsOperation.SummarySms, SmsType = "2", Phones = ["0901234567"], Content = Nasty, Brandname = "b" },
        };
        yield return new SummaryRequest
        {
            Operation = EsmsOperation.SummaryPromo, Send = new TextSendRequest { Operation = EsmsOperation.SummaryPromo, SmsType = "1", Phones = ["0901234567", "0907654321"], Content = Nasty, Brandname = "b" },
        };
        yield return new SummaryRequest
        {
            Operation = EsmsOperation.SummaryZalo, Send = new ZnsSendRequest { Operation = EsmsOperation.SummaryZalo, Address = "0901234567", OaId = "1", TempId = "2", Values = new(["a"], []) },
        };
    }

    private static IEnumerable<EsmsRequest> Queries()
    {
        yield return new MessageStatusRequest { Operation = EsmsOperation.GetSendStatus, SmsId = " an id with a blank " };
        yield return new MessageStatusRequest { Operation = EsmsOperation.GetReceiverStatus, SmsId = "id" };
        yield return new MessageStatusRequest { Operation = EsmsOperation.QueryZnsStatus, SmsId = "id", SmsType = "24" };
        yield return new VoiceStatusRequest { Operation = EsmsOperation.GetSendStatus, ReferenceId = "id" };
        yield return new SentDataRequest { Operation = EsmsOperation.GetSentData, From = "2026-01-01 00:00:00", To = "2026-01-02 00:00:00", Page = "1", PageSize = "500", SmsType = "2" };
        yield return new ZaloMessageStatusRequest { Operation = EsmsOperation.GetZaloMessageStatus, OaId = "1", MessageId = "6dc7" };
        yield return new AccountRequest { Operation = EsmsOperation.GetBalance };
        yield return new AccountRequest { Operation = EsmsOperation.GetBrandnames };
        yield return new AccountRequest { Operation = EsmsOperation.GetOas };
        yield return new TemplateRequest { Operation = EsmsOperation.GetTemplates, SmsType = "2", Brandname = "b" };
        yield return new TemplateRequest { Operation = EsmsOperation.GetZnsTemplateInfo, OaId = "1", TemplateId = "2" };
        foreach (var operation in Enum.GetValues<EsmsOperation>().Where(o => o is >= EsmsOperation.GetQuota and <= EsmsOperation.GetFollowers))
        {
            yield return new OaRequest { Operation = operation, OaId = "1", TemplateId = "2", From = "01/09/2024", To = "13/10/2024", Offset = "0", Count = "50" };
        }

        foreach (var operation in new[] { EsmsOperation.RegisterZnsTemplate, EsmsOperation.RegisterSmsTemplate, EsmsOperation.RegisterOaPackage })
        {
            yield return new RegistrationRequest
            {
                Operation = operation, Content = Nasty, Brandname = "b", OaId = "1", SmsType = "2", ServiceType = "2", CallbackUrl = "https://example.org/?a=b", IsUnicode = true, AssetsUrl = "u",
                Cta1 = "c1", Cta2 = "c2", CustomerName = "n", CustomerEmail = "e", CustomerPhone = "p", Package = "1", Duration = "12", DateActive = "2026-02-01",
            };
        }
    }

    private static T Common<T>(T request)
        where T : SendRequest => request with
        {
            RequestId = "r-1", CallbackUrl = "https://example.org/hook?token=a%20b&x=y", SendDate = "2026-01-01 10:00:00", Sandbox = true, Campaign = "Chiến dịch",
        };
}
