using System.Text;
using System.Text.Json;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;
using HoiAm.Protocols.CallbackBodies;

namespace HoiAm.Server.Delivery;

/// <summary>A callback's request as people and pullers see it, in whichever format it was written.</summary>
internal static class CallbackView
{
    private static readonly (CallbackFormat Format, string Word, string? MediaType)[] s_formats =
    [
        (CallbackFormat.EsmsGet, "esms-get", null),
        (CallbackFormat.EsmsPostForm, "esms-post-form", "application/x-www-form-urlencoded"),
        (CallbackFormat.EsmsPostJson, "esms-post-json", "application/json"),
        (CallbackFormat.CloudEvents, "cloudevents", CloudEventWriter.MediaType),
        (CallbackFormat.Vendor, "vendor", "application/json"),
    ];

    /// <summary>The words that settings accept.</summary>
    public static IReadOnlyDictionary<string, CallbackFormat> Formats { get; } =
        s_formats.ToDictionary(f => f.Word, f => f.Format, StringComparer.Ordinal);

    /// <summary>The word of a format.</summary>
    public static string Word(CallbackFormat format) => Array.Find(s_formats, f => f.Format == format).Word;

    /// <summary>The media type of its body; null when it has none.</summary>
    public static string? MediaType(CallbackFormat format) => Array.Find(s_formats, f => f.Format == format).MediaType;

    /// <summary>GET or POST.</summary>
    public static string Method(CallbackFormat format) => format == CallbackFormat.EsmsGet ? "GET" : "POST";

    /// <summary>The body as text; null when the format has none.</summary>
    public static string? Body(CallbackRow row) => row.Body is { } body ? Encoding.UTF8.GetString(body) : null;

    /// <summary>
    /// What a receiver has in its hands after its framework took the request apart: names and values of a query or a form, or the JSON of
    /// the body.
    /// </summary>
    public static object Content(CallbackRow row) => row.Format switch
    {
        CallbackFormat.EsmsGet => Parameters(row.Query),
        CallbackFormat.EsmsPostForm => Parameters(Body(row) ?? ""),
        _ => row.Body is { } body ? JsonSerializer.Deserialize<JsonElement>(body) : new Dictionary<string, string>(),
    };

    private static Dictionary<string, string> Parameters(string query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            parameters.TryAdd(Uri.UnescapeDataString(name), equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..].Replace('+', ' ')));
        }

        return parameters;
    }
}
