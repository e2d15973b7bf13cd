using System.Text;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>Speaks the admin API as a script would.</summary>
internal sealed class AdminClient(string url, string token = HubProcess.AdminToken) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(100) };

    public void Dispose() => _http.Dispose();

    public Task<Reply> GetAsync(string path) => SendAsync("GET", path, null);

    public Task<Reply> PutAsync(string path, string json) => SendAsync("PUT", path, json);

    public Task<Reply> PostAsync(string path, string? json = null) => SendAsync("POST", path, json);

    public Task<Reply> DeleteAsync(string path) => SendAsync("DELETE", path, null);

    public Task<Reply> SendAsync(string method, string path, string? json, string mediaType = "application/json") =>
        SendAsync(method, path, json is null ? null : Encoding.UTF8.GetBytes(json), mediaType);

    public Task<Reply> SendAsync(string method, string path, byte[]? body, string mediaType)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), "/admin/v1" + path);
        if (token.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        }

        return Reply.SendAsync(_http, request);
    }

    /// <summary>An account with the keys <c>{id}-key</c> and <c>{id}-secret</c>, and what else the JSON members say.</summary>
    public async Task AccountAsync(string id, string? callbackUrl, string more = "")
    {
        var hook = callbackUrl is null ? "" : $$""", "callbackUrl": "{{callbackUrl}}" """;
        var extra = more.Length == 0 ? "" : ", " + more;
        (await PutAsync($"/accounts/{id}", $$"""{ "apiKey": "{{id}}-key", "secretKey": "{{id}}-secret", "allowPrivateHooks": true{{hook}}{{extra}} }""")).Is(201);
    }

    /// <summary>A vendor with the key <c>{id}-vendor-key</c>.</summary>
    public async Task VendorAsync(string id) => (await PutAsync($"/vendors/{id}", $$"""{ "apiKey": "{{id}}-vendor-key" }""")).Is(201);

    /// <summary>Registers an SMS message to one number; more members may be given as JSON.</summary>
    public async Task MessageAsync(string account, string vendor, string smsId, string phone, string more = "") =>
        (await PostAsync("/messages", MessageJson(account, vendor, smsId, phone, more))).Is(201);

    public static string MessageJson(string account, string vendor, string smsId, string phone, string more = "")
    {
        var extra = more.Length == 0 ? "" : ", " + more;
        var type = more.Contains("\"typeId\"", StringComparison.Ordinal) ? "" : """ "typeId": 2,""";
        return $$"""{ "account": "{{account}}", "vendor": "{{vendor}}", "smsId": "{{smsId}}",{{type}} "recipients": [{ "phone": "{{phone}}", "price": 850 }]{{extra}} }""";
    }

    public async Task<JsonNode> StoryAsync(string smsId) => (await GetAsync("/messages/" + smsId)).Is(200).Json;

    /// <summary>All rows of a list, page by page.</summary>
    public async Task<List<JsonNode>> ListAsync(string path, int limit = 500)
    {
        var rows = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = (await GetAsync($"{path}{separator}limit={limit}{(cursor is null ? "" : "&cursor=" + cursor)}")).Is(200).Json;
            rows.AddRange(page["items"]!.AsArray().Select(row => row!));
            cursor = (string?)page["next"];
        }
        while (cursor is not null);
        return rows;
    }
}
