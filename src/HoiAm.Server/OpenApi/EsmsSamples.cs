using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Server.OpenApi;

/// <summary>
/// The answers that the pages show, as they show them, by call: what a client's author has seen before. A test holds them against the
/// vectors. Calls without a documented answer show what the hub gives.
/// </summary>
internal static class EsmsSamples
{
    private const string WrongKeys = """{"CodeResult":"101","CountRegenerate":0,"ErrorMessage":"Authorize Failed"}""";
    private const string Repeated = """{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1","SendStatus":"5"}""";

    private static readonly (string, string) s_accepted = ("100", """{"CodeResult":"100","CountRegenerate":0,"SMSID":"d533459ee42b2b9525ba9eabf6a8156"}""");
    private static readonly (string, string) s_noTemplate = ("789", """{"CodeResult":"789","CountRegenerate":0,"ErrorMessage":"TemplateId is not config"}""");
    private static readonly (string, string) s_noBrand = ("104", """{"CodeResult":"104","CountRegenerate":0,"ErrorMessage":"Brand name code is not exist"}""");
    private static readonly (string, string) s_undecodable = ("99", """{"error":"Invalid request"}""");

    /// <summary>The samples of a call by their code, the usual one first; empty when no page shows one.</summary>
    public static IReadOnlyList<(string Name, string Example)> Of(EsmsOperation operation) => operation switch
    {
        EsmsOperation.SendJson or EsmsOperation.SendGet or EsmsOperation.SendForm or EsmsOperation.SendXml =>
        [
            s_accepted, ("101", WrongKeys), s_noBrand, ("124", Repeated),
            ("146", """{"CodeResult":"146","CountRegenerate":0,"ErrorMessage":"Sai template Brandname CSKH","SMSID":"3f5ec8c71c4a4ccea311f731dfeaa133156"}"""),
            s_undecodable,
        ],
        EsmsOperation.SendPromoJson or EsmsOperation.SendPromoXml =>
        [
            s_accepted, ("101", WrongKeys), s_noBrand,
            ("107", """{"CodeResult":"107","CountRegenerate":0,"ErrorMessage":"Each request has at least 30 numbers to be approved"}"""),
            ("124", Repeated), s_undecodable,
        ],
        EsmsOperation.SendViber => [s_accepted, ("101", WrongKeys), s_noBrand, ("124", Repeated), s_undecodable],
        EsmsOperation.SendZnsByUid =>
        [
            s_accepted, ("101", WrongKeys), ("124", Repeated), s_noTemplate,
            ("852", """{"CodeResult":"852","CountRegenerate":0,"ErrorMessage":"Zalo UID Invalid"}"""),
            ("853", """{"CodeResult":"853","CountRegenerate":0,"ErrorMessage":"Missing ZaloUid"}"""), s_undecodable,
        ],
        EsmsOperation.SendZnsBulk =>
        [
            ("100", """
                {"CodeResult":"100","Message":"Sucess","TotalFail":1,"TotalSuccess":2,"detail":[{"CodeResult":"100","Phone":"{Phone}","SMSID":"a037b928-cb7e-4bfc-bdf9-0286318163aa264"},
                {"CodeResult":"100","Phone":"{Phone}","SMSID":"b83ff06e-8989-4b0d-818e-795b96699e86261"},{"CodeResult":"108","Phone":"{Phone}","ErrorMessage":"The phone number 097469188 is not valid."}]}
                """),
            ("101", WrongKeys), s_noTemplate,
        ],
        >= EsmsOperation.SendJson and < EsmsOperation.CallTemplate when operation is not EsmsOperation.CheckOtp => [s_accepted, ("101", WrongKeys), ("124", Repeated), s_noTemplate, s_undecodable],
        EsmsOperation.CallTemplate or EsmsOperation.CallRecord =>
        [
            ("100", """{"CodeResult":"100","SMSID":"8eb2af6d-fb4c4814-b9cc-4c0e3ed32edf "}"""),
            ("104", """{"CodeResult":"104","ErrorMessage":"Template not found"}"""),
        ],
        _ => OfQueries(operation),
    };

