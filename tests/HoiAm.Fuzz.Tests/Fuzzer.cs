namespace HoiAm.Fuzz;

/// <summary>A parser to be fuzzed: what a good input looks like, and what must hold for any input at all.</summary>
/// <param name="Name">Its folder in the corpus.</param>
/// <param name="Seeds">Inputs to begin with.</param>
/// <param name="Try">Parses; true when the input was taken. Throws <see cref="BrokenRuleException"/> when a rule does not hold.</param>
internal sealed record Target(string Name, IReadOnlyList<byte[]> Seeds, Func<byte[], bool> Try);

/// <summary>A rule that must hold for every input did not.</summary>
internal sealed class BrokenRuleException : Exception
{
    public BrokenRuleException()
    {
    }

    public BrokenRuleException(string message)
        : base(message)
    {
    }

    public BrokenRuleException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>What came out for one target.</summary>
internal sealed class FuzzReport
{
    public long Inputs { get; set; }

    public long Taken { get; set; }

    public double SlowestMs { get; set; }

    public long MostBytes { get; set; }

    public List<string> Findings { get; } = [];
}

/// <summary>Feeds a target with mutations of its seeds, drawn from a number: no exception, no broken rule, no unbounded time or memory.</summary>
internal static class Fuzzer
{
    /// <summary>Longest input: the hub refuses bodies beyond 64 KiB.</summary>
    public const int LengthMax = 65_536;

    // Generous, because the machine may be busy: what it is to catch is quadratic work on 64 KiB, which takes seconds.
    private const double MillisecondsMax = 1_500;
    private const long BytesPerByteMax = 400;
    private const long BytesFreeMax = 4 << 20;
    private const int FindingsMax = 5;

    public static FuzzReport Run(Target target, int seed, int inputs)
    {
        var report = new FuzzReport();
        var mutator = new Mutator(new Random(seed), target.Seeds);
        for (var i = 0; i < inputs && report.Findings.Count < FindingsMax; i++)
        {
            // The seeds themselves come first.
            var input = i < target.Seeds.Count ? target.Seeds[i] : mutator.Next();
            Try(target, input, report);
        }

        return report;
    }

    /// <summary>One input; a finding is noted with the input, or its begin, in base64.</summary>
    public static void Try(Target target, byte[] input, FuzzReport report)
    {
        var bytesBefore = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        string? finding = null;
        try
        {
            report.Taken += target.Try(input) ? 1 : 0;
        }
        catch (Exception error)
        {
            finding = $"{error.GetType().Name}: {error.Message} {error.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}";
        }

        var elapsed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var bytes = GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
        report.Inputs++;
        report.SlowestMs = Math.Max(report.SlowestMs, elapsed);
        report.MostBytes = Math.Max(report.MostBytes, bytes);

        // A slow one gets a second chance: the first may have met a pause of the machine.
        if (finding is null && elapsed > MillisecondsMax && Again(target, input) > MillisecondsMax)
        {
            finding = string.Create(CultureInfo.InvariantCulture, $"took {elapsed:0} ms");
        }

        if (finding is null && bytes > BytesFreeMax + (BytesPerByteMax * input.Length))
        {
            finding = string.Create(CultureInfo.InvariantCulture, $"allocated {bytes >> 10} KiB for {input.Length} bytes");
        }

        if (finding is not null)
        {
            report.Findings.Add($"{finding}\n    input: {Convert.ToBase64String(input.Length > 300 ? input[..300] : input)}");
        }
    }

    private static double Again(Target target, byte[] input)
    {
        var began = Stopwatch.GetTimestamp();
        target.Try(input);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
