namespace HoiAm.EndToEnd.Tests.Delivery;

/// <summary>What was given up while a hook was down is sent again by itself, when the account asks for that.</summary>
public sealed class RecoveryReplayTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task HookTakesCallbacksAgain_GivenUpOnesFollowWhenAskedFor(string option, bool follows)
    {
        await using var scene = await Scene.StartAsync($$""" "replayOnRecovery": {{option}}, "retry": { "maxRetries": 0 } """);
        var isUp = false;
        scene.Hook.Script("/back", _ => new HookAnswer(Volatile.Read(ref isUp) ? 200 : 500));
        scene.Hook.Script("/refuses", _ => new HookAnswer(400));
        for (var i = 0; i < 4; i++)
        {
            await scene.ReportAsync("down-" + i, "/back");
            await SettledAsync(scene, "down-" + i, "exhausted");
        }

        await scene.ReportAsync("refused", "/refuses");
        await SettledAsync(scene, "refused", "exhausted");
        Volatile.Write(ref isUp, true);
        await scene.ReportAsync("up", "/back");
        await SettledAsync(scene, "up", "delivered");
        if (follows)
        {
            await Poll.UntilAsync(
                async () =>
                {
                    scene.Hub.Clock.Advance(TimeSpan.FromMilliseconds(200));
                    return (await scene.Admin.ListAsync("/callbacks?state=delivered")).Count == 5;
                },
                "The callbacks of the outage");
            Assert.Equal("2", Assert.Single(scene.Hook.For("down-0"), c => c.Attempt == "2").Attempt);
        }

        // What the hook itself refused is nobody's outage.
        scene.Hub.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(follows ? 1 : 5, (await scene.Admin.ListAsync("/callbacks?state=exhausted")).Count);
        Assert.Single(scene.Hook.For("refused"));
        Assert.Equal(follows, (bool)(await scene.Admin.GetAsync("/accounts/shop")).Is(200).Json["replayOnRecovery"]!);
    }

    private static Task SettledAsync(Scene scene, string smsId, string state) => Poll.UntilAsync(
        async () =>
        {
            scene.Hub.Clock.Advance(TimeSpan.FromMilliseconds(50));
            return (string?)(await scene.Admin.StoryAsync(smsId))["callbacks"]![0]!["state"] == state;
        },
        smsId + " to be " + state);
}
