using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Durability;

/// <summary>The orderly end: SIGTERM in the middle of traffic.</summary>
[Collection(AloneTests.Name)]
public sealed class StopTests
{
    [Fact]
    public async Task Terminated_ExitsCleanlyInTimeAndNothingIsLostOrDoubled()
    {
        const int messages = 600;
        await using var hook = await HookServer.StartAsync();
        hook.Script("/crash", call => new HookAnswer(DelayMs: 20 + (call.Number % 50)));
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        var load = new CrashLoad(hub.Url, messages);
        await load.RegisterAsync(admin, hook.Url + "/crash");
        var reporting = load.ReportAsync(0, messages);
        await Poll.UntilAsync(() => load.Acknowledged > 200 && hook.Count > 10, "Traffic");

        var took = await hub.TerminateAsync();
        Assert.True(took < TimeSpan.FromSeconds(20), $"The stop took {took}.");
        Assert.Equal(0, hub.ExitCode);
        Assert.Equal("", hub.Stderr);

        Assert.True(await hub.StartAgainAsync());
        await reporting;
        await Poll.UntilAsync(() => hook.Calls.Select(c => c.Parameter("SMSID")).Distinct().Count() == messages, "The callbacks");
        await Poll.UntilAsync(async () => (await admin.ListAsync("/callbacks?state=pending")).Count == 0, "The records", stepMs: 100);

        // No crash, so nothing that was acknowledged is repeated.
        Assert.Equal(messages, hook.Count);
    }

    [Fact]
    public async Task TerminatedWhileAHookIsSilent_ExitsInTimeAndTriesAgainAfterTheNextStart()
    {
        await using var hook = await HookServer.StartAsync();
        hook.Script("/silent", _ => HookAnswer.Silence);
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("shop", hook.Url + "/silent", """ "retry": { "timeout": "00:02:00" } """);
        await admin.VendorAsync("v");
        using var vendor = new VendorClient(hub.Url, "v-vendor-key");
        for (var i = 0; i < 20; i++)
        {
            var id = "silent-" + i.ToString(CultureInfo.InvariantCulture);
            await admin.MessageAsync("shop", "v", id, "0901234567");
            (await vendor.ReportAsync("0901234567", id, 2)).Is(200);
        }

        await Poll.UntilAsync(() => hook.Count > 0, "The first try");
        var took = await hub.TerminateAsync();
        Assert.True(took < TimeSpan.FromSeconds(20), $"The stop took {took}.");
        Assert.Equal(0, hub.ExitCode);
        hook.Script("/silent", _ => HookAnswer.Ok);
        Assert.True(await hub.StartAgainAsync());
        await Poll.UntilAsync(async () => (await admin.ListAsync("/callbacks?state=delivered")).Count == 20, "The callbacks", stepMs: 50);
    }
}
