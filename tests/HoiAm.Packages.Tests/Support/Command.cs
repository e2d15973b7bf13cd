using System.Collections.Concurrent;
using System.Diagnostics;

namespace HoiAm.Packages.Tests.Support;

/// <summary>Programs that a test starts.</summary>
internal sealed class Command : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private Command(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _lines);

    /// <summary>Runs a program to its end, which has to be a good one; gives what it printed.</summary>
    public static async Task<string> RunAsync(string folder, string program, IEnumerable<string> words, params (string Name, string Value)[] environment)
    {
        await using var command = Start(folder, program, words, environment);
        await command._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(command._process.ExitCode == 0, $"{program} {string.Join(' ', words)} ended with {command._process.ExitCode}:\n{command.Output}");
        return command.Output;
    }

    /// <summary>Starts a program that goes on until it is disposed of.</summary>
    public static Command Start(string folder, string program, IEnumerable<string> words, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new Command(new Process { StartInfo = start });
    }

    public static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Waits until something listens there; fails when the program ends before.</summary>
    public async Task ListensAsync(string url)
    {
        using var http = new HttpClient();
        await Poll.UntilAsync(
            async () =>
            {
                Assert.False(_process.HasExited, $"The program ended with {(_process.HasExited ? _process.ExitCode : 0)}:\n{Output}");
                try
                {
                    using var answer = await http.GetAsync(new Uri(url));
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "Listening at " + url,
            stepMs: 50);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
