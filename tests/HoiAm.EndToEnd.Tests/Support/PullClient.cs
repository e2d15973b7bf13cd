using System.Text;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>Pulls as a customer would: GetCallback, and the hub's own feed.</summary>
internal sealed class PullClient(string url, string apiKey, string secretKey) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url) };

    public void Dispose() => _http.Dispose();

    public Task<Reply> GetCallbackAsync(IEnumerable<string> smsIds, string? oaId = null)
    {
        var body = new JsonObject
        {
            ["ApiKey"] = apiKey,
            ["SecretKey"] = secretKey,
            ["ListRefid"] = new JsonArray([.. smsIds.Select(id => JsonValue.Create(id))]),
        };
        if (oaId is not null)
        {
            body["OAId"] = oaId;
        }

        return PostAsync(body.ToJsonString());
    }

    public Task<Reply> PostAsync(string json) => Reply.SendAsync(
        _http,
        new HttpRequestMessage(HttpMethod.Post, "/ZaloCallback/GetCallback") { Content = new StringContent(json, Encoding.UTF8, "application/json") });

    public Task<Reply> FeedAsync(string query = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/callbacks" + query);
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(apiKey + ":" + secretKey)));
        return Reply.SendAsync(_http, request);
    }
}
