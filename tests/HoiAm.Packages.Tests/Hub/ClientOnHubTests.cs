using HoiAm.Client;
using HoiAm.Client.Feed;
using HoiAm.Client.Vendor;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.EsmsCallback;

namespace HoiAm.Packages.Tests.Hub;

/// <summary>Every operation of the client against the hub, over HTTP. With the default addresses the same code speaks to the documented hosts.</summary>
public sealed class ClientOnHubTests : IDisposable
{
    private const string Brand = "Baotrixemay";
    private const string Oa = "4097311281936189049";
    private const string Template = "205644";

    private static readonly KeyValuePair<string, string>[] s_values = [new("otp", "686868")];

    private readonly SandboxHub _hub;
    private readonly HttpClient _http = new();
    private readonly EsmsClient _client;

    public ClientOnHubTests(SandboxHub hub)
    {
        _hub = hub;
        _client = new EsmsClient(_http, EsmsClientOptions.At(new Uri(hub.Url), "sandbox-key", "sandbox-secret"));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Feed_GivesEveryCallbackInOrder_AndGoesOnFromItsCursor()
    {
        var options = new CallbackFeedOptions { Address = new Uri(_hub.Url), ApiKey = "sandbox-key", SecretKey = "sandbox-secret" };
        var feed = new CallbackFeedClient(_http, options);
        var start = await LastAsync(feed, null);
        var sent = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            sent.Add((await _client.SendSmsAsync(Brand, _hub.NextPhone(), "xin chao", null, Stop)).SmsId);
        }

        var found = new List<CallbackFeedItem>();
        for (var after = start; found.Count(f => sent.Contains(f.SmsId ?? "")) < 3; )
        {
            await foreach (var page in feed.GetPagesAsync(after, 2, Stop))
            {
                Assert.True(page.IsPage, page.ToString());
                found.AddRange(page.Items);
                after = page.Next;
            }
        }

        Assert.Equal(found.Count, found.Select(f => f.Id).Distinct().Count());
        Assert.All(found.Where(f => sent.Contains(f.SmsId!)), f => Assert.Equal((CallbackOutcome.Delivered, f.SmsId), (f.Reading!.Outcome, f.Reading.Facts.SmsId)));
        Assert.Equal(CallbackFeedOutcome.Refused, (await feed.GetPageAsync("nonsense", 10, Stop)).Outcome);
    }

    private static async Task<string?> LastAsync(CallbackFeedClient feed, string? after)
    {
        await foreach (var page in feed.GetPagesAsync(after, CallbackFeedClient.LimitMax, Stop))
        {
            after = page.Next;
        }

        return after;
    }

    [Fact]
    public async Task EverySend_IsAccepted()
    {
        var phone = _hub.NextPhone;
        var thirty = Enumerable.Range(0, 30).Select(_ => phone()).ToList();
        Ok(await _client.SendSmsAsync(Brand, phone(), "xin chao", null, Stop));
        Ok(await _client.SendFixedPriceSmsAsync(phone(), "xin chao", null, Stop));
        Ok(await _client.SendPromoSmsAsync(Brand, thirty, "[QC] xin chao", null, Stop));
        Ok(await _client.SendViberAsync("BAT DONG SAN GIA TOT", [phone()], "xin chao", new ViberExtras(ButtonUrl: "https://example.org", ButtonLabel: "Xem"), null, Stop));
        Ok(await _client.SendZnsAsync(Oa, Template, phone(), s_values, null, Stop));
        Ok(await _client.SendZnsByUidAsync(Oa, Template, "5308693166941955879", s_values, null, Stop));
        Ok(await _client.SendZnsByHashAsync(Oa, Template, EsmsClient.HashPhone(phone()), s_values, null, Stop));
        Ok(await _client.SendZnsJourneyAsync(Oa, Template, phone(), "ORDER-1", ["686868"], null, Stop));
        Ok(await _client.SendFollowerTextAsync(Oa, "7800378501923859642", "xin chao", null, Stop));
        Ok(await _client.SendFollowerPayloadAsync(Oa, """{"recipient":{"user_id":"7800378501923859642"},"message":{"text":"xin chao"}}""", null, Stop));
        Ok(await _client.CallTemplateAsync("20001", phone(), ["686868"], "male", null, Stop));
        Ok(await _client.CallRecordingAsync("30001", phone(), null, Stop));
        Ok(await _client.SendCodeByTemplateAsync(phone(), "22575", cancellationToken: Stop));
        Ok(await _client.SendZaloThenSmsAsync(
            phone(),
            new ZnsSendRequest { Operation = EsmsOperation.SendMultiChannel, OaId = Oa, TempId = Template, Values = new(["686868"], []) },
            new TextSendRequest { Operation = EsmsOperation.SendMultiChannel, SmsType = "2", Brandname = Brand, Content = "xin chao" },
            Stop));
    }

