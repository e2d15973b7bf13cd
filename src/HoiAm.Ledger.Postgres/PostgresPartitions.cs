using System.Globalization;
using HoiAm.Ledger.Rows;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>
/// Partitions of what grows: one a week, by ranges of ids, made ahead. Retention drops whole ones. The first one of each table also holds
/// everything older, which is where the rows of an embedded store go that moved here.
/// </summary>
internal static class PostgresPartitions
{
    /// <summary>Weeks that are made ahead. Four: a hub whose nodes were all down for a month finds its partitions.</summary>
    public const int WeeksAhead = 4;

    private const long Week = 7 * 86_400;

    // Callbacks and messages are written twice or more: room is left for the second version, and their dead versions are cleared early.
    private const string Updated = "WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 1)";

    private static readonly (string Table, string Options)[] s_tables =
        [("message", Updated), ("recipient", Updated), ("callback", Updated), ("report", "")];

    /// <summary>Makes what is missing, from the first one to the weeks ahead. The caller holds the lock of migrations.</summary>
    public static void Ensure(NpgsqlConnection connection)
    {
        var week = Scalar(connection, "SELECT extract(epoch FROM clock_timestamp())::BIGINT") is var now ? now / Week : 0;
        foreach (var (table, options) in s_tables)
        {
            var upper = Scalar(
                connection,
                $"""
                SELECT COALESCE(MAX((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''?(\d+)''?\)'))[1]::BIGINT), 0)
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '{table}'::regclass
                """);
            if (upper == 0)
            {
                upper = First(week);
                Create(connection, table, "first", "MINVALUE", Text(upper), options);
            }

            for (var next = week; next <= week + WeeksAhead; next++)
            {
                if (First(next) >= upper)
                {
                    Create(connection, table, "w" + Text(next), Text(First(next)), Text(First(next + 1)), options);
                    upper = First(next + 1);
                }
            }
        }
    }

    private static long First(long week) => ((week * Week) - IdLayout.Epoch) << PostgresIds.LowerBits;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Create(NpgsqlConnection connection, string table, string suffix, string from, string to, string options)
    {
        using var command = PostgresCommands.Of(connection, $"CREATE TABLE IF NOT EXISTS {table}_{suffix} PARTITION OF {table} FOR VALUES FROM ({from}) TO ({to}) {options}");
        command.ExecuteNonQuery();
    }

    private static long Scalar(NpgsqlConnection connection, string sql)
    {
        using var command = PostgresCommands.Of(connection, sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
