using HoiAm.Faults.Hooks;
using HoiAm.Faults.Hub;
using HoiAm.Faults.Injecting;
using HoiAm.Testing;

namespace HoiAm.Faults.Cluster;

/// <summary>Does to the nodes, their links and their database what the seed says, one episode after the other, and puts everything right again.</summary>
internal sealed class ClusterScript(int seed, IReadOnlyList<FaultKind> mix, IReadOnlyList<Node> nodes, PostgresServer postgres, HookFarm farm)
{
    /// <summary>The hub's own user: no superuser, so that limits hold for it.</summary>
    public const string User = "hub";

    /// <summary>Its database.</summary>
    public const string Database = "hub";

    private const int LeaseMs = 10_000;
    private const int MigrationsMax = 500;
    private const int StarvedAt = 8;
    private static readonly Mood[] s_moods = Enum.GetValues<Mood>();
    private static readonly string[] s_tables = ["callback", "message", "report", "node", "meta"];
    private readonly Random _random = new(seed);

    // Nodes that start beside the next episode, whatever it does to them.
    private readonly Dictionary<Node, Task<bool>> _coming = [];

    /// <summary>What was done so far.</summary>
    public ClusterHappenings Happened { get; } = new();

    /// <summary>The first start: one node dies before each migration, then all are there.</summary>
    public async Task StartAsync()
    {
        // Each start gets one migration further: the ones before are there already. The last one finds nothing to do.
        for (var point = "in-migration"; !await BeginAsync(nodes[0], point).ConfigureAwait(false); point = "in-migration:2")
        {
            Happened.Killed(nodes[0].Hub.Id, "in-migration");
            if (Happened.Deaths.Count > MigrationsMax)
            {
                throw new FindingException("The database cannot be made: " + nodes[0].Hub.Log);
            }
        }

        await Task.WhenAll(nodes.Where(n => n.Hub.HasExited).Select(n => UpAsync(n, answers: false))).ConfigureAwait(false);
        LeaseWatch.Install(postgres, Database);
    }

    /// <summary>One episode.</summary>
    public async Task StepAsync()
    {
        var kind = mix[_random.Next(mix.Count)];
        var up = nodes.Where(n => !_coming.ContainsKey(n)).ToList();
        var node = up[_random.Next(up.Count)];
        Happened.Count(kind);
        var began = Stopwatch.GetTimestamp();
        await Pause.ForAsync(_random.Next(50, 800)).ConfigureAwait(false);
        switch (kind)
        {
            case FaultKind.Kill:
                await KillAsync(node, "kill").ConfigureAwait(false);

                // Back at once, or only when others have taken over what it had.
                await Pause.ForAsync(_random.Next(8) == 0 ? LeaseMs + _random.Next(6_000) : _random.Next(2_000)).ConfigureAwait(false);
                break;
            case FaultKind.Point:
                await DieAtPointAsync(node).ConfigureAwait(false);
                break;
            case FaultKind.Stop:
                await StopAsync(node).ConfigureAwait(false);
                break;
            default:
                await DisturbAsync(kind, node).ConfigureAwait(false);
                break;
        }

        if (IsStarved())
        {
            Happened.Starved(began);
        }

        // Two may be down at once, and one stays.
        foreach (var (one, coming) in _coming.ToList())
        {
            if (coming.IsCompleted || _coming.Count > 1)
            {
                _coming.Remove(one);
                await UpAsync(one, await coming.ConfigureAwait(false)).ConfigureAwait(false);
            }
        }

        foreach (var one in nodes.Where(n => n.Hub.HasExited && !_coming.ContainsKey(n)))
        {
            Note(one);
            _coming[one] = BeginAsync(one, null);
        }

        if (_coming.Count == nodes.Count)
        {
            await FinishAsync().ConfigureAwait(false);
        }
    }

