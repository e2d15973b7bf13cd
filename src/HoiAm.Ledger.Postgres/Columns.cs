using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace HoiAm.Ledger.Postgres;

/// <summary>A column of a table as it is written for many rows at once: an array of its values.</summary>
internal sealed record Column<T>(string Name, string Type, bool Changes, Func<IReadOnlyCollection<T>, NpgsqlParameter> Bind)
{
    /// <summary>The same, of a column that updates write too.</summary>
    public Column<T> Mutable => this with { Changes = true };
}

/// <summary>Makes columns.</summary>
internal static class Columns
{
    public static Column<T> Long<T>(string name, Func<T, long> get) => new(name, "bigint", false, rows => Array(rows, get, NpgsqlDbType.Bigint));

    public static Column<T> LongOrNull<T>(string name, Func<T, long?> get) => new(name, "bigint", false, rows => Array(rows, get, NpgsqlDbType.Bigint));

    public static Column<T> Int<T>(string name, Func<T, int> get) => new(name, "integer", false, rows => Array(rows, get, NpgsqlDbType.Integer));

    public static Column<T> IntOrNull<T>(string name, Func<T, int?> get) => new(name, "integer", false, rows => Array(rows, get, NpgsqlDbType.Integer));

    public static Column<T> Text<T>(string name, Func<T, string?> get) => new(name, "text", false, rows => Array(rows, r => PostgresText.Clean(get(r)), NpgsqlDbType.Text));

    public static Column<T> Bytes<T>(string name, Func<T, byte[]?> get) => new(name, "bytea", false, rows => Array(rows, get, NpgsqlDbType.Bytea));

    /// <summary>An array parameter.</summary>
    public static NpgsqlParameter Array<TRow, TValue>(IReadOnlyCollection<TRow> rows, Func<TRow, TValue> get, NpgsqlDbType type)
    {
        var values = new TValue[rows.Count];
        var i = 0;
        foreach (var row in rows)
        {
            values[i++] = get(row);
        }

        return new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }

    public static NpgsqlParameter Longs(IReadOnlyCollection<long> values) => Array(values, v => v, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Ints(IReadOnlyCollection<int> values) => Array(values, v => v, NpgsqlDbType.Integer);

    public static NpgsqlParameter Of(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Of(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter Of(string value) => new NpgsqlParameter<string> { TypedValue = PostgresText.Clean(value)! };
}

/// <summary>A table whose rows are written many at a time.</summary>
internal sealed class RowTable<T>
{
    private readonly Column<T>[] _columns;
    private readonly Column<T>[] _updated;
    private readonly string _insert;
    private readonly string _update;
    private readonly string _updateOwn;

    /// <param name="name">The table.</param>
    /// <param name="keys">How many of the first columns are its key.</param>
    /// <param name="conflict">What to do with a row that is there already; empty when that is an error.</param>
    /// <param name="columns">All columns, the key first.</param>
    public RowTable(string name, int keys, string conflict, params Column<T>[] columns)
    {
        _columns = columns;
        _updated = [.. columns.Where((c, i) => i < keys || c.Changes)];
        _insert = $"INSERT INTO {name} ({string.Join(", ", columns.Select(c => c.Name))}) SELECT * FROM unnest({Parameters(columns)}) {conflict}";
        _update = $"UPDATE {name} t SET {string.Join(", ", _updated.Skip(keys).Select(c => $"{c.Name} = u.{c.Name}"))}"
            + $" FROM unnest({Parameters(_updated)}) AS u ({string.Join(", ", _updated.Select(c => c.Name))})"
            + $" WHERE {string.Join(" AND ", columns.Take(keys).Select(c => $"t.{c.Name} = u.{c.Name}"))}";
        _updateOwn = string.Create(
            CultureInfo.InvariantCulture,
            $"WITH done AS ({_update} AND t.owner = ANY(${_updated.Length + 1}) RETURNING 1) SELECT hoiam_holds((SELECT COUNT(*) FROM done) = ${_updated.Length + 2})");
    }

    public void Insert(NpgsqlBatch batch, IReadOnlyCollection<T> rows) => Add(batch, _insert, _columns, rows);

    public void Update(NpgsqlBatch batch, IReadOnlyCollection<T> rows) => Add(batch, _update, _updated, rows);

    /// <summary>The same in a table of rows that nodes own; the batch fails unless all rows are there and belong to one of these.</summary>
    public void UpdateOwn(NpgsqlBatch batch, IReadOnlyCollection<T> rows, IReadOnlyCollection<int> owners) =>
        Add(batch, _updateOwn, _updated, rows, Columns.Ints(owners), Columns.Of((long)rows.Count));

    private static void Add(NpgsqlBatch batch, string sql, Column<T>[] columns, IReadOnlyCollection<T> rows, params ReadOnlySpan<NpgsqlParameter> more)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in columns)
        {
            command.Parameters.Add(column.Bind(rows));
        }

        foreach (var parameter in more)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }

    private static string Parameters(Column<T>[] columns) =>
        string.Join(", ", columns.Select((c, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1}::{c.Type}[]")));
}
