namespace HoiAm.Server.OpenApi;

/// <summary>The admin operations that came with the dashboard; scripts may use them as well.</summary>
internal static class DashboardOperations
{
    private const string Dashboard = "Overview and search";

    private const string Totals =
        """
        {"reports":313,"orphans":1,"outcomes":{"delivered":101,"failed":1},"callbacks":104,"delivered":100,"exhausted":4,"tries":108,"failedTries":8,
         "p50Ms":401,"p99Ms":1000,"answerP50Ms":3.2,"answerP99Ms":99}
        """;

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("get", "/admin/v1/stats", Dashboard, "Time series: reports, outcomes, callbacks, latency; by vendor, carrier and kind. A customer's token gets its own", ApiAccess.Token)
        {
            Query =
            [
                ("from", "RFC 3339, cut to the minute; default an hour before to"), ("to", "RFC 3339; default now"),
                ("step", "1m to 1d, like 5m, 1h; default one that gives up to 90 steps; at most 1,500 steps"), ("account", "Account id; default the whole hub"),
            ],
            Answers =
            [
                (200, "Totals, a point for each step, and lines by vendor, telco and kind",
                    $$$"""{"from":"2026-01-01T00:00:00.000Z","to":"2026-01-01T01:00:00.000Z","stepSeconds":60,"totals":{{{Totals}}},"points":[],"by":{"vendor":[],"telco":[],"kind":[]}}"""),
                (400, "from, to or step cannot be used: the detail says what is accepted", null),
            ],
        },
        new("get", "/admin/v1/overview", Dashboard, "What is so now: backlog, oldest pending callback, hooks by state, orphans, approvals", ApiAccess.Token) { Query = [("account", "Account id")] },
        new("get", "/admin/v1/search", Dashboard, "Messages by a number in any spelling, SMSID, RequestId, vendor's or Zalo's id, or callback id", ApiAccess.Token)
        {
            Query = [("q", "What to look for, 1 to 200 characters")],
            Answers = [(200, "Up to 100 messages, newest first, each with what matched", null), (400, "q is missing or too long", null)],
        },
        new("get", "/admin/v1/settings", Dashboard, "How the hub was started, and the limits in force", ApiAccess.Token),
        new("get", "/admin/v1/orphans/{id}/suggestions", Dashboard, "Messages that an orphan may belong to: the same id or number, or one that is nearly the same", ApiAccess.Token),
        new("post", "/admin/v1/accounts/{id}/signin-links", Dashboard, "A link that lets the customer into its own view of the dashboard once, within half an hour", ApiAccess.Token)
        {
            Answers = [(201, "Made", """{"path":"/signin/link?key=…","validTo":"2026-01-01T00:30:00.000Z"}""")],
        },
    ];
}