    [Theory]
    [InlineData(EsmsOperation.SendJson)]
    [InlineData(EsmsOperation.SendGet)]
    [InlineData(EsmsOperation.SendForm)]
    [InlineData(EsmsOperation.SendXml)]
    public async Task EveryFormOfAText_IsAccepted(EsmsOperation operation) => Ok(await _client.SendAsync(
        new TextSendRequest { Operation = operation, SmsType = "2", Brandname = Brand, Phones = [_hub.NextPhone()], Content = "50% & <Chào> \"bạn\"", IsUnicode = true }, Stop));

    [Theory]
    [InlineData(EsmsOperation.SendZnsV4)]
    [InlineData(EsmsOperation.SendZnsV5)]
    public async Task EveryFormOfAZns_IsAccepted(EsmsOperation operation) => Ok(await _client.SendAsync(
        new ZnsSendRequest
        {
            Operation = operation, Address = _hub.NextPhone(), OaId = Oa, TempId = Template,
            Values = operation == EsmsOperation.SendZnsV4 ? new(["686868"], []) : new([], [.. s_values]),
        },
        Stop));

    [Fact]
    public async Task PromoByXml_IsAccepted() => Ok(await _client.SendAsync(
        new TextSendRequest
        {
            Operation = EsmsOperation.SendPromoXml, SmsType = "1", Brandname = Brand, Content = "[QC] xin chao", Phones = [.. Enumerable.Range(0, 30).Select(_ => _hub.NextPhone())],
        },
        Stop));

    [Fact]
    public async Task Code_IsRefusedWhenWrong()
    {
        var phone = _hub.NextPhone();
        Ok(await _client.SendCodeAsync(Brand, phone, "Ma {OTP}", cancellationToken: Stop));
        var reply = await _client.CheckCodeAsync(phone, "000000x", Stop);

        Assert.Equal((EsmsOutcome.Refused, "117"), (reply.Outcome, reply.Code));
    }

    [Fact]
    public async Task Bulk_TellsEachRow()
    {
        var reply = await _client.SendBulkAsync(
            new ZnsBulkRequest
            {
                Operation = EsmsOperation.SendZnsBulk, OaId = Oa, TempId = Template,
                Rows = [new(_hub.NextPhone(), "", new(["1"], [])), new("12", "", new(["1"], []))],
            },
            Stop);

        Assert.True(reply.IsSuccess, reply.ToString());
        Assert.Equal([EsmsOutcome.Accepted, EsmsOutcome.Refused], reply.Rows.Select(r => r.Outcome));
        Assert.NotEqual("", reply.Rows[0].SmsId);
        Assert.Equal("108", reply.Rows[1].Code);
    }

    [Fact]
    public async Task SentSms_IsFoundByEveryQuery()
    {
        var phone = _hub.NextPhone();
        var sent = await _client.SendSmsAsync(Brand, phone, "xin chao", null, Stop);
        await Poll.UntilAsync(async () => (await _client.GetSendStatusAsync(sent.SmsId, Stop)).Value is { SendStatus: 5, SendSuccess: 1 }, "Delivery");

        var receivers = Ok(await _client.GetReceiverStatusAsync(sent.SmsId, Stop));
        Assert.Equal((phone, true), (receivers.Items.Single().Phone, receivers.Items.Single().Delivered));

        var now = TimeProvider.System.GetUtcNow();
        var page = Ok(await _client.GetSentDataAsync(MessageKind.CustomerCareSms, now.AddHours(-1), now.AddHours(1), cancellationToken: Stop));
        Assert.Contains(page.Rows, r => r.ReferenceId == sent.SmsId && r.Content == "xin chao");
    }

