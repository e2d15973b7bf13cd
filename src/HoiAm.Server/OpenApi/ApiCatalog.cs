namespace HoiAm.Server.OpenApi;

/// <summary>Every operation that the hub serves; a test holds it against the mapped routes.</summary>
internal static class ApiCatalog
{
    private const string Reports = "Vendor reports";
    private const string Pull = "Pull";
    private const string Accounts = "Accounts and vendors";
    private const string Messages = "Messages";
    private const string Callbacks = "Callbacks and hooks";
    private const string Operations = "Operations";

    private const string AccountExample =
        """
        {"apiKey":"shop-api-key","secretKey":"shop-secret-key","callbackUrl":"https://shop.example/hooks/dlr","callbackFormat":"esms-get",
         "profile":"default","retry":{"maxRetries":5,"delays":["00:00:05","00:00:30","00:02:00","00:10:00","00:30:00"],"timeout":"00:00:10","on":"default"},
         "maxConcurrency":8,"pushStates":[4,5],"pull":{"preset":"2024"},"presumeExpiredAfter":"72:00:00",
         "upstream":{"baseUrl":"https://rest.esms.vn","voiceBaseUrl":"https://voiceapi.esms.vn","apiKey":"provider-key","secretKey":"provider-secret","patience":"00:00:02","mode":"relay"},
         "reconcile":{"after":"00:10:00","edition":"2024"},"inboundAllow":["203.0.113.0/24"]}
        """;

    private const string MessageExample =
        """
        {"account":"shop","typeId":2,"requestId":"order-17","referentId":"vendor-id-17","recipients":[{"phone":"0901234567","price":850}]}
        """;

    private const string ReportExample =
        """
        {"msisdn":"84901234567","requestId":"order-17","sendTime":"2026-04-07T09:46:05Z","responseTimeTelco":"2026-04-07T09:46:09Z","status":2,
         "referentId":"vendor-id-17","retryCount":0}
        """;

    private static readonly (string, string)[] s_paging =
        [("limit", "Rows, 1 to 500, default 50"), ("cursor", "\"next\" of an earlier answer")];

