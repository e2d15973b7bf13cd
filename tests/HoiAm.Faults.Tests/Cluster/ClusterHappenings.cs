using HoiAm.Faults.Checking;
using HoiAm.Faults.Hooks;
using HoiAm.Faults.Injecting;

namespace HoiAm.Faults.Cluster;

/// <summary>Something that lasted: to one node, or with node −1 to all.</summary>
internal readonly record struct Trouble(long FromNs, long ToNs, FaultKind Kind, int Node);

/// <summary>
/// What was done to several nodes and their database, and what it explains. A callback may come again under its number only when another
/// node took over from the one that had sent it and not recorded it: because that was dead, or cut off from the database for longer than its
/// lease. A crash of the database alone explains nothing: nodes keep what they could not record.
/// </summary>
internal sealed class ClusterHappenings : IHappenings
{
    // A call is noted when the hook has read it, which may be a little after it was sent.
    private static readonly long s_slack = Stopwatch.Frequency * 3 / 2;

    // A lease lasts 10 s, and it is renewed every 2.5 s.
    private static readonly long s_lease = Stopwatch.Frequency * 13;
    private static readonly long s_renewal = Stopwatch.Frequency * 4;
    private readonly Lock _gate = new();
    private readonly List<Death> _deaths = [];
    private readonly Dictionary<FaultKind, int> _episodes = [];
    private readonly List<string> _findings = [];
    private readonly List<Trouble> _troubles = [];
    private readonly Dictionary<int, int> _nodeOf = [];
    private readonly HashSet<int> _killed = [];
    private readonly Dictionary<int, long> _stopped = [];
    private readonly List<(long FromNs, long ToNs)> _starved = [];
    private List<TakeOver> _taken = [];
    private int _takenStarved;

    public IReadOnlyList<Death> Deaths => _deaths;

    public IReadOnlyDictionary<FaultKind, int> Episodes => _episodes;

    public IReadOnlyList<string> Findings => _findings;

    public string Injected => string.Create(
        CultureInfo.InvariantCulture,
        $"{_taken.Count} take-overs: {_taken.Count(t => _killed.Contains(t.Process))} of the killed, {_taken.Count(t => _stopped.ContainsKey(t.Process))} of the stopped, {_taken.Count(t => !_killed.Contains(t.Process) && !_stopped.ContainsKey(t.Process))} of living nodes that were cut off (of them {_takenStarved} only because the machine had no time for them)");

    public void Count(FaultKind kind) => _episodes[kind] = _episodes.GetValueOrDefault(kind) + 1;

    public void Find(string what) => _findings.Add(what);

    /// <summary>A process stands for a node; several start side by side. One that finds no database may give up.</summary>
    public void Begun(int node, int process, bool hasGivenUp)
    {
        lock (_gate)
        {
            _nodeOf[process] = node;
            if (hasGivenUp)
            {
                _killed.Add(process);
            }
        }
    }

    /// <summary>True when the run itself ended that process.</summary>
    public bool WasEnded(int process)
    {
        lock (_gate)
        {
            return _killed.Contains(process) || _stopped.ContainsKey(process);
        }
    }

    public void Killed(int process, string where)
    {
        lock (_gate)
        {
            _killed.Add(process);
        }

        _deaths.Add(new Death(Stopwatch.GetTimestamp(), where));
    }

    /// <summary>A death of the database: what follows from it is told by the take-overs.</summary>
    public void Crashed(string where) => _deaths.Add(new Death(Stopwatch.GetTimestamp(), where));

    public void Stopped(int process) => _stopped[process] = Stopwatch.GetTimestamp();

    public void Lasted(long fromNs, FaultKind kind, int node) => _troubles.Add(new Trouble(fromNs, Stopwatch.GetTimestamp(), kind, node));

    /// <summary>For that long so many programs wanted to run that a renewal need not have got its turn.</summary>
    public void Starved(long fromNs) => _starved.Add((fromNs, Stopwatch.GetTimestamp()));

    /// <summary>Takes what the database noted, and says whom nobody had a reason to take for dead.</summary>
    public void Learn(List<TakeOver> taken)
    {
        _taken = taken;
        foreach (var one in taken.Where(t => !_killed.Contains(t.Process) && !_stopped.ContainsKey(t.Process)))
        {
            var node = _nodeOf.GetValueOrDefault(one.Process, -2);
            if (_troubles.Exists(t => (t.Node == -1 || t.Node == node) && t.FromNs <= one.Ns && one.Ns <= t.ToNs + s_lease))
            {
                continue;
            }

            if (_starved.Exists(s => s.FromNs <= one.Ns && one.Ns <= s.ToNs + s_lease))
            {
                _takenStarved++;
            }
            else
            {
                _findings.Add(string.Create(CultureInfo.InvariantCulture, $"node {node} was taken for dead while nothing was wrong with it"));
            }
        }
    }

    public Excuse Between(HookCall before, HookCall now)
    {
        if (_taken.Exists(t => !_stopped.ContainsKey(t.Process) && before.Ns <= t.Ns + s_slack && t.Ns <= now.Ns)
            || _troubles.Exists(t => t.Kind == FaultKind.Suspend && Overlaps(t, before, now, s_slack) && WasTaken(t)))
        {
            return Excuse.Unrecorded;
        }

        // Whoever lost its lease, or stopped, broke off what was under way; when nobody took over it goes on under the same number.
        return _stopped.Values.Any(s => before.Ns <= s && s <= now.Ns) || _troubles.Exists(t => EndsLeases(t.Kind) && Overlaps(t, before, now, s_renewal))
            ? Excuse.BrokenOff
            : Excuse.None;
    }

    // A node that stood still for longer than its lease may send what it was about to send before it looks at the clock.
    private bool WasTaken(Trouble trouble) =>
        _taken.Exists(t => _nodeOf.GetValueOrDefault(t.Process, -2) == trouble.Node && trouble.FromNs <= t.Ns && t.Ns <= trouble.ToNs + s_slack);

    private static bool Overlaps(Trouble trouble, HookCall before, HookCall now, long slack) => before.Ns <= trouble.ToNs + slack && trouble.FromNs <= now.Ns;

    private static bool EndsLeases(FaultKind kind) => kind is FaultKind.Clock or >= FaultKind.Crash;
}