    /// <summary>All nodes are up.</summary>
    public async Task FinishAsync()
    {
        foreach (var one in nodes)
        {
            _coming.Remove(one, out var coming);
            await UpAsync(one, coming is null || await coming.ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    // Eight programs that want to run for each core, over the last minute.
    private static bool IsStarved() =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) > StarvedAt * Environment.ProcessorCount;

    private async Task DisturbAsync(FaultKind kind, Node node)
    {
        // Most are over before a lease is; some are not, and with one node cut off that is what makes the others take over.
        var lasts = _random.Next(kind >= FaultKind.Refuse ? 3 : 8) == 0 ? LeaseMs + _random.Next(5_000) : _random.Next(500, 4_000);
        var began = Stopwatch.GetTimestamp();
        var others = nodes.Where(n => !_coming.ContainsKey(n)).ToList();
        var other = _random.Next(4) == 0 ? others[_random.Next(others.Count)] : null;
        var heal = await BeginAsync(kind, node, lasts).ConfigureAwait(false);
        var starting = Task.FromResult(true);
        if (other is null)
        {
            await Pause.ForAsync(lasts).ConfigureAwait(false);
        }
        else
        {
            // Two troubles at once: a node dies in the middle, and perhaps comes back before it is over.
            await Pause.ForAsync(lasts / 2).ConfigureAwait(false);
            await KillAsync(other, "kill during " + kind.ToString().ToLowerInvariant()).ConfigureAwait(false);
            starting = _random.Next(2) == 0 ? BeginAsync(other, null) : starting;
            await Pause.ForAsync(lasts / 2).ConfigureAwait(false);
        }

        await heal().ConfigureAwait(false);
        Happened.Lasted(began, kind, kind is FaultKind.Crash or FaultKind.Restart or FaultKind.Freeze or FaultKind.Connections or FaultKind.Locked ? -1 : node.Index);

        await starting.ConfigureAwait(false);
    }

    // Gives what puts it right again.
    private async Task<Func<Task>> BeginAsync(FaultKind kind, Node node, int lasts)
    {
        switch (kind)
        {
            case FaultKind.Crash:
                postgres.KillHard();
                Happened.Crashed("database killed");
                return Done(postgres.StartAgain);
            case FaultKind.Restart:
                postgres.Kill();
                Happened.Crashed("database restarted");
                return Done(postgres.StartAgain);
            case FaultKind.Freeze:
                postgres.Freeze();
                return Done(postgres.Thaw);
            case FaultKind.Connections:
                Sql($"ALTER ROLE {User} CONNECTION LIMIT {_random.Next(3).ToString(CultureInfo.InvariantCulture)}");
                Sql($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{User}'");
                return Done(() => Sql($"ALTER ROLE {User} CONNECTION LIMIT -1"));
            case FaultKind.Locked:
                var table = s_tables[_random.Next(s_tables.Length)];
                var holding = Task.Run(() => Sql(string.Create(
                    CultureInfo.InvariantCulture, $"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE; SELECT pg_sleep({lasts / 1_000.0}); COMMIT")));
                return () => holding;
            case FaultKind.Suspend:
                await node.Hub.SignalAsync("-STOP").ConfigureAwait(false);
                return () => node.Hub.HasExited ? Task.CompletedTask : node.Hub.SignalAsync("-CONT");
            case FaultKind.Clock:
                node.Control.ClockOffset = TimeSpan.FromDays(_random.Next(2) == 0 ? 1 : -1);
                return Done(node.Control.Heal);
            case FaultKind.Names:
                node.Control.NamesFail = true;
                return Done(node.Control.Heal);
            case FaultKind.Hooks:
                for (var hook = 0; hook < HookFarm.TlsHook; hook++)
                {
                    farm.Set(hook, s_moods[_random.Next(s_moods.Length)]);
                }

                return Done(farm.Heal);
            default:
                node.Link.Set(
                    kind switch
                    {
                        FaultKind.Refuse => LinkMode.Refuses,
                        FaultKind.Slow => LinkMode.Slow,
                        FaultKind.Stall => LinkMode.Stalls,
                        _ => _random.Next(2) == 0 ? LinkMode.Swallows : LinkMode.SwallowsAnswers,
                    },
                    delayMs: _random.Next(20, 2_000));
                return Done(() => node.Link.Set(LinkMode.Passes));
        }
    }

    private static Func<Task> Done(Action heal) => () =>
    {
        heal();
        return Task.CompletedTask;
    };

    private void Sql(string sql) => postgres.Sql(Database, sql);

    private async Task DieAtPointAsync(Node node)
    {
        await KillAsync(node, "kill").ConfigureAwait(false);
        var point = _random.Next(4) switch
        {
            0 => "in-recovery",
            1 => "before-commit:" + _random.Next(2, 60).ToString(CultureInfo.InvariantCulture),
            2 => "after-commit:" + _random.Next(2, 60).ToString(CultureInfo.InvariantCulture),
            _ => "after-send:" + _random.Next(1, 40).ToString(CultureInfo.InvariantCulture),
        };
        if (!await BeginAsync(node, point).ConfigureAwait(false) || await node.Hub.ExitsAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false))
        {
            Happened.Killed(node.Hub.Id, point.Split(':')[0]);
        }
        else
        {
            await KillAsync(node, "kill").ConfigureAwait(false);
        }
    }

    private async Task StopAsync(Node node)
    {
        var id = node.Hub.Id;
        var code = await node.Hub.TerminateAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        if (code != 0)
        {
            Happened.Find($"A stop ended with {(code is { } number ? "exit code " + number.ToString(CultureInfo.InvariantCulture) : "no end within 30 s")}: {node.Hub.Log}");
            await KillAsync(node, "kill").ConfigureAwait(false);
            return;
        }

        Happened.Stopped(id);
    }

    private async Task KillAsync(Node node, string where)
    {
        if (node.Hub.HasExited)
        {
            return;
        }

        var id = node.Hub.Id;
        await node.Hub.KillAsync().ConfigureAwait(false);
        Happened.Killed(id, where);
    }

    private async Task<bool> BeginAsync(Node node, string? killAt)
    {
        var answers = await node.Hub.StartAsync(killAt).ConfigureAwait(false);
        Happened.Begun(node.Index, node.Hub.Id, hasGivenUp: !answers && killAt is null);
        return answers;
    }

    private void Note(Node node)
    {
        if (node.Hub.HasExited && !Happened.WasEnded(node.Hub.Id))
        {
            Happened.Find("A node ended by itself: " + node.Hub.Log);
        }
    }

    // With everything in order a node starts; one that is up stays up. One that found no database may have given up, and is started again.
    private async Task UpAsync(Node node, bool answers)
    {
        if (answers)
        {
            Note(node);
        }

        if (node.Hub.HasExited && !await BeginAsync(node, null).ConfigureAwait(false))
        {
            throw new FindingException("A node does not start any more: " + node.Hub.Log);
        }
    }
}
