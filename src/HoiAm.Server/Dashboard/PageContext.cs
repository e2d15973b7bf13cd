using System.Globalization;
using System.Text.Json.Nodes;
using HoiAm.Protocols.Explaining;
using HoiAm.Server.Admin;
using HoiAm.Server.Dashboard.SigningIn;
using HoiAm.Server.Dashboard.Words;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Dashboard;

/// <summary>A notice at the top of the next page.</summary>
internal sealed record Notice(bool IsGood, string Text);

/// <summary>What a page knows of the request that it answers.</summary>
public sealed class PageContext
{
    private static readonly TimeSpan s_vietnam = TimeSpan.FromHours(7);
    private readonly AdminPort _port;

    internal PageContext(HttpContext http, Session? session, AdminPort port, DateTimeOffset now, bool isSandbox, AssetFiles assets)
    {
        Http = http;
        Session = session;
        _port = port;
        Now = now;
        IsSandbox = isSandbox;
        Assets = assets;
        Language = Languages.Of(http.Request);
        Theme = http.Request.Cookies["hoiam_theme"] is "light" or "dark" ? http.Request.Cookies["hoiam_theme"]! : "auto";
    }

    internal HttpContext Http { get; }

    internal Session? Session { get; }

    internal AdminPrincipal Principal => Session!.Principal;

    internal AssetFiles Assets { get; }

    internal Notice? Notice { get; set; }

    /// <summary>Answers of a form that are shown on the page itself, once: a key that was made, a test call's outcome.</summary>
    internal AdminReply? Posted { get; set; }

    public DateTimeOffset Now { get; }

    public bool IsSandbox { get; }

    public string Language { get; }

    public string Theme { get; }

    /// <summary>The page's title, which the page itself sets.</summary>
    public string Title { get; set; } = "HoiAm";

    /// <summary>Status of the answer; pages set 404.</summary>
    public int Status { get; set; } = 200;

    public string Csrf { get; set; } = "";

    /// <summary>What was pasted into a form and is shown again.</summary>
    public string? Text { get; set; }

    /// <summary>A form that was refused: its page shows what was typed, so that only what is wrong has to be typed again.</summary>
    internal IFormCollection? Form { get; set; }

    /// <summary>Milliseconds until the page's live parts are asked for again; null for never.</summary>
    public string? LiveMs { get; set; }

    /// <summary>True for a customer's own view.</summary>
    public bool IsCustomer => Session?.Principal.Scope is not null;

    public string? OwnAccount => Session?.Principal.Scope?.Id;

    public string Path => Http.Request.Path.Value ?? "/";

    public bool MayOperate => Principal.May(Permission.Operate);

    public bool MayAdminister => Principal.May(Permission.Administer);

    public bool MayChangeKeys => Principal.May(Permission.OwnKeys);

    /// <summary>A pasted text or a callback explained, in the reader's language.</summary>
    public Explanation Explain(string text) => Language == "vi" ? CallbackExplainer.Explain(text).InVietnamese() : CallbackExplainer.Explain(text);

    /// <summary>A text in the reader's language.</summary>
    public string T(string english) => Language == "vi" ? Vietnamese.Of(english) : english;

    /// <summary>A text with places {0}, {1}, ….</summary>
    public string T(string english, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.InvariantCulture, T(english), values);

    public string Query(string name) => Http.Request.Query[name].ToString().Trim();

    /// <summary>A GET of the admin API, below <c>/admin/v1</c>.</summary>
    internal Task<AdminReply> GetAsync(string path) => _port.CallAsync(Principal, "GET", path, null, Http.RequestAborted);

    /// <summary>Another call of it.</summary>
    internal Task<AdminReply> CallAsync(string method, string path, JsonNode? body = null) =>
        _port.CallAsync(Principal, method, path, body, Http.RequestAborted);

    /// <summary>An address with the current query, some of it changed; null takes out.</summary>
    public string With(params ReadOnlySpan<(string Name, string? Value)> changes)
    {
        var query = Http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            query.Remove(name);
            if (!string.IsNullOrEmpty(value))
            {
                query[name] = value;
            }
        }

        return Path + ToQuery(query);
    }

    internal static string ToQuery(IEnumerable<KeyValuePair<string, string>> query)
    {
        var text = string.Join('&', query.Where(q => q.Value.Length > 0).Select(q => Uri.EscapeDataString(q.Key) + "=" + Uri.EscapeDataString(q.Value)));
        return text.Length == 0 ? "" : "?" + text;
    }

    /// <summary>A moment as a person in Vietnam reads it.</summary>
    public static DateTimeOffset Local(DateTimeOffset moment) => moment.ToOffset(s_vietnam);

    /// <summary>A whole number with separators as the language has them.</summary>
    public string Number(long number)
    {
        var text = number.ToString("#,0", CultureInfo.InvariantCulture);
        return Language == "vi" ? text.Replace(',', '.') : text;
    }

    /// <summary>A number with one digit behind the point.</summary>
    public string Fraction(double number, string format = "0.#")
    {
        var text = number.ToString(format, CultureInfo.InvariantCulture);
        return Language == "vi" ? text.Replace('.', ',') : text;
    }

    /// <summary>A length of time, short.</summary>
    public string Duration(double? ms) => ms switch
    {
        null => "–",
        < 1_000 => Fraction(ms.Value) + " ms",
        < 60_000 => Fraction(ms.Value / 1_000, "0.##") + " s",
        < 3_600_000 => Fraction(ms.Value / 60_000) + " " + T("min"),
        < 86_400_000 => Fraction(ms.Value / 3_600_000) + " h",
        _ => Fraction(ms.Value / 86_400_000) + " " + T("days"),
    };

    /// <summary>A share in percent; a dash when there is nothing to share.</summary>
    public string Percent(long part, long whole) => whole == 0 ? "–"
        : Fraction(part == whole ? 100 : Math.Min(99.99, 100.0 * part / whole), "0.##") + " %";
}
