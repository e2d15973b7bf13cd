using HoiAm.Model;

namespace HoiAm.Sending.Tests;

/// <summary>Contract section 3, the table of suffixes, as a table of tests.</summary>
public sealed class SimulatedCarriersTests
{
    private static readonly SimulatedCarriers s_carriers = new(7);

    [Theory]
    [InlineData("0901888484", "0 1 2")]
    [InlineData("0901888900", "0 1 -2")]
    [InlineData("0901888901", "0 -1")]
    [InlineData("0901888902", "0 1 6")]
    [InlineData("0901888903", "")]
    [InlineData("0901888904", "0 1 2 2 2")]
    [InlineData("0901888905", "2 0 1")]
    [InlineData("0901888906", "2")]
    [InlineData("0901888907", "0 1 2")]
    [InlineData("0901888908", "0")]
    public void Suffix_ChoosesTheReports(string phone, string statuses)
    {
        var plan = s_carriers.Plan(To(phone, MessageKind.CustomerCareSms));

        Assert.Equal(statuses, Statuses(plan));
        Assert.All(plan.Reports, r => Assert.Equal(("", ""), (r.ErrorInfo, r.PartnerId)));
        Assert.Equal(plan.Reports.Select(r => r.Delay).Order(), plan.Reports.Select(r => r.Delay));
        Assert.Equal(phone.EndsWith("906", StringComparison.Ordinal), plan.BeforeAnswer);
        Assert.Equal(phone.EndsWith("908", StringComparison.Ordinal), plan.AwaitsApproval);
        var slowest = phone.EndsWith("907", StringComparison.Ordinal) ? TimeSpan.FromSeconds(30) : TimeSpan.FromSeconds(1);
        Assert.All(plan.Reports, r => Assert.InRange(r.Delay, TimeSpan.Zero, slowest));
        Assert.True(!phone.EndsWith("907", StringComparison.Ordinal) || plan.Reports[^1].Delay == slowest);
    }

    [Fact]
    public void ZaloSuffix900_IsRefusedBeforeHandOver()
    {
        var report = Assert.Single(s_carriers.Plan(To("0901888900", MessageKind.Zns)).Reports);

        Assert.Equal(
            """{"error":-114,"message":"User is inactive, or reject the message, or using an outdated Zalo version, or other internal errors"}""",
            report.ErrorInfo);
        Assert.Equal((-2, ""), (report.Status, report.PartnerId));
    }

    [Theory]
    [InlineData("zalo:-124", "-2", """{"error":-124,"message":"Access token is invalid"}""")]
    [InlineData("zalo:-1441", "-2", """{"error":-1441,"message":"Zalo error -1441"}""")]
    [InlineData("zalo:seen", "0 1 2 3", """{"error":0,"message":"Success"}""")]
    [InlineData("zalo:expired", "0 1 6", """{"error":1001,"message":"The receiver was not online within the allowed time"}""")]
    [InlineData("zalo:", "0 1 2", """{"error":0,"message":"Success"}""")]
    [InlineData("zalo:-", "0 1 2", """{"error":0,"message":"Success"}""")]
    [InlineData("zalo:0", "0 1 2", """{"error":0,"message":"Success"}""")]
    [InlineData("686868", "0 1 2", """{"error":0,"message":"Success"}""")]
    public void TemplateValue_ChoosesZalosResult(string value, string statuses, string errorInfo)
    {
        var plan = s_carriers.Plan(To("0901888900", MessageKind.Zns) with { Address = "0901888484", Parameters = [KeyValuePair.Create("otp", value)] });

        Assert.Equal(statuses, Statuses(plan));
        Assert.Equal(errorInfo, plan.Reports[^1].ErrorInfo);
    }

    [Fact]
    public void FollowerText_ChoosesZalosResult() => Assert.Equal(
        """{"error":-213,"message":"User has not followed the OA"}""",
        s_carriers.Plan(To("5300000000000000001", MessageKind.ZaloFollower) with { Content = "zalo:-213" }).Reports[^1].ErrorInfo);

