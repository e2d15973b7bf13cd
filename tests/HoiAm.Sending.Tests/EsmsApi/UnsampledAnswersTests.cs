using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests.EsmsApi;

/// <summary>Answers whose members are documented, but of which no sample is kept as a vector.</summary>
public sealed class UnsampledAnswersTests
{
    [Fact]
    public void SmsTemplates_ComeBeforeTheCode() => Assert.Equal(
        """{"BrandnameTemplates":[{"NetworkID":6,"TempContent":"{P1,20} la ma","TempId":458}],"CodeResult":"100","ErrorMessage":"success"}""",
        Sandbox.Text(EsmsResponses.SmsTemplates([new SmsTemplateAnswer(6, "{P1,20} la ma", 458)])));

    [Fact]
    public void ZnsTemplates_HaveNumericIdsAndNumberedParameters() => Assert.Equal(
        """{"CodeResult":"100","ErrorMessage":"success","ZNSTemplates":[{"TempContent":"<p>{{otp}}</p>","TempId":205644,"""
        + "\"TempName\":\"Xác nhận\","
        + "\"ZNSTempDetail\":" + """[{"Limit":10,"Param":"otp","ParamLevel":1,"RequireType":"type_text"}]}]}""",
        Sandbox.Text(EsmsResponses.ZnsTemplates([Template()])));

    [Fact]
    public void ZnsTemplateInfo_HasErrorAsANumber()
    {
        var text = Sandbox.Text(EsmsResponses.ZnsTemplateInfo(Template()));

        Assert.StartsWith("""{"Data":{"ApplyTemplateQuota":false,"ListButtons":[],"ListParams":[{"AcceptNull":false,"MaxLength":10,""", text, StringComparison.Ordinal);
        Assert.EndsWith(""","Error":0,"Message":"Success"}""", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ZnsTemplateInfoRefused_HasErrorAsANumberToo() => Assert.Equal(
        """{"Data":null,"Error":789,"Message":"TemplateId is not config"}""",
        Sandbox.Text(EsmsResponses.Refused(EsmsOperation.GetZnsTemplateInfo, EsmsResults.TemplateNotConfigured)));

    [Fact]
    public void Quality_HasBothWindows() => Assert.Equal(
        """{"CodeResult":"100","ErrorMessage":"success","Oa7dayQuality":"HIGH","OaCurrentQuality":"MEDIUM"}""",
        Sandbox.Text(EsmsResponses.Quality("HIGH", "MEDIUM")));

    [Fact]
    public void Ratings_GiveTheRequestIdAsTrackingId() => Assert.Equal(
        """{"CodeResult":"100","ErrorMessage":"success","Data":[{"feedbacks":["Nhanh"],"msgId":"5dcf84fe1fd8bd85e4ca","note":"","rate":5"""
        + ""","submitDate":"1659750276218","trackingId":"r-1"}],"Total":1}""",
        Sandbox.Text(EsmsResponses.Ratings(
            1, [new OaRating(["Nhanh"], "5dcf84fe1fd8bd85e4ca", "", 5, DateTimeOffset.FromUnixTimeMilliseconds(1659750276218), "r-1")])));

    [Fact]
    public void Uids_EchoTheAskedPage() => Assert.Equal(
        """{"CodeResult":"100","Data":{"Count":50,"Offset":0,"Total":1,"Users":["7406454492343693107"]}}""",
        Sandbox.Text(EsmsResponses.Uids(50, 0, 1, ["7406454492343693107"])));

    [Fact]
    public void Followers_AreObjects() => Assert.Equal(
        """{"CodeResult":"100","ErrorMessage":"success","Followers":[{"User_Id":"7800378501923859642"}],"Total":208}""",
        Sandbox.Text(EsmsResponses.Followers(208, ["7800378501923859642"])));

    [Fact]
    public void Registration_GivesItsNumber() => Assert.Equal(
        """{"CodeResult":"100","ErrorMessage":"ViHAT is moderating your template","ServicePreviewId":52353}""",
        Sandbox.Text(EsmsResponses.Registered("ViHAT is moderating your template", 52353)));

    [Fact]
    public void NoAnswerCall_IsSpelledWithoutBlankInTheStatus() =>
        Assert.Contains("\"CallStatus\":\"NOANSWER\"", Sandbox.Text(EsmsResponses.VoiceStatus("x", 0, "NO ANSWER", "", 5, success: false)), StringComparison.Ordinal);

    [Fact]
    public void RepeatedRequestId_WithoutFirstMessage_HasNoStatus() =>
        Assert.Equal(Vectors.Compact("send-response-107").Replace("107", "124", StringComparison.Ordinal).Replace("Each request has at least 30 numbers to be approved", "Request exist 1", StringComparison.Ordinal),
            Sandbox.Text(EsmsResponses.Refused(EsmsOperation.SendPromoJson, EsmsResults.RepeatedRequestId)));

    [Theory]
    [InlineData(EsmsOperation.GetSentData, "Authorize Failed.")]
    [InlineData(EsmsOperation.GetOas, "Authorize Failed.")]
    [InlineData(EsmsOperation.SummarySms, "Authorize Failed.")]
    [InlineData(EsmsOperation.SummaryPromo, "Authorize Failed")]
    [InlineData(EsmsOperation.SendZnsBulk, "Authorize Failed")]
    public void WrongKeys_EndWithAFullStopOnThreeCallsOnly(EsmsOperation operation, string text) =>
        Assert.Contains($"\"ErrorMessage\":\"{text}\"", Sandbox.Text(EsmsResponses.Refused(operation, EsmsResults.Unauthorized)), StringComparison.Ordinal);

    [Fact]
    public void EveryCode_IsListedOnceWithAText()
    {
        Assert.Equal(EsmsResults.All.Length, EsmsResults.All.Select(r => r.Code).Distinct().Count());
        Assert.All(EsmsResults.All, r => Assert.NotEqual("", r.Text));
    }

    private static ZnsTemplateAnswer Template() =>
        new("205644", "Xác nhận", "<p>{{otp}}</p>", [new ZnsParameterAnswer("otp", 10, Required: true)], "ENABLE", "OTP", "UNDEFINED", "", 15000);
}
