using System.Data.Common;
using HoiAm.Ledger.Postgres;
using Npgsql;

namespace HoiAm.Server.Queries;

/// <summary>The row at which a reader of either engine stands.</summary>
internal readonly struct ReaderRow(DbDataReader reader) : IStoredRow
{
    private readonly bool _isPostgres = reader is NpgsqlDataReader;

    public bool IsNull(int column) => reader.IsDBNull(column);

    public int GetInt32(int column) => reader.GetInt32(column);

    public long GetInt64(int column) => reader.GetInt64(column);

    public string GetText(int column) => _isPostgres ? PostgresText.Restore(reader.GetString(column)) : reader.GetString(column);

    public byte[] GetBytes(int column) => (byte[])reader.GetValue(column);
}
