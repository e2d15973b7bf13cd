using System.Diagnostics;
using System.Text.RegularExpressions;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests;

/// <summary>Runs the README's tour as it stands, as a newcomer would paste it.</summary>
public sealed partial class ReadmeTourTests
{
    [Fact]
    public async Task Tour_PastedIntoAShell_ShowsTheCallbackAndThePull()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "the tour needs bash, curl and python3");
        await using var hub = await HubProcess.StartAsync(null, "--sandbox", "--admin-token", "sandbox-admin");
        var blocks = ShellBlock().Matches(await File.ReadAllTextAsync(RepositoryRoot.File("README.md"), TestContext.Current.CancellationToken));
        Assert.True(blocks.Count >= 6, "the README's tour has lost its blocks");
        var script = "set -eu\n" + string.Join("\n", blocks.Select(b => b.Groups[1].Value));

        var shown = await RunAsync(script, hub.Url);

        Assert.Contains("SMSID=tour-1&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=330.0000", shown, StringComparison.Ordinal);
        Assert.Contains("RequestId=order-7&TypeId=25&telcoid=2&phonenumber=0901234567", shown, StringComparison.Ordinal);
        Assert.Contains("\"Code\":100", shown, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"delivered\"", shown, StringComparison.Ordinal);
        Assert.Contains("\"outcome\":\"delivered\"", shown, StringComparison.Ordinal);
        Assert.Contains("\"id\":\"carrier\"", shown, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string script, string hub)
    {
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["HUB"] = hub;
        start.Environment["HOOK_PORT"] = HubProcess.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var shown = await shell.StandardOutput.ReadToEndAsync(patience.Token);
            await shell.WaitForExitAsync(patience.Token);
            Assert.True(shell.ExitCode == 0, await shell.StandardError.ReadToEndAsync(patience.Token) + shown);
            return shown;
        }
        finally
        {
            if (!shell.HasExited)
            {
                shell.Kill(entireProcessTree: true);
            }
        }
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
