using System.Data.Common;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task ConcurrentRequests_ShareCommits()
    {
        await using var bench = StartBench(new WriterOptions());
        await bench.Ledger.RegisterAsync([.. Enumerable.Range(0, 500).Select(i => Make.Message("m" + i))]);
        var before = bench.Writer.Groups;

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => bench.Ledger.AppendAsync(Make.Report(2, "m" + i)).AsTask()));

        // The exact number depends on the machine; one commit each would be 500.
        Assert.InRange(bench.Writer.Groups - before, 1, 100);
        Assert.Equal(501, bench.Writer.Commands);
        Assert.Equal(0, bench.Writer.Waiting);
        Assert.Equal(500, bench.Queue.Enqueued.Count);
    }

    [Fact]
    public async Task GroupBounds_AreKept()
    {
        await using var bench = StartBench(new WriterOptions { GroupCountMax = 10, Gap = TimeSpan.Zero });
        await bench.Ledger.RegisterAsync([.. Enumerable.Range(0, 100).Select(i => Make.Message("m" + i))]);
        var before = bench.Writer.Groups;

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => bench.Ledger.AppendAsync(Make.Report(2, "m" + i)).AsTask()));

        Assert.InRange(bench.Writer.Groups - before, 10, 100);
    }

    [Fact]
    public async Task FailingWrite_TakesBackItselfAlone()
    {
        await Bench.RegisterAsync(Make.Message());
        var failing = Ledger.WriteAsync<bool>(connection =>
        {
            Run(connection, "INSERT INTO meta (name, value) VALUES ('a', '1')");
            throw new InvalidOperationException("refused");
        });
        var report = Ledger.AppendAsync(Make.Report(2)).AsTask();
        var kept = Ledger.WriteAsync(connection => Run(connection, "INSERT INTO meta (name, value) VALUES ('b', '1')"));

        Assert.Equal("refused", (await Assert.ThrowsAsync<InvalidOperationException>(() => failing)).Message);
        Assert.Equal(ReportEffect.Advanced, await report);
        Assert.Equal(1, await kept);
        Assert.Equal(1, await Bench.CountAsync("meta WHERE name IN ('a', 'b')"));
    }

    [Fact]
    public async Task FailingWrite_DoesNotBreakUpItsGroup()
    {
        await Bench.RegisterAsync(Make.Message());
        using var gate = await WriterGate.CloseAsync(Bench);
        var tasks = Enumerable.Range(0, 20).Select(i => Ledger.WriteAsync<int>(connection =>
            i == 10 ? throw new InvalidOperationException("refused") : Run(connection, $"INSERT INTO meta (name, value) VALUES ('n{i}', '1')"))).ToList();
        await gate.OpenAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => tasks[10]);
        await Task.WhenAll(tasks.Where((_, i) => i != 10));

        // Registration, the gate's group, and the twenty together.
        Assert.Equal(3, Bench.Writer.Groups);
        Assert.Equal(19, await Bench.CountAsync("meta WHERE name LIKE 'n%'"));
    }

    [Fact]
    public async Task ConstraintInAWrite_IsTheCallersError()
    {
        await Ledger.WriteAsync(connection => Run(connection, "INSERT INTO meta (name, value) VALUES ('a', '1')"));

        await Assert.ThrowsAnyAsync<DbException>(
            () => Ledger.WriteAsync(connection => Run(connection, "INSERT INTO meta (name, value) VALUES ('a', '2')")));
        Assert.Null(Bench.Writer.Unavailable);
    }

    [Fact]
    public async Task PoisonedCommand_FailsAlone()
    {
        var faults = new List<Exception>();
        Bench.Writer.Faulted += faults.Add;
        using var gate = await WriterGate.CloseAsync(Bench);
        var good = Ledger.RegisterAsync(Make.Message("a"));
        var poisoned = Ledger.RegisterAsync(new MessageDraft { Account = 1, SmsId = "b", Kind = Model.MessageKind.Zns, Recipients = [] });
        var alsoGood = Ledger.RegisterAsync(Make.Message("c"));
        var report = Ledger.AppendAsync(Make.Report(2, "c")).AsTask();
        await gate.OpenAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => poisoned);
        Assert.Equal(RegistrationResult.Created, (await good).Result);
        Assert.Equal(RegistrationResult.Created, (await alsoGood).Result);
        Assert.Equal(ReportEffect.Advanced, await report);
        Assert.Equal(2, await Bench.CountAsync("message"));
        Assert.NotEmpty(faults);
        Assert.Equal(0, Bench.Writer.Waiting);
    }

    [Fact]
    public async Task Rollback_GivesSeatsBackAndForgetsWhatTheStoreRemembered()
    {
        await Bench.RegisterAsync(Make.Message("a"));
        await Bench.RegisterAsync(Make.Message("b"));
        await Ledger.AppendAsync(Make.Report(2, "orphan"));
        Bench.Queue.Seats = 1;
        Bench.Store.Fault = call => call == "Commit" ? new StoreUnavailableException() : null;

        // A new hook, a seat, and for the second one a place on disk: all of it must go.
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.AppendAsync(Make.Report(2, "a")).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.AppendAsync(Make.Report(2, "b")).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.RegisterAsync(Make.Message("orphan")));
        Assert.Equal(0, Bench.Queue.Taken);
        Assert.Empty(Bench.Queue.Enqueued);
        Assert.Empty(Bench.Queue.Parked);

        Bench.Store.Fault = null;
        await Ledger.AppendAsync(Make.Report(2, "a"));
        await Ledger.AppendAsync(Make.Report(2, "b"));
        await Bench.RegisterAsync(Make.Message("orphan"));
        Assert.Equal((1, 1), (Bench.Queue.Taken, Bench.Queue.Enqueued.Count));
        var (taken, _, left) = await Ledger.TakeParkedAsync(Bench.Queue.Enqueued[0].Hook, Bench.Time.GetUtcNow().AddSeconds(1), 1);
        Assert.Equal((1, 1L), (taken.Count, left));
        Assert.Equal(1, await Bench.CountAsync("hook"));
    }

    [Fact]
    public async Task SavepointTakenBackInAGroupThatIsTakenBack_LosesNoHeldCallback()
    {
        await ThreeCallbacksAsync();
        var ids = (await Bench.CallbacksAsync()).Select(c => c.Id).ToList();
        var failing = true;
        Bench.Store.Fault = call => call == "Commit" && failing ? new StoreUnavailableException() : null;

        // Releases the held one, takes a savepoint back, reads the list of held ones again, and is then taken back as a whole.
        var plain = new PlainCommand<bool>(group =>
        {
            group.Store.ReleaseHeld(ids[0]);
            group.Store.Savepoint();
            group.Store.Hold(4711, 4712);
            group.Store.EndSavepoint(keep: false);
            return group.Store.ReleaseHeld(4713) == 0;
        });
        Bench.Writer.Submit(plain);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => plain.Task);
        failing = false;

        await Bench.SettleAsync(Make.Delivered(ids[0]));
        Assert.Equal([ids[0], ids[1]], Enqueued());
    }

    [Fact]
    public async Task ClosedLedger_RefusesAndFinishesWhatWasTaken()
    {
        await Bench.RegisterAsync(Make.Message());
        using var gate = await WriterGate.CloseAsync(Bench);
        var report = Ledger.AppendAsync(Make.Report(2)).AsTask();
        var reopening = Bench.ReopenAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ledger.AppendAsync(Make.Report(-2)).AsTask());
        await gate.OpenAsync();
        Assert.Equal(ReportEffect.Advanced, await report);
        await reopening;

        Assert.Equal(Model.RecipientState.Delivered, (await Bench.MessageAsync()).State);
    }

    [Fact]
    public async Task FullQueue_RefusesAtOnceButTakesTries()
    {
        await using var bench = StartBench(new WriterOptions { QueueMax = 3, Gap = TimeSpan.Zero });
        await bench.RegisterAsync(Make.Message());
        await bench.Ledger.AppendAsync(Make.Report(2));
        using var gate = await WriterGate.CloseAsync(bench);
        var waiting = bench.Ledger.WriteAsync(_ => 1);
        bench.Ledger.Settle(Make.Delivered(bench.Queue.Enqueued[0].Id));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => bench.Ledger.WriteAsync(_ => 1));
        await gate.OpenAsync();
        await waiting;
        await bench.FlushAsync();

        Assert.Equal(CallbackState.Delivered, (await bench.CallbackAsync(bench.Queue.Enqueued[0].Id)).State);
        Assert.Equal(0, bench.Writer.Waiting);
    }

    private static int Run(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>A command without a savepoint around it, as reports and registrations are.</summary>
    private sealed class PlainCommand<T>(Func<GroupContext, T> function) : WaitedCommand<T>
    {
        protected override T Run(GroupContext group) => function(group);
    }
}
