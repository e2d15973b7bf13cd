using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using HoiAm.Ledger.Postgres;
using HoiAm.Testing;
using Npgsql;

namespace HoiAm.Ledger.Tests.Postgres;

/// <summary>
/// What it costs to take the next page of due retries, by how many wait at one hook. Blocks that are touched do not depend on the machine;
/// times are only told. HOIAM_CLAIM_ROWS=10000000 in the environment goes further than every build can.
/// </summary>
public sealed class PostgresClaimingTests(ITestOutputHelper output)
{
    private const int Page = 256;
    private const int Hook = 7;
    private const int Taken = 20_000;
    private const int Million = 1_000_000;

    private static readonly long s_most =
        long.TryParse(Environment.GetEnvironmentVariable("HOIAM_CLAIM_ROWS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? rows : 50_000;

    [Fact]
    public void DueRetries_CostTheSameHoweverManyWait()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        PostgresServer.Shared.Sql("postgres", "CREATE DATABASE claiming");
        using var database = new PostgresDatabase(PostgresServer.Shared.ConnectionString("claiming") + ";Command Timeout=3600");
        database.Migrate();
        using var node = new PostgresNode(database, "test", "0", TimeProvider.System);
        node.Register();
        using var connection = database.OpenWriter();
        var few = 0L;
        var there = 0L;
        for (var count = 1_000L; count <= s_most; count *= count == 1_000 && s_most < 100_000 ? 50 : 10)
        {
            for (; there < count; there = Math.Min(there + Million, count))
            {
                Add(connection, node.Number, there, Math.Min(there + Million, count));
            }

            Execute(connection, "ANALYZE parked, callback");
            var (blocks, plan) = Measure(connection, node.Number, $"{count:N0} wait");
            few = few == 0 ? blocks : few;

            // A tree of ten million rows is two levels higher than one of a thousand, for each row that is fetched.
            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
            Assert.InRange(blocks, 1, (2 * Page) + (2 * few));
        }

        // What was taken leaves dead entries at the front of the key until vacuum comes; they are passed once.
        Execute(connection, string.Create(
            CultureInfo.InvariantCulture,
            $"WITH t AS (DELETE FROM parked WHERE due_at <= {Taken} RETURNING callback) UPDATE callback SET state = 0 WHERE id IN (SELECT callback FROM t)"));
        Measure(connection, node.Number, $"{Taken:N0} taken, first page");
        var (again, _) = Measure(connection, node.Number, $"{Taken:N0} taken, next page");
        Assert.InRange(again, 1, (3 * Page) + (3 * few));
    }

    private static void Add(NpgsqlConnection connection, int owner, long there, long count)
    {
        Execute(connection, string.Create(
            CultureInfo.InvariantCulture,
            $"""
            WITH made AS (
              INSERT INTO callback (id, message, previous, created_at, event_at, due_at, account, hook, owner, state, reason, tries, attempts, replay, format, query)
              SELECT ((extract(epoch FROM now())::BIGINT - 1577836800) << 24) + n, n, 0, 0, 0, n, 1, {Hook}, {owner}, 1, 0, 1, 1, 0, 0,
                     'SMSID=' || n || '&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=850.0000&TotalReceiver=1&TotalSent=1&RequestId=&TypeId=2'
              FROM generate_series({there + 1}, {count}) n RETURNING id, due_at)
            INSERT INTO parked (owner, hook, due_at, callback) SELECT {owner}, {Hook}, due_at, id FROM made
            """));
    }

    private (long Blocks, string Plan) Measure(NpgsqlConnection connection, int owner, string what)
    {
        Execute(connection, "SET jit = off");
        var times = new List<double>();
        for (var round = 0; round < 9; round++)
        {
            using var transaction = connection.BeginTransaction();
            var watch = Stopwatch.StartNew();
            using var command = Due(connection, owner, "");
            using (var reader = command.ExecuteReader())
            {
                var read = 0;
                while (reader.Read())
                {
                    read++;
                }

                Assert.Equal(Page, read);
            }

            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        using (connection.BeginTransaction())
        {
            using var explain = Due(connection, owner, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ");
            var text = (string)explain.ExecuteScalar()!;
            var plan = JsonNode.Parse(text)![0]!["Plan"]!;
            var blocks = (long)plan["Shared Hit Blocks"]! + (long)plan["Shared Read Blocks"]!;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {blocks} blocks, median {times.Order().ElementAt(4):0.00} ms"));
            return (blocks, text);
        }
    }

    private static NpgsqlCommand Due(NpgsqlConnection connection, int owner, string prefix)
    {
        var command = PostgresCommands.Of(connection, prefix + PostgresStore.DueSql);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [owner] });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Hook });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = long.MaxValue });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Page });
        return command;
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = PostgresCommands.Of(connection, sql);
        command.ExecuteNonQuery();
    }
}
