using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace HoiAm.Cli.Commands;

/// <summary>The hub said no; the message is its own explanation.</summary>
internal sealed class HubRefusal(string message) : Exception(message);

/// <summary>Talks to a hub's admin API. Address and token come from options or from HOIAM_URL and HOIAM_TOKEN.</summary>
internal sealed class HubClient : IDisposable
{
    private const string DefaultUrl = "http://127.0.0.1:8620";
    private readonly HttpClient _http;

    private HubClient(string url, string token)
    {
        _http = new HttpClient { BaseAddress = new Uri(url.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(130) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Where the hub is.</summary>
    public static Option<string> UrlOption { get; } = new("--url")
    {
        Description = "Address of the hub (or HOIAM_URL)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("HOIAM_URL") ?? DefaultUrl,
    };

    /// <summary>Who asks.</summary>
    public static Option<string> TokenOption { get; } = new("--token")
    {
        Description = "Administrator token (or HOIAM_TOKEN; the sandbox's is the default)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("HOIAM_TOKEN") ?? "sandbox-admin",
    };

    /// <summary>The client of a command's options.</summary>
    public static HubClient Of(ParseResult parsed)
    {
        var url = parsed.GetValue(UrlOption)!;
        return Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new HubClient(url, parsed.GetValue(TokenOption)!)
            : throw new HubRefusal($"--url must be an http or https address like {DefaultUrl}, not '{url}'.");
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancel) =>
        await SendAsync(HttpMethod.Get, path, null, null, cancel).ConfigureAwait(false);

    /// <summary>The hub's own clock, to the second; null when something before it takes the header away.</summary>
    public async Task<DateTimeOffset?> DateAsync(CancellationToken cancel)
    {
        using var response = await _http.GetAsync(new Uri("healthz", UriKind.Relative), cancel).ConfigureAwait(false);
        return response.Headers.Date;
    }

    public async Task<JsonElement> PostAsync(string path, string? body, CancellationToken cancel) =>
        await SendAsync(HttpMethod.Post, path, body, null, cancel).ConfigureAwait(false);

    /// <summary>Posts with a header of its own, as vendors do.</summary>
    public async Task<JsonElement> PostAsync(string path, string body, (string Name, string Value) header, CancellationToken cancel) =>
        await SendAsync(HttpMethod.Post, path, body, header, cancel).ConfigureAwait(false);

    /// <summary>A path with its query; parameters without a value are left out.</summary>
    public static string Path(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var text = new StringBuilder(path);
        foreach (var (name, value) in parameters)
        {
            if (!string.IsNullOrEmpty(value))
            {
                text.Append(text.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?')
                    .Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return text.ToString();
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(
        HttpMethod method, string path, string? body, (string Name, string Value)? header, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path.TrimStart('/'));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (header is { } own)
        {
            request.Headers.TryAddWithoutValidation(own.Name, own.Value);
        }

        using var response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        var json = Parse(text);
        if (response.IsSuccessStatusCode)
        {
            return json;
        }

        var why = json.ValueKind == JsonValueKind.Object && (json.TryGetProperty("detail", out var detail) || json.TryGetProperty("message", out detail))
            ? detail.ToString()
            : text;
        throw new HubRefusal(string.Create(CultureInfo.InvariantCulture, $"the hub answered {(int)response.StatusCode}: {why}"));
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
