using HoiAm.Faults.Hub;
using HoiAm.Faults.Load;

namespace HoiAm.Faults.Power;

/// <summary>What came out of the cuts of one recording.</summary>
internal sealed class CutVerdict
{
    public int Cuts { get; set; }

    public Dictionary<CutMode, int> ByMode { get; } = [];

    /// <summary>Cuts that had unsynced writes to decide about; the others say little.</summary>
    public int Undecided { get; set; }

    /// <summary>How often a promise was looked for in a store.</summary>
    public long PromisesChecked { get; set; }

    /// <summary>Promises that a cut broke.</summary>
    public int Lost { get; set; }

    /// <summary>Stores that did not open or did not fit together.</summary>
    public int Damaged { get; set; }

    /// <summary>The first few findings, in words.</summary>
    public List<string> Findings { get; } = [];

    public bool IsClean => Lost == 0 && Damaged == 0;
}

/// <summary>
/// Rebuilds the store as a power cut at many points of a recorded run would have left it, opens it with the store's own code, and looks
/// for everything that was promised before the cut.
/// </summary>
internal sealed class PowerCuts(Recording recording, int seed, bool ignoresSyncs = false)
{
    private const int FindingsMax = 20;
    private const int SetUpRecords = 400;
    private static readonly string[] s_stateNames = ["accepted", "pendingApproval", "waiting", "sent", "delivered", "failed", "rejected", "expired"];

    public CutVerdict Run(int cuts, Action<int>? progress = null)
    {
        var random = new Random(seed);
        var records = recording.Log.Records.Count;

        // One in ten falls into the making of the store, which is a small part of the run and the one that is hardest to repair.
        var points = Enumerable.Range(0, cuts).Select(i => random.Next(1, i % 10 == 0 ? Math.Min(SetUpRecords, records) : records + 1)).Order().ToArray();
        var disk = new DiskModel(recording.Log, ignoresSyncs);
        var verdict = new CutVerdict();
        using var scratch = new Scratch(inMemory: true);
        for (var i = 0; i < points.Length; i++)
        {
            disk.Advance(points[i]);
            verdict.Undecided += disk.HasUnsynced ? 1 : 0;
            var mode = random.Next(10) switch { < 2 => CutMode.Forget, < 3 => CutMode.Keep, < 6 => CutMode.Lose, _ => CutMode.Tear };
            var folder = Directory.CreateDirectory(scratch.File(i.ToString(CultureInfo.InvariantCulture))).FullName;
            disk.Materialize(recording.Folder, folder, mode, random);
            Judge(verdict, points[i], mode, StoreImage.Open(folder));
            Directory.Delete(folder, recursive: true);
            progress?.Invoke(i + 1);
        }

        return verdict;
    }

    private void Judge(CutVerdict verdict, int point, CutMode mode, StoreImage image)
    {
        verdict.Cuts++;
        verdict.ByMode[mode] = verdict.ByMode.GetValueOrDefault(mode) + 1;
        var where = string.Create(CultureInfo.InvariantCulture, $"cut before record {point} ({mode})");
        if (image.Faults.Count > 0)
        {
            verdict.Damaged++;
            Find(verdict, $"{where}: {string.Join("; ", image.Faults)}");
        }

        var cutNs = point < recording.Log.Records.Count ? recording.Log.Records[point].Ns : long.MaxValue;
        var lost = Missing(image, cutNs, verdict).ToList();
        verdict.Lost += lost.Count;
        foreach (var text in lost)
        {
            Find(verdict, $"{where}: {text}");
        }
    }

    private IEnumerable<string> Missing(StoreImage image, long cutNs, CutVerdict verdict)
    {
        if (recording.ConfiguredNs < cutNs)
        {
            foreach (var name in recording.Configured.Where(name => !image.Configured.Contains(name)))
            {
                yield return $"the account or vendor {name} is gone";
            }
        }

        var known = new Dictionary<MessagePlan, int>();
        foreach (var promise in recording.Promises.TakeWhile(p => p.Ns < cutNs))
        {
            verdict.PromisesChecked++;
            if (promise.Step < 0)
            {
                known.TryAdd(promise.Plan, promise.Plan.RegisterAfter);
                if (!image.Messages.ContainsKey(promise.Plan.SmsId))
                {
                    yield return $"the registered message {promise.Plan.SmsId} is gone";
                }

                continue;
            }

            known[promise.Plan] = known.ContainsKey(promise.Plan) || promise.Step >= promise.Plan.RegisterAfter ? promise.Step + 1 : -1;
            if (promise.Plan.Lasting().Contains(promise.Step) && !image.Reports.Contains(promise.Plan.Reports[promise.Step].Body))
            {
                yield return $"report {promise.Step} of {promise.Plan.SmsId} is gone";
            }
        }

        // A state may be one report ahead of what was answered, never behind it.
        foreach (var (plan, reports) in known.Where(k => k.Key.Recipients == 1 && k.Value >= 0 && image.Messages.ContainsKey(k.Key.SmsId)))
        {
            var state = s_stateNames[image.Messages[plan.SmsId]];
            if (state != plan.After(reports).States[0] && state != plan.After(reports + 1).States[0])
            {
                yield return $"{plan.SmsId} is {state} after {reports} reports";
            }
        }
    }

    private static void Find(CutVerdict verdict, string text)
    {
        if (verdict.Findings.Count < FindingsMax)
        {
            verdict.Findings.Add(text);
        }
    }
}
