using System.Diagnostics;

namespace HoiAm.EndToEnd.Tests;

/// <summary>What the Tab key offers, asked of real shells with the script that the program prints.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("hoiam ser", "serve")]
    [InlineData("hoiam serve --post", "--postgres")]
    [InlineData("hoiam replay --state exhausted --acc", "--account")]
    [InlineData("hoiam privacy e", "erase export")]
    [InlineData("hoiam serve replay-is-no-command-here --url", "--urls")]
    [InlineData("hoiam completion ", "--help bash fish powershell zsh")]
    public async Task Bash_OffersWhatMayFollow(string typed, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "needs bash");
        using var folder = new TempFolder();
        var (code, script, _) = await HubProcess.RunAsync("completion", "bash");
        Assert.Equal(0, code);
        await File.WriteAllTextAsync(folder.File("hoiam.bash"), script, TestContext.Current.CancellationToken);

        var words = typed.Split(' ');
        var shown = await BashAsync($$"""
            set -u
            . '{{folder.File("hoiam.bash")}}'
            COMP_WORDS=({{string.Join(' ', words.Select(w => $"'{w}'"))}}) COMP_CWORD={{words.Length - 1}}
            _hoiam
            printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd ' '
            complete -p hoiam >/dev/null
            """);

        Assert.Equal(expected, shown.Trim());
    }

    [Theory]
    [InlineData("zsh", "#compdef hoiam")]
    [InlineData("fish", "complete -c hoiam -n \"__hoiam_at ' serve'\" -l postgres")]
    [InlineData("powershell", "Register-ArgumentCompleter -Native -CommandName hoiam")]
    [InlineData("bash", "complete -o default -F _hoiam hoiam")]
    public async Task EveryShell_GetsEveryCommandOfTheHelp(string shell, string sign)
    {
        var (_, help, _) = await HubProcess.RunAsync("--help");
        var commands = help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .Where(l => l.StartsWith("  ", StringComparison.Ordinal) && l.Length > 3 && l[2] != ' ').Select(l => l.Trim().Split(' ')[0]).ToList();
        Assert.Contains("serve", commands);

        var (code, script, stderr) = await HubProcess.RunAsync("completion", shell);

        Assert.Equal((0, ""), (code, stderr));
        Assert.Contains(sign, script, StringComparison.Ordinal);
        Assert.All(commands, c => Assert.Contains(c, script, StringComparison.Ordinal));
    }

    private static async Task<string> BashAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/bash", ["--norc", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var shell = Process.Start(start)!;
        var shown = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return shown;
    }
}
