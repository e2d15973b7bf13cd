using FsCheck;
using FsCheck.Fluent;

namespace HoiAm.Dispatch.Tests.Stories;

/// <summary>
/// Thousands of random stories through the real lanes under a fake clock, each held against rules that are written here a second time:
/// retry counts and pauses, jitter, Retry-After, numbering over replays, pauses, breaker and probes, 72 hours, and a well hook among sick
/// ones. A story that breaks a rule is made smaller before it is shown. HOIAM_STORIES sets how many.
/// </summary>
public sealed class StoryTests
{
    private static readonly int s_stories = int.TryParse(Environment.GetEnvironmentVariable("HOIAM_STORIES"), out var count) ? count : 400;

    [Fact]
    public void RandomStories_KeepEveryPromise() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(s_stories),
        Prop.ForAll(Story.Any(), story => {
            var violation = StoryRun.Violation(story);
            return Prop.Label(violation is null, violation ?? "");
        }));

    /// <summary>Found by chance: replays that wait for a later try filled the page of a lane with one seat, and it read that page for ever.</summary>
    [Fact]
    public void ReplaysThatAreNotDueYet_AreNotReadAgainAndAgain() => Assert.Null(StoryRun.Violation(new Story(
        Hooks: 4,
        Seats: 1,
        SeatsTotal: 36,
        HostMax: 4,
        Extra: 7,
        Doubtful: 5,
        ReadMs: 0,
        Policies: 621243359,
        [
            new Step(StepKind.Mood, 3, 753423),
            new Step(StepKind.Commit, 3, 4),
            new Step(StepKind.Wait, 0, 123046),
            new Step(StepKind.Replay, 3, 3),
            new Step(StepKind.Wait, 0, 34063),
        ])));
}
