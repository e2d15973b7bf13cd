using HoiAm.Dispatch.Breaking;
using HoiAm.Dispatch.Lanes;
using HoiAm.Dispatch.Tests.Support;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Stories;

/// <summary>Lives through a story with the real lanes, ends it in peace, and tells the first promise that was broken.</summary>
internal sealed class StoryRun
{
    private static readonly TimeSpan s_piece = TimeSpan.FromSeconds(30);

    private readonly Story _story;
    private readonly Sim _sim;
    private readonly Hook[] _hooks;
    private readonly IReadOnlyList<Reply>[] _moods;
    private readonly int[] _asked;
    private readonly List<(int Hook, DateTimeOffset From, DateTimeOffset To)> _pauses = [];
    private readonly Dictionary<int, DateTimeOffset> _pausedAt = [];
    private readonly Dictionary<long, List<DateTimeOffset>> _replays = [];

    private StoryRun(Story story)
    {
        _story = story;
        var options = new DispatcherOptions
        {
            SeatsPerLane = story.Seats,
            SeatsTotal = story.SeatsTotal,
            HostConcurrencyMax = story.HostMax,
            ExtraSlots = story.Extra,
            DoubtfulSlots = story.Doubtful,
        };
        _sim = new Sim(options, (ulong)story.Policies, () => TimeSpan.FromMilliseconds(story.ReadMs));
        _hooks = [.. Enumerable.Range(0, story.Hooks).Select(i => Sim.Hook(i + 1, i == Story.WellHook ? "" : "host" + (i % 2)))];
        _moods = [.. _hooks.Select(_ => (IReadOnlyList<Reply>)[Reply.Ok])];
        _asked = new int[story.Hooks];
        for (var i = 0; i < _hooks.Length; i++)
        {
            var hook = i;
            _sim.Policies[_hooks[i].Account] = story.Policy(i);
            _sim.Script(_hooks[i], _ => _moods[hook][_asked[hook]++ % _moods[hook].Count]);
        }
    }

    private DateTimeOffset Now => _sim.Clock.GetUtcNow();

    /// <summary>The first broken promise in words; null when all were kept.</summary>
    public static string? Violation(Story story)
    {
        var run = new StoryRun(story);
        try
        {
            run.Live();
            return run.Faults().FirstOrDefault();
        }
        catch (Xunit.Sdk.XunitException broken)
        {
            return broken.Message;
        }
    }

    private void Live()
    {
        foreach (var step in _story.Steps)
        {
            Do(step);
        }

        for (var i = 0; i < _hooks.Length; i++)
        {
            Do(new Step(StepKind.Resume, i, 0));
            _moods[i] = [Reply.Ok];
        }

        // The longest pause is the day that Retry-After may ask for, with its jitter, or the five minutes of a probe.
        Pass(TimeSpan.FromHours(28));
    }

