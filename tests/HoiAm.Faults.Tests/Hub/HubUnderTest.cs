using System.Net;
using System.Net.Sockets;

namespace HoiAm.Faults.Hub;

/// <summary>The real program in a process of its own, on one port and one data folder through all of its deaths.</summary>
internal sealed class HubUnderTest : IAsyncDisposable
{
    public const string AdminToken = "faults-admin-token";

    private readonly HttpClient _probe = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Dictionary<string, string> _environment;
    private readonly string[] _words;
    private readonly StringBuilder _log = new();
    private Process? _process;

    public HubUnderTest(string data, Dictionary<string, string>? environment = null, params string[] words)
    {
        Data = data;
        _words = words.Length == 0 ? ["--no-sandbox"] : words;
        _environment = environment ?? [];
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Url = "http://127.0.0.1:" + ((IPEndPoint)free.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    public string Data { get; }

    public string Url { get; }

    public bool HasExited => _process is null || _process.HasExited;

    /// <summary>The process's number; 0 before the first start.</summary>
    public int Id => _process?.Id ?? 0;

    /// <summary>The last lines that it printed.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString(Math.Max(0, _log.Length - 2_000), Math.Min(2_000, _log.Length));
            }
        }
    }

    /// <summary>Highest resident memory of the last run so far, MiB.</summary>
    public long PeakMiB
    {
        get
        {
            _process!.Refresh();
            return _process.PeakWorkingSet64 >> 20;
        }
    }

    /// <summary>Starts it and waits until it answers; false when it ended before it did.</summary>
    public async Task<bool> StartAsync(string? killAt = null)
    {
        _process?.Dispose();
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "hoiam.exe" : "hoiam"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var word in (string[])["serve", "--urls", Url, "--data", Data, "--admin-token", AdminToken, .. _words])
        {
            start.ArgumentList.Add(word);
        }

        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        if (killAt is not null)
        {
            start.Environment["HOIAM_KILL_AT"] = killAt;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return await AnswersAsync().ConfigureAwait(false);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>SIGTERM, and its exit code; null when it does not end within the time.</summary>
    public async Task<int?> TerminateAsync(TimeSpan patience)
    {
        await SignalAsync("-TERM").ConfigureAwait(false);
        return await ExitsAsync(patience).ConfigureAwait(false) ? _process!.ExitCode : null;
    }

    /// <summary>Sends it a signal, by the word that kill has for it.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for the end that it was told to find by itself.</summary>
    public async Task<bool> ExitsAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process!.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _process?.Dispose();
        _probe.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(90))
        {
            if (_process!.HasExited)
            {
                return false;
            }

            try
            {
                using var answer = await _probe.GetAsync(new Uri(Url + "/healthz")).ConfigureAwait(false);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return true;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or SocketException)
            {
                // Not yet.
            }

            await Pause.ForAsync(20).ConfigureAwait(false);
        }

        throw new TimeoutException("The hub did not come up: " + Log);
    }

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_log)
            {
                _log.Append(line).Append('\n');
                if (_log.Length > 64_000)
                {
                    _log.Remove(0, 32_000);
                }
            }
        }
    }
}