    [Fact]
    public async Task SentZns_IsFoundByEveryQuery()
    {
        var sent = await _client.SendZnsAsync(Oa, Template, _hub.NextPhone(), s_values, new SendOptions { CallbackUrl = "https://example.org/never" }, Stop);
        await Poll.UntilAsync(async () => (await _client.QueryZnsStatusAsync(sent.SmsId, MessageKind.Zns, Stop)).Value?.IsFinal == true, "Delivery");

        var zns = Ok(await _client.QueryZnsStatusAsync(sent.SmsId, MessageKind.Zns, Stop));
        Assert.Equal("0", zns.ErrorInfo);
        Assert.Equal(1, Ok(await _client.GetZaloMessageStatusAsync(Oa, zns.ZaloMessageId, Stop)).Status);

        var pulled = await _client.GetCallbackAsync([sent.SmsId, "unknown"], Oa, Stop);
        Assert.Equal(CallbackOutcome.Delivered, Assert.Single(pulled.Items).Callback.Outcome);
    }

    [Fact]
    public async Task Call_IsFound()
    {
        var sent = await _client.CallTemplateAsync("20001", _hub.NextPhone(), ["1"], null, null, Stop);
        await Poll.UntilAsync(async () => (await _client.GetCallStatusAsync(sent.SmsId, Stop)).Value is { SendStatus: 5, Success: true }, "The call");
    }

    [Fact]
    public async Task Lookups_BringTheCatalogue()
    {
        Assert.True(Ok(await _client.GetBalanceAsync(Stop)).Balance > 0);
        Assert.Contains(Ok(await _client.GetBrandnamesAsync(Stop)).Items, b => b is { Name: Brand, Type: 2 });
        Assert.Contains(Ok(await _client.GetOfficialAccountsAsync(Stop)).Items, o => o.Id == Oa);
        Assert.Contains("{P1,10}", Ok(await _client.GetSmsTemplatesAsync("Verify", Stop)).Items[0].Content, StringComparison.Ordinal);
        Assert.Equal(("otp", 30), Ok(await _client.GetZnsTemplatesAsync(Oa, MessageKind.Zns, Stop)).Items.Where(t => t.Id == Template).Select(t => (t.Parameters[0].Name, t.Parameters[0].Limit)).Single());
        Assert.Equal(("ENABLE", Template), (Ok(await _client.GetZnsTemplateAsync(Oa, Template, Stop)).Status, Ok(await _client.GetZnsTemplateAsync(Oa, Template, Stop)).Id));
        Assert.True(Ok(await _client.GetQuotaAsync(Oa, Stop)).Daily > 0);
        Assert.Equal("HIGH", Ok(await _client.GetQualityAsync(Oa, Stop)).Current);
        Assert.Equal(4, Ok(await _client.GetFollowersAsync(Oa, cancellationToken: Stop)).Total);
        Ok(await _client.GetUserIdsAsync(Oa, new DateOnly(2024, 9, 1), new DateOnly(2024, 10, 13), cancellationToken: Stop));
        var now = TimeProvider.System.GetUtcNow();
        Ok(await _client.GetRatingsAsync(Oa, Template, now.AddDays(-1), now, cancellationToken: Stop));
    }

    [Fact]
    public async Task Estimates_CostNothing()
    {
        var sms = new TextSendRequest { Operation = EsmsOperation.SendJson, SmsType = "2", Brandname = Brand, Phones = ["0901234567"], Content = "xin chao" };
        Assert.Equal(new SummaryAnswer(850, 1), Ok(await _client.EstimateAsync(sms, Stop)));
        Assert.Equal(new SummaryAnswer(800, 2), Ok(await _client.EstimateAsync(sms with { SmsType = "1", Phones = ["0901234567", "0907654321"] }, Stop)));
        var zns = new ZnsSendRequest { Operation = EsmsOperation.SendZnsV6, Address = "0901234567", OaId = Oa, TempId = Template, Values = new([], [.. s_values]) };
        Assert.Equal(new SummaryAnswer(330, 1), Ok(await _client.EstimateAsync(zns, Stop)));
    }

