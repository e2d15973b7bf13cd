namespace HoiAm.EndToEnd.Tests;

/// <summary>The program as a shell sees it: one sentence for a mistake, and plain text into files and pipes.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("'--nonsense'", "hoiam serve", "serve", "--nonsense")]
    [InlineData("'nonsense'", "hoiam", "nonsense")]
    [InlineData("'many' for option '--limit' as a whole number.", "hoiam callbacks", "callbacks", "--limit", "many")]
    [InlineData("Must be one of: 'en' 'vi'.", "hoiam decode", "decode", "x", "--lang", "fr")]
    [InlineData("--data", "hoiam serve", "serve", "--data")]
    public async Task UnusableOption_IsOneSentenceAndExitCodeTwo(string names, string command, params string[] words)
    {
        var (exitCode, stdout, stderr) = await HubProcess.RunAsync(words);

        Assert.Equal((2, ""), (exitCode, stdout));
        var line = Assert.Single(stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("hoiam: ", line, StringComparison.Ordinal);
        Assert.Contains(names, line, StringComparison.Ordinal);
        Assert.EndsWith($" See {command} --help.", line.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TableIntoAPipe_HasNoEscapesAndWholeRows()
    {
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        var url = "http://127.0.0.1:1/" + new string('h', 150);
        await admin.AccountAsync("piped", url);

        var (exitCode, stdout, stderr) = await HubProcess.RunAsync("accounts", "--url", hub.Url, "--token", HubProcess.AdminToken);

        Assert.Equal((0, ""), (exitCode, stderr));
        Assert.DoesNotContain('\u001b', stdout);
        Assert.Contains(stdout.Split('\n'), line => line.Contains("piped", StringComparison.Ordinal) && line.Contains(url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task HelpOfEveryCommand_IsShownAndIsNoMistake()
    {
        var (exitCode, stdout, _) = await HubProcess.RunAsync("callbacks", "--help");

        Assert.Equal(0, exitCode);
        Assert.Contains("--cursor", stdout, StringComparison.Ordinal);
    }
}