    // In pieces, so that a lane that works without getting anywhere is a finding and not a test that never ends.
    private void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= s_piece)
        {
            var (reads, tries) = (_sim.Ledger.Fetches, _sim.Sender.Tries.Count);
            _sim.Clock.Advance(left < s_piece ? left : s_piece);
            Assert.True(_sim.Ledger.Fetches - reads < 5_000, $"The disk was read {_sim.Ledger.Fetches - reads} times within {s_piece} at {Now:O}.");
            Assert.True(_sim.Sender.Tries.Count - tries < 20_000, $"There were {_sim.Sender.Tries.Count - tries} tries within {s_piece}.");
        }
    }

    private void Do(Step step)
    {
        var hook = _hooks[step.Hook];
        switch (step.Kind)
        {
            case StepKind.Commit:
                _sim.Commit(hook, step.Amount);
                break;
            case StepKind.Wait:
                Pass(TimeSpan.FromMilliseconds(step.Amount));
                break;
            case StepKind.Mood when step.Hook != Story.WellHook:
                _moods[step.Hook] = Story.Mood(step.Amount);
                break;
            case StepKind.Pause when step.Hook != Story.WellHook && _pausedAt.TryAdd(hook.Id, Now):
                _sim.Dispatcher.Pause(hook);
                break;
            case StepKind.Resume when _pausedAt.Remove(hook.Id, out var from):
                _pauses.Add((hook.Id, from, Now));
                _sim.Dispatcher.Resume(hook);
                break;
            case StepKind.Replay:
                foreach (var row in _sim.Ledger.Rows.Where(r => r.Hook == hook && r.State == CallbackState.Exhausted).Take(step.Amount).ToList())
                {
                    (_replays.TryGetValue(row.Id, out var list) ? list : _replays[row.Id] = []).Add(Now);
                    _sim.Ledger.Replay(_sim.Dispatcher, row);
                }

                break;
        }
    }

    private IEnumerable<string> Faults() =>
        _sim.Errors.Concat(Ends()).Concat(Schedules()).Concat(Numbers()).Concat(Pauses()).Concat(Breakers()).Concat(WellHookIsNotHeldUp());

    private IEnumerable<string> Ends()
    {
        var totals = _sim.Dispatcher.Totals();
        if ((totals.InFlight, totals.Live, totals.Parked) != (0, 0L, 0L))
        {
            yield return $"something is left: {totals}";
        }

        foreach (var row in _sim.Ledger.Rows)
        {
            var most = _sim.For(row.Hook.Account).Retry.MaxRetries + 1;
            if (row.State is not (CallbackState.Delivered or CallbackState.Exhausted))
            {
                yield return $"callback {row.Id} is {row.State}";
            }

            if (row.Tries > most || (row.Reason == ExhaustedReason.Retries && row.State == CallbackState.Exhausted && row.Tries != most))
            {
                yield return $"callback {row.Id} used {row.Tries} tries of {most}";
            }
        }
    }

    // Pause, jitter and Retry-After of every retry, recomputed from what the hook answered.
    private IEnumerable<string> Schedules()
    {
        var tries = new Dictionary<long, int>();
        var replays = _replays.ToDictionary(r => r.Key, r => new Queue<DateTimeOffset>(r.Value));
        foreach (var (at, row, settled) in _sim.Ledger.Settlements)
        {
            if (settled.State == CallbackState.Exhausted && settled.Reason == ExhaustedReason.Expired && settled.Attempt is null
                && at - row.CreatedAt < Defaults.ExpireAfter && !_replays.ContainsKey(row.Id))
            {
                yield return $"callback {row.Id} expired after {at - row.CreatedAt}";
            }

            if (settled.Attempt is not { } attempt || settled.State is not (CallbackState.Live or CallbackState.Parked))
            {
                continue;
            }

            while (replays.TryGetValue(row.Id, out var queue) && queue.TryPeek(out var replayed) && replayed <= at)
            {
                queue.Dequeue();
                tries[row.Id] = 0;
            }

            var before = tries.GetValueOrDefault(row.Id);
            tries[row.Id] = settled.Tries;
            if (settled.Tries == before)
            {
                if (Breaker.Read(attempt.Outcome, attempt.HttpStatus) != HookSign.Failing && attempt.Outcome != AttemptOutcome.Interrupted)
                {
                    yield return $"callback {row.Id}: a try that ended {attempt.Outcome} was not charged";
                }

                continue;
            }

            var delays = _sim.For(row.Hook.Account).Retry.Delays;
            var pause = delays[Math.Min(settled.Tries - 1, delays.Count - 1)];
            var asked = attempt.RetryAfter is { } a ? a < Defaults.RetryAfterMax ? a : Defaults.RetryAfterMax : TimeSpan.Zero;
            var least = asked > pause ? asked : pause;
            if (settled.DueAt - at < least || settled.DueAt - at > least * 1.1 + TimeSpan.FromTicks(1))
            {
                yield return $"callback {row.Id}: {settled.DueAt - at} until the next try, and must be {least} to a tenth more";
            }
        }
    }

    // Numbers go on over retries and replays, and no retry leaves before it is due.
    private IEnumerable<string> Numbers()
    {
        var due = new Dictionary<long, (DateTimeOffset At, DateTimeOffset NotBefore)>();
        var events = _sim.Ledger.Settlements.Select((s, i) => (s.At, Order: i, Id: s.Row.Id, Try: 0, Due: s.Settlement.State is CallbackState.Live or CallbackState.Parked ? s.Settlement.DueAt : DateTimeOffset.MinValue))
            .Concat(_replays.SelectMany(r => r.Value.Select(at => (At: at, Order: int.MaxValue - 1, Id: r.Key, Try: 0, Due: DateTimeOffset.MinValue))))
            .Concat(_sim.Sender.Tries.Select(t => (t.At, Order: int.MaxValue, t.Id, Try: t.Number, Due: DateTimeOffset.MinValue)));
        foreach (var one in events.OrderBy(e => e.At).ThenBy(e => e.Order))
        {
            if (one.Try == 0)
            {
                due[one.Id] = (one.At, one.Due);
            }
            else if (due.TryGetValue(one.Id, out var settled) && settled.At < one.At && one.At < settled.NotBefore)
            {
                // A try that took no time at all is settled in the instant of its begin; that settlement is its own.
                yield return $"callback {one.Id} was tried {settled.NotBefore - one.At} too early";
            }
        }

        foreach (var tries in _sim.Sender.Tries.GroupBy(t => t.Id))
        {
            if (!tries.Select(t => t.Number).SequenceEqual(Enumerable.Range(1, tries.Count())))
            {
                yield return $"callback {tries.Key} was numbered {string.Join(",", tries.Select(t => t.Number))}";
            }
        }
    }

    private IEnumerable<string> Pauses() =>
        from pause in _pauses
        from t in _sim.Sender.Tries
        where t.Hook == pause.Hook && !t.IsReplay && t.At > pause.From && t.At < pause.To
        select $"callback {t.Id} was tried while its hook was paused";

    // The breaker once more, from nothing but the ends of tries: while it is open only probes leave, half a minute apart at least.
    private IEnumerable<string> Breakers()
    {
        foreach (var hook in _hooks)
        {
            var ends = _sim.Ledger.Settlements.Where(s => s.Row.Hook == hook && s.Settlement.Attempt is not null).ToList();
            var (streak, first, several) = (0, 0L, false);
            DateTimeOffset? quietUntil = null;
            var next = 0;
            foreach (var start in _sim.Sender.Tries.Where(t => t.Hook == hook.Id))
            {
                for (; next < ends.Count && ends[next].At < start.At; next++)
                {
                    var sign = Breaker.Read(ends[next].Settlement.Attempt!.Outcome, ends[next].Settlement.Attempt!.HttpStatus);
                    (first, several) = streak == 0 ? (ends[next].Row.Id, false) : (first, several || ends[next].Row.Id != first);
                    streak = sign == HookSign.Failing ? streak + 1 : sign == HookSign.Alive ? 0 : streak;

                    // A probe that never left the house says nothing, and the next may go at once.
                    quietUntil = sign == HookSign.None && quietUntil is not null ? ends[next].At : quietUntil;
                    quietUntil = streak == 0 ? null : quietUntil ?? (streak >= Defaults.BreakerThreshold && several ? ends[next].At + Defaults.ProbeFirst : null);
                }

                // A probe that succeeds lets the others go in the same instant.
                if (ends.Skip(next).TakeWhile(e => e.At == start.At).Any(e => IsAlive(e.Settlement.Attempt!)))
                {
                    quietUntil = null;
                }
                else if (quietUntil is { } until && !start.IsReplay)
                {
                    var isFollowing = ends.Skip(next).TakeWhile(e => e.At == start.At).Any(e => Breaker.Read(e.Settlement.Attempt!.Outcome, 0) == HookSign.None);
                    if (start.At < until && !isFollowing)
                    {
                        yield return $"callback {start.Id} was tried {until - start.At} before the breaker's next probe";
                    }

                    quietUntil = start.At + Defaults.ProbeFirst;
                }
            }
        }
    }

    private static bool IsAlive(Attempt attempt) => Breaker.Read(attempt.Outcome, attempt.HttpStatus) == HookSign.Alive;

    // Whatever its neighbours do: an answering hook gets each callback as fast as its own queue allows, and ten seconds for page reads.
    private IEnumerable<string> WellHookIsNotHeldUp()
    {
        var hook = _hooks[Story.WellHook];
        foreach (var (at, row, settled) in _sim.Ledger.Settlements.Where(s => s.Row.Hook == hook && s.Settlement.State == CallbackState.Delivered))
        {
            var ahead = _sim.Ledger.Rows.Count(r => r.Hook == hook && r.CreatedAt == row.CreatedAt);
            if (at - row.CreatedAt > TimeSpan.FromSeconds(10) + (ahead * TimeSpan.FromMilliseconds(30)))
            {
                yield return $"callback {row.Id} of the well hook took {at - row.CreatedAt}";
            }
        }
    }
}
