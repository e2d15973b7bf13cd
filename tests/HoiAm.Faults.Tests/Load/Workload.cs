namespace HoiAm.Faults.Load;

/// <summary>An account of the workload, with the callbacks that it wants.</summary>
internal sealed record AccountPlan(string Id, int Hook, IReadOnlyList<int> Pushes, bool AllowPrivate);

/// <summary>
/// Draws messages and their reports from a seed: early, repeated, out of order, in other spellings, contradicting each other, with one or
/// several receivers, by one vendor or another, to one hook or another.
/// </summary>
internal sealed class Workload(int seed, IReadOnlyList<string> hooks)
{
    private static readonly string[] s_vendors = ["north", "south"];
    private static readonly int[] s_statuses = [0, 1, 2, -1, -2, 6];

    private readonly Random _random = new(seed);
    private int _next;

    /// <summary>The accounts; hook numbers are places in the list of hooks.</summary>
    public IReadOnlyList<AccountPlan> Accounts { get; } =
    [
        new("quiet", 0, [4, 5], AllowPrivate: true),
        new("curious", 1, [1, 2, 4, 5], AllowPrivate: true),
        new("untrusting", 4, [4, 5], AllowPrivate: true),
        new("fenced", 5, [4, 5], AllowPrivate: false),
    ];

    public static IReadOnlyList<string> Vendors => s_vendors;

    public static string VendorKey(string vendor) => vendor + "-vendor-key";

    public string AccountBody(AccountPlan account)
    {
        var pushes = string.Join(",", account.Pushes.Select(p => p.ToString(CultureInfo.InvariantCulture)));
        return $$"""
            { "apiKey": "{{account.Id}}-api-key", "secretKey": "{{account.Id}}-secret-key", "allowPrivateHooks": {{(account.AllowPrivate ? "true" : "false")}},
              "callbackUrl": "{{hooks[account.Hook]}}", "pushStates": [{{pushes}}],
              "retry": { "maxRetries": 6, "delays": ["00:00:01", "00:00:01", "00:00:02"], "timeout": "00:00:02" } }
            """;
    }

    /// <summary>The next message.</summary>
    public MessagePlan Next()
    {
        var index = _next++;
        var dice = _random.Next(100);
        var account = Accounts[dice < 45 ? 0 : dice < 92 ? 1 : dice < 96 ? 2 : 3];

        // The first two accounts have a second hook each, named by the message itself.
        var hook = account.Hook < 2 && _random.Next(2) == 0 ? account.Hook + 2 : account.Hook;
        var recipients = _random.Next(6) == 0 ? 3 : 1;
        var smsId = string.Create(CultureInfo.InvariantCulture, $"msg-{seed}-{index}");
        var vendor = s_vendors[_random.Next(s_vendors.Length)];
        var way = _random.Next(3);
        var ids = way switch
        {
            0 => (Referent: smsId, Request: ""),
            1 => (Referent: "ref-" + smsId, Request: ""),
            _ => (Referent: "", Request: "req-" + smsId),
        };
        var reports = Reports(index, recipients, ids.Referent, ids.Request);
        return new MessagePlan
        {
            Index = index,
            SmsId = smsId,
            VendorKey = VendorKey(vendor),
            Hook = hook,
            Recipients = recipients,
            Pushes = account.Pushes.ToHashSet(),
            Reports = reports,
            RegisterAfter = _random.Next(4) == 0 ? _random.Next(reports.Count + 1) : 0,
            Registration = Registration(account, vendor, smsId, way, hook, index, recipients),
        };
    }

    private string Registration(AccountPlan account, string vendor, string smsId, int way, int hook, int index, int recipients)
    {
        var reference = way switch { 0 => "", 1 => $"\"referentId\": \"ref-{smsId}\", ", _ => $"\"vendorRequestId\": \"req-{smsId}\", " };
        var url = hook == account.Hook ? "" : $"\"callbackUrl\": \"{hooks[hook]}\", ";
        var phones = string.Join(", ", Enumerable.Range(0, recipients).Select(r => $$"""{ "phone": "0{{Subscriber(index, r)}}", "price": 400 }"""));
        return $$"""{ "account": "{{account.Id}}", "vendor": "{{vendor}}", "smsId": "{{smsId}}", "typeId": 2, {{reference}}{{url}}"recipients": [{{phones}}] }""";
    }

    private List<ReportStep> Reports(int index, int recipients, string referent, string request)
    {
        var steps = new List<ReportStep>();
        for (var r = 0; r < recipients; r++)
        {
            // Some end, some stay open, and the order is none in particular.
            var statuses = s_statuses.OrderBy(_ => _random.Next()).Take(_random.Next(1, 4)).ToList();
            if (_random.Next(8) != 0 && !statuses.Exists(s => s is 2 or < 0 or 6))
            {
                statuses.Add(2);
            }

            foreach (var status in statuses)
            {
                for (var times = _random.Next(5) == 0 ? 3 : 1; times > 0; times--)
                {
                    steps.Add(new ReportStep(r, status, Body(Spelling(index, r), referent, request, status)));
                }
            }
        }

        // Receivers of one message interleave, but each one's own order stays as drawn.
        return recipients == 1 ? steps : [.. steps.GroupBy(s => s.Recipient).SelectMany(g => g.Select((s, i) => (s, i))).OrderBy(p => p.i).Select(p => p.s)];
    }

    private string Body(string phone, string referent, string request, int status) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{ "msisdn": "{{phone}}", "requestId": "{{request}}", "sendTime": "2026-01-31 08:00:00", "status": {{status}}, "referentId": "{{referent}}", "retryCount": {{_random.Next(3)}} }""");

    private string Spelling(int index, int recipient)
    {
        var subscriber = Subscriber(index, recipient);
        return _random.Next(5) switch
        {
            0 => "84" + subscriber,
            1 => "+84" + subscriber,
            2 => subscriber,
            3 => $"+84 {subscriber[..2]} {subscriber[2..5]} {subscriber[5..]}",
            _ => "0" + subscriber,
        };
    }

    private static string Subscriber(int index, int recipient) =>
        "90" + ((index * 4) + recipient).ToString("D7", CultureInfo.InvariantCulture);
}
