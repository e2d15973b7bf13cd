namespace HoiAm.Fuzz;

/// <summary>With "run" it fuzzes as long as it is told (eng/fuzz), without it is the runner of the short tests.</summary>
internal static class Program
{
    private const string Help = """
        eng/fuzz run [--inputs N] [--seed S] [--target NAME]   N mutated inputs for every parser, or for the one that is named
        eng/fuzz live [--inputs N] [--seed S]                  N mutated requests for every door of a running hub
        """;

    public static async Task<int> Main(string[] words)
    {
        if (words is ["run" or "live" or "help", ..])
        {
            return await RunAsync(words).ConfigureAwait(false);
        }

        return words.Any(w => w is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(words, SelfRegisteredExtensions.AddSelfRegisteredExtensions).ConfigureAwait(false)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(words).ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(string[] words)
    {
        var (inputs, seed, name) = (20_000, 1, "");
        for (var i = 1; i + 1 < words.Length; i += 2)
        {
            var isNumber = int.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (words[i])
            {
                case "--inputs" when isNumber:
                    inputs = number;
                    break;
                case "--seed" when isNumber:
                    seed = number;
                    break;
                case "--target" when Targets.All.Any(t => t.Name == words[i + 1]):
                    name = words[i + 1];
                    break;
                default:
                    Console.WriteLine($"'{words[i]} {words[i + 1]}' is not understood.\n{Help}Targets: {string.Join(", ", Targets.All.Select(t => t.Name))}");
                    return 2;
            }
        }

        if (words[0] == "help")
        {
            Console.WriteLine(Help);
            return 0;
        }

        if (words[0] == "live")
        {
            return await LiveAsync(seed, inputs).ConfigureAwait(false);
        }

        var (total, findings, watch) = (0L, 0, Stopwatch.StartNew());
        foreach (var target in Targets.All.Where(t => name.Length == 0 || t.Name == name))
        {
            var report = Fuzzer.Run(target, seed, inputs);
            total += report.Inputs;
            findings += report.Findings.Count;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{target.Name,-20} {report.Inputs,9} inputs, {report.Taken,9} taken, slowest {report.SlowestMs,6:0.0} ms, most memory {report.MostBytes >> 10,6} KiB, findings {report.Findings.Count}"));
            report.Findings.ForEach(f => Console.WriteLine("  " + f));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} inputs, seed {seed}, {watch.Elapsed.TotalSeconds:0} s, findings {findings}"));
        return findings == 0 ? 0 : 1;
    }

    private static async Task<int> LiveAsync(int seed, int inputs)
    {
        var watch = Stopwatch.StartNew();
        var report = await LiveFuzz.RunAsync(seed, inputs).ConfigureAwait(false);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Requests} requests at {report.Doors} doors, seed {seed}, {watch.Elapsed.TotalSeconds:0} s: {report.Statuses}; slowest {report.SlowestMs:0} ms, most resident {report.PeakMiB} MiB, findings {report.Findings.Count}"));
        report.Findings.ForEach(f => Console.WriteLine("  " + f));
        return report.Findings.Count == 0 ? 0 : 1;
    }
}
