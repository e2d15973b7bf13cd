using HoiAm.Faults.CommandLine;

namespace HoiAm.Faults;

/// <summary>With a command it is the harness (eng/faults), without one the runner of the short tests.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] words)
    {
        if (words.Length > 0 && Commands.IsOne(words[0]))
        {
            return await Commands.RunAsync(words).ConfigureAwait(false);
        }

        return words.Any(w => w is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(words, SelfRegisteredExtensions.AddSelfRegisteredExtensions).ConfigureAwait(false)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(words).ConfigureAwait(false);
    }
}
