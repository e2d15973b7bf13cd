using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Tests.Support;

namespace HoiAm.Ledger.Tests.Sqlite;

/// <summary>Under steady load the file stops growing: what is deleted makes room for what comes.</summary>
public sealed class SqliteSizeTests
{
    [Fact]
    public async Task SteadyLoadWithRetention_ReachesASteadySize()
    {
        await using var bench = LedgerBench.Start(new SqliteEngine());
        var sizes = new List<long>();
        for (var day = 0; day < 6; day++)
        {
            await DayAsync(bench, day);
            sizes.Add(await bench.Ledger.WriteAsync(c => c.Scalar("PRAGMA page_count")));
            bench.Time.Advance(TimeSpan.FromDays(1));
            await ForgetAsync(bench);
        }

        Assert.Equal(0, await bench.CountAsync("message") + await bench.CountAsync("reference") + await bench.CountAsync("report") + await bench.CountAsync("callback"));
        Assert.True(sizes[5] <= sizes[1] * 1.1, "Pages after each day: " + string.Join(", ", sizes));
    }

    private static async Task DayAsync(LedgerBench bench, int day)
    {
        const int Messages = 1_500;
        await bench.Ledger.RegisterAsync([.. Enumerable.Range(0, Messages).Select(i => Make.Message($"d{day}-{i}", requestId: $"r{day}-{i}"))]);
        bench.Queue.Clear();
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => bench.Ledger.AppendAsync(
            Make.Report(2, referent: $"d{day}-{i}", raw: new string('x', 200))).AsTask()));
        await bench.SettleAsync([.. bench.Queue.Enqueued.Select(c => Make.Delivered(c.Id))]);
    }

    private static async Task ForgetAsync(LedgerBench bench)
    {
        var before = bench.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var page in (await bench.Ledger.WriteAsync(c => c.Query("SELECT id FROM message ORDER BY id", r => r.GetInt64(0)))).Chunk(100))
        {
            await bench.Ledger.DropMessagesAsync(page, before);
        }

        await bench.Ledger.DropReportsAsync(0, long.MaxValue, before);
        await bench.Ledger.DropCallbacksAsync(0, long.MaxValue, before);
    }
}
