using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests;

/// <summary>What drafts bear beyond the code: schedules, sandbox, approval, rejected templates, bulk money, generated codes, calls.</summary>
public sealed class SendDetailTests
{
    private const string Sms = "SendMultipleMessage_V4_post_json";
    private const string Good = "\"Content\":\"hello\",\"Phone\":\"0901888484\",\"Brandname\":\"baotrixemay\",\"SmsType\":\"2\"";

    [Theory]
    [InlineData("", null)]
    [InlineData("2026-01-01 06:59:59", null)]
    [InlineData("2026-01-01 07:00:01", "2026-01-01T00:00:01Z")]
    [InlineData("2026/02/03 08:09:10", "2026-02-03T01:09:10Z")]
    [InlineData("2026-02-03 08:09", "2026-02-03T01:09:00Z")]
    [InlineData("2026-02-03T08:09:10", "2026-02-03T01:09:10Z")]
    [InlineData("2026-02-03T08:09:10Z", "2026-02-03T08:09:10Z")]
    [InlineData("2026-02-03T08:09:10.5+09:00", "2026-02-02T23:09:10.5Z")]
    public void SendDate_IsVietnamsUnlessItSaysOtherwise(string text, string? utc)
    {
        var draft = Sandbox.Decide(Sandbox.Post(Sms, $"{{{Good},\"SendDate\":\"{text}\"}}")).Draft!;

        Assert.Equal(utc is null ? null : DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), draft.SendAt);
    }

    [Fact]
    public void SandboxOne_IsAnsweredWithAnIdAndStoresNothing()
    {
        var request = Sandbox.Post(Sms, $"{{{Good},\"Sandbox\":\"1\"}}");
        var decision = Sandbox.Decide(request);

        Assert.True(decision.IsSandbox);
        Assert.Empty(decision.ToStore);
        Assert.Contains(Sandbox.SmsId, Sandbox.Answer(request), StringComparison.Ordinal);
    }

    [Fact]
    public void SandboxOneOnOneLeg_IsSandboxForTheWholeMessage() => Assert.True(Sandbox.Decide(Sandbox.Post(
        "MultiChannelMessage",
        """{"Phone":"0901888484","Channels":["sms"],"Data":[{"Content":"x","Brandname":"Baotrixemay","SmsType":2,"Sandbox":1}]}""")).IsSandbox);

    [Theory]
    [InlineData(850, "100")]
    [InlineData(849.9999, "103")]
    public void Balance_MustCoverTheWholePrice(double balance, string code) => Assert.Equal(
        code, Sandbox.Decide(Sandbox.Post(Sms, $"{{{Good}}}"), Sandbox.Catalogue with { Balance = (decimal)balance }).Result.Code);

    [Theory]
    [InlineData(850, "100")]
    [InlineData(849, "103")]
    public void Balance_MustCoverTheDearerLeg(int balance, string code) => Assert.Equal(
        code,
        Sandbox.Decide(
            Sandbox.Post("SendMessageAutoGenCode_V5", """{"Phone":"0901888484","MultiChannelTempId":22575,"TypeId":2}"""),
            Sandbox.Catalogue with { Balance = balance }).Result.Code);

    [Fact]
    public void KindThatNeedsApproval_AwaitsIt()
    {
        var account = Sandbox.Catalogue with { ApprovalKinds = [MessageKind.CustomerCareSms] };

        Assert.Equal(DraftDisposition.AwaitApproval, Sandbox.Decide(Sandbox.Post(Sms, $"{{{Good}}}"), account).Draft!.Disposition);
    }

    [Fact]
    public void WrongTemplate_IsStoredAsRejectedAtNoCostWithItsId()
    {
        var request = Sandbox.Post(Sms, """{"Content":"hello","Phone":"0901888484","Brandname":"Verify","SmsType":2,"RequestId":"r"}""");
        var decision = Sandbox.Decide(request, Sandbox.Catalogue with { Balance = 0 });

        var stored = Assert.Single(decision.ToStore);
        Assert.Equal((DraftDisposition.Reject, 0m), (stored.Disposition, stored.TotalPrice));
        Assert.Equal(["r"], stored.RequestIds);
        Assert.Equal(
            $$"""{"CodeResult":"146","CountRegenerate":0,"ErrorMessage":"Sai template Brandname CSKH","SMSID":"{{Sandbox.SmsId}}"}""",
            Sandbox.Answer(request));
    }

    [Fact]
    public void TemplateOfOneCarrier_DoesNotServeAnother()
    {
        var brand = new BrandName("X", MessageKind.CustomerCareSms) { Templates = [new SmsTemplate(1, "ma {P1,4}", Telco: 1)] };
        var account = Sandbox.Catalogue with { BrandNames = [brand] };
        string To(string phone) => $"{{\"Content\":\"ma 1234\",\"Phone\":\"{phone}\",\"Brandname\":\"X\",\"SmsType\":2}}";

        Assert.Equal("100", Sandbox.Decide(Sandbox.Post(Sms, To("0961888484")), account).Result.Code);
        Assert.Equal("146", Sandbox.Decide(Sandbox.Post(Sms, To("0901888484")), account).Result.Code);
    }

    [Fact]
    public void SeveralReceivers_AreDistinctAndPricedEach()
    {
        var draft = Sandbox.Decide(Sandbox.Post(
            Sms, $$"""{"Content":"{{new string('x', 161)}}","Phone":"0901888484; 84901888484, 0961888484","Brandname":"Baotrixemay","SmsType":2}""")).Draft!;

        Assert.Equal(2, draft.Segments);
        Assert.Equal(
            [new DraftRecipient("0901888484", AddressForm.Phone, 2, 1700m), new DraftRecipient("0961888484", AddressForm.Phone, 1, 1700m)],
            draft.Recipients);
    }

    [Fact]
    public void Promotion_LeavesOutWhomItCannotReach()
    {
        var phones = string.Join(',', Enumerable.Range(0, 31).Select(i => $"\"096{i:D7}\""));
        var account = Sandbox.Catalogue with { BlockedNumbers = new HashSet<string> { "0960000030" } };

        var draft = Sandbox.Decide(
            Sandbox.Post("SendMultipleSMSBrandname_json", $"{{\"Content\":\"x\",\"SmsType\":1,\"Brandname\":\"Baotrixemay\",\"Phones\":[\"abc\",{phones},\"0960000001\"]}}"),
            account).Draft!;

        Assert.Equal((30, 12_000m), (draft.Recipients.Length, draft.TotalPrice));
    }

    [Fact]
    public void PromotionByXml_TakesManyCustomers()
    {
        var customers = string.Concat(Enumerable.Range(0, 30).Select(i => $"<CUSTOMER><PHONE>096{i:D7}</PHONE></CUSTOMER>"));
        var draft = Sandbox.Decide(Sandbox.Post(
            "SendMultipleSMSBrandname",
            $"<RQST><APIKEY>k</APIKEY><SECRETKEY>s</SECRETKEY><CONTENT>x</CONTENT><SMSTYPE>1</SMSTYPE><BRANDNAME>Baotrixemay</BRANDNAME><REQUESTID>r</REQUESTID><CAMPAIGNID>c</CAMPAIGNID><CONTACTS>{customers}</CONTACTS></RQST>",
            "text/plain")).Draft!;

        Assert.Equal((30, "r", "c"), (draft.Recipients.Length, draft.RequestId, draft.Campaign));
    }

    [Fact]
    public void FullTemplate_FindsTheTemplateByItsText()
    {
        var draft = Sandbox.Decide(Sandbox.Post(
            "SendMultipleMessage_V4_post", "Phone=0901888484&Content=686868 la ma xac minh%20cua ban&Smstype=24&OAID=4097311281936189049&Apikey=k")).Draft!;

        Assert.Equal((MessageKind.ZnsPriority, "205645"), (draft.Kind, draft.TempId));
        Assert.Equal([KeyValuePair.Create("otp", "686868")], draft.Parameters);
    }

    [Fact]
    public void Viber_MayBeAPictureOnly()
    {
        var draft = Sandbox.Decide(Sandbox.Get(
            "SendMultipleMessage_V4_get",
            "Phone=0901888484&SmsType=23&Brandname=BAT DONG SAN GIA TOT&OTTImgUrl=https%3A%2F%2Fx%2Fa.png&OTTUrl=https://x/&OTTLabel=Open")).Draft!;

        Assert.Equal(new ViberParts("https://x/", "https://x/a.png", "Open"), draft.Viber);
    }

    [Fact]
    public void BulkRows_StopBeingAcceptedWhenTheMoneyEnds()
    {
        var rows = string.Join(',', Enumerable.Range(0, 3).Select(i => $"{{\"Phone\":\"090188848{i}\",\"Params\":[\"1\"]}}"));
        var decision = Sandbox.Decide(
            Sandbox.Post("Send_zns_bulk_v4_post_json", $"{{\"OAID\":\"4097311281936189049\",\"TempID\":\"205644\",\"Data\":[{rows}]}}"),
            Sandbox.Catalogue with { Balance = 700m });

        Assert.Equal(["100", "100", "103"], decision.Rows.Select(r => r.Result.Code));
    }

    [Fact]
    public void BulkRowWithARepeatedRequestId_Is124()
    {
        var decision = Sandbox.Decide(Sandbox.Post(
            "Send_zns_bulk_v4_post_json",
            """{"OAID":"4097311281936189049","TempID":"205644","Data":[{"Phone":"0901888484","RequestId":"a","Params":[1]},{"Phone":"0901888485","RequestId":"a","Params":[1]}]}"""));

        Assert.Equal(["100", "124"], decision.Rows.Select(r => r.Result.Code));
        var refused = SendAnswers.RefuseRow(decision, Sandbox.SmsId, EsmsResults.BalanceTooLow);
        Assert.Equal(["103", "124"], refused.Rows.Select(r => r.Result.Code));
        Assert.Empty(refused.ToStore);
    }

    [Fact]
    public void BulkRowThatIsNoObject_KeepsItsPlaceInTheAnswer()
    {
        var decision = Sandbox.Decide(Sandbox.Post(
            "Send_zns_bulk_v4_post_json",
            """{"OAID":"4097311281936189049","TempID":"205644","Data":["12",{"Phone":"0901888484","Params":[1]},null,[]]}"""));

        Assert.Equal(["108", "100", "108", "108"], decision.Rows.Select(r => r.Result.Code));
    }

    [Fact]
    public void BulkWithSandbox_StoresNothing() => Assert.Empty(Sandbox.Decide(Sandbox.Post(
        "Send_zns_bulk_v4_post_json",
        """{"Sandbox":1,"OAID":"4097311281936189049","TempID":"205644","Data":[{"Phone":"0901888484","Params":[1]}]}""")).ToStore);

    [Theory]
    [InlineData("", 5)]
    [InlineData("1", 2)]
    [InlineData("10", 10)]
    [InlineData("45", 15)]
    public void GeneratedCode_LivesWithinTheBounds(string timeAlive, int minutes)
    {
        var draft = Sandbox.Decide(Sandbox.Get(
            "SendMessageAutoGenCode_V4_get",
            $"Phone=84901888484&Brandname=Verify&Type=2&IsNumber=1&message={{OTP}} la ma xac minh cua ban&TimeAlive={timeAlive}")).Draft!;

        Assert.Equal("111111 la ma xac minh cua ban", draft.Content);
        Assert.Equal(new OtpCode("0901888484", "111111", Sandbox.Now.AddMinutes(minutes)), draft.Otp);
    }

    [Fact]
    public void GeneratedCode_HasLettersUnlessDigitsAreAskedFor() => Assert.Equal(
        "BBBBBBBB",
        Sandbox.Decide(Sandbox.Get("SendMessageAutoGenCode_V4_get", "Phone=0901888484&Brandname=Baotrixemay&Type=2&message={OTP}&NumCharOfCode=8&IsNumber=0"))
            .Draft!.Otp!.Code);

    [Fact]
    public void GeneratedCodeV5_GoesByZaloThenSms()
    {
        var draft = Sandbox.Decide(Sandbox.Post("SendMessageAutoGenCode_V5", """{"Phone":"0901888484","MultiChannelTempId":22575,"TypeId":"2","TimeAlive":"2"}""")).Draft!;

        Assert.Equal((MessageKind.Zns, "111111"), (draft.Kind, draft.Parameters[0].Value));
        Assert.Equal((MessageKind.CustomerCareSms, "111111 la ma xac minh cua ban"), (draft.Fallback!.Kind, draft.Fallback.Content));
        Assert.Equal("111111", draft.Otp!.Code);
    }

    [Fact]
    public void GeneratedCodeV5OnlyCreated_SendsAndCostsNothing()
    {
        var decision = Sandbox.Decide(
            Sandbox.Post("SendMessageAutoGenCode_V5", """{"Phone":"0901888484","MultiChannelTempId":"22575","TypeId":"1"}"""),
            Sandbox.Catalogue with { Balance = 0 });

        var draft = decision.Draft!;
        Assert.Equal((DraftDisposition.KeepCodeOnly, 0m), (draft.Disposition, draft.PriceToCover));
        Assert.NotNull(draft.Otp);
    }

    [Fact]
    public void Call_KeepsItsInstructions()
    {
        var request = Sandbox.Get(
            "MakeCallTemplate_V2",
            "TemplateId=20001&Phone=0901888484&VariableListStr=a||b&Voice=female&Speed=-3&CallbackUrl=http%3A%2F%2Fx%2Fcb%3FReferenceId%3D%26CID%3D&RequestID=r&SendDate=2026/12/12 14:00:00");
        var draft = Sandbox.Decide(request).Draft!;

        Assert.Equal((MessageKind.VoiceCall, "r", "http://x/cb?ReferenceId=&CID="), (draft.Kind, draft.RequestId, draft.CallbackUrl));
        Assert.Equal(["a", "b"], draft.Voice!.Variables);
        Assert.Equal(("female", -3), (draft.Voice.Voice, draft.Voice.Speed));
        Assert.Equal(new DateTimeOffset(2026, 12, 12, 7, 0, 0, TimeSpan.Zero), draft.SendAt);
        Assert.Equal($$"""{"CodeResult":"100","SMSID":"{{Sandbox.SmsId}}"}""", Sandbox.Answer(request));
    }

    [Theory]
    [InlineData("203.0.113.9", true)]
    [InlineData("::ffff:203.0.113.9", true)]
    [InlineData("203.0.114.1", false)]
    [InlineData(null, false)]
    public void AllowList_KnowsMappedAddresses(string? address, bool allowed)
    {
        var remote = address is null ? null : System.Net.IPAddress.Parse(address);

        Assert.Equal(allowed, SendRules.CheckAccount(Catalogues.OnlyFromElsewhere, remote) is null);
    }

    [Theory]
    [InlineData("SummaryMultipleMessage_V4_get", "Content=x&Phone=0901888484,0901888485&Brandname=Baotrixemay&SmsType=2", 1700, 2)]
    [InlineData("SummaryMultipleSMSBrandname", """{"Content":"x","Phones":["0901888484","0961888484"],"Brandname":"Baotrixemay","SmsType":1}""", 800, 2)]
    [InlineData("SummaryZaloMessage_V4_post_json", """{"Phone":"0901888484","Params":["1"],"TempID":"205644","OAID":"4097311281936189049"}""", 330, 1)]
    public void Estimate_IsWhatTheSendWouldCost(string path, string input, int price, int receivers)
    {
        var request = path.EndsWith("_get", StringComparison.Ordinal) ? Sandbox.Get(path, input) : Sandbox.Post(path, input);
        var plan = QueryRules.Decide(request!, Sandbox.Catalogue with { Balance = 0 }, Sandbox.Context);

        Assert.Equal(
            $$"""{"CodeResult":"100","ErrorMessage":"success","TotalPrice":{{price}},"TotalReceiver":{{receivers}}}""",
            Sandbox.Text(Assert.IsType<Answered>(plan).Body));
    }
}
