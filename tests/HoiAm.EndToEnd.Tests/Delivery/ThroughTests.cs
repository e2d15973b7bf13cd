using System.Globalization;
using System.Text;

namespace HoiAm.EndToEnd.Tests.Delivery;

/// <summary>10,000 messages and their reports, early, repeated, out of order and in three spellings, to a real web server.</summary>
[Collection(AloneTests.Name)]
public sealed class ThroughTests
{
    private const int Count = 10_000;
    private const int Connections = 8;

    [Fact]
    public async Task TenThousandReports_GiveExactlyTheExpectedCallbacks()
    {
        await using var hook = await HookServer.StartAsync();
        await using var hub = await HubProcess.StartAsync();
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("bulk", hook.Url + "/bulk?k=1");
        await admin.VendorAsync("bulk");
        var order = Enumerable.Range(0, Count).ToArray();
        new Random(20260131).Shuffle(order);

        // A tenth reports before its message is known.
        var early = order[..(Count / 10)];
        await PostAsync(hub.Url, early);
        for (var batch = 0; batch < Count / 1_000; batch++)
        {
            var rows = Enumerable.Range(batch * 1_000, 1_000)
                .Select(i => AdminClient.MessageJson("bulk", "bulk", Id(i), Phone(i), $"\"requestId\": \"r{Text(i)}\""));
            var reply = (await admin.SendAsync("POST", "/messages/batch", string.Join("\n", rows), "application/x-ndjson")).Is(200);
            Assert.Equal(1_000, reply.Text.Split("\"status\":201").Length - 1);
        }

        await PostAsync(hub.Url, order[(Count / 10)..]);
        await Poll.UntilAsync(() => hook.Count >= Count, "The callbacks", TimeSpan.FromMinutes(3), stepMs: 50);
        await Poll.UntilAsync(async () => (await admin.ListAsync("/callbacks?state=pending")).Count == 0, "The records", stepMs: 100);

        var calls = hook.Calls;
        Assert.Equal(Count, calls.Count);
        Assert.All(calls, c => Assert.Equal("1", c.Attempt));
        var targets = calls.ToDictionary(c => c.Parameter("SMSID")!, c => c.Target);
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(ExpectedTarget(i), targets[Id(i)]);
        }

        Assert.Empty(await admin.ListAsync("/orphans"));
        Assert.Equal(Count, (await admin.ListAsync("/callbacks?state=delivered")).Count);
    }

    // One final report for every message; some are sent again in another spelling, some have their earlier states come behind.
    private static IEnumerable<string> ReportsOf(int i)
    {
        if (i % 5 == 0)
        {
            yield return Report(i, 0, i);
        }

        yield return Report(i, Final(i), i);
        if (i % 7 == 0)
        {
            yield return Report(i, Final(i), i + 1);
        }

        if (i % 11 == 0)
        {
            yield return Report(i, 1, i + 2);
        }
    }

    private static string ExpectedTarget(int i)
    {
        var (failed, status, success, price, sent) = Final(i) switch
        {
            2 => (0, 5, 1, "850.0000", 1),
            -1 => (1, 4, 0, "0.0000", 0),
            _ => (1, 5, 0, "0.0000", 1),
        };
        return $"/bulk?k=1&SMSID={Id(i)}&SendFailed={Text(failed)}&SendStatus={Text(status)}&SendSuccess={Text(success)}&TotalPrice={price}&TotalReceiver=1"
            + $"&TotalSent={Text(sent)}&RequestId=r{Text(i)}&TypeId=2&telcoid=2&phonenumber={Phone(i)}&switchsmsid=";
    }

    private static int Final(int i) => (i % 10) switch
    {
        0 => -2,
        1 => -1,
        2 => 6,
        _ => 2,
    };

    private static string Report(int i, int status, int spelling) =>
        VendorClient.Body((spelling % 3) switch { 0 => Phone(i), 1 => "84" + Phone(i)[1..], _ => "+84 " + Phone(i)[1..4] + "." + Phone(i)[4..] }, Id(i), status);

    private static Task PostAsync(string url, int[] messages) =>
        Parallel.ForAsync(0, Connections, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (lane, _) =>
        {
            // One message's reports stay on one connection, so that what is final first is known.
            using var vendor = new VendorClient(url, "bulk-vendor-key");
            foreach (var body in messages.Where(i => i % Connections == lane).SelectMany(ReportsOf))
            {
                (await vendor.SendAsync("POST", VendorClient.Path, Encoding.UTF8.GetBytes(body), "application/json")).Is(200);
            }
        });

    private static string Id(int i) => "through-" + Text(i);

    private static string Phone(int i) => "0901" + i.ToString("D6", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
