using System.Globalization;
using System.Reflection;
using HoiAm.Ledger.Writing;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>
/// The schema, brought forward step by step. A step that only adds leaves older programs working: its first line says which schema they
/// must know at least (<c>-- oldest: N</c>). So nodes of two versions run side by side, and a later step takes away what none needs any more.
/// </summary>
internal static class PostgresMigrations
{
    /// <summary>The schema that this program writes.</summary>
    public static int Newest { get; } = Texts().Count;

    /// <summary>Does what is missing; whoever comes meanwhile waits.</summary>
    /// <exception cref="UnusableDatabaseException">A newer program made the database unreadable for this one.</exception>
    public static void Run(NpgsqlConnection connection, string name)
    {
        TakeLock(connection);
        try
        {
            // A server that never hears of this session's end gives the lock back nevertheless.
            Execute(connection, "SET lock_timeout = 0; SET idle_session_timeout = '30s'");
            Execute(
                connection,
                """
                CREATE TABLE IF NOT EXISTS hoiam_schema (
                  version INTEGER PRIMARY KEY, oldest INTEGER NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())
                """);
            var version = Number(connection, "SELECT COALESCE(MAX(version), 0) FROM hoiam_schema");
            var oldest = Number(connection, "SELECT COALESCE(MAX(oldest), 0) FROM hoiam_schema");
            var texts = Texts();
            if (oldest > texts.Count)
            {
                throw new UnusableDatabaseException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The database {name} has schema {version}, which needs a program that knows {oldest}; this one knows up to {texts.Count}. Start the newer version of HoiAm."));
            }

            for (var next = version + 1; next <= texts.Count; next++)
            {
                FaultPoints.Hit("in-migration");
                var text = texts[next - 1];
                var step = string.Create(
                    CultureInfo.InvariantCulture,
                    $"BEGIN;\n{text}\nINSERT INTO hoiam_schema (version, oldest) VALUES ({next}, {Oldest(text)});\nCOMMIT;");
                using var command = PostgresCommands.Of(connection, step);
                command.CommandTimeout = 0;
                command.ExecuteNonQuery();
            }

            PostgresPartitions.Ensure(connection);
        }
        finally
        {
            if (connection.FullState == System.Data.ConnectionState.Open)
            {
                Execute(connection, "ROLLBACK");
                Execute(connection, "SELECT pg_advisory_unlock(18513, 1); SET lock_timeout = '10s'; SET idle_session_timeout = 0");
            }
        }
    }

    // Asked for again and again: who waits inside one statement without an end also waits for an answer that a dead link swallowed.
    private static void TakeLock(NpgsqlConnection connection)
    {
        using var command = PostgresCommands.Of(connection, "SELECT pg_try_advisory_lock(18513, 1)");
        while (command.ExecuteScalar() is not true)
        {
            Thread.Sleep(100);
        }
    }

    private static int Oldest(string text)
    {
        const string Mark = "-- oldest: ";
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return int.Parse(text.AsSpan(Mark.Length, end - Mark.Length).Trim(), CultureInfo.InvariantCulture);
    }

    private static int Number(NpgsqlConnection connection, string sql)
    {
        using var command = PostgresCommands.Of(connection, sql);
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = PostgresCommands.Of(connection, sql);
        command.ExecuteNonQuery();
    }

    private static List<string> Texts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var texts = new List<string>();
        for (var number = 1; ; number++)
        {
            using var stream = assembly.GetManifestResourceStream(number.ToString("D4", CultureInfo.InvariantCulture) + ".sql");
            if (stream is null)
            {
                return texts;
            }

            using var reader = new StreamReader(stream);
            texts.Add(reader.ReadToEnd());
        }
    }
}
