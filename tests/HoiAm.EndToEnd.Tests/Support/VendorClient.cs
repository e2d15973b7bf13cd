using System.Text;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>Posts delivery reports as a vendor would.</summary>
internal sealed class VendorClient(string url, string? key) : IDisposable
{
    public const string Path = "/api/vendor/v1/sms/callback";

    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(100) };

    public void Dispose() => _http.Dispose();

    public static string Body(string msisdn, string referentId, int status) =>
        $$"""{ "msisdn": "{{msisdn}}", "requestId": "", "sendTime": "2026-01-31 08:00:00", "status": {{status}}, "referentId": "{{referentId}}", "retryCount": 0 }""";

    public Task<Reply> ReportAsync(string msisdn, string referentId, int status) => PostAsync(Body(msisdn, referentId, status));

    public Task<Reply> PostAsync(string json) => SendAsync("POST", Path, Encoding.UTF8.GetBytes(json), "application/json");

    public Task<Reply> SendAsync(string method, string path, byte[]? body, string? mediaType, bool chunked = false)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("API-KEY", key);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Headers.TransferEncodingChunked = chunked ? true : null;
            if (mediaType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
            }
        }

        return Reply.SendAsync(_http, request);
    }

    /// <summary>Repeats a report until it is taken, as a vendor does while the hub is away. Gives how often it was sent.</summary>
    public async Task<int> InsistAsync(string body)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var reply = await PostAsync(body);
                if (reply.Status == 200)
                {
                    return tries;
                }

                Assert.True(reply.Status == 503, $"A good report was refused with {reply.Status}: {reply.Text}");
            }
            catch (Exception error) when (error is HttpRequestException or System.Net.Sockets.SocketException)
            {
                // Nobody listens, or the process died with the request in hand.
            }

            Assert.True(tries < 3_000, "The hub stayed away.");
            await Poll.PauseAsync(20);
        }
    }
}
