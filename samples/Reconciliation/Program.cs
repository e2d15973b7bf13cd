// Asks eSMS, or a hub, what became of messages whose callback never came. Run it from a timer, as often as you like.
//
//   dotnet run --project samples/Reconciliation -- open.csv settled.csv
//
// open.csv: a line for each message without a final state, "SMSID,kind" (1, 2, 8, 23 to 27). It is rewritten with those that are still open.
// settled.csv: gets a line "SMSID,outcome,successes,failures,price" for each that is final now.
// Settings (environment): ESMS_BASE (a hub; without it eSMS's own hosts), ESMS_API_KEY, ESMS_SECRET_KEY, ESMS_EDITION (2024 or 2023).
using System.Globalization;
using HoiAm.Client;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.GetCallback;

if (args.Length != 2)
{
    Console.Error.WriteLine("Accepted are two files: open.csv settled.csv");
    return 2;
}

var (openFile, settledFile) = (args[0], args[1]);
var open = new Dictionary<string, MessageKind>(StringComparer.Ordinal);
foreach (var line in File.ReadLines(openFile).Where(l => l.Length > 0))
{
    var comma = line.LastIndexOf(',');
    if (comma <= 0 || !int.TryParse(line[(comma + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var type) || MessageKinds.FromTypeId(type) is not { } kind)
    {
        Console.Error.WriteLine($"'{line}' is no line of the form SMSID,kind.");
        return 2;
    }

    open[line[..comma]] = kind;
}

using var http = new HttpClient();
var esms = new EsmsClient(http, Options());
var settled = new List<string>();
var (asked, silent) = (0, 0);

// Zalo kinds: many to a request. The client keeps to the edition's ids, rate and hours; outside the hours it does not ask at all.
await foreach (var page in esms.GetCallbacksAsync(open.Where(m => m.Value.IsZalo()).Select(m => m.Key)))
{
    Report(page);
    asked += page.Attempts > 0 ? page.Asked.Length : 0;
    foreach (var item in page.Items)
    {
        var facts = item.Callback.Facts;
        Settle(facts.SmsId, item.Callback.Outcome, facts.SendSuccess, facts.SendFailed, facts.TotalPrice);
    }
}

// SMS and Viber: one by one, within their 7 days.
foreach (var (smsId, _) in open.Where(m => !m.Value.IsZalo()).ToList())
{
    var reply = await esms.GetSendStatusAsync(smsId);
    Report(reply);
    asked++;
    if (reply.Value is { } counters)
    {
        var outcome = counters switch
        {
            { SendStatus: 4 } => CallbackOutcome.Rejected,
            { SendStatus: not 5 } => CallbackOutcome.Pending,
            { SendSuccess: > 0, SendFailed: > 0 } => CallbackOutcome.PartlyDelivered,
            { SendSuccess: > 0 } => CallbackOutcome.Delivered,
            { SendFailed: > 0 } => CallbackOutcome.Failed,
            _ => CallbackOutcome.FinishedUnknown,
        };
        Settle(smsId, outcome, counters.SendSuccess, counters.SendFailed, counters.TotalPrice);
    }
}

// What was settled first: a crash in between settles a message twice, which is harmless; the other way round it would be forgotten.
File.AppendAllLines(settledFile, settled);
File.WriteAllLines(openFile + ".new", open.Select(m => $"{m.Key},{m.Value.TypeId().ToString(CultureInfo.InvariantCulture)}"));
File.Move(openFile + ".new", openFile, overwrite: true);
Console.WriteLine($"{asked} asked, {settled.Count} recovered, {open.Count} still open, {silent} without an answer");
return 0;

void Settle(string smsId, CallbackOutcome outcome, int success, int failed, decimal price)
{
    if (outcome is not (CallbackOutcome.Pending or CallbackOutcome.Unknown) && open.Remove(smsId))
    {
        settled.Add(string.Create(CultureInfo.InvariantCulture, $"{smsId},{outcome},{success},{failed},{price:0.0000}"));
    }
}

void Report(EsmsReply reply)
{
    if (!reply.IsSuccess)
    {
        silent++;
        Console.Error.WriteLine(reply);
    }
}

static EsmsClientOptions Options()
{
    var key = Environment.GetEnvironmentVariable("ESMS_API_KEY") ?? "sandbox-key";
    var secret = Environment.GetEnvironmentVariable("ESMS_SECRET_KEY") ?? "sandbox-secret";
    var documented = new EsmsClientOptions { ApiKey = key, SecretKey = secret };
    var hub = Environment.GetEnvironmentVariable("ESMS_BASE") is { } address ? new Uri(address) : null;
    return new EsmsClientOptions
    {
        ApiKey = key,
        SecretKey = secret,
        RestAddress = hub ?? documented.RestAddress,
        StatusAddress = hub ?? documented.StatusAddress,
        Pull = GetCallbackLimits.Preset(Environment.GetEnvironmentVariable("ESMS_EDITION") ?? "2024") ?? GetCallbackLimits.Edition2024,
    };
}
