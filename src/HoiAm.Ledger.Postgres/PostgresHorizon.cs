using HoiAm.Ledger.Rows;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>
/// How far the ids are settled. Nodes commit side by side, so a row may appear whose id is smaller than one that was there before. Every
/// group says with a lock, before it makes its first id, from which moment on its ids are.
/// </summary>
public static class PostgresHorizon
{
    /// <summary>The largest id below which no row can appear any more; what is asked after this call sees all that are below.</summary>
    public static long Read(NpgsqlConnection connection)
    {
        // The clock first: a group that takes its lock later makes ids of a later moment. Then the locks: those who have given theirs back
        // are visible to whoever asks now.
        using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT"));
        var locks = new NpgsqlBatchCommand(
            """
            SELECT MIN(((classid::BIGINT & 65535) << 32) | objid::BIGINT) FROM pg_locks
            WHERE locktype = 'advisory' AND objsubid = 1 AND (classid::BIGINT >> 16) = $1
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """);
        locks.Parameters.Add(new NpgsqlParameter<long> { TypedValue = PostgresNode.GroupLock });
        batch.BatchCommands.Add(locks);
        using var reader = batch.ExecuteReader();
        reader.Read();
        var moment = reader.GetInt64(0);
        reader.NextResult();
        reader.Read();
        if (!reader.IsDBNull(0))
        {
            moment = Math.Min(moment, reader.GetInt64(0));
        }

        // One millisecond of slack: the lock's moment is cut off to whole ones.
        var second = Math.DivRem(moment - 1, 1000, out var rest);
        return ((second - IdLayout.Epoch) << PostgresIds.LowerBits) + ((rest << PostgresIds.LowerBits) / 1000) - 1;
    }
}
