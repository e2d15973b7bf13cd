using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Delivery;

/// <summary>Customers do not feel each other's hooks, and one SMSID's callbacks leave in order.</summary>
[Collection(SharedHubTests.Name)]
public sealed class IsolationTests(SharedHub shared)
{
    [Fact]
    public async Task DeadHook_DelaysNobodyElse()
    {
        var (admin, hook) = (shared.Admin, shared.Hook);
        hook.Script("/dead", _ => HookAnswer.Silence);
        await admin.AccountAsync("dead", hook.Url + "/dead");
        await admin.AccountAsync("alive", hook.Url + "/alive");
        await admin.VendorAsync("isolation");
        using var vendor = new VendorClient(shared.Url, "isolation-vendor-key");
        await RegisterAsync("dead", 300);
        await RegisterAsync("alive", 50);
        await Parallel.ForAsync(0, 300, Bounded, async (i, _) => (await vendor.ReportAsync("0901234567", Id("dead", i), 2)).Is(200));
        await Poll.UntilAsync(() => hook.At("/dead").Count > 0, "The first silence");

        var began = TimeProvider.System.GetTimestamp();
        await Parallel.ForAsync(0, 50, Bounded, async (i, _) => (await vendor.ReportAsync("0901234567", Id("alive", i), 2)).Is(200));
        await Poll.UntilAsync(() => hook.At("/alive").Count == 50, "The healthy hook's callbacks");
        var took = TimeProvider.System.GetElapsedTime(began);

        // A silent hook holds each try for ten seconds; waiting for even one of them would show.
        Assert.True(took < TimeSpan.FromSeconds(9), $"The healthy hook waited {took}.");
        var endpoints = await admin.ListAsync("/endpoints?account=dead");
        Assert.True((int)Assert.Single(endpoints)["queue"]! + (int)endpoints[0]["inFlight"]! >= 290, endpoints[0].ToJsonString());
        hook.Script("/dead", _ => HookAnswer.Ok);
    }

    [Fact]
    public async Task PushedStates_OfOneMessageLeaveInOrder()
    {
        var (admin, hook) = (shared.Admin, shared.Hook);
        await admin.AccountAsync("order", hook.Url + "/order", "\"pushStates\": [1, 2, 4, 5, 7]");
        (await admin.PutAsync("/vendors/order", """{ "apiKey": "order-vendor-key", "statusMap": { "7": "sent" } }""")).Is(201);
        using var vendor = new VendorClient(shared.Url, "order-vendor-key");
        hook.Script("/order", call => new HookAnswer(DelayMs: call.Parameter("SendStatus") == "1" ? 300 : 0));
        await RegisterAsync("order", 20, "order");
        await Parallel.ForAsync(0, 20, Bounded, async (i, _) =>
        {
            foreach (var status in new[] { 0, 1, 7, 0, 2, 1 })
            {
                (await vendor.ReportAsync("0901234567", Id("order", i), status)).Is(200);
            }
        });

        await Poll.UntilAsync(() => hook.At("/order").Count(c => c.Parameter("SendStatus") == "5") == 20, "The final callbacks");
        for (var i = 0; i < 20; i++)
        {
            var calls = hook.For(Id("order", i));
            Assert.Equal(["1", "2", "7", "5"], calls.Select(c => c.Parameter("SendStatus")));
            Assert.Equal(4, calls.Select(c => c.CallbackId).Distinct().Count());
        }
    }

    private static ParallelOptions Bounded => new() { MaxDegreeOfParallelism = 16 };

    private async Task RegisterAsync(string account, int count, string vendor = "isolation")
    {
        var rows = Enumerable.Range(0, count).Select(i => AdminClient.MessageJson(account, vendor, Id(account, i), "0901234567"));
        var reply = (await shared.Admin.SendAsync("POST", "/messages/batch", string.Join("\n", rows), "application/x-ndjson")).Is(200);
        Assert.DoesNotContain("\"error\"", reply.Text, StringComparison.Ordinal);
    }

    private static string Id(string account, int index) => $"{account}-{index.ToString(CultureInfo.InvariantCulture)}";
}
