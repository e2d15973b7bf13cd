using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using HoiAm.Faults.Hub;

namespace HoiAm.Fuzz;

/// <summary>What a hub made of requests that nobody would send.</summary>
internal sealed class LiveReport
{
    private readonly SortedDictionary<int, int> _statuses = [];

    public int Doors { get; set; }

    public int Requests { get; private set; }

    public int Taken { get; private set; }

    public double SlowestMs { get; set; }

    public long PeakMiB { get; set; }

    public List<string> Findings { get; } = [];

    /// <summary>How many were answered with what; 0 is a connection that was closed without an answer.</summary>
    public string Statuses => string.Join(", ", _statuses.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Value} × {s.Key}")));

    public void Count(int status)
    {
        Requests++;
        Taken += status is >= 200 and < 300 ? 1 : 0;
        _statuses[status] = _statuses.GetValueOrDefault(status) + 1;
    }
}

/// <summary>
/// The real program with its sandbox, and mutated requests at every door: no answer of 500 or more, none that takes seconds, JSON that is
/// JSON, bounded memory; and afterwards it serves as before.
/// </summary>
internal static class LiveFuzz
{
    private const double MillisecondsMax = 5_000;
    private const long MiBMax = 512;
    private const int FindingsMax = 10;
    private const int WaitMs = 400;

    public static async Task<LiveReport> RunAsync(int seed, int inputs)
    {
        using var scratch = new Scratch(inMemory: false);
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var closed = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();

        // Whatever address a mutated hook names: calls go to a proxy that is not there, so nothing leaves this machine.
        await using var hub = new HubUnderTest(
            scratch.File("data"), null, "--sandbox", "--trusted-proxies", "127.0.0.1", "--egress-proxy", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{closed}"));
        if (!await hub.StartAsync().ConfigureAwait(false))
        {
            throw new InvalidOperationException("The hub did not start: " + hub.Log);
        }

        using var client = new HttpClient { BaseAddress = new Uri(hub.Url), Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Add("Authorization", "Bearer " + HubUnderTest.AdminToken);
        var account = JsonNode.Parse(await client.GetStringAsync(new Uri("/admin/v1/accounts/sandbox", UriKind.Relative)).ConfigureAwait(false))!;
        var doors = Door.All(HubUnderTest.AdminToken, (string)account["inboundKey"]!);
        var report = new LiveReport { Doors = doors.Count };
        foreach (var door in doors)
        {
            var mutator = new Mutator(new Random(seed), door.Seeds);
            for (var i = 0; i < inputs && report.Findings.Count < FindingsMax; i++)
            {
                var input = i < door.Seeds.Count ? door.Seeds[i] : mutator.Next();
                await TryAsync(hub, door, input, report).ConfigureAwait(false);
            }
        }

        await CheckServesAsync(hub, client, report).ConfigureAwait(false);
        return report;
    }

    private static async Task TryAsync(HubUnderTest hub, Door door, byte[] input, LiveReport report)
    {
        var began = Stopwatch.GetTimestamp();
        var (status, finding) = await AskAsync(new Uri(hub.Url).Port, door.Request(input)).ConfigureAwait(false);
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        report.Count(status);
        report.SlowestMs = Math.Max(report.SlowestMs, took);

        // 505 is said to whoever speaks another HTTP.
        finding ??= status >= 500 && status != 505 ? string.Create(CultureInfo.InvariantCulture, $"answered {status}")
            : took > MillisecondsMax ? string.Create(CultureInfo.InvariantCulture, $"took {took:0} ms")
            : hub.HasExited ? "ended the hub"
            : null;
        if (finding is not null)
        {
            report.Findings.Add($"{door.Name}: {finding}\n    input: {Convert.ToBase64String(input.Length > 300 ? input[..300] : input)}");
        }
    }

    // By socket: a client library would refuse to send most of this.
    private static async Task<(int Status, string? Finding)> AskAsync(int port, byte[] request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var answer = new MemoryStream();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token).ConfigureAwait(false);
            await socket.SendAsync(request, limit.Token).ConfigureAwait(false);
            var buffer = new byte[8_192];
            var (read, next) = (0, socket.ReceiveAsync(buffer, limit.Token).AsTask());
            if (await Task.WhenAny(next, Pause.ForAsync(WaitMs)).ConfigureAwait(false) != next)
            {
                // Half a request is waited for: nothing more comes.
                socket.Shutdown(SocketShutdown.Send);
            }

            for (; (read = await next.ConfigureAwait(false)) > 0; next = socket.ReceiveAsync(buffer, limit.Token).AsTask())
            {
                answer.Write(buffer, 0, read);
                if (answer.Length == read && !IsLast(request))
                {
                    socket.Shutdown(SocketShutdown.Send);
                }
            }
        }
        catch (SocketException)
        {
            // Closed in the middle: what was answered before counts.
        }
        catch (OperationCanceledException)
        {
            return (0, "was not answered and the connection not closed within 30 s");
        }

        return Read(Encoding.Latin1.GetString(answer.ToArray()));
    }

    // After the answer to such a request the hub closes by itself.
    private static bool IsLast(byte[] request) => request.AsSpan().IndexOf("Connection: close\r\n"u8) >= 0;

    private static (int Status, string? Finding) Read(string answer)
    {
        if (answer.Length == 0)
        {
            return (0, null);
        }

        var words = answer.Split(' ', 3);
        if (words.Length < 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return (0, "answered something that is not HTTP: " + answer[..Math.Min(60, answer.Length)]);
        }

        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = end < 0 ? answer : answer[..end];
        var isJson = head.Contains("Content-Type: application/json", StringComparison.OrdinalIgnoreCase)
            && head.Contains("Content-Length:", StringComparison.OrdinalIgnoreCase) && !answer[(end + 4)..].Contains("HTTP/1.1 ", StringComparison.Ordinal);
        if (isJson && end + 4 < answer.Length)
        {
            try
            {
                JsonDocument.Parse(Encoding.Latin1.GetBytes(answer[(end + 4)..])).Dispose();
            }
            catch (JsonException broken)
            {
                return (status, "answered JSON that is none: " + broken.Message);
            }
        }

        return (status, null);
    }

    private static async Task CheckServesAsync(HubUnderTest hub, HttpClient client, LiveReport report)
    {
        using var body = new StringContent("""{"msisdn":"0901234567","requestId":"after","referentId":"after","status":2}""", Encoding.UTF8, "application/json");
        body.Headers.Add("API-KEY", "sandbox-vendor");
        using var answer = await client.PostAsync(new Uri("/api/vendor/v1/sms/callback", UriKind.Relative), body).ConfigureAwait(false);
        using var ready = await client.GetAsync(new Uri("/readyz", UriKind.Relative)).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.OK || ready.StatusCode != HttpStatusCode.OK)
        {
            report.Findings.Add($"Afterwards a report is answered {answer.StatusCode} and readiness is {ready.StatusCode}.");
        }

        report.PeakMiB = hub.PeakMiB;
        if (report.PeakMiB > MiBMax)
        {
            report.Findings.Add(string.Create(CultureInfo.InvariantCulture, $"It took {report.PeakMiB} MiB."));
        }
    }
}
