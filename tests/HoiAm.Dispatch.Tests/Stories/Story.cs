using FsCheck;
using FsCheck.Fluent;
using HoiAm.Dispatch.Tests.Support;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Stories;

/// <summary>What happens next in a story.</summary>
public enum StepKind
{
    /// <summary>So many callbacks are committed.</summary>
    Commit,

    /// <summary>So many milliseconds pass.</summary>
    Wait,

    /// <summary>The hook answers otherwise from now on: the number picks the answers.</summary>
    Mood,

    /// <summary>The hook is paused.</summary>
    Pause,

    /// <summary>It goes on.</summary>
    Resume,

    /// <summary>So many of its exhausted callbacks are sent again.</summary>
    Replay,
}

/// <summary>One step: what, to which hook, how much.</summary>
public sealed record Step(StepKind Kind, int Hook, int Amount);

/// <summary>
/// A history of hooks, callbacks and time that the real lanes live through under a fake clock. A value: it can be run again, and made
/// smaller until nothing can be left out without the fault going away. Hook 0 is well all the time and has a server of its own.
/// </summary>
public sealed record Story(int Hooks, int Seats, int SeatsTotal, int HostMax, int Extra, int Doubtful, int ReadMs, int Policies, IReadOnlyList<Step> Steps)
{
    internal const int WellHook = 0;

    private static readonly Reply[] s_replies =
    [
        Reply.Ok, Reply.Hang, Reply.Of(500), Reply.Of(404), Reply.Of(400), Reply.Of(503), Reply.Ok with { Takes = TimeSpan.FromSeconds(3) },
        Reply.Of(429) with { RetryAfter = TimeSpan.FromSeconds(90) }, Reply.Of(503) with { RetryAfter = TimeSpan.FromHours(30) },
        new Reply(AttemptOutcome.ConnectionRefused, 0, TimeSpan.Zero), new Reply(AttemptOutcome.Blocked, 0, TimeSpan.Zero),
        new Reply(AttemptOutcome.Redirected, 302, TimeSpan.FromMilliseconds(1)), new Reply(AttemptOutcome.DnsFailed, 0, TimeSpan.FromMilliseconds(20)),
    ];

    /// <summary>Stories from seeds, with a way to make each smaller.</summary>
    public static Arbitrary<Story> Any() => Arb.From(Gen.Choose(0, int.MaxValue - 1).Select(Draw), Smaller);

    /// <summary>The answers that a mood's number stands for, one after the other and again.</summary>
    internal static IReadOnlyList<Reply> Mood(int number) =>
        [.. Enumerable.Range(0, 1 + (number % 3)).Select(i => s_replies[(number >> (4 * (i + 1))) % s_replies.Length])];

    internal HookPolicy Policy(int hook)
    {
        var random = new Random(unchecked((Policies * 31) + hook));
        return new HookPolicy
        {
            MaxConcurrency = random.Next(1, 12),
            MaxPerMinute = hook != WellHook && random.Next(4) == 0 ? random.Next(60, 600) : null,
            Retry = new RetryPolicy
            {
                MaxRetries = random.Next(0, 7),
                On = (RetryOn)random.Next(3),
                Delays = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => TimeSpan.FromSeconds(Math.Pow(10, random.NextDouble() * 3.5) - 1))],
            },
        };
    }

    private static Story Draw(int seed)
    {
        var random = new Random(seed);
        var hooks = random.Next(1, 6);
        var steps = Enumerable.Range(0, random.Next(3, 50)).Select(_ => DrawStep(random, hooks)).ToList();
        return new Story(hooks, random.Next(1, 40), random.Next(20, 200), random.Next(1, 12), random.Next(0, 10), random.Next(1, 6), random.Next(3) * 20, seed, steps);
    }

    private static Step DrawStep(Random random, int hooks)
    {
        var hook = random.Next(hooks);
        return random.Next(20) switch
        {
            < 7 => new Step(StepKind.Commit, hook, random.Next(1, 30)),
            < 12 => new Step(StepKind.Wait, 0, (int)Math.Pow(10, random.NextDouble() * 7)),
            12 => new Step(StepKind.Wait, 0, (int)TimeSpan.FromHours(random.Next(1, 90)).TotalMilliseconds),
            < 16 => new Step(StepKind.Mood, hook, random.Next(1 << 20)),
            16 => new Step(StepKind.Pause, hook, 0),
            17 => new Step(StepKind.Resume, hook, 0),
            _ => new Step(StepKind.Replay, hook, random.Next(1, 6)),
        };
    }

    private static IEnumerable<Story> Smaller(Story story)
    {
        // Whole stretches first, then single steps, then smaller numbers.
        for (var length = story.Steps.Count / 2; length >= 1; length /= 2)
        {
            for (var from = 0; from + length <= story.Steps.Count; from += length)
            {
                yield return story with { Steps = [.. story.Steps.Take(from), .. story.Steps.Skip(from + length)] };
            }
        }

        for (var i = 0; i < story.Steps.Count; i++)
        {
            var step = story.Steps[i];
            if (step.Amount > 1 && step.Kind != StepKind.Mood)
            {
                yield return story with { Steps = [.. story.Steps.Take(i), step with { Amount = step.Amount / 2 }, .. story.Steps.Skip(i + 1)] };
            }
        }

        if (story.ReadMs > 0)
        {
            yield return story with { ReadMs = 0 };
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"hooks {Hooks}, seats {Seats} of {SeatsTotal}, host {HostMax}, extra {Extra}, doubtful {Doubtful}, read {ReadMs} ms, policies {Policies}: "
        + string.Join("; ", Steps.Select(s => $"{s.Kind} {s.Hook} {s.Amount}"));
}
