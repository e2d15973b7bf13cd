using System.Collections.Concurrent;
using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Durability;

/// <summary>
/// The load of the crash test: messages registered ahead, then several vendors that report on them and insist until each report is
/// taken, whatever happens to the hub meanwhile. A message's reports come in order from one vendor, so its end is known beforehand.
/// </summary>
internal sealed class CrashLoad(string url, int messages)
{
    private const int Senders = 6;
    private int _acknowledged;
    private int _resent;

    /// <summary>Reports that were answered 200 so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Reports that had to be sent more than once.</summary>
    public int Resent => Volatile.Read(ref _resent);

    public int Messages => messages;

    public static string Id(int index) => "crash-" + index.ToString(CultureInfo.InvariantCulture);

    public async Task RegisterAsync(AdminClient admin, string hookUrl)
    {
        await admin.AccountAsync("crash", hookUrl);
        await admin.VendorAsync("crash");
        for (var from = 0; from < messages; from += 1_000)
        {
            var rows = Enumerable.Range(from, Math.Min(1_000, messages - from)).Select(i => AdminClient.MessageJson("crash", "crash", Id(i), Phone(i)));
            var reply = (await admin.SendAsync("POST", "/messages/batch", string.Join("\n", rows), "application/x-ndjson")).Is(200);
            Assert.DoesNotContain("\"error\"", reply.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>Waits until every node knows the vendor's key: changes are in force everywhere within a second, and not at once.</summary>
    public static async Task KnownAsync(IEnumerable<string> urls)
    {
        foreach (var url in urls)
        {
            using var vendor = new VendorClient(url, "crash-vendor-key");
            await Poll.UntilAsync(async () => (await vendor.PostAsync("{}")).Status == 400, "The key on every node", stepMs: 50);
        }
    }

    /// <summary>Reports on the messages of a range; ends when every report is acknowledged.</summary>
    public async Task ReportAsync(int from, int to)
    {
        var queue = new ConcurrentQueue<int>(Enumerable.Range(from, to - from));
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            using var vendor = new VendorClient(url, "crash-vendor-key");
            while (queue.TryDequeue(out var index))
            {
                foreach (var status in StatusesOf(index))
                {
                    var tries = await vendor.InsistAsync(VendorClient.Body(Phone(index), Id(index), status));
                    Interlocked.Add(ref _resent, tries > 1 ? 1 : 0);
                    Interlocked.Increment(ref _acknowledged);
                }
            }
        }));
    }

    // Waiting, then a final state, and for some a contradiction that must change nothing.
    private static IEnumerable<int> StatusesOf(int index)
    {
        yield return 1;
        yield return (index % 4) switch { 0 => -2, 1 => -1, _ => 2 };
        if (index % 6 == 0)
        {
            yield return 2;
        }
    }

    private static string Phone(int index) => "0901" + index.ToString("D6", CultureInfo.InvariantCulture);
}
