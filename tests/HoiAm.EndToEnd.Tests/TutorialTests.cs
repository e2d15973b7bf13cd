using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests;

/// <summary>
/// Runs each tutorial as it stands, all its shell blocks in one shell, and compares what a block printed with the block <c>text</c> behind it.
/// There <c>…</c> stands for anything within a line, and a line of its own for any lines.
/// </summary>
public sealed partial class TutorialTests
{
    private const string End = "---- end of block ----";

    [Theory]
    [InlineData("developer")]
    [InlineData("business")]
    [InlineData("operator")]
    public async Task Tutorial_PastedIntoAShell_PrintsWhatItSays(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "the tutorials need bash and curl");
        using var folder = new TempFolder();
        await using var hub = name == "operator" ? null : await HubProcess.StartAsync(null, "--sandbox", "--admin-token", "sandbox-admin");
        var blocks = Blocks(await File.ReadAllTextAsync(RepositoryRoot.File($"docs/tutorials/{name}.md"), TestContext.Current.CancellationToken));
        Assert.True(blocks.Count >= 4 && blocks.Count(b => b.Expected is not null) >= 3, "the tutorial has lost its blocks");

        var shown = await RunAsync(folder, blocks.Select(b => b.Script), hub?.Url);

        Assert.Equal(blocks.Count, shown.Count);
        foreach (var (block, output) in blocks.Zip(shown).Where(b => b.First.Expected is not null))
        {
            Assert.True(Fits(block.Expected!, output), $"The block\n{block.Script}\nshould print\n{block.Expected}\nand printed\n{output}");
        }
    }

    [Theory]
    [InlineData("a … c\n", "a b c\n", true)]
    [InlineData("a\n…\nd\n", "a\nb\nc\nd\n", true)]
    [InlineData("a\n…\n", "a\n", true)]
    [InlineData("a\n", "a\nb\n", false)]
    [InlineData("a (b)\n", "a b\n", false)]
    public void Comparison_TakesTheEllipsisForAnythingAndTheRestLiterally(string expected, string actual, bool fits) => Assert.Equal(fits, Fits(expected, actual));

    private static bool Fits(string expected, string actual)
    {
        var pattern = new StringBuilder("^");
        foreach (var line in expected.TrimEnd('\n').Split('\n'))
        {
            pattern.Append(line == "…" ? "(?:[^\n]*\n)*" : Regex.Escape(line).Replace("…", "[^\n]*", StringComparison.Ordinal) + "\n");
        }

        return Regex.IsMatch(actual.TrimEnd('\n') + "\n", pattern.Append('$').ToString(), RegexOptions.None, TimeSpan.FromSeconds(5));
    }

    private static List<(string Script, string? Expected)> Blocks(string page)
    {
        var blocks = new List<(string Script, string? Expected)>();
        foreach (Match block in Block().Matches(page.ReplaceLineEndings("\n")))
        {
            if (block.Groups[1].Value == "sh")
            {
                blocks.Add((block.Groups[2].Value, null));
            }
            else
            {
                blocks[^1] = (blocks[^1].Script, block.Groups[2].Value);
            }
        }

        return blocks;
    }

    private static async Task<List<string>> RunAsync(TempFolder folder, IEnumerable<string> scripts, string? hub)
    {
        // ./hoiam is what stands in the checkout's root; here it is the program that was built along with the tests.
        var tool = folder.File("hoiam");
        await File.WriteAllTextAsync(tool, $"#!/bin/sh\nexec '{HubProcess.Program}' \"$@\"\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var script = "set -eu\n" + string.Concat(scripts.Select(s => s + $"printf '%s\\n' '{End}'\n")) + "kill $(jobs -p) 2>/dev/null || true\n";
        var start = new ProcessStartInfo("/bin/bash", ["--norc", "-c", script])
        {
            WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["HOOK_PORT"] = HubProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        start.Environment["HUB_PORT"] = HubProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        start.Environment["TMPDIR"] = folder.Path;
        if (hub is not null)
        {
            start.Environment["HUB"] = start.Environment["HOIAM_URL"] = hub;
        }

        using var shell = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var errors = shell.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = shell.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            await shell.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            shell.Kill(entireProcessTree: true);
            Assert.Fail("The tutorial does not end:\n" + await output + await errors);
        }

        Assert.True(shell.ExitCode == 0, await output + await errors);
        var shown = (await output).Split(End + "\n");
        return [.. shown[..^1]];
    }

    [GeneratedRegex("^```(sh|text)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