    [Fact]
    public async Task Registrations_AreTakenIn()
    {
        var text = _hub.NextPhone();
        Ok(await _client.RegisterAsync(new RegistrationRequest { Operation = EsmsOperation.RegisterSmsTemplate, SmsType = "2", ServiceType = "2", Brandname = Brand, Content = text }, Stop));
        Ok(await _client.RegisterAsync(new RegistrationRequest { Operation = EsmsOperation.RegisterZnsTemplate, SmsType = "25", OaId = Oa, Content = text }, Stop));
        Ok(await _client.RegisterAsync(new RegistrationRequest { Operation = EsmsOperation.RegisterOaPackage, OaId = Oa, Package = "1", Duration = text, DateActive = "2026-02-01" }, Stop));
    }

    [Fact]
    public async Task WrongKeys_AreARefusalEverywhere()
    {
        var stranger = new EsmsClient(_http, EsmsClientOptions.At(new Uri(_hub.Url), "stranger-key", "stranger-secret"));
        EsmsReply[] replies =
        [
            await stranger.GetBalanceAsync(Stop), await stranger.GetBrandnamesAsync(Stop), await stranger.SendSmsAsync(Brand, "0901234567", "x", null, Stop),
            await stranger.GetSendStatusAsync("id", Stop), await stranger.GetCallbackAsync(["id"], null, Stop), await stranger.GetZnsTemplateAsync(Oa, Template, Stop),
        ];

        Assert.All(replies, r => Assert.Equal((EsmsOutcome.Refused, "101"), (r.Outcome, r.Code)));
        Assert.All(replies, r => Assert.Equal("Wrong ApiKey or SecretKey.", r.Meaning));
    }

    [Fact]
    public async Task RepeatedRequestId_IsKnownToTheHub()
    {
        var options = new SendOptions { RequestId = EsmsClient.NewRequestId() };
        Ok(await _client.SendSmsAsync(Brand, _hub.NextPhone(), "xin chao", options, Stop));

        Assert.Equal("124", (await _client.SendSmsAsync(Brand, _hub.NextPhone(), "xin chao", options, Stop)).Code);
    }

    [Fact]
    public async Task VendorReports_AreTakenOrRefusedInWords()
    {
        var vendor = new VendorReportClient(_http, new VendorReportClientOptions { Address = new Uri(_hub.Url), ApiKey = "sandbox-vendor" });
        var taken = await vendor.ReportAsync(new VendorReportMessage { Msisdn = "0901234567", RequestId = "nobody-knows", Status = 2 }, Stop);
        Assert.Equal((VendorReportOutcome.Accepted, 0, "success"), (taken.Outcome, taken.Code, taken.Message));

        var invalid = await vendor.ReportAsync(new VendorReportMessage { Msisdn = "no number", RequestId = "r", Status = 2 }, Stop);
        Assert.Equal((VendorReportOutcome.Invalid, 400), (invalid.Outcome, invalid.HttpStatus));
        Assert.Contains("msisdn", invalid.Errors.Keys);

        var stranger = new VendorReportClient(_http, new VendorReportClientOptions { Address = new Uri(_hub.Url), ApiKey = "stranger-key" });
        Assert.Equal(VendorReportOutcome.Unauthorized, (await stranger.ReportAsync(new VendorReportMessage { Msisdn = "0901234567", RequestId = "r" }, Stop)).Outcome);
    }

    private static void Ok(EsmsSendReply reply)
    {
        Assert.True(reply.IsSuccess, $"{reply}: {reply.RawBody}");
        Assert.NotEqual("", reply.SmsId);
    }

    private static T Ok<T>(EsmsReply<T> reply)
        where T : class
    {
        Assert.True(reply.IsSuccess && reply.Value is not null, $"{reply}: {reply.RawBody}");
        return reply.Value!;
    }
}
