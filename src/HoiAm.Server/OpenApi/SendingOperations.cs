namespace HoiAm.Server.OpenApi;

/// <summary>The admin operations behind the send APIs: catalogue, money, registrations, short codes, the sandbox's inbox.</summary>
internal static class SendingOperations
{
    private const string Catalogue = "Catalogue and balance";

    private static readonly (string, string)[] s_statement =
        [("month", "Vietnam's month, like 2026-01"), ("detail", "groups (default) or lines")];

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        .. Section("brandnames", "A sender name; the key is the name", """{"typeIds":[1,2],"active":true,"templates":[{"id":458,"content":"{P1,10} la ma xac minh cua ban"}],"telcos":[]}"""),
        .. Section("oas", "A Zalo Official Account; the key is the OAID", """{"name":"SVoucher","active":true,"overQuotaAllowed":false,"followers":["7800378501923859642"]}"""),
        .. Section("templates", "A ZNS template; the key is the TempID", """{"oaId":"4097311281936189049","typeId":25,"parameters":[{"name":"otp","limit":30,"required":true}],"content":"{{otp}} la ma xac minh cua ban"}"""),
        .. Section("prices", "VND per segment and receiver of a kind; the key is its TypeId, or voice", """{"price":850,"telcos":{"1":800}}"""),
        new("put", "/admin/v1/accounts/{id}/sending", Catalogue, "Routes, blocked numbers and words, approval, addresses, calls, codes, short code", ApiAccess.Token)
        {
            RequestExample = """{"routes":[{"typeId":"2","telco":1,"route":"sandbox"}],"allowedAddresses":["203.0.113.0/24"],"blockedNumbers":["0901888484"],"approvalKinds":["1"],"shortCode":{"url":"https://shop.example/mo","cpId":"77","privateKey":"secret"}}""",
            Answers = [(200, "Changed", null), (201, "Created", null), (400, "Invalid", null)],
        },
        new("get", "/admin/v1/accounts/{id}/sending", Catalogue, "The same, without secrets", ApiAccess.Token),
        new("post", "/admin/v1/accounts/{id}/balance", Catalogue, "Put money in or take it out; never below zero", ApiAccess.Token)
        {
            RequestExample = """{"amount":1000000,"reason":"invoice 2026-17"}""",
            Answers = [(200, "The new balance", """{"balance":1000000}"""), (409, "The balance does not cover it", null)],
        },
        new("get", "/admin/v1/accounts/{id}/balance", Catalogue, "The balance in VND", ApiAccess.Token),
        new("get", "/admin/v1/accounts/{id}/statement", Catalogue, "A month as CSV: the sums of an account's lines, or every line", ApiAccess.Token) { Query = s_statement },
        new("get", "/admin/v1/vendors/{id}/statement", Catalogue, "The same by vendor, over all accounts", ApiAccess.Token) { Query = s_statement },
        new("get", "/admin/v1/registrations", Catalogue, "Templates and packages that customers registered", ApiAccess.Token)
        {
            Query = [("account", "Account id"), ("limit", "Rows, 1 to 500, default 50"), ("cursor", "\"next\" of an earlier answer")],
        },
        new("post", "/admin/v1/registrations/{number}/approve", Catalogue, "Settle one as registered, and tell its customer", ApiAccess.Token),
        new("post", "/admin/v1/registrations/{number}/reject", Catalogue, "Settle one as failed, and tell its customer", ApiAccess.Token),
        new("post", "/admin/v1/accounts/{id}/mo", Catalogue, "Push a text to a short code to the account's partner URL, signed", ApiAccess.Token)
        {
            RequestExample = """{"sender":"0901888484","content":"KM A","serviceNumber":"8055"}""",
            Answers = [(202, "It is on its way", """{"smsId":"m1","callbackId":"cb_0000000000000001"}""")],
        },
        new("get", "/admin/v1/sandbox/inbox", Catalogue, "The last 200 callbacks that the sandbox's inbox got, decoded (sandbox only)", ApiAccess.Token),
    ];

    private static IEnumerable<ApiOperation> Section(string section, string summary, string example) =>
    [
        new("put", $"/admin/v1/accounts/{{id}}/{section}/{{key}}", Catalogue, summary, ApiAccess.Token)
        {
            RequestExample = example,
            Answers = [(200, "Changed", null), (201, "Created", null), (400, "Invalid", null)],
        },
        new("get", $"/admin/v1/accounts/{{id}}/{section}/{{key}}", Catalogue, "One of them", ApiAccess.Token),
        new("get", $"/admin/v1/accounts/{{id}}/{section}", Catalogue, "All of them", ApiAccess.Token),
        new("delete", $"/admin/v1/accounts/{{id}}/{section}/{{key}}", Catalogue, "Take it out", ApiAccess.Token) { Answers = [(204, "Gone", null)] },
    ];
}