    private static readonly (string, string)[] s_callbackFilter =
    [
        ("state", "pending, delivered, exhausted or cancelled"), ("account", "Account id"), ("host", "Host of the hook"),
        ("from", "Made at or after, RFC 3339"), ("to", "Made before, RFC 3339"),
    ];

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("post", "/api/vendor/v1/sms/callback", Reports, "A vendor's delivery report; 200 only after it is durable", ApiAccess.VendorKey)
        {
            RequestExample = ReportExample,
            Answers =
            [
                (200, "Stored, or stored before", $$"""{"code":0,"data":{{ReportExample}},"message":"success","errors":{},"total_record":0,"current_page":0}"""),
                (400, "Invalid body", """{"code":400,"data":null,"message":"msisdn is required","errors":{"msisdn":["is required"]},"total_record":0,"current_page":0}"""),
                (401, "API-KEY missing or unknown", null), (403, "API-KEY disabled, expired or not yet valid", null),
                (413, "Body over 64 KiB", null), (415, "Not JSON", null), (429, "Too many failed keys from this address", null),
                (503, "The store takes no writes now; see Retry-After", null),
            ],
        },
        new("post", "/ZaloCallback/GetCallback", Pull, "eSMS GetCallback: the state of messages by SMSID", ApiAccess.AccountInBody)
        {
            RequestExample = """{"ApiKey":"shop-api-key","SecretKey":"shop-secret-key","ListRefid":["41a35814-81d7-4ad1-9cce-1ac7fddd5f34196"],"OAId":"1090257973118325189"}""",
            Answers = [(200, "Code 100, or 101, 110, 160 with an empty list", """{"Code":100,"Message":"Success","Data_callback":[]}""")],
        },
        new("get", "/api/v1/callbacks", Pull, "An account's callbacks of every kind in the order of their making; a page may be asked for again", ApiAccess.AccountBasic)
        {
            Query = [("after", "\"next\" of an earlier answer"), ("limit", "Rows, 1 to 1,000, default 100")],
        },
        new("put", "/admin/v1/accounts/{id}", Accounts, "Create or change an account: absent members keep their value, null clears", ApiAccess.Token)
        {
            RequestExample = AccountExample,
            Answers = [(200, "Changed", null), (201, "Created", null), (400, "Invalid", null), (409, "The key is in use", null)],
        },
        new("get", "/admin/v1/accounts/{id}", Accounts, "One account, without its secrets", ApiAccess.Token),
        new("get", "/admin/v1/accounts", Accounts, "All accounts", ApiAccess.Token) { Query = s_paging },
        new("put", "/admin/v1/vendors/{id}", Accounts, "Create or change a vendor", ApiAccess.Token)
        {
            RequestExample = """{"apiKey":"vendor-api-key","statusMap":{"2":"delivered"},"strict":false,"connector":{"type":"vmg","baseUrl":"https://api.brandsms.vn","token":"vendor-token","sender":"SHOP"}}""",
            Answers = [(200, "Changed", null), (201, "Created", null), (400, "Invalid", null), (409, "The key is in use", null)],
        },
        new("get", "/admin/v1/vendors/{id}", Accounts, "One vendor", ApiAccess.Token),
        new("get", "/admin/v1/vendors", Accounts, "All vendors", ApiAccess.Token) { Query = s_paging },
        new("get", "/admin/v1/accounts/{id}/keys", Accounts, "An account's keys", ApiAccess.Token) { Query = s_paging },
        new("post", "/admin/v1/accounts/{id}/keys", Accounts, "One more key pair, shown once", ApiAccess.Token)
        {
            RequestExample = """{"name":"second shop","validFrom":"2026-01-01T00:00:00Z","validTo":"2027-01-01T00:00:00Z"}""",
            Answers = [(201, "Made", null)],
        },
        new("delete", "/admin/v1/accounts/{id}/keys/{key}", Accounts, "Take a key out of force", ApiAccess.Token) { Answers = [(204, "Gone", null)] },
        new("get", "/admin/v1/vendors/{id}/keys", Accounts, "A vendor's keys", ApiAccess.Token) { Query = s_paging },
        new("post", "/admin/v1/vendors/{id}/keys", Accounts, "One more API-KEY, shown once", ApiAccess.Token)
        {
            RequestExample = """{"name":"new datacentre"}""",
            Answers = [(201, "Made", null)],
        },
        new("delete", "/admin/v1/vendors/{id}/keys/{key}", Accounts, "Take a key out of force", ApiAccess.Token) { Answers = [(204, "Gone", null)] },
        new("get", "/admin/v1/tokens", Accounts, "Tokens of people", ApiAccess.Token) { Query = s_paging },
        new("post", "/admin/v1/tokens", Accounts, "A named token with a role, shown once", ApiAccess.Token)
        {
            RequestExample = """{"name":"night shift","role":"support"}""",
            Answers = [(201, "Made", null)],
        },
        new("delete", "/admin/v1/tokens/{key}", Accounts, "Take a token out of force", ApiAccess.Token) { Answers = [(204, "Gone", null)] },
        new("post", "/admin/v1/messages", Messages, "Register a message that another system sent", ApiAccess.Token)
        {
            RequestExample = MessageExample,
            Answers = [(201, "Registered", """{"smsId":"019a88c0-1111-7222-8333-44445555666617"}"""), (200, "The identical body was registered before", null), (409, "Another message has this smsId", null)],
        },
        new("post", "/admin/v1/messages/batch", Messages, "The same as NDJSON, up to 1,000 rows, a result row each", ApiAccess.Token)
        {
            RequestExample = MessageExample,
            RequestType = "application/x-ndjson",
            Answers = [(200, "A result row for each row", """{"row":1,"status":201,"smsId":"019a88c0-1111-7222-8333-44445555666617"}""")],
        },
        new("get", "/admin/v1/messages/{smsId}", Messages, "A message's whole story: recipients, reports, callbacks, attempts", ApiAccess.Token),
        new("get", "/admin/v1/messages", Messages, "Find messages", ApiAccess.Token)
        {
            Query = [("account", "Account id"), ("phone", "Number in any spelling"), ("requestId", "The customer's RequestId"), ("from", "RFC 3339"), ("to", "RFC 3339"), ("state", "accepted, pendingApproval, waiting, sent, delivered, failed, rejected, expired, partlyDelivered"), .. s_paging],
        },
        new("post", "/admin/v1/messages/{smsId}/approve", Messages, "Let a message go that waits for approval", ApiAccess.Token),
        new("post", "/admin/v1/messages/{smsId}/reject", Messages, "Reject a message that waits for approval", ApiAccess.Token),
        new("get", "/admin/v1/callbacks", Callbacks, "Callbacks, newest first", ApiAccess.Token) { Query = [.. s_callbackFilter, .. s_paging] },
        new("post", "/admin/v1/callbacks/{id}/replay", Callbacks, "Send one again: same id and bytes, attempts numbered on", ApiAccess.Token) { Answers = [(202, "It is pending again", null)] },
        new("post", "/admin/v1/callbacks/replay", Callbacks, "Send all again that fit a filter", ApiAccess.Token)
        {
            RequestExample = """{"state":"exhausted","account":"shop"}""",
            Answers = [(202, "Begun", """{"replayId":"rpl_0123456789abcdef","matched":42}""")],
        },
        new("get", "/admin/v1/replays/{id}", Callbacks, "How far a bulk replay is", ApiAccess.Token),
        new("get", "/admin/v1/endpoints", Callbacks, "How each hook is doing", ApiAccess.Token) { Query = [("account", "Account id"), ("sort", "worst: those in trouble first, without further pages"), .. s_paging] },
        new("get", "/admin/v1/endpoints/{id}", Callbacks, "One hook", ApiAccess.Token),
        new("post", "/admin/v1/endpoints/{id}/pause", Callbacks, "Hold a hook's callbacks; no try is spent", ApiAccess.Token),
        new("post", "/admin/v1/endpoints/{id}/resume", Callbacks, "Let them go again", ApiAccess.Token),
        new("post", "/admin/v1/endpoints/{id}/test", Callbacks, "One harmless GET, with its outcome", ApiAccess.Token),
        new("get", "/admin/v1/orphans", Messages, "Vendor reports that match no message yet", ApiAccess.Token) { Query = s_paging },
        new("post", "/admin/v1/orphans/{id}/attach", Messages, "Give one to a message", ApiAccess.Token) { RequestExample = """{"smsId":"019a88c0-1111-7222-8333-44445555666617"}""" },
        .. RelayOperations.All,
        new("get", "/admin/v1/reconciliations", Operations, "Runs of reconciliation, newest first: asked, answered, recovered, still silent", ApiAccess.Token)
        {
            Query = [("account", "Account id"), .. s_paging],
            Answers = [(200, "A page", """{"items":[{"id":"7","account":"shop","edition":"2024","startedAt":"2026-01-31T08:00:12.000Z","endedAt":"2026-01-31T08:59:58.000Z","requests":40,"asked":31,"answered":31,"recovered":29,"stillSilent":2,"failures":0,"error":null}],"next":null}""")],
        },
        new("get", "/admin/v1/accounts/{id}/reconciliation", Operations, "Where an account's reconciliation stands: state, what waits, the last run", ApiAccess.Token),
        new("get", "/admin/v1/cluster", Operations, "The store, the nodes that share it, and whether commits wait for a second machine", ApiAccess.Token)
        {
            Answers =
            [
                (200, "The nodes", """{"store":"postgres","nodes":[{"number":17,"name":"hub1/4711","version":"0.1.0","startedAt":"2026-01-31T08:00:00Z","alive":true,"takenOverBy":null,"isThis":true}],"limitsSharedBy":1,"synchronousStandby":true}"""),
            ],
        },
        .. OperatorOperations.All,
        .. DashboardOperations.All,
        new("get", "/admin/v1/audit", Operations, "Who did what, newest first", ApiAccess.Token) { Query = s_paging },
        new("post", "/admin/v1/privacy/export", Operations, "Everything that is kept about a number, in any spelling; page by page", ApiAccess.Token) { RequestExample = """{"phone":"+84 901 234 567"}""" },
        new("post", "/admin/v1/privacy/erase", Operations, "Take a number out of everything that is no longer under way", ApiAccess.Token)
        {
            RequestExample = """{"phone":"+84 901 234 567"}""",
            Answers = [(200, "What was taken out, and how many messages are still under way", """{"erased":{"messages":3,"recipients":3,"reports":4,"callbacks":3,"orphans":0,"charges":3,"codes":1},"pending":0,"complete":true,"mark":"erased-0123456789abcdef"}""")],
        },
        .. SendingOperations.All,
        .. EsmsOperations.All,
        new("get", "/healthz", Operations, "200 while the process lives", ApiAccess.Open),
        new("get", "/readyz", Operations, "200 while the store takes writes", ApiAccess.Open) { Answers = [(200, "Ready", null), (503, "Not ready, with the reason", null)] },
        new("get", "/metrics", Operations, "Prometheus text", ApiAccess.Open),
    ];
}
