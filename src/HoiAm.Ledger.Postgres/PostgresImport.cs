using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace HoiAm.Ledger.Postgres;

/// <summary>A column of a table: its name, and whether it holds numbers, text or bytes.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">bigint, integer, text or bytea.</param>
/// <param name="Key">Place in the primary key from 0; −1 for all others.</param>
public sealed record ImportColumn(string Name, string Type, int Key);

/// <summary>
/// Takes the rows of an embedded store in, page by page. Each page is one transaction with the place up to which its table is in, so that an
/// import that was broken off goes on there.
/// </summary>
public sealed class PostgresImport : IDisposable
{
    private const string Prefix = "import:";
    private readonly NpgsqlConnection _connection;

    /// <summary>Opens a migrated database for an import; nobody else imports meanwhile.</summary>
    /// <exception cref="UnusableDatabaseException">Another import runs, or the database is in use by hubs of its own.</exception>
    public PostgresImport(PostgresDatabase database)
    {
        _connection = database.OpenWriter();
        if (!(bool)Scalar("SELECT pg_try_advisory_lock(18513, 4)")!)
        {
            throw new UnusableDatabaseException($"Another import into {database.Name} runs.");
        }

        if (Read("begun") is null && (bool)Scalar("SELECT EXISTS (SELECT 1 FROM account) OR EXISTS (SELECT 1 FROM message)")!)
        {
            throw new UnusableDatabaseException($"The database {database.Name} holds a hub already; import into an empty one.");
        }
    }

    /// <summary>The number that stands for the store that moves: a node that is dead, so that the first one to start takes its work over.</summary>
    public int Owner { get; private set; }

    /// <summary>True once everything was checked.</summary>
    public bool IsDone => Read("done") is not null;

    /// <summary>Begins, or goes on with what was begun.</summary>
    public void Begin(DateTimeOffset now)
    {
        if (Read("begun") is { } number)
        {
            Owner = int.Parse(number, CultureInfo.InvariantCulture);
            return;
        }

        using var transaction = _connection.BeginTransaction();
        Owner = (int)Scalar(
            """
            INSERT INTO node (owner, slot, name, version, started_at, lease_until)
            VALUES (0, 0, 'embedded store', '', 0, clock_timestamp() - interval '1 hour') RETURNING number
            """)!;
        Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE node SET owner = number WHERE number = {Owner}"));
        Write("begun", Owner.ToString(CultureInfo.InvariantCulture));
        Put(PostgresIds.OlderUntil, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        transaction.Commit();
    }

    /// <summary>The columns of a table in their order, without those that only this engine has.</summary>
    public IReadOnlyList<ImportColumn> Columns(string table)
    {
        using var command = _connection.CreateCommand();
        command.CommandText =
            """
            SELECT c.column_name, c.data_type, COALESCE(array_position(i.indkey::INTEGER[], a.attnum::INTEGER), -1)
            FROM information_schema.columns c
            JOIN pg_attribute a ON a.attrelid = c.table_name::regclass AND a.attname = c.column_name
            LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
            WHERE c.table_name = $1 AND c.table_schema = current_schema() ORDER BY c.ordinal_position
            """;
        command.Parameters.Add(Postgres.Columns.Of(table));
        using var reader = command.ExecuteReader();
        var columns = new List<ImportColumn>();
        while (reader.Read())
        {
            columns.Add(new ImportColumn(reader.GetString(0), reader.GetString(1), reader.GetInt32(2)));
        }

        return columns;
    }

    /// <summary>Up to where a table is in: the key of its last row, as texts; null when nothing is.</summary>
    public string? Place(string table) => Read(table);

    /// <summary>Takes a page in and notes the place.</summary>
    public void Add(string table, IReadOnlyList<ImportColumn> columns, IReadOnlyList<object?[]> rows, string place)
    {
        using var transaction = _connection.BeginTransaction();
        using (var copy = _connection.BeginBinaryImport($"COPY {table} ({string.Join(", ", columns.Select(c => c.Name))}) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var row in rows)
            {
                copy.StartRow();
                for (var i = 0; i < columns.Count; i++)
                {
                    WriteValue(copy, columns[i], row[i]);
                }
            }

            copy.Complete();
        }

        Write(table, place);
        transaction.Commit();
    }

    /// <summary>Sets a fact of the hub.</summary>
    public void Put(string name, string value)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        command.Parameters.Add(Postgres.Columns.Of(name));
        command.Parameters.Add(Postgres.Columns.Of(value));
        command.ExecuteNonQuery();
    }

    /// <summary>All rows of a table by key.</summary>
    public IEnumerable<object?[]> Rows(string table, IReadOnlyList<ImportColumn> columns, string where = "")
    {
        using var command = _connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText =
            $"SELECT {string.Join(", ", columns.Select(c => c.Name))} FROM {table} {where} ORDER BY "
            + string.Join(", ", columns.Where(c => c.Key >= 0).OrderBy(c => c.Key).Select(c => c.Type == "text" ? c.Name + " COLLATE \"C\"" : c.Name));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new object?[columns.Count];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            yield return row;
        }
    }

    /// <summary>Lets numbers that the database gives go on behind those that were taken in, and closes the import.</summary>
    public void Finish()
    {
        foreach (var (table, column) in new[] { ("charge", "id"), ("audit", "id"), ("registration", "id"), ("hook", "id") })
        {
            Execute($"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), GREATEST((SELECT MAX({column}) FROM {table}), 1))");
        }

        Execute("ANALYZE");
        Write("done", "1");
    }

    public void Dispose()
    {
        if (_connection.FullState == System.Data.ConnectionState.Open)
        {
            Execute("SELECT pg_advisory_unlock_all()");
        }

        _connection.Dispose();
    }

    private static void WriteValue(NpgsqlBinaryImporter copy, ImportColumn column, object? value)
    {
        switch (value)
        {
            case null:
                copy.WriteNull();
                break;
            case long number when column.Type == "integer":
                copy.Write(checked((int)number), NpgsqlDbType.Integer);
                break;
            case long number:
                copy.Write(number, NpgsqlDbType.Bigint);
                break;
            case string text:
                copy.Write(text, NpgsqlDbType.Text);
                break;
            case byte[] bytes:
                copy.Write(bytes, NpgsqlDbType.Bytea);
                break;
            default:
                throw new InvalidOperationException($"{column.Name} holds a {value.GetType().Name}.");
        }
    }

    private string? Read(string name)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT value FROM meta WHERE name = $1";
        command.Parameters.Add(Postgres.Columns.Of(Prefix + name));
        return command.ExecuteScalar() as string;
    }

    private void Write(string name, string value) => Put(Prefix + name, value);

    private object? Scalar(string sql)
    {
        using var command = PostgresCommands.Of(_connection, sql);
        return command.ExecuteScalar();
    }

    private void Execute(string sql)
    {
        using var command = PostgresCommands.Of(_connection, sql);
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }
}
