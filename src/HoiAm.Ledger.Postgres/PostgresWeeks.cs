using System.Globalization;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>
/// Forgets whole weeks: a partition of which everything is old enough is dropped, whatever it holds, instead of being deleted row by row.
/// What still has work to do moves into a partition of its own for the same week, which goes when that is done.
/// </summary>
public sealed class PostgresWeeks(PostgresDatabase database)
{
    /// <summary>Rows of a week that may be left behind; a week with more of them is looked at again later.</summary>
    public const int KeptMax = 10_000;

    /// <summary>Pages of "reference" that one statement of <see cref="SweepAsync"/> walks through; of 8 KiB, some 180 rows each.</summary>
    public const int SweptPages = 256;

    private const int CountSeconds = 300;

    private static readonly string[] s_tables = ["message", "recipient", "report", "callback"];

    /// <summary>True for tables that are kept by the week.</summary>
    public static bool Has(string table) => s_tables.Contains(table);

    /// <summary>The id below which nothing has a week of its own: what was there before this database goes row by row.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<long> FirstWeekAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenWriterAsync(cancel).ConfigureAwait(false);
        var weeks = await ListAsync(connection, "message", cancel).ConfigureAwait(false);
        return weeks.Count == 0 ? long.MaxValue : weeks.Min(w => w.From ?? w.To);
    }

    /// <summary>
    /// Drops the weeks of a table that ended before a moment; with messages go their recipients. Done by one node at a time, in one
    /// transaction a week that holds up other groups for milliseconds, or for half a second when a long query is in the way and it gives up.
    /// </summary>
    /// <param name="table">One for which <see cref="Has"/> is true.</param>
    /// <param name="before">What was made at this moment or later stays.</param>
    /// <param name="cancel">Ends it between two weeks.</param>
    /// <returns>Rows that went, by the database's own estimate.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<long> DropAsync(string table, DateTimeOffset before, CancellationToken cancel)
    {
        await using var connection = await database.OpenWriterAsync(cancel).ConfigureAwait(false);
        if (await ScalarAsync(connection, "SELECT pg_try_advisory_lock(18513, 4)", cancel).ConfigureAwait(false) is not true)
        {
            return 0;
        }

        try
        {
            var rows = 0L;
            foreach (var week in await ListAsync(connection, table, cancel).ConfigureAwait(false))
            {
                if (week.To <= database.Layout.FirstAt(before))
                {
                    rows += await DropAsync(connection, table, week, cancel).ConfigureAwait(false);
                }
            }

            return rows + (table == "message" ? await DropRecipientsAsync(connection, cancel).ConfigureAwait(false) : 0);
        }
        finally
        {
            if (connection.FullState == System.Data.ConnectionState.Open)
            {
                // Behind whatever was broken off.
                await ScalarAsync(connection, "ROLLBACK; SELECT pg_advisory_unlock(18513, 4)", CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Deletes ways to find messages that went with their week, over a part of the table: they lie scattered, so that it is read from one end
    /// to the other, in steps of <see cref="SweptPages"/>.
    /// </summary>
    /// <param name="step">Which part; from 0.</param>
    /// <param name="before">What was made at this moment or later is not looked at.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>How many went; null behind the end of the table.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<int?> SweepAsync(long step, DateTimeOffset before, CancellationToken cancel)
    {
        await using var connection = await database.OpenWriterAsync(cancel).ConfigureAwait(false);
        var pages = await ScalarAsync(connection, "SELECT pg_relation_size('reference') / 8192", cancel).ConfigureAwait(false);
        if (step * SweptPages >= (long)pages!)
        {
            return null;
        }

        await using var command = PostgresCommands.Of(connection, string.Create(
            CultureInfo.InvariantCulture,
            $"""
            DELETE FROM reference r
            WHERE r.ctid >= '({step * SweptPages},0)'::TID AND r.ctid < '({(step + 1) * SweptPages},0)'::TID
              AND r.message < {database.Layout.FirstAt(before)} AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.message)
            """));
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    private static async Task<long> DropRecipientsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        // Whichever weeks have fewer messages now, also those of which a crash left only the recipients.
        var messages = (await ListAsync(connection, "message", cancel).ConfigureAwait(false)).ToDictionary(w => w.To);
        var rows = 0L;
        foreach (var week in await ListAsync(connection, "recipient", cancel).ConfigureAwait(false))
        {
            if (!messages.TryGetValue(week.To, out var its) || its.IsRest)
            {
                rows += await DropAsync(connection, "recipient", week, cancel).ConfigureAwait(false);
            }
        }

        return rows;
    }

    private static async Task<long> DropAsync(NpgsqlConnection connection, string table, Week week, CancellationToken cancel)
    {
        var working = table == "message" ? await WorkingAsync(connection, week, cancel).ConfigureAwait(false) : [];
        var rest = Rest(table, week);
        var kept = await CountAsync(connection, rest, working, cancel).ConfigureAwait(false);
        if (kept > KeptMax || (kept > 0 && await CountAsync(connection, $"FROM {week.Name}", [], cancel).ConfigureAwait(false) == kept))
        {
            return 0;
        }

        await using var batch = connection.CreateBatch();
        Add(batch, "BEGIN");

        // Groups queue behind whoever waits for this lock, so that is not for long; the next round tries again.
        Add(batch, "SET LOCAL lock_timeout = '500ms'");
        Add(batch, $"LOCK TABLE ONLY {table}, ONLY {week.Name} IN ACCESS EXCLUSIVE MODE");
        if (kept > 0)
        {
            Add(batch, $"CREATE TABLE {week.Rest} (LIKE {table} INCLUDING ALL)");
            Add(batch, $"INSERT INTO {week.Rest} SELECT t.* {rest}", working);
        }

        Add(batch, $"ALTER TABLE {table} DETACH PARTITION {week.Name}");
        Add(batch, $"DROP TABLE {week.Name}");
        if (kept > 0)
        {
            Add(batch, $"ALTER TABLE {table} ATTACH PARTITION {week.Rest} {week.Bounds}");
        }

        Add(batch, "COMMIT");
        try
        {
            await batch.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }
        catch (PostgresException busy) when (busy.SqlState is "55P03" or "40P01")
        {
            await ScalarAsync(connection, "ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            return 0;
        }

        // A week that was never looked at by the server's statistics counts for one.
        return Math.Max(week.Rows - kept, 1);
    }

    // Rows "t" of a week that must stay.
    private static string Rest(string table, Week week) => table switch
    {
        // Asked beforehand which these are: very many callbacks may be pending.
        "message" => $"FROM unnest($1::BIGINT[]) AS k (id) JOIN {week.Name} t ON t.id = k.id",
        "recipient" => $"FROM message m JOIN {week.Name} t ON t.message = m.id WHERE {week.Has("m.id")}",
        "callback" => $"FROM ({Pending(week.Name)}) k JOIN {week.Name} t ON t.id = k.id",
        _ => $"FROM {week.Name} t WHERE FALSE",
    };

    // Live, parked and held ones, each found by an index of its own.
    private static string Pending(string callbacks) => string.Join(
        " UNION ALL ", Enumerable.Range(0, 3).Select(state => string.Create(CultureInfo.InvariantCulture, $"SELECT c.id, c.message FROM {callbacks} c WHERE c.state = {state}")));

    // Messages of a week that a route or a callback still has something to do for; one more than may stay tells that there are too many.
    private static async Task<long[]> WorkingAsync(NpgsqlConnection connection, Week week, CancellationToken cancel)
    {
        await using var command = PostgresCommands.Of(connection, string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT DISTINCT u.message FROM (SELECT message FROM outbox UNION ALL SELECT message FROM ({Pending("callback")}) c) u
            WHERE {week.Has("u.message")} LIMIT {KeptMax + 1}
            """));
        command.CommandTimeout = CountSeconds;
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            ids.Add(reader.GetInt64(0));
        }

        return [.. ids];
    }

    private static async Task<List<Week>> ListAsync(NpgsqlConnection connection, string table, CancellationToken cancel)
    {
        await using var command = PostgresCommands.Of(
            connection,
            $"""
            SELECT c.relname, c.reltuples::BIGINT, (regexp_match(b.text, 'FROM \(''?(\d+)'))[1]::BIGINT, (regexp_match(b.text, 'TO \(''?(\d+)'))[1]::BIGINT, b.text
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS text) b
            WHERE i.inhparent = '{table}'::regclass ORDER BY 4
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var weeks = new List<Week>();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            weeks.Add(new Week(
                reader.GetString(0), reader.GetInt64(1), await reader.IsDBNullAsync(2, cancel).ConfigureAwait(false) ? null : reader.GetInt64(2), reader.GetInt64(3), reader.GetString(4)));
        }

        return weeks;
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string from, long[] ids, CancellationToken cancel)
    {
        await using var command = PostgresCommands.Of(
            connection, string.Create(CultureInfo.InvariantCulture, $"SELECT COUNT(*) FROM (SELECT 1 {from} LIMIT {KeptMax + 1}) x"));
        AddIds(command.CommandText, command.Parameters, ids);
        command.CommandTimeout = CountSeconds;
        return (long)(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
    }

    private static void Add(NpgsqlBatch batch, string sql, params long[] ids)
    {
        var command = new NpgsqlBatchCommand(sql);
        AddIds(sql, command.Parameters, ids);
        batch.BatchCommands.Add(command);
    }

    private static void AddIds(string sql, NpgsqlParameterCollection parameters, long[] ids)
    {
        if (sql.Contains("$1", StringComparison.Ordinal))
        {
            parameters.Add(Columns.Longs(ids));
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = PostgresCommands.Of(connection, sql);
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>A partition: ids from <paramref name="From"/> (null for all older ones) up to below <paramref name="To"/>.</summary>
    private sealed record Week(string Name, long Rows, long? From, long To, string Bounds)
    {
        private const string Mark = "_rest";

        /// <summary>True when only what had to stay is left of it.</summary>
        public bool IsRest => Name.Contains(Mark, StringComparison.Ordinal);

        /// <summary>Condition for ids of this week.</summary>
        public string Has(string id) => string.Create(CultureInfo.InvariantCulture, $"{id} >= {From ?? 0} AND {id} < {To}");

        /// <summary>What is left of it next time, beside it for a moment.</summary>
        public string Rest => Name.EndsWith(Mark, StringComparison.Ordinal) ? Name + "_again" : Name.Split(Mark)[0] + Mark;
    }
}
