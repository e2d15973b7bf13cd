using HoiAm.Ledger.Sqlite;
using Microsoft.Data.Sqlite;

namespace HoiAm.Faults.Power;

/// <summary>What a start finds in a data folder: opened, migrated and written to by the store's own code, then read.</summary>
internal sealed class StoreImage
{
    private static readonly (string Rule, string Sql)[] s_rules =
    [
        ("a callback that waits on disk is listed there once", "SELECT COUNT(*) FROM callback c WHERE c.state = 1 AND (SELECT COUNT(*) FROM parked p WHERE p.callback = c.id) <> 1"),
        ("only callbacks that wait on disk are listed there", "SELECT COUNT(*) FROM parked p WHERE NOT EXISTS (SELECT 1 FROM callback c WHERE c.id = p.callback AND c.state = 1)"),
        ("a held callback waits behind another", "SELECT COUNT(*) FROM callback c WHERE c.state = 2 AND NOT EXISTS (SELECT 1 FROM held h WHERE h.callback = c.id)"),
        ("a message's last report is there", "SELECT COUNT(*) FROM message m WHERE m.last_report <> 0 AND NOT EXISTS (SELECT 1 FROM report r WHERE r.id = m.last_report)"),
        ("a message's last callback is there", "SELECT COUNT(*) FROM message m WHERE m.last_callback <> 0 AND NOT EXISTS (SELECT 1 FROM callback c WHERE c.id = m.last_callback)"),
        ("a report's message is there", "SELECT COUNT(*) FROM report r WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.message)"),
        ("a message with several receivers has all of them", "SELECT COUNT(*) FROM message m WHERE m.total > 1 AND m.total <> (SELECT COUNT(*) FROM recipient r WHERE r.message = m.id)"),
        ("what the feed has taken over is in it", "SELECT COUNT(*) FROM callback c WHERE c.id <= (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'feed_upto') AND NOT EXISTS (SELECT 1 FROM feed f WHERE f.account = c.account AND f.callback = c.id)"),
    ];

    private StoreImage()
    {
    }

    /// <summary>Bodies of reports, with the message when it is known.</summary>
    public HashSet<string> Reports { get; } = [];

    /// <summary>State of the first receiver by SMSID.</summary>
    public Dictionary<string, int> Messages { get; } = [];

    /// <summary>Accounts and vendors.</summary>
    public HashSet<string> Configured { get; } = [];

    /// <summary>What does not fit together; empty in a sound store.</summary>
    public List<string> Faults { get; } = [];

    public static StoreImage Open(string folder)
    {
        var image = new StoreImage();
        try
        {
            var database = new SqliteDatabase(folder);
            database.Migrate();
            using (var store = new SqliteStore(database, TimeProvider.System))
            {
                store.Begin();
                store.Probe();
                store.Commit();
            }

            using var connection = database.OpenReader();
            image.Read(connection);
            image.CheckKey(folder, connection);
        }
        catch (Exception error) when (error is UnusableStoreException or SqliteException or IOException or HoiAm.Ledger.Writing.StoreUnavailableException)
        {
            image.Faults.Add("the store cannot be used: " + error.Message);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
        }

        return image;
    }

    private void Read(SqliteConnection connection)
    {
        foreach (var row in Rows(connection, "SELECT raw FROM report UNION ALL SELECT raw FROM orphan"))
        {
            Reports.Add(Encoding.UTF8.GetString((byte[])row[0]));
        }

        foreach (var row in Rows(connection, "SELECT smsid, r_state FROM message"))
        {
            Messages[(string)row[0]] = (int)(long)row[1];
        }

        foreach (var row in Rows(connection, "SELECT id FROM account UNION ALL SELECT id FROM vendor"))
        {
            Configured.Add((string)row[0]);
        }

        foreach (var (rule, sql) in s_rules)
        {
            if (Rows(connection, sql)[0][0] is long broken and > 0)
            {
                Faults.Add(string.Create(CultureInfo.InvariantCulture, $"{broken} times not so: {rule}"));
            }
        }
    }

    // A store whose keys nobody can check any more is as good as lost.
    private void CheckKey(string folder, SqliteConnection connection)
    {
        var key = new FileInfo(Path.Combine(folder, "hub.key"));
        if (Rows(connection, "SELECT COUNT(*) FROM credential")[0][0] is long and > 0 && (!key.Exists || key.Length != 32))
        {
            Faults.Add("the store has keys, but hub.key is missing or short");
        }
    }

    private static List<object[]> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
