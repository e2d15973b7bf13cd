using System.Globalization;
using System.Text.Json;
using HoiAm.Model;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.Text;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.Protocols.Explaining;

/// <summary>Explains a vendor's body.</summary>
internal static class VendorExplainer
{
    public static Explanation Explain(ReadOnlySpan<byte> body)
    {
        var reading = VendorReportReader.Read(body, strict: false);
        var fields = new List<ExplainedField>();
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in document.RootElement.EnumerateObject())
                {
                    AddMember(fields, member);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reading says what is wrong with the body.
            fields.Clear();
        }

        var ours = fields.Exists(f => f.Meaning != NotOurs);
        var problems = reading.Errors.SelectMany(e => e.Value.Select(text => $"{e.Key} {text}.")).ToList();
        if (!reading.IsAccepted && problems.Count == 0)
        {
            problems.Add(reading.Message);
        }

        return new Explanation(ours ? ExplainedForm.VendorReport : ExplainedForm.Unknown, Sentence(reading), fields, problems);
    }

    private const string NotOurs = "not a field of the report; passed over";

    private static string Sentence(VendorReportReading reading)
    {
        if (reading.Report is not { } report)
        {
            return "This is no delivery report that would be accepted.";
        }

        var what = report.Status is { } status
            ? string.Create(CultureInfo.InvariantCulture, $"says status {status} ({Status(status)})")
            : "bears no status";
        var refusal = report.IsZaloRefusal ? "; Zalo refused it before hand-over" : "";
        return $"A vendor's report for {report.Address} {what}{refusal}.";
    }

    private static void AddMember(List<ExplainedField> fields, JsonProperty member)
    {
        var raw = member.Value.GetRawText();
        var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : raw;
        var meaning = member.Name.ToUpperInvariant() switch
        {
            "MSISDN" => Meanings.Address(text),
            "REQUESTID" => "the id that the sender gave",
            "SENDTIME" or "RESPONSETIMETELCO" => Time(text),
            "STATUS" => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var status) ? Status(status) : "not a number",
            "REFERENTID" => "the vendor's id of the message",
            "RETRYCOUNT" => "how often it was tried before",
            "ERRORINFO" => "error text; for Zalo the JSON result",
            "PARTNERID" => "Zalo's message id",
            "TELCOID" => Meanings.Telco(text),
            "MTCOUNT" => "billed segments",
            "PRICE" => "cost in VND",
            _ => NotOurs,
        };
        fields.Add(new(member.Name, raw, text, meaning));
        if (member.Name.Equals("errorInfo", StringComparison.OrdinalIgnoreCase))
        {
            CallbackExplainer.AddErrorInfo(fields, member.Name, ErrorInfoCodec.Decode(text));
        }
    }

    private static string Time(string text) => WireTime.Read(text) is { } time
        ? time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)
        : "in no known form; the raw text is kept";

    private static string Status(int status) => VendorStatusMap.Map(status, null) switch
    {
        ReportedStatus.PendingApproval => "waiting for approval",
        ReportedStatus.Waiting => "approved, waiting to be sent",
        ReportedStatus.Delivered => "delivered",
        ReportedStatus.Failed => "failed at the carrier",
        ReportedStatus.Rejected => "rejected",
        ReportedStatus.Expired => "expired",
        ReportedStatus.Seen => "seen by the receiver",
        ReportedStatus.Ignore => "subscribed or unsubscribed, no delivery state",
        _ => "not a known number; map it with statusMap",
    };
}
