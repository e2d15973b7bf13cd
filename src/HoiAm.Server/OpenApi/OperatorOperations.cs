namespace HoiAm.Server.OpenApi;

/// <summary>What whoever runs the hub asks of it: backups and alerts.</summary>
internal static class OperatorOperations
{
    private const string Operations = "Operations";

    private const string AlertsExample =
        """
        {"urls":["https://ops.example/hoiam"],"secret":"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3","every":"00:15:00","noReportsAfter":"01:00:00",
         "vendors":{"vmg":"00:30:00"},"orphanPercent":20,"backlog":50000}
        """;

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("post", "/admin/v1/backup", Operations, "A copy of the embedded store in the folder of --backups, looked through and on disk", ApiAccess.Token)
        {
            Answers =
            [
                (201, "Made", """{"file":"/var/backups/hoiam/hub-20260131T080000Z.db","bytes":1048576,"schema":9,"sha256":"…","tookMs":412}"""),
                (409, "No folder is named, one is being made, or the store is PostgreSQL", null), (500, "It could not be made; the detail says why", null),
            ],
        },
        new("get", "/admin/v1/alerts", Operations, "Whom the hub tells of its own troubles, and of which", ApiAccess.Token),
        new("put", "/admin/v1/alerts", Operations, "Set that: absent members keep their value, null takes the default or switches off", ApiAccess.Token) { RequestExample = AlertsExample },
        new("post", "/admin/v1/alerts/test", Operations, "Send one that says that it is a test", ApiAccess.Token)
        {
            Answers = [(202, "On its way to each address", """{"sent":1}"""), (409, "There is no address", null)],
        },
    ];
}
