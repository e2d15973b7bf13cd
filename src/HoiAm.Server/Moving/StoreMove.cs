using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HoiAm.Ledger.Postgres;
using HoiAm.Ledger.Sqlite;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Cluster;
using HoiAm.Server.Hosting;
using HoiAm.Server.Security;

namespace HoiAm.Server.Moving;

/// <summary>How far a move is.</summary>
/// <param name="Step">copy or check.</param>
/// <param name="Table">The table.</param>
/// <param name="Done">Rows done of it.</param>
/// <param name="Total">Rows that it has.</param>
public sealed record MoveProgress(string Step, string Table, long Done, long Total);

/// <summary>A table that was moved and found equal.</summary>
/// <param name="Name">The table.</param>
/// <param name="Rows">Rows on either side.</param>
/// <param name="Checksum">SHA-256 over all values in the order of the key, the same on either side.</param>
public sealed record MovedTable(string Name, long Rows, string Checksum);

/// <summary>
/// Moves an embedded store to PostgreSQL while no hub runs on either. It can be broken off at any moment and goes on where the last page was
/// committed. In the end every value of both sides is read and compared. The embedded store is not changed.
/// </summary>
public static class StoreMove
{
    private const int PageSize = 2_000;

    private static readonly string[] s_tables =
    [
        "account", "vendor", "credential", "catalogue", "balance", "hook", "message", "recipient", "reference", "report", "orphan",
        "orphan_reference", "callback", "parked", "held", "outbox", "otp", "registration", "replay", "charge", "stat", "audit",
        "silent", "asking", "reconciliation", "unmasked", "relay", "relay_key", "early_callback", "submission", "passed_on",
    ];

    /// <summary>Moves everything; gives the tables with what was compared.</summary>
    /// <exception cref="StartupException">It cannot begin, or the two sides differ; one sentence for the operator.</exception>
    public static IReadOnlyList<MovedTable> Run(string data, string postgres, TimeProvider time, Action<MoveProgress> told, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(told);
        if (!File.Exists(Path.Combine(data, SqliteDatabase.FileName)))
        {
            throw new StartupException($"There is no store in '{data}'; name its folder with --data.");
        }

        try
        {
            using var folder = DataFolder.Open(data);
            var store = new SqliteDatabase(folder.Path);
            store.Migrate();
            using var database = new PostgresDatabase(postgres);
            database.Migrate();
            using var import = new PostgresImport(database);
            using var source = store.OpenReader();
            import.Begin(time.GetUtcNow());
            if (KeyRing.Read(folder.Path) is { } key)
            {
                SharedKey.Keep(import, key);
            }

            if (!import.IsDone)
            {
                Array.ForEach(s_tables, table => Copy(source, import, table, told, cancel));
                source.Query("SELECT name, value FROM meta WHERE name = 'alerts' OR name LIKE 'alert/%'", r => (Name: r.GetString(0), Value: r.GetString(1)))
                    .ForEach(fact => import.Put(fact.Name, fact.Value));
            }

            var moved = s_tables.Select(table => Compare(source, import, table, told, cancel)).ToList();
            import.Finish();
            return moved;
        }
        catch (Exception error) when (error is UnusableStoreException or UnusableDatabaseException or IOException || PostgresTrouble.Explain(error) is not null)
        {
            throw new StartupException(PostgresTrouble.Explain(error) ?? error.Message, error);
        }
    }

