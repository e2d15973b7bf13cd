using System.Text.Json.Nodes;

namespace HoiAm.Faults.Hub;

/// <summary>
/// Speaks to the hub as administrators and vendors do, and insists: a request is repeated until it is answered for good. Of several nodes
/// each gets its turn, and whoever is refused by one, or not answered for some seconds, asks the next, as behind a load balancer.
/// </summary>
internal sealed class HubApi(params IReadOnlyList<string> urls) : IDisposable
{
    /// <summary>Where vendors post reports.</summary>
    public const string VendorPath = "/api/vendor/v1/sms/callback";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(urls.Count > 1 ? 8 : 30) };
    private int _turn;
    private int _resent;

    /// <summary>Requests that had to be sent more than once.</summary>
    public int Resent => Volatile.Read(ref _resent);

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a report until it is answered 200.</summary>
    public Task ReportAsync(string vendorKey, string body) => InsistAsync(url =>
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url + VendorPath) { Content = Json(body) };
        request.Headers.TryAddWithoutValidation("API-KEY", vendorKey);
        return request;
    });

    /// <summary>An admin call until it is answered 2xx; gives the body.</summary>
    public Task<string> AdminAsync(string method, string path, string? body = null) => InsistAsync(url =>
    {
        var request = new HttpRequestMessage(new HttpMethod(method), url + "/admin/v1" + path) { Content = body is null ? null : Json(body) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + HubUnderTest.AdminToken);
        return request;
    });

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await AdminAsync("GET", path).ConfigureAwait(false))!;

    /// <summary>Every row of a list.</summary>
    public async Task<List<JsonNode>> ListAsync(string path)
    {
        var rows = new List<JsonNode>();
        for (string? cursor = null; ;)
        {
            var mark = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = await GetAsync($"{path}{mark}limit=500{(cursor is null ? "" : "&cursor=" + cursor)}").ConfigureAwait(false);
            rows.AddRange(page["items"]!.AsArray().Select(row => row!));
            cursor = (string?)page["next"];
            if (cursor is null)
            {
                return rows;
            }
        }
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    // The hub may be dead, shutting down or without a disk: then it is asked again. Anything else is a finding.
    private async Task<string> InsistAsync(Func<string, HttpRequestMessage> make)
    {
        var watch = Stopwatch.StartNew();
        var turn = Interlocked.Increment(ref _turn);
        for (var tries = 0; watch.Elapsed < s_patience; tries++)
        {
            if (tries == 1)
            {
                Interlocked.Increment(ref _resent);
            }

            using var request = make(urls[(int)((uint)(turn + tries) % (uint)urls.Count)]);
            try
            {
                using var answer = await _http.SendAsync(request).ConfigureAwait(false);
                var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
                if (answer.IsSuccessStatusCode)
                {
                    return text;
                }

                if ((int)answer.StatusCode != 503)
                {
                    throw new FindingException($"{request.Method} {request.RequestUri} was answered {(int)answer.StatusCode}: {text}");
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException or System.Net.Sockets.SocketException)
            {
                // Nobody listens, or the process died with the request in hand.
            }

            await Pause.ForAsync(Math.Min(20 + (tries * 5), 250)).ConfigureAwait(false);
        }

        throw new FindingException("The hub stayed away for three minutes.");
    }
}
