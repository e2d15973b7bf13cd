using HoiAm.Faults.Checking;
using HoiAm.Faults.Hooks;
using HoiAm.Faults.Hub;
using HoiAm.Ledger.Sqlite;

namespace HoiAm.Faults.Injecting;

/// <summary>A moment at which the process was gone: everything it had not written down may come again.</summary>
internal readonly record struct Death(long Ns, string Where);

/// <summary>Does to the hub what the seed says, one episode after the other, and puts everything right again at the end of each.</summary>
internal sealed class FaultScript(int seed, IReadOnlyList<FaultKind> mix, HubUnderTest hub, ControlPage control, HookFarm farm) : IHappenings
{
    private static readonly Mood[] s_moods = Enum.GetValues<Mood>();
    private readonly Random _random = new(seed);
    private readonly List<Death> _deaths = [];
    private readonly Dictionary<FaultKind, int> _episodes = [];
    private readonly List<string> _findings = [];

    // Orderly stops: tries that they broke off may be made again under the same number.
    private readonly List<long> _stops = [];

    public IReadOnlyList<Death> Deaths => _deaths;

    public IReadOnlyDictionary<FaultKind, int> Episodes => _episodes;

    public IReadOnlyList<string> Findings => _findings;

    public string Injected => string.Create(
        CultureInfo.InvariantCulture,
        $"{control.WritesFailed} writes refused, {control.SyncsFailed} of {control.Syncs} syncs failed, {control.SyncsDelayed} slow, {control.NamesFailed} names not resolved");

    public Excuse Between(HookCall before, HookCall now) =>
        _deaths.Exists(d => before.Ns <= d.Ns && d.Ns <= now.Ns) ? Excuse.Unrecorded
        : _stops.Exists(s => before.Ns <= s && s <= now.Ns) ? Excuse.BrokenOff
        : Excuse.None;

    /// <summary>The first start, which dies before each migration once.</summary>
    public async Task StartThroughMigrationsAsync()
    {
        for (var migration = 1; migration <= SqliteDatabase.SchemaNewest; migration++)
        {
            // Each start gets one migration further: the ones before are there already.
            if (await hub.StartAsync(migration == 1 ? "in-migration" : "in-migration:2").ConfigureAwait(false))
            {
                break;
            }

            NoteDeath("in-migration");
        }

        if (hub.HasExited)
        {
            await StartAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One episode.</summary>
    public async Task StepAsync()
    {
        var kind = mix[_random.Next(mix.Count)];
        _episodes[kind] = _episodes.GetValueOrDefault(kind) + 1;
        await Pause.ForAsync(_random.Next(50, 400)).ConfigureAwait(false);
        switch (kind)
        {
            case FaultKind.Kill:
                await Pause.ForAsync(_random.Next(0, 500)).ConfigureAwait(false);
                await KillAsync("kill").ConfigureAwait(false);
                break;
            case FaultKind.Point:
                await DieAtPointAsync().ConfigureAwait(false);
                break;
            case FaultKind.Stop:
                await StopAsync().ConfigureAwait(false);
                break;
            default:
                await DisturbAsync(kind).ConfigureAwait(false);
                break;
        }

        if (hub.HasExited)
        {
            await StartAsync().ConfigureAwait(false);
        }
    }

    private async Task DisturbAsync(FaultKind kind)
    {
        switch (kind)
        {
            case FaultKind.Full:
                control.WriteError = ControlPage.NoSpace;
                break;
            case FaultKind.ReadOnly:
                control.WriteError = ControlPage.ReadOnlyDisk;
                break;
            case FaultKind.SyncFail:
                control.SyncErrorsPerMillion = (uint)_random.Next(50_000, 1_000_000);
                break;
            case FaultKind.SyncSlow:
                control.SyncDelayMicros = (uint)_random.Next(5_000, 500_000);
                break;
            case FaultKind.Clock:
                control.ClockOffset = TimeSpan.FromDays(_random.Next(2) == 0 ? 1 : -1);
                break;
            case FaultKind.Names:
                control.NamesFail = true;
                break;
            default:
                for (var hook = 0; hook < HookFarm.TlsHook; hook++)
                {
                    farm.Set(hook, s_moods[_random.Next(s_moods.Length)]);
                }

                break;
        }

        await Pause.ForAsync(_random.Next(500, 3_000)).ConfigureAwait(false);
        if (_random.Next(4) == 0)
        {
            // Two troubles at once: it dies in the middle of the first.
            await KillAsync("kill during " + kind).ConfigureAwait(false);
        }

        control.Heal();
        farm.Heal();
    }

    private async Task DieAtPointAsync()
    {
        await KillAsync("kill").ConfigureAwait(false);
        var point = _random.Next(4) switch
        {
            0 => "in-recovery",
            1 => "before-commit:" + _random.Next(2, 60).ToString(CultureInfo.InvariantCulture),
            2 => "after-commit:" + _random.Next(2, 60).ToString(CultureInfo.InvariantCulture),
            _ => "after-send:" + _random.Next(1, 40).ToString(CultureInfo.InvariantCulture),
        };
        if (!await hub.StartAsync(point).ConfigureAwait(false) || await hub.ExitsAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false))
        {
            NoteDeath(point.Split(':')[0]);
        }
        else
        {
            await KillAsync("kill").ConfigureAwait(false);
        }
    }

    private async Task StopAsync()
    {
        var code = await hub.TerminateAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        if (code != 0)
        {
            _findings.Add($"A stop ended with {(code is { } number ? "exit code " + number.ToString(CultureInfo.InvariantCulture) : "no end within 30 s")}: {hub.Log}");
            await KillAsync("kill").ConfigureAwait(false);
        }

        _stops.Add(Stopwatch.GetTimestamp());
    }

    private async Task KillAsync(string where)
    {
        await hub.KillAsync().ConfigureAwait(false);
        NoteDeath(where);
    }

    private async Task StartAsync()
    {
        if (!await hub.StartAsync().ConfigureAwait(false))
        {
            throw new FindingException("The hub does not start any more: " + hub.Log);
        }
    }

    private void NoteDeath(string where) => _deaths.Add(new Death(Stopwatch.GetTimestamp(), where));
}