    private static void Copy(DbConnection source, PostgresImport import, string table, Action<MoveProgress> told, CancellationToken cancel)
    {
        var columns = import.Columns(table);
        var common = Common(source, table, columns);
        var keys = common.Where(c => c.Key >= 0).OrderBy(c => c.Key).ToList();
        var place = import.Place(table) is { } text ? Parse(text, keys) : null;
        var total = source.Scalar("SELECT COUNT(*) FROM " + table);
        var done = place is null ? 0 : source.Scalar($"SELECT COUNT(*) FROM {table} WHERE ({Names(keys)}) <= ({Parameters(keys)})", place);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            told(new MoveProgress("copy", table, done, total));
            var where = place is null ? "" : $"WHERE ({Names(keys)}) > ({Parameters(keys)})";
            var rows = source.Query(
                string.Create(CultureInfo.InvariantCulture, $"SELECT {Names(common)} FROM {table} {where} ORDER BY {Names(keys)} LIMIT {PageSize}"),
                r => Read(r, common),
                place ?? []);
            if (rows.Count == 0)
            {
                return;
            }

            place = [.. keys.Select(k => rows[^1][common.IndexOf(k)])];

            // What was this store's work is now that of a number that is taken over by the first node.
            var owner = columns.FirstOrDefault(c => c.Name == "owner" && !common.Contains(c));
            var written = owner is null ? common : [.. common, owner];
            var pages = owner is null ? rows : rows.ConvertAll(r => (object?[])[.. r, (long)import.Owner]);
            import.Add(table, written, pages, JsonSerializer.Serialize(place));
            FaultPoints.Hit("in-move");
            done += rows.Count;
        }
    }

    private static MovedTable Compare(DbConnection source, PostgresImport import, string table, Action<MoveProgress> told, CancellationToken cancel)
    {
        var columns = import.Columns(table);
        var common = Common(source, table, columns);
        var keys = common.Where(c => c.Key >= 0).OrderBy(c => c.Key).ToList();
        var total = source.Scalar("SELECT COUNT(*) FROM " + table);
        var here = Digest(Stream(source, table, common, keys), n => Tell(n, 0));
        var there = Digest(import.Rows(table, common), n => Tell(n, 1));
        return here == there
            ? new MovedTable(table, here.Rows, here.Checksum)
            : throw new StartupException(string.Create(
                CultureInfo.InvariantCulture,
                $"The table '{table}' differs after the move: {here.Rows} rows here, {there.Rows} in PostgreSQL; empty the database and move again."));

        void Tell(long rows, int side)
        {
            cancel.ThrowIfCancellationRequested();
            told(new MoveProgress("check", table, (rows + (side * total)) / 2, total));
        }
    }

    private static IEnumerable<object?[]> Stream(DbConnection source, string table, List<ImportColumn> columns, List<ImportColumn> keys)
    {
        using var command = source.CreateCommand();
        command.CommandText = $"SELECT {Names(columns)} FROM {table} ORDER BY {Names(keys)}";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return Read(reader, columns);
        }
    }

    private static (long Rows, string Checksum) Digest(IEnumerable<object?[]> rows, Action<long> told)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0L;
        foreach (var row in rows)
        {
            foreach (var value in row)
            {
                var bytes = value switch
                {
                    null => [],
                    byte[] blob => blob,
                    var other => Encoding.UTF8.GetBytes(Convert.ToString(other, CultureInfo.InvariantCulture)!),
                };

                // With its length, so that no two rows look alike when they are put together.
                hash.AppendData(BitConverter.GetBytes(value is null ? -1 : bytes.Length));
                hash.AppendData(bytes);
            }

            if (++count % PageSize == 0)
            {
                told(count);
            }
        }

        told(count);
        return (count, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static List<ImportColumn> Common(DbConnection source, string table, IReadOnlyList<ImportColumn> columns)
    {
        var there = source.Query($"SELECT name FROM pragma_table_info('{table}')", r => r.GetString(0)).ToHashSet(StringComparer.Ordinal);
        return [.. columns.Where(c => there.Contains(c.Name))];
    }

    private static object?[] Read(DbDataReader reader, List<ImportColumn> columns)
    {
        var row = new object?[columns.Count];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = reader.IsDBNull(i) ? null
                : columns[i].Type switch
                {
                    "text" => PostgresText.Clean(reader.GetString(i)),
                    "bytea" => reader.GetFieldValue<byte[]>(i),
                    _ => reader.GetInt64(i),
                };
        }

        return row;
    }

    private static object?[] Parse(string place, List<ImportColumn> keys)
    {
        var values = JsonSerializer.Deserialize<JsonElement[]>(place)!;
        return [.. values.Select((v, i) => keys[i].Type == "text" ? (object?)v.GetString() : v.GetInt64())];
    }

    private static string Names(IEnumerable<ImportColumn> columns) => string.Join(", ", columns.Select(c => c.Name));

    private static string Parameters(List<ImportColumn> keys) =>
        string.Join(", ", keys.Select((_, i) => "@p" + i.ToString(CultureInfo.InvariantCulture)));
}
