using System.Data.Common;
using System.Globalization;
using System.Reflection;
using HoiAm.Dispatch;
using HoiAm.Ledger.Postgres;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Security;
using Npgsql;

namespace HoiAm.Server.Cluster;

/// <summary>A PostgreSQL database that this node shares with others.</summary>
internal sealed class PostgresHubStore : HubStore
{
    /// <summary>Channel on which nodes tell each other of changes.</summary>
    public const string Channel = "hoiam";

    /// <summary>Name in "meta" of the number of the last change of configuration.</summary>
    public const string Version = "config_version";

    private readonly TimeProvider _time;

    private PostgresHubStore(PostgresDatabase database, PostgresNode node, KeyRing keys, TimeProvider time)
    {
        Database = database;
        Node = node;
        Keys = keys;
        _time = time;
    }

    public PostgresDatabase Database { get; }

    public PostgresNode Node { get; }

    public override KeyRing Keys { get; }

    public override IdLayout Layout => Database.Layout;

    public override string Mine => string.Create(CultureInfo.InvariantCulture, $" AND owner IN (SELECT number FROM node WHERE owner = {Node.Number})");

    public override PostgresWeeks Weeks => new(Database);

    public override bool MayWork => Node.IsHeld;

    public override int Nodes => Node.Alive;

    public static PostgresHubStore Open(string connectionString, string folder, TimeProvider time)
    {
        var database = new PostgresDatabase(connectionString);
        try
        {
            database.Migrate();
            var keys = LoadKey(database, folder);
            var version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
            var node = new PostgresNode(
                database, string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}"), version, time);
            node.Register();
            return new PostgresHubStore(database, node, keys, time);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public override DbConnection OpenReader()
    {
        try
        {
            return Database.OpenReader();
        }
        catch (Exception error) when (PostgresTrouble.Explain(error) is { } reason)
        {
            throw new StoreUnavailableException(reason, error);
        }
    }

    public override ILedgerStore OpenWriter(TimeProvider time) => new PostgresStore(Database, Node);

    public override string? Explain(Exception error) => base.Explain(error) ?? PostgresTrouble.Explain(error);

    public override long Horizon(DbConnection connection) => PostgresHorizon.Read((NpgsqlConnection)connection);

    public override void BeginChange(DbConnection connection) => connection.Execute("SELECT pg_advisory_xact_lock(18513, 3)");

    public override void EndChange(DbConnection connection)
    {
        connection.Execute(
            """
            INSERT INTO meta (name, value) VALUES (@p0, '1')
            ON CONFLICT (name) DO UPDATE SET value = (meta.value::BIGINT + 1)::TEXT
            """,
            Version);
        connection.Execute($"NOTIFY {Channel}, 'configuration'");
    }

    /// <summary>True when a commit waits for a second machine.</summary>
    public static bool HasSynchronousStandby(DbConnection connection) =>
        connection.Query("SHOW synchronous_standby_names", r => r.GetString(0)) is [{ Length: > 0 }];

    public override ICallbackSender Bind(ICallbackSender sender) => new LeasedSender(sender, Node, _time);

    public override void Dispose()
    {
        Node.Dispose();
        Database.Dispose();
    }

    private static KeyRing LoadKey(PostgresDatabase database, string folder)
    {
        using var connection = database.OpenWriter();
        using var transaction = connection.BeginTransaction();
        connection.Execute("SELECT pg_advisory_xact_lock(18513, 3)");
        var keys = SharedKey.Load(connection, folder, database.Name);
        transaction.Commit();
        return keys;
    }
}