    [Fact]
    public void TemplateValueOfAnSms_ChoosesNothing() =>
        Assert.Equal("0 1 2", Statuses(s_carriers.Plan(To("0901888484", MessageKind.CustomerCareSms) with { Content = "zalo:-114" })));

    [Fact]
    public void FollowerSuccess_NamesTheUserAndTheMessage()
    {
        var report = s_carriers.Plan(To("5300000000000000001", MessageKind.ZaloFollower)).Reports[^1];

        Assert.Matches("^[0-9a-f]{20}$", report.PartnerId);
        Assert.Equal(
            $$$"""{"data":{"message_id":"{{{report.PartnerId}}}","user_id":"5300000000000000001"},"error":0,"message":"Success"}""", report.ErrorInfo);
    }

    [Fact]
    public void JourneySuccess_NamesAUserOfEighteenDigits() => Assert.Matches(
        "\"user_id\":\"[1-9][0-9]{17}\"", s_carriers.Plan(To("0901888484", MessageKind.ZnsJourney)).Reports[^1].ErrorInfo);

    [Fact]
    public void SuccessByUid_SaysWhereTheMessageIs() => Assert.StartsWith(
        """{"error":0,"message":"Success","data":{"delivery_time":null,""",
        s_carriers.Plan(To("5308693166941955879", MessageKind.ZnsByUid)).Reports[^1].ErrorInfo,
        StringComparison.Ordinal);

    [Fact]
    public void HashedPhone_ChoosesNothing()
    {
        var hash = new string('a', 61) + "903";

        Assert.Equal("0 1 2", Statuses(s_carriers.Plan(To(hash, MessageKind.Zns) with { Form = AddressForm.HashedPhone })));
    }

    [Fact]
    public void SameSend_GoesTheSameWayAndOtherSeedsDiffer()
    {
        var send = To("0901888484", MessageKind.Zns);

        Assert.Equal(s_carriers.Plan(send).Reports, new SimulatedCarriers(7).Plan(send).Reports);
        Assert.NotEqual(s_carriers.Plan(send).Reports[^1].PartnerId, new SimulatedCarriers(8).Plan(send).Reports[^1].PartnerId);
        Assert.NotEqual(s_carriers.Plan(send).Reports[^1].PartnerId, s_carriers.Plan(send with { SmsId = "other" }).Reports[^1].PartnerId);
    }

    [Fact]
    public void Approval_LeadsOnAndRejectionEnds()
    {
        Assert.Equal("1 2", Statuses(s_carriers.AfterApproval(To("0901888908", MessageKind.Viber), approved: true)));
        Assert.Equal("-1", Statuses(s_carriers.AfterApproval(To("0901888908", MessageKind.Viber), approved: false)));
    }

    [Theory]
    [InlineData("0901888484", "ANSWERED", true)]
    [InlineData("0901888900", "NO ANSWER", false)]
    public void Call_ReportsHowItWent(string phone, string callStatus, bool success)
    {
        var facts = VoiceResult.TryRead(s_carriers.Plan(To(phone, MessageKind.VoiceCall)).Reports[^1].ErrorInfo)!;

        Assert.Equal((callStatus, success), (facts.CallStatus, facts.SentResult));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"error\":0}")]
    [InlineData("{\"callStatus\":1}")]
    public void OtherErrorInfo_IsNoCallResult(string errorInfo) => Assert.Null(VoiceResult.TryRead(errorInfo));

    private static SimulatedSend To(string address, MessageKind kind) =>
        new(Sandbox.SmsId, kind, address, RecipientAddress.Normalize(address, out var form) is null ? default : form, [], "");

    private static string Statuses(CarrierPlan plan) => string.Join(' ', plan.Reports.Select(r => r.Status));
}
