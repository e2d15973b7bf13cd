using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HoiAm.Ledger.Outgoing;

/// <summary>Button and picture of a Viber message.</summary>
public sealed record SentViber(string Url, string ImageUrl, string Label);

/// <summary>How a call is made.</summary>
public sealed record SentCall(
    string TemplateId, bool IsRecording, IReadOnlyList<string> Variables, string Voice, int Speed, string NumberForward, string Ivr)
{
    /// <summary>MaxRepeat, MaxRetry, WaitRetry and TimeWaitToIvr as given, in this order; null when none was.</summary>
    public IReadOnlyList<string>? Limits { get; init; }
}

/// <summary>
/// What the ledger keeps of a message that came in by a send call and was not only registered: stored as JSON beside the message. Messages
/// that other systems sent have none of it, and cost nothing for it.
/// </summary>
public sealed record SentFacts
{
    // The two facts that every report asks for come first, so that a look at the beginning of the text answers them.
    private const string BilledMark = "{\"billed\":true";
    private const string LegsMark = "{\"billed\":true,\"legs\":true";
    private const string ToldMark = "{\"told\":{";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>What an upstream told of the whole message; null when none did. Never together with <see cref="Billed"/>.</summary>
    [JsonPropertyOrder(-3)]
    public Relaying.ToldTotals? Told { get; init; }

    /// <summary>True when the balance pays for it.</summary>
    [JsonPropertyOrder(-2)]
    public bool Billed { get; init; }

    /// <summary>True when something is held for, or follows from, its failure.</summary>
    [JsonPropertyOrder(-1)]
    public bool Legs { get; init; }

    /// <summary>Billed segments per receiver.</summary>
    public int Segments { get; init; }

    /// <summary>Text, or values for people to read.</summary>
    public string? Content { get; init; }

    /// <summary>campaignid.</summary>
    public string? Campaign { get; init; }

    /// <summary>Sender name.</summary>
    public string? Brandname { get; init; }

    /// <summary>ZNS values by name, in template order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Parameters { get; init; }

    /// <summary>Zalo's message object as given.</summary>
    public string? Payload { get; init; }

    /// <summary>A journey's order.</summary>
    public string? OrderId { get; init; }

    /// <summary>SendingMode 3.</summary>
    public bool OverQuota { get; init; }

    /// <summary>Viber's parts.</summary>
    public SentViber? Viber { get; init; }

    /// <summary>How to call.</summary>
    public SentCall? Call { get; init; }

    /// <summary>When it is to be sent, Unix milliseconds; 0 for at once.</summary>
    public long SendAtMs { get; init; }

    /// <summary>True for Sandbox=1 of an account that wants callbacks for it: neither billed nor counted as the use of its RequestId.</summary>
    public bool Pretended { get; init; }

    /// <summary>Debited beyond the price of this leg, so that the dearer leg after it is covered; 1/10,000 VND.</summary>
    public long Hold { get; init; }

    /// <summary>True once what it said was masked.</summary>
    public bool Masked { get; init; }

    /// <summary>What is sent when this leg fails.</summary>
    public SendOrder? Fallback { get; init; }

    /// <summary>How it was passed on to an upstream; null when it was not.</summary>
    public Relaying.RelayedSend? Relay { get; init; }

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads the stored form; empty facts when there are none.</summary>
    public static SentFacts Read(string? extra)
    {
        if (extra is null)
        {
            return new SentFacts();
        }

        try
        {
            return JsonSerializer.Deserialize<SentFacts>(extra, s_json) ?? new SentFacts();
        }
        catch (JsonException)
        {
            // Somebody else's JSON: a message that was not entered here.
            return new SentFacts();
        }
    }

    /// <summary>True when the balance pays for the message; costs a look at a few characters.</summary>
    public static bool IsBilled(string? extra) => extra?.StartsWith(BilledMark, StringComparison.Ordinal) == true;

    /// <summary>What an upstream told of the whole message; null, at the cost of a look at a few characters, when none did.</summary>
    public static Relaying.ToldTotals? ToldOf(string? extra) =>
        extra?.StartsWith(ToldMark, StringComparison.Ordinal) == true ? Read(extra).Told : null;

    /// <summary>True when the message was passed on to an upstream.</summary>
    public static bool IsRelayed(string? extra) => extra?.Contains("\"relay\":{", StringComparison.Ordinal) == true && Read(extra).Relay is not null;

    /// <summary>True when something follows from the end of the message.</summary>
    public static bool HasLegs(string? extra) => extra?.StartsWith(LegsMark, StringComparison.Ordinal) == true;
}
