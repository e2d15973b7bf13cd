using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using HoiAm.Server.Hosting;
using HoiAm.Tidy.Tests.Support;
using Microsoft.Extensions.Logging;

namespace HoiAm.Tidy.Tests;

/// <summary>The README's tour is run as it stands: every <c>sh</c> block, in order, in one shell, against a hub with the sandbox.</summary>
public sealed partial class ReadmeTourTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Tour_WorksAsWritten()
    {
        var readme = RepositoryFiles.Read("README.md");
        var blocks = Block().Matches(readme).Select(m => m.Groups[1].Value).ToList();
        Assert.True(blocks.Count >= 4, "The tour has lost its blocks.");
        if (OperatingSystem.IsWindows() || !Has("bash") || !Has("curl") || !Has("python3"))
        {
            Assert.Skip("The tour needs bash, curl and python3.");
        }

        var folder = Directory.CreateTempSubdirectory("hoiam-tour-");
        try
        {
            var options = new HubOptions { Urls = "http://127.0.0.1:0", Data = Path.Combine(folder.FullName, "data"), Sandbox = true };
            string told;
            await using (var hub = await Hub.StartAsync(options, builder => builder.Logging.ClearProviders()))
            {
                told = await RunAsync(blocks, hub.Addresses[0], folder.FullName);
            }

            // The callback at the hook, then the same facts pulled in both ways.
            Assert.Matches("GET /\\?SMSID=tour-1&SendFailed=0&SendStatus=5&SendSuccess=1&", told);
            Assert.Contains("\"code\":0", told, StringComparison.Ordinal);
            Assert.Contains("\"Code\":100", told, StringComparison.Ordinal);
            Assert.Contains("\"SMSID\":\"tour-1\",\"SendFailed\":0,\"SendSuccess\":1,\"SendStatus\":5", told, StringComparison.Ordinal);
            Assert.Contains("\"smsId\":\"tour-1\",\"state\":\"delivered\"", told, StringComparison.Ordinal);
            Assert.DoesNotContain("\"status\":4", told, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Tour_UsesTheAddressesThatRunPrints()
    {
        var readme = RepositoryFiles.Read("README.md");

        Assert.Contains(new HubOptions().Urls, readme, StringComparison.Ordinal);
        Assert.Contains("./run", readme, StringComparison.Ordinal);
        Assert.Contains("./test", readme, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(List<string> blocks, string hub, string folder)
    {
        // Whatever happens, nothing that the tour started outlives it.
        var script = "trap 'jobs -p | xargs -r kill 2>/dev/null' EXIT\nset -euo pipefail\n" + string.Join('\n', blocks);
        using var bash = new Process();
        bash.StartInfo = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        bash.StartInfo.Environment["HUB"] = hub;
        bash.StartInfo.Environment["HOOK_PORT"] = FreePort().ToString(CultureInfo.InvariantCulture);
        bash.StartInfo.Environment["NO_PROXY"] = "127.0.0.1";
        bash.StartInfo.Environment["TMPDIR"] = folder;
        bash.Start();
        using var limit = new CancellationTokenSource(s_patience);
        try
        {
            var output = bash.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = bash.StandardError.ReadToEndAsync(limit.Token);
            await bash.WaitForExitAsync(limit.Token);
            Assert.True(bash.ExitCode == 0, $"The tour ended with {bash.ExitCode}:\n{await output}\n{await errors}");
            return await output;
        }
        finally
        {
            if (!bash.HasExited)
            {
                bash.Kill(entireProcessTree: true);
            }
        }
    }

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, program)));

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
