using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Sending;

/// <summary>Kill −9 between a send's answer and its delivery: what was answered 100 is sent by the next run, once and at its time.</summary>
[Collection(AloneTests.Name)]
public sealed class KilledWhileSendingTests
{
    [Fact]
    public async Task ScheduledMessages_AreSentAtTheirTimeByTheNextRun()
    {
        await using var hook = await HookServer.StartAsync();
        await using var hub = await HubProcess.StartAsync(null, "--sandbox");
        using var sender = new SendClient(hub.Url);
        var due = TimeProvider.System.GetUtcNow().AddSeconds(8);
        var local = due.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var reply = (await sender.SmsAsync("0901234123", $"later-{i}", $",\"SendDate\":\"{local}\",\"CallbackUrl\":\"{hook.Url}/later\"")).Is(200);
            ids.Add((string)reply.Json["SMSID"]!);
        }

        var balance = await sender.BalanceAsync();
        await hub.KillAsync();
        await hub.StartAgainAsync();
        Assert.Equal("124", (string?)(await sender.SmsAsync("0901234123", "later-0")).Is(200).Json["CodeResult"]);
        foreach (var id in ids)
        {
            await Poll.UntilAsync(() => hook.For(id).Count > 0, "The callback of " + id);
            Assert.Equal(5, await sender.StatusAsync(id));
        }

        // The second of the SendDate was cut off, so up to one earlier than asked for here.
        Assert.All(ids, id => Assert.True(hook.For(id)[0].At >= due.AddSeconds(-1), "Sent before its time."));
        Assert.Equal((balance, ids.Count), (await sender.BalanceAsync(), await sender.CountSentAsync()));
    }

    [Fact]
    public async Task MessagesUnderWay_AreNeitherLostNorSentTwice()
    {
        await using var hook = await HookServer.StartAsync();
        await using var hub = await HubProcess.StartAsync(null, "--sandbox");
        using var sender = new SendClient(hub.Url);
        var before = await sender.BalanceAsync();
        var ids = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            var reply = (await sender.SmsAsync("0901234123", $"now-{i}", $",\"CallbackUrl\":\"{hook.Url}/now\"")).Is(200);
            ids.Add((string)reply.Json["SMSID"]!);
            if (i % 20 == 19)
            {
                await hub.KillAsync();
                await hub.StartAgainAsync();
            }
        }

        foreach (var id in ids)
        {
            await Poll.UntilAsync(() => hook.For(id).Count > 0, "The callback of " + id);
        }

        // A callback may repeat over a death, never a message or its price.
        Assert.Equal((before - (ids.Count * 850), ids.Count), (await sender.BalanceAsync(), await sender.CountSentAsync()));
        Assert.All(ids, id => Assert.Single(hook.For(id).Select(c => c.Target).Distinct()));
    }
}
