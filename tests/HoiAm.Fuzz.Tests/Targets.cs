using System.Buffers;
using System.Text.Json;
using HoiAm.Dispatch.Retrying;
using HoiAm.Dispatch.Sending;
using HoiAm.Model;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.Explaining;
using HoiAm.Protocols.GetCallback;
using HoiAm.Protocols.Text;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.Fuzz;

/// <summary>Every parser that reads what strangers send, with the rules that hold for any input.</summary>
internal static partial class Targets
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[][] s_secrets = [[1, 2, 3], [.. Enumerable.Repeat((byte)7, 64)]];

    public static IReadOnlyList<Target> All { get; } =
    [
        new("vendor-json", Seeds.From("vendor-json", "tests/vectors/vendor"), VendorJson),
        new("callback-query", Seeds.From("callback-query", null, [.. Seeds.Callbacks()]), CallbackQuery),
        new("error-info", Seeds.From("error-info", null, """{"error":-114,"message":"User is inactive"}""", "%257B%2522error%2522%253A0%257D____24/04/2024%252016:58:01", """{"data":{"message_id":"a","user_id":"312"},"error":0,"message":"Success"} trailing"""), ErrorInfo),
        new("getcallback", Seeds.From("getcallback", "tests/vectors/getcallback"), GetCallback),
        new("getcallback-answer", Seeds.From("getcallback-answer", "tests/vectors/getcallback"), GetCallbackAnswers),
        new("phone", Seeds.From("phone", null, "0901234567", "84901234567", "+84 90 123 45 67", "0084-901-234-567", "31215806834323092", new string('a', 64)), Phone),
        new("date", Seeds.From("date", null, "2026-01-31T08:00:00.123+07:00", "2026-01-31 08:00:00", "31/01/2026 08:00", "31-01-2026 08:00:00", "20260131080000", "1769846400", "1769846400000"), Date),
        new("retry-after", Seeds.From("retry-after", null, "120", "Fri, 02 Jan 2026 00:01:00 GMT", "Friday, 02-Jan-26 00:01:00 GMT", "Fri Jan  2 00:01:00 2026"), RetryAfter),
        new("hook-url", Seeds.From("hook-url", null, "https://shop.example/hooks/dlr?x=1", "http://127.0.0.1:80/", "http://[::ffff:169.254.169.254]/", "http://0x7f.1/", "http://user:pw@h.example/", "https://bücher.example/%41"), HookUrls),
        new("signature", Seeds.From("signature", null, "/hook?SMSID=1&error_info=%7B%7D"), Signature),
        new("explain", Seeds.From("explain", "tests/vectors/vendor", [.. Seeds.Callbacks()]), Explain),
        .. EsmsTargets(),
    ];

    private static bool VendorJson(byte[] input)
    {
        VendorReportReader.Read(input, strict: true);
        var reading = VendorReportReader.Read(input, strict: false);
        if (reading.Report is not { } report)
        {
            Rule(reading.Message.Length > 0 || reading.Errors.Count > 0, "A refusal says nothing.");
            return false;
        }

        var echo = new ArrayBufferWriter<byte>();
        VendorEnvelope.WriteSuccess(input, echo);
        JsonDocument.Parse(echo.WrittenMemory).Dispose();

        // What was understood, written and read again, is the same.
        var once = Written(report);
        var again = VendorReportReader.Read(once, strict: false);
        Rule(again.Report is not null, "A report that was written is not taken: " + again.Message);
        Rule(Written(again.Report!).AsSpan().SequenceEqual(once), "A report changes when it is written and read.");
        return true;
    }

    private static byte[] Written(VendorReport report)
    {
        var output = new ArrayBufferWriter<byte>();
        VendorReportWriter.Write(report, output);
        return output.WrittenSpan.ToArray();
    }

    private static bool CallbackQuery(byte[] input)
    {
        var reading = EsmsCallbackReader.Read(Text(input));
        if (!reading.IsRecognized || reading.Problems.Count > 0)
        {
            return false;
        }

        // What we write is a request line, and means the same when it is read.
        var query = EsmsCallbackWriter.WriteQuery(reading.Facts, CallbackProfile.Default);
        Rule(query.All(c => c is > ' ' and < '\x7f'), "A query holds what no request line may.");
        var again = EsmsCallbackReader.Read(query);
        Rule(again.Facts.SmsId == reading.Facts.SmsId && again.Facts.SendStatus == reading.Facts.SendStatus, "A callback changes when it is written and read.");
        return true;
    }

    private static bool ErrorInfo(byte[] input)
    {
        var reading = ErrorInfoCodec.Decode(Text(input));
        if (!reading.Parsed || reading.Json.Length == 0)
        {
            return false;
        }

        var again = ErrorInfoCodec.Decode(ErrorInfoCodec.Encode(reading.Json, null, MessageKind.Zns, CallbackProfile.Default));
        Rule(again.Parsed && again.Error == reading.Error && again.Json == reading.Json, "An error_info changes when it is written and read.");
        return true;
    }

    private static bool GetCallback(byte[] input)
    {
        var reading = GetCallbackRequestReader.Read(input);
        Rule(reading.IsValid || reading.Error is { Length: > 0 }, "A refusal says nothing.");
        return reading.IsValid;
    }

    private static bool GetCallbackAnswers(byte[] input)
    {
        GetCallbackResponseReader.Read(input);
        return true;
    }

    private static bool Phone(byte[] input)
    {
        var text = Text(input);
        if (Msisdn.TryNormalize(text, out var phone))
        {
            Rule(phone.Length == 10 && phone[0] == '0' && phone.All(char.IsAsciiDigit), "A number is not in its one form: " + phone);
            Rule(Msisdn.TryNormalize(phone, out var again) && again == phone, "A normal number is changed.");
            Msisdn.Telco(phone);
        }

        var address = RecipientAddress.Normalize(text, out _);
        Rule(address is null || RecipientAddress.Normalize(address, out _) == address, "A normal address is changed: " + address);
        return address is not null;
    }

    private static bool Date(byte[] input)
    {
        if (WireTime.Read(Text(input)) is not { } moment)
        {
            return false;
        }

        Rule(moment.Year is >= 1 and <= 9999, "A moment outside of time.");
        Rule(WireTime.Read(moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)) is { } again && (again - moment).Duration() < TimeSpan.FromMilliseconds(1), "A moment changes when it is written and read.");
        return true;
    }

    private static bool RetryAfter(byte[] input)
    {
        var wait = RetryAfterHeader.Parse(Text(input), s_now);
        Rule(wait is null || (wait >= TimeSpan.Zero && wait <= TimeSpan.FromHours(24)), "A wait outside of 0 to 24 h.");
        return wait is not null;
    }

    private static bool HookUrls(byte[] input)
    {
        var text = Text(input);
        var open = HookUrl.Check(text, allowPrivate: true);
        var fenced = HookUrl.Check(text, allowPrivate: false);
        Rule(open.Refusal is null || fenced.Refusal is not null, "A URL is refused where private hooks are allowed and taken where they are not.");
        if (open.Refusal is not null)
        {
            return false;
        }

        Rule(Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0, "A taken URL is none: " + text);
        Rule(open.HostKey == HookUrl.Check(text, allowPrivate: true).HostKey, "Two readings of one URL differ.");
        return true;
    }

    private static bool Signature(byte[] input)
    {
        var header = WebhookSignature.Sign(s_secrets, Text(input), 1_769_846_400, input);
        Rule(header.Split(' ') is [var one, var two] && one.StartsWith("v1,", StringComparison.Ordinal) && two.StartsWith("v1,", StringComparison.Ordinal) && one != two, "A signature header is malformed: " + header);
        return true;
    }

    private static bool Explain(byte[] input)
    {
        CallbackExplainer.Explain(Text(input));
        return true;
    }

    private static string Text(byte[] input) => Encoding.UTF8.GetString(input);

    private static void Rule(bool holds, string rule)
    {
        if (!holds)
        {
            throw new BrokenRuleException(rule);
        }
    }
}
