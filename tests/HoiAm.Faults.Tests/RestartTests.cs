using HoiAm.Faults.Hooks;
using HoiAm.Faults.Hub;

namespace HoiAm.Faults;

/// <summary>
/// A start with a great deal to take up again, in memory and on disk alike: found by eng/faults run --seed 3, where lanes had begun to take
/// parked callbacks while the live ones were still being walked, and were given some of them twice.
/// </summary>
public sealed class RestartTests
{
    private const int Hooks = 20;
    private const int PerHook = 110;

    [Fact]
    public async Task RestartWithALargeBacklog_SendsEachCallbackOnce()
    {
        using var scratch = new Scratch(inMemory: false);
        await using var farm = HookFarm.Start();
        await using var hub = new HubUnderTest(scratch.File("data"));
        Assert.True(await hub.StartAsync(), hub.Log);
        using var api = new HubApi(hub.Url);
        await api.AdminAsync("PUT", "/vendors/v", """{ "apiKey": "restart-vendor" }""");
        await api.AdminAsync("PUT", "/accounts/a", """
            { "apiKey": "restart-key", "secretKey": "restart-secret", "allowPrivateHooks": true, "retry": { "maxRetries": 20, "delays": ["00:00:01"], "timeout": "00:00:10" } }
            """);
        farm.Set(0, Mood.NotFound);
        await Parallel.ForAsync(0, Hooks * PerHook, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
        {
            var (id, phone) = (i.ToString(CultureInfo.InvariantCulture), "090" + i.ToString("D7", CultureInfo.InvariantCulture));
            await api.AdminAsync("POST", "/messages", $$"""
                { "account": "a", "vendor": "v", "smsId": "m-{{id}}", "typeId": 2, "callbackUrl": "{{farm.Urls[0]}}/{{i % Hooks}}", "recipients": [{ "phone": "{{phone}}" }] }
                """);
            await api.ReportAsync("restart-vendor", $$"""{ "msisdn": "{{phone}}", "requestId": "", "sendTime": "", "status": 2, "referentId": "m-{{id}}", "retryCount": 0 }""");
        });

        Assert.Equal(0, await hub.TerminateAsync(TimeSpan.FromSeconds(30)));
        farm.Heal();
        var before = farm.Calls.Count;
        Assert.True(await hub.StartAsync(), hub.Log);
        Assert.True(
            await Pause.UntilAsync(async () => (await api.ListAsync("/callbacks?state=pending")).Count == 0, TimeSpan.FromMinutes(2)), "The backlog was not sent.");
        Assert.Equal(Hooks * PerHook, farm.Calls.Skip(before).Select(c => c.Id).Distinct().Count());
        Assert.Equal(Hooks * PerHook, farm.Calls.Count - before);
    }
}
