using HoiAm.Ledger.Postgres;
using HoiAm.Ledger.Writing;
using HoiAm.Testing;

namespace HoiAm.Ledger.Tests.Postgres;

/// <summary>A database that dies while a group is being written: whether the group is there must be told from the group itself.</summary>
public sealed class PostgresCrashTests : IDisposable
{
    private readonly PostgresServer? _server = PostgresServer.Missing is null ? PostgresServer.Start() : null;
    private readonly Stack<IDisposable> _opened = [];

    private PostgresServer Server => _server!;

    public void Dispose()
    {
        while (_opened.TryPop(out var opened))
        {
            opened.Dispose();
        }

        _server?.Dispose();
    }

    [Fact]
    public void GroupLostInACrash_IsNotTakenForAnotherTransactionThatGotItsNumber()
    {
        var store = Open();
        Begin(store);
        Server.KillHard();
        Assert.Throws<CommitUncertainException>(store.Commit);
        Server.StartAgain();

        // The server forgot the numbers of transactions that left nothing in its log, and gives them once more.
        for (var i = 0; i < 20; i++)
        {
            Server.Sql("hub", "INSERT INTO meta (name, value) VALUES ('other', '') ON CONFLICT (name) DO UPDATE SET value = excluded.value");
        }

        Assert.False(store.WasCommitted());
        Begin(store);
        store.Commit();
    }

    [Fact]
    public async Task GroupThatWasCommittedWithoutAnAnswer_IsFound()
    {
        var store = Open();
        Begin(store);
        store.Commit();

        // The commit is made, and then waits for a standby that does not exist until its session is ended.
        Begin(store);
        Server.Sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        Server.Sql("postgres", "SELECT pg_reload_conf()");
        var commit = Task.Run(store.Commit, TestContext.Current.CancellationToken);
        while (Server.Sql("postgres", "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "0")
        {
            Assert.False(commit.IsCompletedSuccessfully);
        }

        await Assert.ThrowsAsync<CommitUncertainException>(() => commit);
        Server.Sql("postgres", "ALTER SYSTEM RESET synchronous_standby_names");
        Server.Sql("postgres", "SELECT pg_reload_conf()");
        Assert.True(store.WasCommitted());
    }

    [Fact]
    public void GroupOfASessionThatTheServerStillHas_IsEndedBeforeItIsJudged()
    {
        var store = Open();
        Begin(store);
        Assert.Throws<StoreUnavailableException>(() => _ = store.WasCommitted());
        while (Server.Sql("hub", "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'") != "0")
        {
            // It is on its way out.
        }

        Assert.False(store.WasCommitted());
    }

    // A node's store on a new database; the test's end closes it, before the server goes.
    private PostgresStore Open()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        Server.Sql("postgres", "CREATE DATABASE hub");
        var database = new PostgresDatabase(Server.ConnectionString("hub"));
        _opened.Push(database);
        database.Migrate();
        var node = new PostgresNode(database, "test", "0", TimeProvider.System);
        _opened.Push(node);
        node.Register();
        var store = new PostgresStore(database, node);
        _opened.Push(store);
        return store;
    }

    private static void Begin(PostgresStore store)
    {
        store.Begin();
        store.Announce(new GroupKeys());
    }
}
