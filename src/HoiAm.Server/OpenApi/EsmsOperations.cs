using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Server.OpenApi;

/// <summary>The eSMS send and query calls (protocol C.2, D) with the documented requests and answers as examples.</summary>
internal static class EsmsOperations
{
    private const string Send = "eSMS: send";
    private const string Query = "eSMS: look up and register";
    private const string Keys = "\"ApiKey\":\"sandbox-key\",\"SecretKey\":\"sandbox-secret\"";
    private const string Common = "\"CallbackUrl\":\"https://shop.example/hooks/dlr\",\"RequestId\":\"order-17\",\"SendDate\":\"\",\"Sandbox\":\"0\",\"campaignid\":\"summer\"";
    private const string Oa = "\"OAID\":\"4097311281936189049\"";
    private const string Zns = Oa + ",\"TempID\":\"205644\",\"SendingMode\":\"1\"";

    private static readonly (string Name, string Meaning)[] s_sms =
    [
        ("Phone", "Receiver"), ("Content", "Text"), ("Brandname", "Sender name; none for 8"), ("SmsType", "2, 8 or 23"), ("IsUnicode", "1 for Vietnamese letters"),
        ("CallbackUrl", "Where the status goes"), ("RequestId", "Your own id, at most 50 characters, new within 24 hours"), ("SendDate", "yyyy-MM-dd HH:mm:ss, Vietnam's time"), ("Sandbox", "1 validates and stores nothing"),
    ];

    private static readonly (string Name, string Meaning)[] s_call =
    [
        ("Phone", "Receiver"), ("TemplateId", "Template or recording"), ("VariableListStr", "Values, joined by two bars"), ("Voice", "male, female, hatieumai, ngoclam"),
        ("Speed", "-3 to 3"), ("Ivr", "Key, 0 to 9"), ("CallbackUrl", "Percent-encoded"), ("RequestId", "Your own id"),
    ];

    public static IReadOnlyList<ApiOperation> All { get; } = [.. EsmsRoutes.All.Select(Describe)];

    private static ApiOperation Describe(EsmsEndpoint endpoint)
    {
        var sends = endpoint.Operation is >= EsmsOperation.SendJson and <= EsmsOperation.CallRecord;
        var path = "/MainService.svc/json/" + endpoint.Path + (endpoint.Operation == EsmsOperation.GetBrandnames ? "/{ApiKey}/{SecretKey}" : "");
        var (summary, body, query, answer) = Detail(endpoint.Operation);
        return new ApiOperation(endpoint.Method.ToLowerInvariant(), path, sends ? Send : Query, summary, ApiAccess.AccountInBody)
        {
            RequestExample = body,
            RequestType = body?.StartsWith('<') == true ? "text/plain" : "application/json",
            Query = endpoint.Method == "GET" && endpoint.Operation != EsmsOperation.GetBrandnames
                ? [("ApiKey", "Key of the account"), ("SecretKey", "Its secret"), .. query]
                : query,
            Samples = EsmsSamples.Of(endpoint.Operation),
            Answers = [(200, "Every business outcome; the code says which", answer), (503, "The store takes no writes now; see Retry-After", null)],
        };
    }

    private static string Body(params ReadOnlySpan<string> members) => "{" + string.Join(',', [Keys, .. members]) + "}";

