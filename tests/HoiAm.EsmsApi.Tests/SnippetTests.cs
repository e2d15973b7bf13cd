using System.Diagnostics;
using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;
using HoiAm.Testing;

namespace HoiAm.EsmsApi.Tests;

/// <summary>The programs of docs/switching.md, as they stand there, against the hub: each sends an SMS that is delivered.</summary>
public sealed class SnippetTests(EsmsHub hub)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    // Heading, file name, program and its arguments; {0} is the file.
    [Theory]
    [InlineData("curl", "send.sh", "sh", "{0}", "curl")]
    [InlineData("C#", "send.cs", "dotnet", "run {0}", "dotnet")]
    [InlineData("PHP", "send.php", "php", "{0}", "php")]
    [InlineData("Node", "send.mjs", "node", "{0}", "node")]
    [InlineData("Python", "send.py", "python3", "{0}", "python3")]
    [InlineData("Java", "Send.java", "java", "{0}", "javac")]
    public async Task Snippet_SendsAnSms(string heading, string file, string program, string arguments, string needs)
    {
        Assert.SkipUnless(IsInstalled(needs), needs + " is not on this machine");
        var folder = Directory.CreateTempSubdirectory("hoiam-snippet-");
        try
        {
            var path = Path.Combine(folder.FullName, file);
            await File.WriteAllTextAsync(path, CodeUnder(heading), TestContext.Current.CancellationToken);
            var output = await RunAsync(program, string.Format(System.Globalization.CultureInfo.InvariantCulture, arguments, path), folder.FullName);
            var answer = JsonNode.Parse(output)!;

            Assert.Equal("100", (string)answer["CodeResult"]!);
            Assert.Equal(1, (int)(await hub.FinalAsync((string)answer["SMSID"]!))["SendSuccess"]!);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string CodeUnder(string heading)
    {
        var page = File.ReadAllText(RepositoryRoot.File("docs/switching.md"));
        var section = page[page.IndexOf($"## {heading}\n", StringComparison.Ordinal)..];
        var begin = section.IndexOf('\n', section.IndexOf("```", StringComparison.Ordinal)) + 1;
        return section[begin..section.IndexOf("\n```", begin, StringComparison.Ordinal)] + "\n";
    }

    private async Task<string> RunAsync(string program, string arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["ESMS_BASE"] = hub.Url },
        })!;
        using var limit = new CancellationTokenSource(s_patience, TimeProvider.System);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, await errors + await output);
        return await output;
    }

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));
}
