using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests;

/// <summary>What the sandbox answers to every query that needs no stored message, and what the store is asked for otherwise.</summary>
public sealed class QueryAnswerTests
{
    private const string Oa = "\"OAID\":\"4097311281936189049\"";

    [Theory]
    [InlineData("GetBalance_json", "{\"ApiKey\":\"k\"}", """{"Balance":1000000000,"CodeResponse":"100","UserID":9999}""")]
    [InlineData(
        "GetListBrandname",
        "ApiKey=k",
        """{"CodeResponse":"100","ListBrandName":[{"Brandname":"Baotrixemay","Type":2},{"Brandname":"Baotrixemay","Type":1},{"Brandname":"Verify","Type":2},{"Brandname":"BAT DONG SAN GIA TOT","Type":23}]}""")]
    [InlineData("ZNS/GetQuality", "{" + Oa + "}", """{"CodeResult":"100","ErrorMessage":"success","Oa7dayQuality":"HIGH","OaCurrentQuality":"HIGH"}""")]
    [InlineData("ZNS/GetFollowers", "{" + Oa + ",\"Offset\":3,\"Count\":1}", """{"CodeResult":"100","ErrorMessage":"success","Followers":[{"User_Id":"5889364632581220929"}],"Total":4}""")]
    [InlineData(
        "QueryListUID",
        "{" + Oa + ",\"Offset\":\"2\",\"Count\":1,\"FromDate\":\"01/09/2024\",\"ToDate\":\"13/10/2024\"}",
        """{"CodeResult":"100","Data":{"Count":1,"Offset":2,"Total":4,"Users":["7000997455428487634"]}}""")]
    [InlineData("GetTemplate", "{\"SmsType\":8}", """{"BrandnameTemplates":[],"CodeResult":"100","ErrorMessage":"success"}""")]
    public void Query_IsAnsweredFromTheCatalogue(string path, string input, string answer) => Assert.Equal(answer, Answer(path, input));

    [Fact]
    public void TemplateForAllCarriers_IsListedForEach() => Assert.Equal(
        7, Answer("GetTemplate", "{\"SmsType\":2,\"Brandname\":\"Verify\"}").Split("\"NetworkID\"").Length - 1);

    [Fact]
    public void OaTemplates_AreThoseOfTheKind()
    {
        var priority = Answer("GetTemplate", "{\"SmsType\":\"24\",\"OAId\":\"4097311281936189049\"}");

        Assert.Contains("\"TempId\":205645", priority, StringComparison.Ordinal);
        Assert.DoesNotContain("205644", priority, StringComparison.Ordinal);
        Assert.Contains("\"Limit\":30,\"Param\":\"otp\"", priority, StringComparison.Ordinal);
    }

    [Fact]
    public void TemplateDetails_AreShown() => Assert.Contains(
        "\"Status\":\"ENABLE\",\"TemplateDailyQuota\":null,\"TemplateId\":205644",
        Answer("GetZnsTemplateInfo", "TemplateId=205644&OAId=4097311281936189049"),
        StringComparison.Ordinal);

    [Fact]
    public void Ratings_AreThoseOfTheTemplateInTheTime()
    {
        var account = Catalogues.WithRating(new OaRating([], "m", "", 5, Sandbox.Now, "r"));
        string Rated(string from) => Answer(
            "ZNS/GetRating", "{" + Oa + $",\"TemplateID\":\"205644\",\"FromTime\":\"{from}\",\"ToTime\":\"2026-01-02 00:00:00\",\"Offset\":0,\"Limit\":50}}", account);

        Assert.EndsWith("\"trackingId\":\"r\"}],\"Total\":1}", Rated("2026-01-01 07:00:00"), StringComparison.Ordinal);
        Assert.EndsWith("\"Data\":[],\"Total\":0}", Rated("2026-01-01 07:00:01"), StringComparison.Ordinal);
    }

    [Fact]
    public void StatusQuery_LooksBackSevenDaysAndKnowsItsRefusal()
    {
        var plan = Assert.IsType<FindMessage>(Plan("GetSendStatus", "RefId=abc"));

        Assert.Equal(("abc", Sandbox.Now.AddDays(-7)), (plan.SmsId, plan.NotBefore));
        Assert.Equal("""{"CodeResponse":"105","SMSID":"abc"}""", Sandbox.Text(plan.IfUnknown));
    }

    [Fact]
    public void ZnsStatusQuery_IsNoDataWhenUnknown() => Assert.Contains(
        "\"CodeResult\":\"854\"", Sandbox.Text(Assert.IsType<FindZns>(Plan("QueryZnsStatus", "{\"SmsId\":\"x\",\"SmsType\":24}")).IfUnknown), StringComparison.Ordinal);

    [Fact]
    public void VoiceStatusQuery_AsksForTheCall() => Assert.Equal("r ", Assert.IsType<FindCall>(Plan("GetSendStatus", "ReferenceId=r+")).ReferenceId);

    [Fact]
    public void SentDataPage_BecomesSkipAndTake()
    {
        var plan = Assert.IsType<ListSent>(Plan("GetSmsSentData_V2", """{"From":"2025-01-01 06:00:00","To":"2025-01-02 18:00:00","Page":3,"PageSize":100,"SmsType":25}"""));

        Assert.Equal((200L, 100), (plan.Skip, plan.Take));
        Assert.Equal(new DateTimeOffset(2024, 12, 31, 23, 0, 0, TimeSpan.Zero), plan.From);
    }

    [Fact]
    public void CodeCheck_NormalisesThePhoneAndKeepsItsSpelling() =>
        Assert.Equal(new CheckCode("0901888484", "84901888484", "1NTTJ6"), Plan("CheckCodeGen_V4_get", "Phone=84901888484&Code=1NTTJ6"));

    [Theory]
    [InlineData("SubServicePreviewJson", """{"SmsType":2,"ServiceType":2,"Brandname":"Verify","Content":"x","CallbackUrl":"http://x/"}""", "ViHAT is moderating your template")]
    [InlineData("RegisZNSTemplateJson", """{"SmsType":"25","OAID":"4097311281936189049","Content":"x","ImageUrl":"u","CTA1":"c"}""", "ViHAT is censoring trademark ownership")]
    [InlineData("RegisOAPackageJson", """{"OAID":"4097311281936189049","Package":2,"Dateactive":"2026-02-01","Duaration":"6"}""", "ViHAT is censoring trademark ownership")]
    public void Registration_IsRecordedUnderAKeyOfItsContent(string path, string body, string text)
    {
        var plan = Assert.IsType<Register>(Plan(path, body));

        Assert.Equal(text, plan.AnswerText);
        Assert.Equal(plan.Key, Assert.IsType<Register>(Plan(path, body)).Key);
        Assert.NotEqual(plan.Key, Assert.IsType<Register>(Plan(path, body.Replace("409731128193618904", "139749218314000617", StringComparison.Ordinal).Replace("\"x\"", "\"y\"", StringComparison.Ordinal).Replace("\"Package\":2", "\"Package\":3", StringComparison.Ordinal))).Key);
    }

    private static QueryPlan Plan(string path, string input, AccountCatalogue? account = null)
    {
        var get = EsmsRoutes.All.Single(e => e.Path == path).Method == "GET";
        return QueryRules.Decide((get ? Sandbox.Get(path, input) : Sandbox.Post(path, input))!, account ?? Sandbox.Catalogue, Sandbox.Context);
    }

    private static string Answer(string path, string input, AccountCatalogue? account = null) =>
        Sandbox.Text(Assert.IsType<Answered>(Plan(path, input, account)).Body);
}
