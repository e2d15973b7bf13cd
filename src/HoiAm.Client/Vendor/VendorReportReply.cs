using System.Globalization;
using System.Text;
using System.Text.Json;
using HoiAm.Client.Transport;

namespace HoiAm.Client.Vendor;

/// <summary>How a report was received. Each of the twelve documented HTTP statuses has its place (protocol F.2).</summary>
public enum VendorReportOutcome : byte
{
    /// <summary>200, 201 or 204: taken; no need to report again.</summary>
    Accepted = 0,

    /// <summary>400, and 413, 415 and whatever else of 4xx says that this report is wrong.</summary>
    Invalid = 1,

    /// <summary>401: API-KEY missing or unknown.</summary>
    Unauthorized = 2,

    /// <summary>403: API-KEY known, but disabled, expired or not valid yet.</summary>
    Forbidden = 3,

    /// <summary>404: no such path, or a server that knows no such message.</summary>
    NotFound = 4,

    /// <summary>405: the server wants another method; the address is probably wrong.</summary>
    WrongMethod = 5,

    /// <summary>500: the server failed.</summary>
    ServerError = 6,

    /// <summary>502, 503, 504, 408, 425 and 429: passing trouble.</summary>
    Unavailable = 7,

    /// <summary>No answer in time.</summary>
    TimedOut = 8,

    /// <summary>No connection, or a broken one.</summary>
    Unreachable = 9,

    /// <summary>2xx with an envelope whose code or errors say otherwise, or a redirect.</summary>
    Unexpected = 10,
}

/// <summary>What came of a report. Its text may be logged.</summary>
public sealed record VendorReportReply
{
    /// <summary>How it was received.</summary>
    public required VendorReportOutcome Outcome { get; init; }

    /// <summary>True for <see cref="VendorReportOutcome.Accepted"/>.</summary>
    public bool IsAccepted => Outcome == VendorReportOutcome.Accepted;

    /// <summary>True when the same report may be taken later as it is.</summary>
    public bool MayPass => Outcome is VendorReportOutcome.ServerError or VendorReportOutcome.Unavailable or VendorReportOutcome.TimedOut or VendorReportOutcome.Unreachable;

    /// <summary>HTTP status; null without an answer.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The envelope's code; null when there is none.</summary>
    public int? Code { get; init; }

    /// <summary>The envelope's message; without one, what happened.</summary>
    public string Message { get; init; } = "";

    /// <summary>Field → what is wrong with it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The answer as received.</summary>
    public string RawBody { get; init; } = "";

    /// <summary>Requests made.</summary>
    public int Attempts { get; init; }

    /// <summary>How long the server asks to wait; null when it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Outcome, status and message, not the echoed report.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"VendorReportReply {{ Outcome = {Outcome}, HttpStatus = {HttpStatus}, Code = {Code}, Message = {Message}, Attempts = {Attempts} }}");

    internal static VendorReportReply Of(Attempt attempt, int attempts)
    {
        var reply = new VendorReportReply
        {
            Outcome = OutcomeOf(attempt),
            HttpStatus = attempt.HttpStatus,
            Message = attempt.Fault,
            RawBody = Encoding.UTF8.GetString(attempt.Body),
            Attempts = attempts,
            RetryAfter = attempt.RetryAfter,
        };
        return attempt.Kind == AttemptKind.Answered ? reply.WithEnvelope(attempt.Body) : reply;
    }

    private static VendorReportOutcome OutcomeOf(Attempt attempt) => attempt.Kind switch
    {
        AttemptKind.TimedOut => VendorReportOutcome.TimedOut,
        AttemptKind.NotSent or AttemptKind.Broken => VendorReportOutcome.Unreachable,
        _ => attempt.HttpStatus switch
        {
            >= 200 and < 300 => VendorReportOutcome.Accepted,
            401 => VendorReportOutcome.Unauthorized,
            403 => VendorReportOutcome.Forbidden,
            404 => VendorReportOutcome.NotFound,
            405 => VendorReportOutcome.WrongMethod,
            408 or 425 or 429 => VendorReportOutcome.Unavailable,
            >= 400 and < 500 => VendorReportOutcome.Invalid,
            500 => VendorReportOutcome.ServerError,
            > 500 => VendorReportOutcome.Unavailable,
            _ => VendorReportOutcome.Unexpected,
        },
    };

    private VendorReportReply WithEnvelope(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : WithoutEnvelope();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return WithoutEnvelope();
        }
    }

    // 204 has no body, and a proxy's error page is none of the server's: the status alone has to do.
    private VendorReportReply WithoutEnvelope() => this with { Message = string.Create(CultureInfo.InvariantCulture, $"HTTP {HttpStatus} without an envelope.") };

    private VendorReportReply Read(JsonElement root)
    {
        int? code = root.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : null;
        var message = root.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        var errors = root.TryGetProperty("errors", out var faults) && faults.ValueKind == JsonValueKind.Object ? ReadErrors(faults) : Errors;

        // The page shows code 0 for success. A code that repeats the HTTP status says nothing new; any other beside a 2xx contradicts it.
        var contradicts = IsAccepted && ((code is not (null or 0) && code != HttpStatus) || errors.Count > 0);
        return this with
        {
            Code = code, Message = message, Errors = errors, Outcome = contradicts ? VendorReportOutcome.Unexpected : Outcome,
        };
    }

    // Field → list of texts as the hub writes it, or whatever else a server puts there, as text.
    private static Dictionary<string, IReadOnlyList<string>> ReadErrors(JsonElement errors)
    {
        var read = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var member in errors.EnumerateObject())
        {
            var texts = member.Value.ValueKind == JsonValueKind.Array ? member.Value.EnumerateArray().Select(Text).ToArray() : [Text(member.Value)];
            read[member.Name] = texts;
        }

        return read;
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
