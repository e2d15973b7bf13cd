using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Tests.Support;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task AfterAKill_EverythingAnsweredIsThere()
    {
        await Bench.RegisterAsync(Make.Message("a"));
        await Ledger.AppendAsync(Make.Report(1, "a"));
        await Ledger.AppendAsync(Make.Report(2, "a"));
        await Ledger.AppendAsync(Make.Report(2, "b", raw: "early"));
        var sent = Bench.Queue.Enqueued[0];

        await Bench.KillAsync();

        Assert.Equal(2, (await Bench.ReportsAsync("a")).Count);
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(2, "a")));
        Assert.Equal(ReportEffect.Repeated, await Ledger.AppendAsync(Make.Report(2, "b")));
        await Bench.RegisterAsync(Make.Message("b"));
        Assert.Equal(Model.RecipientState.Delivered, (await Bench.MessageAsync("b")).State);
        var again = (await Ledger.LiveAsync(0, 10))[0];
        Assert.Equal((sent.Id, sent.Query, sent.DueAt, sent.EventTime), (again.Id, again.Query, again.DueAt, again.EventTime));
        Assert.Equal(sent.Hook, again.Hook);
        Assert.Equal(sent.Tag, again.Tag);
        Assert.NotEqual(0, again.Tag.Kind);
    }

    [Fact]
    public async Task LiveCallbacks_ComeInPagesById()
    {
        await DeliverAsync(7);
        var ids = Enqueued().ToList();
        await Bench.SettleAsync(Make.Delivered(ids[1]), Make.Exhausted(ids[2]), Failed(ids[3], CallbackState.Live, 1));
        await Bench.KillAsync();

        var pages = new List<List<DueCallback>>();
        for (var after = 0L; pages.Count == 0 || pages[^1].Count > 0; after = pages[^1].Count == 0 ? after : pages[^1][^1].Id)
        {
            pages.Add(await Ledger.LiveAsync(after, 2));
        }

        Assert.Equal([2, 2, 1, 0], pages.Select(p => p.Count));
        Assert.Equal([ids[0], ids[3], ids[4], ids[5], ids[6]], pages.SelectMany(p => p).Select(c => c.Id));
        Assert.Equal((1, 1), (pages[0][1].Attempts, pages[0][1].Tries));
    }

    [Fact]
    public async Task ParkedAndHeldCallbacks_AreNotLive()
    {
        Bench.Queue.Seats = 1;
        await ThreeCallbacksAsync();
        await DeliverAsync(2);
        await Bench.KillAsync();

        Assert.Single(await Ledger.LiveAsync(0, 100));
        var (hook, count, due) = Assert.Single(await Ledger.ParkedAsync());
        Assert.Equal((ScriptedAccounts.Hook, 1, 2L), (hook.Url, hook.Account, count));
        Assert.Equal(Bench.Time.GetUtcNow().AddSeconds(1), due);
    }

    [Fact]
    public async Task ParkedSummaries_TellTheEarliestDueOfEveryHook()
    {
        Bench.Queue.Seats = 0;
        var start = Bench.Time.GetUtcNow();
        await DeliverAsync(2);
        Bench.Time.Advance(TimeSpan.FromMinutes(1));
        await Bench.RegisterAsync(Make.Message("own", hook: "http://own.example/h"));
        await Ledger.AppendAsync(Make.Report(2, "own"));
        await DeliverAsync(1, from: 2);

        var summaries = await Ledger.ParkedAsync();

        Assert.Equal(
            [(ScriptedAccounts.Hook, 3L, start.AddSeconds(1)), ("http://own.example/h", 1L, start.AddSeconds(61))],
            summaries.Select(s => (s.Hook.Url, s.Count, s.NextDue)));
    }

    [Fact]
    public async Task NothingToTakeUp_IsTwoEmptyAnswers()
    {
        Assert.Empty(await Ledger.LiveAsync(0, 10));
        Assert.Empty(await Ledger.ParkedAsync());
    }
}
