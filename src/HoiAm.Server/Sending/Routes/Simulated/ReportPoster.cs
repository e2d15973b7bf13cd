using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using HoiAm.Model;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.Server.Sending.Routes.Simulated;

/// <summary>POSTs reports to the hub's own vendor endpoint, over real HTTP like any vendor.</summary>
internal sealed class ReportPoster(string apiKey, TimeProvider time) : IDisposable
{
    private const string Path = "/api/vendor/v1/sms/callback";
    private const int TriesMax = 6;

    private readonly HttpClient _client = new(
        new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 16 })
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    private volatile Uri? _target;

    /// <summary>Tells where the hub listens.</summary>
    public void ListenAt(string address) => _target = new Uri(Reachable(address).TrimEnd('/') + Path);

    /// <summary>Sends a report until it is answered 200; null, or why it was given up for now.</summary>
    public async Task<string?> PostAsync(VendorReport report, int triesMax, CancellationToken cancel)
    {
        var body = new ArrayBufferWriter<byte>(256);
        VendorReportWriter.Write(report, body);
        string? problem = "the hub does not listen yet";
        for (var attempt = 1; attempt <= triesMax; attempt++)
        {
            if (_target is { } target && (problem = await TryAsync(target, body.WrittenMemory, cancel).ConfigureAwait(false)) is null)
            {
                return null;
            }

            if (attempt < triesMax)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), time, cancel).ConfigureAwait(false);
            }
        }

        return problem;
    }

    /// <summary>The same with the usual number of tries.</summary>
    public Task<string?> PostAsync(VendorReport report, CancellationToken cancel) => PostAsync(report, TriesMax, cancel);

    public void Dispose() => _client.Dispose();

    private async Task<string?> TryAsync(Uri target, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add("API-KEY", apiKey);
            using var response = await _client.SendAsync(request, cancel).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK ? null : $"the vendor endpoint answered {(int)response.StatusCode}";
        }
        catch (Exception error) when (error is HttpRequestException or SocketException || (error is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return error.Message;
        }
    }

    /// <summary>A hub that listens on every address is reached by loopback.</summary>
    public static string Reachable(string address) => address
        .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal)
        .Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal)
        .Replace("://*", "://127.0.0.1", StringComparison.Ordinal)
        .Replace("://+", "://127.0.0.1", StringComparison.Ordinal);
}
