using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>The row at which a reader stands.</summary>
internal readonly struct PostgresRow(NpgsqlDataReader reader) : IStoredRow
{
    /// <summary>Behind the columns that every engine has: the node that a callback belongs to.</summary>
    public const string CallbackColumns = $"{StoredRows.CallbackColumns}, c.owner";

    public const string DueColumns = $"{StoredRows.DueColumns}, c.owner";

    public bool IsNull(int column) => reader.IsDBNull(column);

    public int GetInt32(int column) => reader.GetInt32(column);

    public long GetInt64(int column) => reader.GetInt64(column);

    public string GetText(int column) => PostgresText.Restore(reader.GetString(column));

    public byte[] GetBytes(int column) => reader.GetFieldValue<byte[]>(column);

    public static MessageRow Message(NpgsqlDataReader r) => StoredRows.Message(new PostgresRow(r));

    public static RecipientRow Recipient(NpgsqlDataReader r) => StoredRows.Recipient(new PostgresRow(r));

    public static OrphanRow Orphan(NpgsqlDataReader r) => StoredRows.Orphan(new PostgresRow(r));

    public static CallbackRow Callback(NpgsqlDataReader r)
    {
        var row = StoredRows.Callback(new PostgresRow(r));
        row.Owner = r.GetInt32(StoredRows.CallbackWidth);
        return row;
    }

    public static CallbackRow Due(NpgsqlDataReader r)
    {
        var row = StoredRows.Due(new PostgresRow(r));
        row.Owner = r.GetInt32(StoredRows.DueWidth);
        return row;
    }
}