    private static (string Summary, string? Body, (string, string)[] Query, string? Answer) Detail(EsmsOperation operation) => operation switch
    {
        EsmsOperation.SendJson => ("Customer-care SMS (2), fixed price (8), or a ZNS by its full text (24, 25)", Body("\"Phone\":\"0901888484\",\"Content\":\"Cam on quy khach\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"IsUnicode\":\"0\"", Common), [], null),
        EsmsOperation.SendGet => ("The same, and Viber (23), by query", null, s_sms, null),
        EsmsOperation.SendForm => ("The same by form (JSON is taken too)", Body("\"Phone\":\"0901888484\",\"Content\":\"Cam on quy khach\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\""), [], null),
        EsmsOperation.SendXml => ("The same by XML text", "<RQST><APIKEY>sandbox-key</APIKEY><SECRETKEY>sandbox-secret</SECRETKEY><CONTENT>Cam on</CONTENT><SMSTYPE>2</SMSTYPE><BRANDNAME>Baotrixemay</BRANDNAME><CONTACTS><CUSTOMER><PHONE>0901888484</PHONE></CUSTOMER></CONTACTS></RQST>", [], null),
        EsmsOperation.SendPromoJson => ("Advertising SMS (1), 30 to 5,000 numbers", Body("\"Phones\":[\"0901888484\",\"0902888484\"],\"Content\":\"[QC] Giam 50%\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"1\"", Common.Replace("\"Sandbox\":\"0\"", "\"Sandbox\":\"1\"", StringComparison.Ordinal)), [], null),
        EsmsOperation.SendPromoXml => ("The same by XML text", "<RQST><APIKEY>sandbox-key</APIKEY><SECRETKEY>sandbox-secret</SECRETKEY><CONTENT>[QC] Giam 50%</CONTENT><SMSTYPE>1</SMSTYPE><BRANDNAME>Baotrixemay</BRANDNAME><SANDBOX>1</SANDBOX><CONTACTS><CUSTOMER><PHONE>0901888484</PHONE></CUSTOMER></CONTACTS></RQST>", [], null),
        EsmsOperation.SendViber => ("Viber (23): text, picture, button", Body("\"Phones\":[\"0901888484\"],\"Content\":\"Xin chao\",\"Brandname\":\"BAT DONG SAN GIA TOT\",\"SmsType\":23,\"OttUrl\":\"https://shop.example\",\"OttLabel\":\"Xem\"", Common), [], null),
        EsmsOperation.SendZnsV4 => ("ZNS (24, 25) with Params in template order; a journey (27) with IsJourney and OrderId", Body("\"Phone\":\"0901888484\",\"Params\":[\"686868\"]", Zns, Common), [], null),
        EsmsOperation.SendZnsV5 => ("ZNS with TempData as a list", Body("\"Phone\":\"0901888484\",\"TempData\":[{\"key\":\"otp\",\"value\":\"686868\"}]", Zns, Common), [], null),
        EsmsOperation.SendZnsV6 => ("ZNS with TempData as an object", Body("\"Phone\":\"0901888484\",\"TempData\":{\"otp\":\"686868\"}", Zns, Common), [], null),
        EsmsOperation.SendZnsByUid => ("ZNS to a Zalo user id", Body("\"ZaloUid\":\"5308693166941955879\",\"TempData\":{\"otp\":\"686868\"}", Zns, Common), [], null),
        EsmsOperation.SendZnsByHash => ("ZNS to the SHA-256 of a number in 84 form", Body("\"HashPhone\":\"c1defbf2b2d03f6c060709faa2be37c05d6539c96ebbe5bd1bfea42cdc54032f\",\"TempData\":{\"otp\":\"686868\"}", Zns, Common), [], null),
        EsmsOperation.SendZnsBulk => ("ZNS to up to 500 receivers, values of their own", Body(Zns, "\"Data\":[{\"Phone\":\"0901888484\",\"RequestId\":\"order-17\",\"Params\":[\"686868\"]}]"), [], null),
        EsmsOperation.SendFollowerText => ("Text to a follower (26)", Body(Oa, "\"User_id\":\"7800378501923859642\",\"Content\":\"Xin chao\"", Common), [], null),
        EsmsOperation.SendFollowerPayload => ("Zalo's own message object to a follower (26)", Body(Oa, "\"Payload\":{\"recipient\":{\"user_id\":\"7800378501923859642\"},\"message\":{\"text\":\"Xin chao\"}}", Common), [], null),
        EsmsOperation.SendMultiChannel => ("Zalo, then SMS when it fails, under one SMSID", Body("\"Phone\":\"0901888484\",\"Channels\":[\"zalo\",\"sms\"]", $"\"Data\":[{{{Zns},\"Params\":[\"686868\"]}},{{\"Content\":\"686868 la ma\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\"}}]"), [], null),
        EsmsOperation.SendOtpV4 => ("A generated code by SMS", null, [("Phone", "Receiver"), ("Brandname", "Sender name"), ("Type", "2"), ("message", "Text with {OTP}"), ("TimeAlive", "Minutes, 2 to 15"), ("NumCharOfCode", "4 to 20"), ("IsNumber", "1 for digits only")], null),
        EsmsOperation.SendOtpV5 => ("A generated code by Zalo, then SMS", Body("\"Phone\":\"0901888484\",\"MultiChannelTempId\":\"22575\",\"TypeId\":\"2\",\"TimeAlive\":\"5\""), [], null),
        EsmsOperation.CheckOtp => ("Check a generated code", null, [("Phone", "Receiver"), ("Code", "What was typed")], null),
        EsmsOperation.CallTemplate => ("Call that reads a template", null, s_call, null),
        EsmsOperation.CallRecord => ("Call that plays a recording", null, s_call, null),
        _ => Lookup(operation),
    };

