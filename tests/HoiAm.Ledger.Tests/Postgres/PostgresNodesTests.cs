using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Postgres;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;
using HoiAm.Model;
using HoiAm.Testing;
using Npgsql;

namespace HoiAm.Ledger.Tests.Postgres;

/// <summary>What several nodes of one database may not do to each other.</summary>
public sealed class PostgresNodesTests : IAsyncLifetime
{
    private PostgresEngine? _engine;
    private LedgerBench? _one;
    private LedgerBench? _other;

    private LedgerBench One => _one!;

    private LedgerBench Other => _other!;

    public ValueTask InitializeAsync()
    {
        _engine = new PostgresEngine();
        _one = LedgerBench.Start(_engine);
        _other = LedgerBench.Start(_engine.Beside());
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_other is not null)
        {
            await _other.DisposeAsync();
            await _one!.DisposeAsync();
        }
    }

    [Fact]
    public async Task EarlyReportsOnOneNode_NeverMissRegistrationsOnAnother()
    {
        for (var round = 0; round < 40; round++)
        {
            var ids = Enumerable.Range(0, 5).Select(i => $"r{round}-{i}").ToList();
            var register = ids.Select(id => Task.Run(() => One.Ledger.RegisterAsync(Make.Message(id)))).ToList();
            var report = ids.Select(id => Task.Run(() => Other.Ledger.AppendAsync(Make.Report(2, id)).AsTask())).ToList();
            await Task.WhenAll([.. register, .. report]);
        }

        Assert.Equal(0, await One.CountAsync("orphan"));
        Assert.Equal(200, await One.CountAsync("callback"));
        Assert.Equal(200, One.Queue.Enqueued.Count + Other.Queue.Enqueued.Count);
    }

    [Fact]
    public async Task OneSmsIdRegisteredOnTwoNodesAtOnce_IsEnteredOnce()
    {
        for (var round = 0; round < 30; round++)
        {
            var results = await Task.WhenAll(
                Task.Run(() => One.Ledger.RegisterAsync(Make.Message("same-" + round))), Task.Run(() => Other.Ledger.RegisterAsync(Make.Message("same-" + round))));

            Assert.Equal([RegistrationResult.Created, RegistrationResult.Unchanged], results.Select(r => r.Result).Order());
        }

        Assert.Equal(30, await One.CountAsync("message"));
    }

    [Fact]
    public async Task ReportsOnOneMessageFromTwoNodes_AreAllFolded()
    {
        await One.RegisterAsync(Make.Message(account: 3));
        await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => Task.Run(() => (i % 2 == 0 ? One : Other).Ledger.AppendAsync(Make.Report(i, means: ReportedStatus.Waiting)).AsTask())));

        var reports = await One.ReportsAsync();
        Assert.Equal(40, reports.Count);

        // A chain without a gap, each above the one before, whichever node wrote it.
        Assert.Equal(reports.Select(r => r.Id).SkipLast(1).Prepend(0), reports.Select(r => r.Previous));
        Assert.Equal(reports[^1].Id, (await One.MessageAsync()).LastReport);
    }

    [Fact]
    public async Task CallbackBehindOneThatAnotherNodeSettles_IsNeverLeftBehind()
    {
        for (var round = 0; round < 25; round++)
        {
            var id = "h" + round;
            await One.RegisterAsync(Make.Message(id, account: 3));
            await One.Ledger.AppendAsync(Make.Report(1, id));
            var first = One.Queue.Enqueued[^1].Id;
            var settle = One.SettleAsync(Make.Delivered(first));
            var report = Task.Run(() => Other.Ledger.AppendAsync(Make.Report(2, id)).AsTask(), TestContext.Current.CancellationToken);
            await Task.WhenAll(settle, report);
        }

        Assert.Equal(0, await One.CountAsync("held"));
        Assert.Equal(0, await One.CountAsync("callback WHERE state = 2"));
    }

    [Fact]
    public async Task CallbackThatCameToWaitWhileTheOneBeforeWasBeingSettled_Leaves()
    {
        await One.RegisterAsync(Make.Message(account: 3));
        await One.Ledger.AppendAsync(Make.Report(1));
        var first = One.Queue.Enqueued.Single().Id;

        // The group that settles the first has looked who waits behind it: nobody.
        var groups = 0;
        One.Ledger.Settle(Make.Delivered(first));
        await One.LookAsync(_ =>
        {
            if (++groups == 1)
            {
                Other.Ledger.AppendAsync(Make.Report(2)).AsTask().Wait(TimeSpan.FromSeconds(7));
            }

            return 0;
        });

        Assert.Equal(2, groups);
        Assert.Equal(0, await One.CountAsync("held"));
        Assert.Equal(CallbackState.Delivered, (await One.CallbackAsync(first)).State);
        Assert.Equal(2, One.Queue.Enqueued.Count);
        await One.SettleAsync(Make.Delivered(One.Queue.Enqueued[1].Id));
        Assert.Equal(0, await One.CountAsync("callback WHERE state = 2"));
    }

    [Fact]
    public async Task LateWordOnACallbackThatAnotherNodeTookUpMeanwhile_CountsForNothing()
    {
        await One.RegisterAsync(Make.Message("a"));
        await One.RegisterAsync(Make.Message("b"));
        await One.Ledger.AppendAsync(Make.Report(2, "a"));
        var id = One.Queue.Enqueued.Single().Id;
        await Other.LookAsync(store =>
        {
            var row = store.GetCallback(id)!;
            row.Tries = 5;
            store.UpdateCallback(row);
            return 0;
        });

        One.Ledger.Settle(Make.Delivered(id));
        Assert.Equal(ReportEffect.Advanced, await One.Ledger.AppendAsync(Make.Report(2, "b")));

        var row = await One.CallbackAsync(id);
        Assert.Equal((CallbackState.Live, 5), (row.State, row.Tries));
    }

    [Fact]
    public async Task NodeThatWasTakenForDead_ChangesNothingAnyMore()
    {
        await One.RegisterAsync(Make.Message());
        await One.Ledger.AppendAsync(Make.Report(2));
        var id = One.Queue.Enqueued[0].Id;
        var dead = _engine!.Node;
        dead.Leave();
        using var heir = _engine.NewNode();
        Assert.Equal([dead.Number], await heir.TakeOverAsync(CancellationToken.None));
        await using var third = LedgerBench.Start(new EngineOf(() => new PostgresStore(_engine.Database, heir)));
        Assert.Equal(1, await third.Ledger.TakeUpAsync(10));
        Assert.Equal(0, await third.Ledger.TakeUpAsync(10));

        // The old node's groups are refused as a whole, so its vendors are told to come again.
        One.Ledger.Settle(Make.Exhausted(id));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => One.Ledger.AppendAsync(Make.Report(-2)).AsTask());
        Assert.False(dead.IsHeld);

        // Under a new number it goes on, and its late word on the callback counts for nothing.
        dead.Register();
        await One.FlushAsync();
        Assert.Equal(CallbackState.Live, (await third.CallbackAsync(id)).State);
        Assert.Equal(id, third.Queue.Enqueued.Single().Id);
        await third.SettleAsync(Make.Delivered(id));
        Assert.Equal(CallbackState.Delivered, (await One.CallbackAsync(id)).State);
    }

    [Fact]
    public async Task DeadNodesParkedCallbacks_AreTakenByItsHeir()
    {
        One.Queue.Seats = 0;
        await One.RegisterAsync(Make.Message());
        await One.Ledger.AppendAsync(Make.Report(2));
        var hook = await Other.HookAsync();
        var later = One.Time.GetUtcNow().AddHours(1);
        Assert.Empty((await Other.Ledger.TakeParkedAsync(hook, later, 10)).Taken);

        _engine!.Node.Leave();
        using var heir = _engine.NewNode();
        await heir.TakeOverAsync(CancellationToken.None);
        await using var third = LedgerBench.Start(new EngineOf(() => new PostgresStore(_engine.Database, heir)));

        Assert.Equal(1, (await third.Ledger.ParkedAsync()).Single().Count);
        var (taken, next, left) = await third.Ledger.TakeParkedAsync(hook, later, 10);
        Assert.Equal((1, null, 0L), (taken.Count, next, left));
        Assert.Equal(heir.Number, taken[0].Owner);
    }

    [Fact]
    public async Task LivingNode_IsNotTakenOver()
    {
        using var another = _engine!.NewNode();

        Assert.Empty(await another.TakeOverAsync(CancellationToken.None));
    }

    [Fact]
    public async Task LeasesThatAllEndedWhileTheDatabaseWasAway_AreRenewedBeforeAnybodyIsTakenOver()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        using var first = new PostgresNode(_engine!.Database, "test", "0", time);
        using var second = _engine.NewNode();
        first.Register();
        await EndAllLeasesAsync();

        // Who has not renewed its own takes nobody over, and who just did waits for the others.
        Assert.Empty(await first.TakeOverAsync(CancellationToken.None));
        Assert.True(await first.RenewAsync(CancellationToken.None));
        Assert.Empty(await first.TakeOverAsync(CancellationToken.None));
        Assert.True(await second.RenewAsync(CancellationToken.None));

        // Whoever did not come back by then is dead.
        time.Advance(2 * PostgresNode.RenewEvery);
        Assert.True(await first.RenewAsync(CancellationToken.None));
        var taken = await first.TakeOverAsync(CancellationToken.None);
        Assert.DoesNotContain(second.Number, taken);
        Assert.Contains(_engine.Node.Number, taken);
    }

    [Fact]
    public async Task Horizon_StaysBelowWhatAnOpenGroupWillNumber()
    {
        await One.RegisterAsync(Make.Message("a"));
        await One.RegisterAsync(Make.Message("b"));
        var inGroup = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        var open = One.LookAsync(store =>
        {
            inGroup.SetResult(store.NextId());
            return goOn.Wait(TimeSpan.FromSeconds(7));
        });
        var early = await inGroup.Task;
        await Other.Ledger.AppendAsync(Make.Report(2, "b"));
        using (var reader = _engine!.Database.OpenReader())
        {
            Assert.True(PostgresHorizon.Read(reader) < early);
        }

        goOn.Set();
        Assert.True(await open);
        await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        using (var reader = _engine.Database.OpenReader())
        {
            Assert.True(PostgresHorizon.Read(reader) > Math.Max(early, Other.Queue.Enqueued[0].Id));
        }
    }

    [Fact]
    public async Task BackendEndedInAGroup_IsRefusedAndGoesOnByItself()
    {
        await One.RegisterAsync(Make.Message("a"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => One.Ledger.WriteAsync(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT pg_terminate_backend(pg_backend_pid())";
            return command.ExecuteNonQuery();
        }));

        Assert.Equal(ReportEffect.Advanced, await InsistAsync(() => One.Ledger.AppendAsync(Make.Report(2, "a")).AsTask()));
        Assert.Single(One.Queue.Enqueued);
    }

    [Fact]
    public async Task NewerSchema_IsRefusedOnlyWhenItNeedsANewerProgram()
    {
        using (var connection = _engine!.Database.OpenWriter())
        {
            Execute(connection, "INSERT INTO hoiam_schema (version, oldest) VALUES (999, 1)");
        }

        // A step that only added something: the older program goes on.
        _engine.Database.Migrate();
        using (var connection = _engine.Database.OpenWriter())
        {
            Execute(connection, "UPDATE hoiam_schema SET oldest = 999 WHERE version = 999");
        }

        Assert.Contains("schema 999", Assert.Throws<UnusableDatabaseException>(_engine.Database.Migrate).Message, StringComparison.Ordinal);
        await One.FlushAsync();
    }

    private async Task EndAllLeasesAsync()
    {
        await using var connection = await _engine!.Database.OpenWriterAsync(CancellationToken.None);
        Execute(connection, "UPDATE node SET lease_until = clock_timestamp() - interval '1 s'");
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task<T> InsistAsync<T>(Func<Task<T>> write)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await write();
            }
            catch (StoreUnavailableException) when (tries < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    private sealed class EngineOf(Func<ILedgerStore> open) : LedgerEngine
    {
        public override ILedgerStore Open(TimeProvider time) => open();

        public override void Cut() => throw new NotSupportedException();

        public override void Dispose()
        {
        }
    }
}
