using HoiAm.Faults.Hub;
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
            case "run" or "kills":
                return await FaultsAsync(options).ConfigureAwait(false);
            default:
                Console.WriteLine(Options.Help);
                return 0;
        }
    }

    private static async Task<int> FaultsAsync(Options options)
    {
        if (Shim.Build() is not { } library)
        {
            await Console.Error.WriteLineAsync(Shim.Missing).ConfigureAwait(false);
            return 2;
        }

        var watch = Stopwatch.StartNew();
        var isKills = options.Command == "kills";
        var mix = isKills ? [FaultKind.Kill, FaultKind.Point, FaultKind.Point] : options.Mix.Count == 0 ? FaultRun.Everything : options.Mix;
        var told = 0;
        bool GoOn(FaultScript script)
        {
            if (script.Deaths.Count / 50 > told)
            {
                told = script.Deaths.Count / 50;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {script.Deaths.Count} deaths, {watch.Elapsed.TotalSeconds:0} s"));
            }

            return isKills ? script.Deaths.Count < options.Kills : watch.Elapsed.TotalMinutes < options.Minutes;
        }

        try
        {
            await using var run = new FaultRun(options.Seed, mix, GoOn, what => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}, {watch.Elapsed.TotalSeconds:0} s")));
            var report = await run.RunAsync(library).ConfigureAwait(false);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, {watch.Elapsed.TotalSeconds:0} s\n{report.Text}"));
            report.Violations.ForEach(v => Console.WriteLine("  " + v));
            Console.WriteLine("again: " + options.Again);
            return report.IsClean ? 0 : 1;
        }
        catch (FindingException finding)
        {
            Console.WriteLine($"{finding.Message}\nagain: {options.Again}");
            return 1;
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
