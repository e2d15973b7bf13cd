using HoiAm.Faults.Checking;
using HoiAm.Faults.Cluster;
using HoiAm.Faults.Hub;
using HoiAm.Faults.Injecting;
using HoiAm.Faults.Power;
using HoiAm.Testing;

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
        if (Shim.Build() is not { } library || (options.IsPostgres && PostgresServer.Missing is not null))
        {
            await Console.Error.WriteLineAsync(Shim.Missing ?? PostgresServer.Missing).ConfigureAwait(false);
            return 2;
        }

        var watch = Stopwatch.StartNew();
        var disturbing = new Stopwatch();
        var told = 0;
        bool GoOn(IHappenings happened)
        {
            // From the first question on: to start through all migrations takes a while on a busy machine.
            disturbing.Start();
            if (happened.Deaths.Count / 50 > told)
            {
                told = happened.Deaths.Count / 50;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {happened.Deaths.Count} deaths, {watch.Elapsed.TotalSeconds:0} s"));
            }

            return options.Command == "kills" ? happened.Deaths.Count < options.Kills : disturbing.Elapsed.TotalMinutes < options.Minutes;
        }

        try
        {
            var report = await RunAsync(options, library, GoOn, what => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}, {watch.Elapsed.TotalSeconds:0} s"))).ConfigureAwait(false);
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

    private static async Task<RunReport> RunAsync(Options options, string library, Func<IHappenings, bool> goOn, Action<string> tell)
    {
        var all = options.IsPostgres ? FaultKinds.Postgres : FaultKinds.Embedded;
        var mix = options.Command == "kills" ? [FaultKind.Kill, FaultKind.Point, FaultKind.Point] : options.Mix.Count == 0 ? all : options.Mix;
        if (options.IsPostgres)
        {
            await using var cluster = new ClusterRun(options.Seed, options.Nodes, mix, goOn, tell);
            return await cluster.RunAsync(library).ConfigureAwait(false);
        }

        await using var run = new FaultRun(options.Seed, mix, goOn, tell);
        return await run.RunAsync(library).ConfigureAwait(false);
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