    private static (string Summary, string? Body, (string, string)[] Query, string? Answer) Lookup(EsmsOperation operation) => operation switch
    {
        EsmsOperation.GetSendStatus => ("State of a message; with ReferenceId of a call", null, [("RefId", "SMSID"), ("ReferenceId", "SMSID of a call")], null),
        EsmsOperation.GetReceiverStatus => ("Receivers of a message", null, [("RefId", "SMSID")], null),
        EsmsOperation.GetSentData => ("What was sent in a range of time", Body("\"From\":\"2026-01-01 00:00:00\",\"To\":\"2026-01-31 23:59:59\",\"Page\":1,\"PageSize\":500,\"SmsType\":\"2\""), [], null),
        EsmsOperation.QueryZnsStatus => ("State of a ZNS", Body("\"SmsId\":\"5450d557-9bfa-466a-9f2a-5911c82f403724\",\"SmsType\":\"25\""), [], null),
        EsmsOperation.GetZaloMessageStatus => ("Where a message is, by Zalo's id", Body(Oa, "\"MessageId\":\"b6adb3b5e4fd0ca355ec\""), [], null),
        EsmsOperation.GetBalance => ("Balance", Body(), [], null),
        EsmsOperation.GetBrandnames => ("Sender names; keys in the query work too", null, [], null),
        EsmsOperation.GetTemplates => ("Templates of a sender name (2) or of an OA (24, 25)", Body("\"SmsType\":\"25\",\"OAId\":\"4097311281936189049\""), [], """{"CodeResult":"100","ErrorMessage":"","ZNSTemplates":[{"TempId":"205644","TempName":"OTP","TempContent":"{{otp}} la ma xac minh cua ban","ZNSTempDetail":[{"Limit":30,"Param":"otp","ParamLevel":"","RequireType":true}]}]}"""),
        EsmsOperation.GetZnsTemplateInfo => ("A ZNS template in detail", null, [("TemplateId", "TempID"), ("OAId", "OAID")], """{"Data":null,"Error":789,"Message":"TemplateId is not config"}"""),
        EsmsOperation.GetOas => ("Official Accounts", Body(), [], null),
        EsmsOperation.GetQuota => ("Quota of an OA", Body(Oa), [], null),
        EsmsOperation.GetQuality => ("Quality of an OA", Body(Oa), [], """{"CodeResult":"100","ErrorMessage":"success","Oa7dayQuality":"HIGH","OaCurrentQuality":"HIGH"}"""),
        EsmsOperation.GetRating => ("Ratings of a template", Body(Oa, "\"TemplateID\":\"205644\",\"FromTime\":\"2026-01-01 00:00:00\",\"ToTime\":\"2026-01-31 00:00:00\",\"Offset\":0,\"Limit\":50"), [], """{"CodeResult":"100","ErrorMessage":"success","Data":[],"Total":0}"""),
        EsmsOperation.GetUids => ("User ids of an OA", Body(Oa, "\"Offset\":0,\"Count\":50,\"FromDate\":\"01/01/2026\",\"ToDate\":\"31/01/2026\""), [], """{"CodeResult":"100","Data":{"Count":50,"Offset":0,"Total":0,"Users":[]}}"""),
        EsmsOperation.GetFollowers => ("Followers of an OA", Body(Oa, "\"Offset\":0,\"Count\":50"), [], """{"CodeResult":"100","ErrorMessage":"success","Followers":[],"Total":0}"""),
        EsmsOperation.SummarySms => ("What an SMS would cost", null, s_sms[..5], Estimate),
        EsmsOperation.SummaryPromo => ("What an advertising SMS would cost", Body("\"Phones\":[\"0901888484\"],\"Content\":\"[QC] x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"1\""), [], Estimate),
        EsmsOperation.SummaryZalo => ("What a ZNS would cost", Body("\"Phone\":\"0901888484\",\"Params\":[\"686868\"]", Zns), [], Estimate),
        EsmsOperation.RegisterZnsTemplate => ("Register a ZNS template", Body(Oa, "\"SmsType\":\"25\",\"Content\":\"Ma {{otp}}\""), [], Registered),
        EsmsOperation.RegisterSmsTemplate => ("Register an SMS template", Body("\"SmsType\":\"2\",\"ServiceType\":\"2\",\"Brandname\":\"Baotrixemay\",\"Content\":\"Ma {P1,10}\""), [], Registered),
        EsmsOperation.RegisterOaPackage => ("Buy a package for an OA", Body(Oa, "\"Package\":\"1\",\"Duaration\":\"6\",\"Dateactive\":\"2026-02-01\""), [], Registered),
        _ => (operation.ToString(), null, [], null),
    };

    private const string Estimate = """{"CodeResult":"100","ErrorMessage":"success","TotalPrice":850,"TotalReceiver":1}""";
    private const string Registered = """{"CodeResult":"100","ErrorMessage":"ViHAT is moderating your template","ServicePreviewId":17}""";
}
