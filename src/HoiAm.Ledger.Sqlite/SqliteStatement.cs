using System.Text;
using HoiAm.Ledger.Storage;
using SQLitePCL;

namespace HoiAm.Ledger.Sqlite;

/// <summary>
/// A prepared statement of the writer's connection: bound by position, stepped, reset. The ADO layer above the same library costs 30 to
/// 60 % more CPU per report (design section 5), which is why the path of a report speaks to it directly.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;
    private int _parameter;

    public SqliteStatement(sqlite3 db, string sql)
    {
        _db = db;
        SqliteErrors.Check(db, raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public SqliteStatement Bind(long value)
    {
        raw.sqlite3_bind_int64(_statement, ++_parameter, value);
        return this;
    }

    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public SqliteStatement Bind(string? text)
    {
        if (text is null)
        {
            return BindNull();
        }

        // UTF-16 would be converted inside anyway; short ASCII texts are the rule.
        Span<byte> utf8 = text.Length <= 256 ? stackalloc byte[768] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = Encoding.UTF8.GetBytes(text, utf8);
        raw.sqlite3_bind_text(_statement, ++_parameter, utf8[..length]);
        return this;
    }

    public SqliteStatement Bind(ReadOnlySpan<byte> blob)
    {
        raw.sqlite3_bind_blob(_statement, ++_parameter, blob);
        return this;
    }

    public SqliteStatement Bind(byte[]? blob) => blob is null ? BindNull() : Bind(blob.AsSpan());

    public SqliteStatement BindNull()
    {
        raw.sqlite3_bind_null(_statement, ++_parameter);
        return this;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Execute()
    {
        var code = raw.sqlite3_step(_statement);
        Reset();
        if (code is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            SqliteErrors.Throw(_db, code);
        }
    }

    /// <summary>Steps to the next row; false and reset when there is none.</summary>
    public bool Read()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        Reset();
        if (code != raw.SQLITE_DONE)
        {
            SqliteErrors.Throw(_db, code);
        }

        return false;
    }

    /// <summary>Makes the statement ready for its next use.</summary>
    public void Reset()
    {
        raw.sqlite3_reset(_statement);
        _parameter = 0;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int32(int column) => raw.sqlite3_column_int(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    /// <summary>The row that was read last, for <see cref="StoredRows"/>.</summary>
    public SqliteRow Row => new(this);

    public void Dispose() => _statement.Dispose();
}

/// <summary>The row at which a statement stands.</summary>
internal readonly struct SqliteRow(SqliteStatement statement) : IStoredRow
{
    public bool IsNull(int column) => statement.IsNull(column);

    public int GetInt32(int column) => statement.Int32(column);

    public long GetInt64(int column) => statement.Int64(column);

    public string GetText(int column) => statement.Text(column);

    public byte[] GetBytes(int column) => statement.Bytes(column);
}