    private static IReadOnlyList<(string Name, string Example)> OfQueries(EsmsOperation operation) => operation switch
    {
        EsmsOperation.CheckOtp =>
        [
            ("100", """{"CodeResult":"100","CountRegenerate":0,"ErrorMessage":"0901888484, Content: Success!"}"""),
            ("117", """{"CodeResult":"117","CountRegenerate":0,"ErrorMessage":"0901888484, Content: 1NTTJ6 Code Invalid"}"""),
        ],
        EsmsOperation.GetSendStatus =>
        [
            ("100", """{"CodeResponse":"100","SMSID":"434a124c-7818-4f45-bdf2-7f7b07fff210100","SendFailed":0,"SendStatus":5,"SendSuccess":1,"TotalPrice":850.0000,"TotalReceiver":1,"TotalSent":1}"""),
            ("100 of a call", """{"CallDuration":13,"CallStatus":"ANSWERED","CodeResponse":"100","Ivr":"","ReferenceId":"505139D7-54F8-48A9-88FA-9460A78731DD","SendStatus":5,"SentResult":1}"""),
            ("101", """{"CodeResponse":"101","SMSID":"47756317-0cbe-494a-9d02-c85703a1baff20"}"""),
        ],
        EsmsOperation.GetReceiverStatus =>
        [
            ("100", """
                {"CodeResult":"100","ReceiverList":[{"IsSent":true,"NetworkName":"Viettel","Phone":"0901888484","Retry":0,"SentResult":true},
                {"IsSent":true,"NetworkName":"Vinaphone","Phone":"0918238965","Retry":0,"SentResult":false},{"IsSent":true,"NetworkName":"Mobifone","Phone":"0765418062","Retry":0,"SentResult":false}]}
                """),
        ],
        EsmsOperation.GetSentData =>
        [
            ("100", """
                {"CodeResult":"100","CountTotal":2,"SentData":[
                {"Campaign":"test","Content":"hello","Phone":"0900000001","ReferenceId":"35781d6c25524e40a035c26663189549","SellPrice":345.0,"SendResult":0,"SendStatus":5,"SentTime":"/Date(1705484048995+0700)/","SmsId":29028845,"SmsType":2},
                {"Campaign":"test","Content":"hello","Phone":"0900000001","ReferenceId":"0aac72e0-ba9b-4348-8530-d18d105778db18","SellPrice":790.0,"SendResult":1,"SendStatus":5,"SentTime":"/Date(1705484048995+0700)/","SmsId":29028845,"SmsType":2}]}
                """),
            ("101", """{"CodeResult":"101","ErrorMessage":"Authorize Failed."}"""),
        ],
        EsmsOperation.QueryZnsStatus =>
        [
            ("100", """{"CodeResult":"100","Data":{"ErrorInfo":"0","FinalStatus":"1","SMSID":"59e0c764219c49119063db4468f257fb221","SendFailed":0,"SendStatus":5,"SendSuccess":1,"TotalPrice":330.0,"TotalReceiver":1,"TotalSent":1,"ZaloMsgId":"6dc7499c9ef6baaee3e1"}}"""),
        ],
        EsmsOperation.GetZaloMessageStatus =>
            [("100", """{"CodeResult":"100","Data":{"delivery_time":"1767678030984","message":"The message was delivered to the user's phone","status":1},"ErrorMessage":"success. "}""")],
        EsmsOperation.GetBalance =>
            [("100", """{"Balance":36693,"CodeResponse":"100","UserID":9999}"""), ("101", """{"Balance":0,"CodeResponse":"101","ErrorMessage":"Authorize Failed"}""")],
        EsmsOperation.GetBrandnames =>
        [
            ("100", """{"CodeResponse":"100","ListBrandName":[{"Brandname":"Baotrixemay","Type":2},{"Brandname":"QC_ONLINE","Type":1},{"Brandname":"BAT DONG SAN GIA TOT","Type":23}]}"""),
            ("101", """{"CodeResult":"101","ErrorMessage":"Authorize Failed"}"""),
        ],
        EsmsOperation.GetOas =>
            [("100", """{"CodeResult":"100","ErrorMessage":"success","ZOAList":[{"OAID":"745830328927467685","OAName":"Hệ thống ESMS Marketing"},{"OAID":"4097311281936189049","OAName":"SVoucher"}]}""")],
        EsmsOperation.GetQuota =>
        [
            ("100", """
                {"CodeResult":"100","ErrorMessage":"success","DailyQuota":5000,"DailyQuotaPromotion":0,"EstimatedNextMonthPromotionQuota":425,
                "MonthlyPromotionQuota":403,"RemainingMonthlyPromotionQuota":403,"RemainingQuota":4992,"RemainingQuotaPromotion":0}
                """),
        ],
        EsmsOperation.SummarySms => [("100", """{"CodeResult":"100","ErrorMessage":"success","TotalPrice":850,"TotalReceiver":1}""")],
        _ => [],
    };
}
