using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>A node whose start takes long: it has entered, so it must stay alive for the others while it takes up what is there.</summary>
public sealed class LongStartTests
{
    [Fact]
    public async Task NodeThatIsStillTakingUp_RenewsItsLease()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        var postgres = PostgresServer.Shared;
        postgres.Sql("postgres", "CREATE DATABASE longstart");
        await using (var first = await HubProcess.StartAsync(null, "--postgres", postgres.ConnectionString("longstart")))
        {
            Assert.Equal("1", postgres.Sql("longstart", "SELECT COUNT(*) FROM node"));
        }

        // What a start reads before it is ready cannot be read for a while.
        var holding = Task.Run(
            () => Assert.Throws<InvalidOperationException>(() => postgres.Sql("longstart", "BEGIN; LOCK TABLE hook IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(300)")),
            TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() => Count(postgres, "pg_stat_activity WHERE query LIKE '%LOCK TABLE hook%' AND wait_event = 'PgSleep'") == 1, "The lock");
        var starting = HubProcess.StartAsync(null, "--postgres", postgres.ConnectionString("longstart"));
        await Poll.UntilAsync(
            () => Count(postgres, "node WHERE lease_until > to_timestamp(started_at / 1000.0) + interval '12 s' AND lease_until > now()") == 1,
            "Two renewals",
            TimeSpan.FromSeconds(60));
        Assert.False(starting.IsCompleted);
        postgres.Sql("longstart", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%LOCK TABLE hook%' AND wait_event = 'PgSleep'");
        await holding;
        await using var node = await starting;
    }

    private static int Count(PostgresServer postgres, string what) =>
        int.Parse(postgres.Sql("longstart", "SELECT COUNT(*) FROM " + what), System.Globalization.CultureInfo.InvariantCulture);
}
