using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>The real program in a process of its own, on a free port and a data folder that outlives it: it can be killed and started again.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    public const string AdminToken = "end-to-end-admin";

    private readonly string[] _options;
    private readonly HttpClient _probe = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly TempFolder? _ownFolder;
    private string[]? _words;
    private string[] _within = [];
    private Process? _process;
    private StringBuilder _stdout = new();
    private StringBuilder _stderr = new();

    private HubProcess(string? data, string[] options)
    {
        _ownFolder = data is null ? new TempFolder() : null;
        Data = data ?? _ownFolder!.File("data");
        Port = FreePort();
        _options = options;
    }

    /// <summary>The program that users start.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "hoiam.exe" : "hoiam");

    public string Data { get; }

    public int Port { get; private init; }

    public string Url => $"http://{Host}:{Port}";

    /// <summary>Address that it listens on.</summary>
    public string Host { get; private init; } = "127.0.0.1";

    public string Stdout => Text(_stdout);

    public string Stderr => Text(_stderr);

    public bool HasExited => _process is null || _process.HasExited;

    /// <summary>Exit code of the last run.</summary>
    public int ExitCode => _process!.ExitCode;

    public static async Task<HubProcess> StartAsync(string? data = null, params string[] options)
    {
        var hub = new HubProcess(data, options);
        await hub.StartAgainAsync();
        return hub;
    }

    /// <summary>Starts it with exactly these words, the third of which is its URL.</summary>
    public static async Task<HubProcess> StartWithAsync(string[] words)
    {
        var hub = new HubProcess(words[4], []) { _words = words, Port = new Uri(words[2]).Port };
        await hub.StartAgainAsync();
        return hub;
    }

    /// <summary>Starts it by way of another program, which becomes it: in a namespace of its own, at an address of that.</summary>
    public static async Task<HubProcess> StartWithinAsync(string[] within, string host, params string[] options)
    {
        var hub = new HubProcess(null, options) { Host = host, _within = within };
        await hub.StartAgainAsync();
        return hub;
    }

    /// <summary>Runs the program with these words to its end: for starts that must fail.</summary>
    public static Task<(int ExitCode, string Stdout, string Stderr)> RunAsync(params string[] words) => RunInAsync([], words);

    /// <summary>The same, with a place at which it kills itself.</summary>
    public static Task<(int ExitCode, string Stdout, string Stderr)> RunToAsync(string killAt, params string[] words) =>
        RunInAsync([("HOIAM_KILL_AT", killAt)], words);

    /// <summary>The same with variables of the environment.</summary>
    public static async Task<(int ExitCode, string Stdout, string Stderr)> RunInAsync((string Name, string Value)[] environment, params string[] words)
    {
        using var process = Begin([], words, environment, out var stdout, out var stderr);
        using var limit = new CancellationTokenSource(Poll.Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail("The program went on running: " + Text(stdout));
        }

        return (process.ExitCode, Text(stdout), Text(stderr));
    }

    /// <summary>Starts it on the same data and port, and waits until it answers. False when it ended before it did.</summary>
    public async Task<bool> StartAgainAsync(string? killAt = null)
    {
        _process?.Dispose();
        string[] words = _words ?? ["serve", "--urls", Url, "--data", Data, "--admin-token", AdminToken, .. _options];
        _process = Begin(_within, words, killAt is null ? [] : [("HOIAM_KILL_AT", killAt)], out _stdout, out _stderr);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Poll.Patience)
        {
            if (_process.HasExited)
            {
                Assert.True(killAt is not null, $"The hub ended with {_process.ExitCode}: {Stderr}");
                return false;
            }

            if (await AnswersAsync())
            {
                return true;
            }

            await Poll.PauseAsync(20);
        }

        throw new TimeoutException("The hub did not come up: " + Stdout + Stderr);
    }

    /// <summary>SIGKILL: no clean-up of any kind.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits for the end that the process was told to find by itself.</summary>
    public async Task<bool> WaitForExitAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>SIGTERM: the orderly end. Gives how long it took.</summary>
    public async Task<TimeSpan> TerminateAsync()
    {
        var watch = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        return watch.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            await KillAsync();
        }

        _process?.Dispose();
        _probe.Dispose();
        _ownFolder?.Dispose();
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static Process Begin(
        string[] within, string[] words, (string Name, string Value)[] environment, out StringBuilder stdout, out StringBuilder stderr)
    {
        string[] all = [.. within, Program, .. words];
        var start = new ProcessStartInfo(all[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var word in all.Skip(1))
        {
            start.ArgumentList.Add(word);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var (outText, errText) = (new StringBuilder(), new StringBuilder());
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(outText, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errText, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        (stdout, stderr) = (outText, errText);
        return process;
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await _probe.GetAsync(new Uri(Url + "/healthz"));

            // From another address than loopback it wants a token, which is an answer too.
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or SocketException)
        {
            return false;
        }
    }
}
