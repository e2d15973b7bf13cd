using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>Commands whose text is put together from words of ours; what others say goes into parameters.</summary>
internal static class PostgresCommands
{
    public static NpgsqlCommand Of(NpgsqlConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a literal of ours.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
