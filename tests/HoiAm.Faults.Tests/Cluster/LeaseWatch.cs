using HoiAm.Testing;

namespace HoiAm.Faults.Cluster;

/// <summary>A node that was taken for dead by another one.</summary>
/// <param name="Ns">When, by the clock of the hooks.</param>
/// <param name="Process">The process that was taken for dead.</param>
internal readonly record struct TakeOver(long Ns, int Process);

/// <summary>
/// Notes every take-over in the database itself, in the transaction that makes it: nothing that the hub tells of itself is believed.
/// </summary>
internal static class LeaseWatch
{
    /// <summary>Begins to note; the hub's tables are there.</summary>
    public static void Install(PostgresServer postgres, string database) => postgres.Sql(database, """
        CREATE SCHEMA watch;
        CREATE TABLE watch.taken (at TIMESTAMPTZ NOT NULL, name TEXT NOT NULL);
        CREATE FUNCTION watch.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          INSERT INTO watch.taken (at, name) VALUES (clock_timestamp(), OLD.name);
          RETURN NULL;
        END $$;
        CREATE TRIGGER watch AFTER UPDATE OF owner ON node FOR EACH ROW
          WHEN (OLD.owner = OLD.number AND NEW.owner <> OLD.owner) EXECUTE FUNCTION watch.note();
        """);

    /// <summary>All of them, oldest first.</summary>
    public static List<TakeOver> Read(PostgresServer postgres, string database)
    {
        // Two clocks of one machine, read at the same moment.
        var apart = Stopwatch.GetTimestamp() - Ns(TimeProvider.System.GetUtcNow());
        var rows = postgres.Sql(database, "SELECT (extract(epoch FROM at) * 1000000)::BIGINT, name FROM watch.taken ORDER BY at");
        return
        [
            .. rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split('|')).Select(cells => new TakeOver(
                (long.Parse(cells[0], CultureInfo.InvariantCulture) * 1_000) + apart,
                int.Parse(cells[1][(cells[1].LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture))),
        ];
    }

    private static long Ns(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).Ticks * 100;
}
