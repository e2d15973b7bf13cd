namespace HoiAm.Server.OpenApi;

/// <summary>What stands behind relay mode: the inbound URL of an account, and what is uncertain.</summary>
internal static class RelayOperations
{
    private const string Tag = "Relay";

    private static readonly (string, string)[] s_callback =
    [
        ("SMSID", "Id of the message; for calls ReferenceId"), ("SendStatus", "1, 2, 4, 5 or 7"), ("SendSuccess", "Receivers reached"),
        ("SendFailed", "Receivers not reached"), ("TotalReceiver", "Receivers in all"), ("TotalSent", "Handed over"),
        ("TotalPrice", "VND with four decimals"), ("RequestId", "The sender's own id"), ("TypeId", "Kind of the message"),
    ];

    private static readonly IReadOnlyList<(int, string, string?)> s_answers =
    [
        (200, "Stored, or stored before", null), (400, "Nothing that is documented; the answer names what is", null),
        (403, "The account is disabled, or the address is not on its inboundAllow", null), (404, "No such inbound URL", null),
        (413, "Body over 64 KiB", null), (503, "The store takes no writes now; see Retry-After", null),
    ];

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("get", "/callbacks/esms/{inboundKey}", Tag, "An upstream's status callback, any documented kind, names in any casing; 200 only after it is durable", ApiAccess.Open)
        {
            Query = s_callback,
            Answers = s_answers,
        },
        new("post", "/callbacks/esms/{inboundKey}", Tag, "The same as a form or a flat JSON object", ApiAccess.Open)
        {
            RequestExample = """{"SMSID":"41a35814-81d7-4ad1-9cce-1ac7fddd5f34196","SendStatus":"5","SendSuccess":"1","SendFailed":"0","TotalReceiver":"1","TotalSent":"1","TotalPrice":"850.0000","RequestId":"","TypeId":"2"}""",
            Answers = s_answers,
        },
        new("get", "/admin/v1/uncertain", Tag, "Sends of which nobody knows whether a provider has them, oldest first", ApiAccess.Token)
        {
            Query = [("account", "Account id"), ("limit", "Rows, 1 to 500, default 50"), ("cursor", "\"next\" of an earlier answer")],
        },
        new("post", "/admin/v1/uncertain/{id}/settle", Tag, "Say what became of one: sent (with its smsId), or not sent", ApiAccess.Token)
        {
            RequestExample = """{"outcome":"sent","smsId":"41a35814-81d7-4ad1-9cce-1ac7fddd5f34196"}""",
            Answers = [(200, "Settled", null), (400, "Invalid", null), (404, "There is no such uncertain send", null), (409, "Another message has this smsId", null)],
        },
    ];
}
