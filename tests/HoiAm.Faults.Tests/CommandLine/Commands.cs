using HoiAm.Faults.Injecting;
using HoiAm.Faults.Power;

namespace HoiAm.Faults.CommandLine;

/// <summary>The commands of eng/faults.</summary>
internal static class Commands
{
    public static bool IsOne(string word) => word is "cuts" or "run" or "kills" or "help";

    public static async Task<int> RunAsync(string[] words)
    {
        var options = Options.Read(words, out var fault);
        if (options is null)
        {
            await Console.Error.WriteLineAsync(fault).ConfigureAwait(false);
            return 2;
        }

        switch (options.Command)
        {
            case "cuts":
                return await CutsAsync(options).ConfigureAwait(false);
            default:
                Console.WriteLine(Options.Help);
                return 0;
        }
    }

    private static async Task<int> CutsAsync(Options options)
    {
        if (Shim.Build() is not { } library)
        {
            await Console.Error.WriteLineAsync(Shim.Missing).ConfigureAwait(false);
            return 2;
        }

        var watch = Stopwatch.StartNew();
        var recording = await Recording.MakeAsync(options.Seed, options.Reports, library).ConfigureAwait(false);
        var records = recording.Log.Records;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"recorded: {recording.Reports} reports, {records.Count} records, {records.Count(r => r.Op == DiskOp.Write)} writes, {records.Count(r => r.Op == DiskOp.Sync)} syncs, {records.Sum(r => (long)r.Length) >> 20} MiB, {watch.Elapsed.TotalSeconds:0} s"));
        var verdict = new PowerCuts(recording, options.Seed, options.IgnoresSyncs).Run(options.Cuts, done =>
        {
            if (done % 100 == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {done} cuts, {watch.Elapsed.TotalSeconds:0} s"));
            }
        });
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"cuts {verdict.Cuts} ({string.Join(", ", verdict.ByMode.Select(m => $"{m.Key} {m.Value}"))}; {verdict.Undecided} with unsynced writes), promises checked {verdict.PromisesChecked}, lost {verdict.Lost}, damaged stores {verdict.Damaged}, {watch.Elapsed.TotalSeconds:0} s"));
        foreach (var finding in verdict.Findings)
        {
            Console.WriteLine("  " + finding);
        }

        Console.WriteLine("again: " + options.Again);
        return verdict.IsClean ? 0 : 1;
    }
}
