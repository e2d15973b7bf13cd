using System.Globalization;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Postgres;
using HoiAm.Ledger.Tests.Support;
using Npgsql;

namespace HoiAm.Ledger.Tests.Postgres;

/// <summary>Weeks that are old enough are dropped as a whole, and nothing goes with them that still has work to do.</summary>
public sealed class PostgresWeeksTests : IAsyncLifetime
{
    // Moves everything that is there far back: ids are times.
    private const string Age =
        """
        UPDATE callback SET id = id - BACK, message = message - BACK, previous = CASE WHEN previous > 0 THEN previous - BACK ELSE 0 END;
        UPDATE report SET id = id - BACK, message = message - BACK, previous = CASE WHEN previous > 0 THEN previous - BACK ELSE 0 END;
        UPDATE reference SET message = message - BACK;
        UPDATE recipient SET message = message - BACK;
        UPDATE message SET id = id - BACK, last_report = CASE WHEN last_report > 0 THEN last_report - BACK ELSE 0 END,
                           last_callback = CASE WHEN last_callback > 0 THEN last_callback - BACK ELSE 0 END;
        """;

    private PostgresEngine? _engine;
    private LedgerBench? _one;
    private PostgresWeeks? _weeks;

    private LedgerBench One => _one!;

    private PostgresWeeks Weeks => _weeks!;

    public ValueTask InitializeAsync()
    {
        _engine = new PostgresEngine { IsReusable = false };
        _one = LedgerBench.Start(_engine);
        _weeks = new PostgresWeeks(_engine.Database);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_one is not null)
        {
            await _one.DisposeAsync();
        }
    }

    [Fact]
    public async Task OldWeeks_GoWithEverythingInThem_AndTheNewestStay()
    {
        await FinishAsync("old-1");
        await FinishAsync("old-2", recipients: 2);
        AgeAll();
        await FinishAsync("new-1");

        foreach (var table in (string[])["message", "report", "callback"])
        {
            Assert.True(await Weeks.DropAsync(table, Now, TestContext.Current.CancellationToken) > 0);
            Assert.Equal(0, await Weeks.DropAsync(table, Now, TestContext.Current.CancellationToken));
        }

        Assert.Equal((1, 1, 1, 0), (await One.CountAsync("message"), await One.CountAsync("report"), await One.CountAsync("callback"), await One.CountAsync("recipient")));
        Assert.Equal("new-1", (await One.MessageAsync("new-1")).SmsId);

        // Nobody finds what is gone: a late report has no message any more, and the SMSID is free.
        var all = await One.CountAsync("reference");
        Assert.True(await Weeks.SweepAsync(0, Now, TestContext.Current.CancellationToken) is > 0);
        Assert.Null(await Weeks.SweepAsync(1, Now, TestContext.Current.CancellationToken));
        Assert.InRange(await One.CountAsync("reference"), 1, all - 1);
        Assert.Equal(0, await One.CountAsync("reference r WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.message)"));
        Assert.Equal(ReportEffect.Parked, await One.Ledger.AppendAsync(Make.Report(2, "old-1")));
        await FinishAsync("old-2");
    }

    [Fact]
    public async Task WorkThatIsLeft_StaysUntilItIsDone()
    {
        await FinishAsync("done");
        await One.RegisterAsync(Make.Message("waits", recipients: 2));
        await One.Ledger.AppendAsync(Make.Report(2, "waits", address: Make.PhoneOf(0)));
        await One.Ledger.AppendAsync(Make.Report(2, "waits", address: Make.PhoneOf(1)));
        await One.RegisterAsync(Make.Message("leaves"));
        Sql("INSERT INTO outbox (message, route, telcos, due_at, state, tries) SELECT id, 'sms', 0, 0, 0, 0 FROM message WHERE smsid = 'leaves'");
        AgeAll();
        Sql("UPDATE outbox SET message = message - " + Back.ToString(CultureInfo.InvariantCulture));

        await DropAllAsync();
        await DropAllAsync();

        Assert.Equal(0, await One.CountAsync("message WHERE smsid = 'done'"));
        Assert.Equal((2, 2, 1), (await One.CountAsync("message"), await One.CountAsync("recipient"), await One.CountAsync("callback")));

        // It is where it was: a report is folded, the callback settled; then all of it may go.
        Assert.Equal(ReportEffect.Advanced, await One.Ledger.AppendAsync(Make.Report(2, "leaves")));
        Sql("DELETE FROM outbox; UPDATE callback SET state = 3");
        await DropAllAsync();
        Assert.Equal((0, 0), (await One.CountAsync("message"), await One.CountAsync("recipient")));
        Assert.Equal(0, await One.CountAsync("callback c JOIN message m ON m.id = c.message"));
    }

    [Fact]
    public async Task Reports_AreTakenWhileWeeksGo()
    {
        for (var i = 0; i < 20; i++)
        {
            await FinishAsync("old-" + i);
        }

        AgeAll();
        for (var i = 0; i < 100; i++)
        {
            await One.RegisterAsync(Make.Message("m" + i));
        }

        var reports = Enumerable.Range(0, 100).Select(async i =>
        {
            await Task.Yield();
            return await One.Ledger.AppendAsync(Make.Report(2, "m" + i));
        }).ToList();
        await DropAllAsync();

        Assert.All(await Task.WhenAll(reports), effect => Assert.Equal(ReportEffect.Advanced, effect));
        Assert.Equal(100, await One.CountAsync("message"));
    }

    [Fact]
    public async Task AWeekThatALongQueryReads_IsLeftForTheNextRound()
    {
        await FinishAsync("old");
        AgeAll();
        await using (var reader = _engine!.Database.OpenReader())
        {
            await using var open = await reader.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var command = reader.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM message";
            Assert.Equal(1L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
            Assert.Equal(0, await Weeks.DropAsync("message", Now, TestContext.Current.CancellationToken));
            Assert.Equal(1, await One.CountAsync("message"));
        }

        Assert.True(await Weeks.DropAsync("message", Now, TestContext.Current.CancellationToken) > 0);
        Assert.Equal(0, await One.CountAsync("message"));
    }

    // Some three weeks before the oldest week that has a partition of its own.
    private static long Back => 21L * 86_400 << PostgresIds.LowerBits;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private async Task DropAllAsync()
    {
        foreach (var table in (string[])["message", "report", "callback"])
        {
            await Weeks.DropAsync(table, Now, TestContext.Current.CancellationToken);
        }
    }

    private void AgeAll() => Sql(Age.Replace("BACK", Back.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

    private async Task FinishAsync(string id, int recipients = 1)
    {
        await One.RegisterAsync(Make.Message(id, recipients: recipients));
        for (var i = 0; i < recipients; i++)
        {
            await One.Ledger.AppendAsync(Make.Report(2, id, address: recipients == 1 ? Make.Phone : Make.PhoneOf(i)));
        }

        await One.SettleAsync(Make.Delivered(One.Queue.Enqueued[^1].Id));
    }

    private void Sql(string sql)
    {
        using var connection = _engine!.Database.OpenWriter();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
