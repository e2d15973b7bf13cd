using System.Globalization;
using HoiAm.Ledger.Postgres;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;
using HoiAm.Testing;

namespace HoiAm.Ledger.Tests.Postgres;

/// <summary>PostgreSQL in a database of its own; each opening is another node, which takes over what the one before left.</summary>
internal sealed class PostgresEngine : LedgerEngine
{
    // A database that was used is emptied and used again: making one takes longer than most tests.
    private const string Empty =
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
        DO $$ DECLARE t TEXT; BEGIN
          FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND NOT relispartition AND relname <> 'hoiam_schema' LOOP EXECUTE format('DELETE FROM %I', t); END LOOP;
          DELETE FROM hoiam_schema WHERE version > 900;
        END $$
        """;

    private static readonly Lock s_lock = new();
    private static readonly Stack<string> s_empty = new();
    private static int s_databases;
    private static bool s_hasTemplate;

    private readonly string _name;
    private PostgresNode? _node;
    private bool _isFresh;

    public PostgresEngine()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        var server = PostgresServer.Shared;
        lock (s_lock)
        {
            if (!s_hasTemplate)
            {
                server.Sql("postgres", "CREATE DATABASE migrated");
                using var template = new PostgresDatabase(server.ConnectionString("migrated") + ";Pooling=false");
                template.Migrate();
                s_hasTemplate = true;
            }

            if (!s_empty.TryPop(out var name))
            {
                name = "t" + (++s_databases).ToString(CultureInfo.InvariantCulture);
                server.Sql("postgres", $"CREATE DATABASE {name} TEMPLATE migrated STRATEGY file_copy");
            }

            _name = name;
        }

        Database = new PostgresDatabase(server.ConnectionString(_name));
    }

    public PostgresDatabase Database { get; }

    /// <summary>False for a database whose tables are not what they were at first.</summary>
    public bool IsReusable { get; set; } = true;

    /// <summary>The node that is open now.</summary>
    public PostgresNode Node => _node!;

    public override ILedgerStore Open(TimeProvider time)
    {
        if (_node is null || !_isFresh)
        {
            Cut();
        }

        _isFresh = false;
        return new PostgresStore(Database, _node!);
    }

    public override void Cut()
    {
        var old = _node;
        Database.Migrate();
        _node = NewNode();
        _isFresh = true;
        if (old is not null)
        {
            // Dead from here on: what it still writes is refused.
            old.Leave();
            _node.TakeOverAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    /// <summary>Another node of the same database.</summary>
    public PostgresNode NewNode()
    {
        var node = new PostgresNode(Database, "test", "0", TimeProvider.System);
        node.Register();
        return node;
    }

    /// <summary>Another process on the same database.</summary>
    public LedgerEngine Beside() => new Sibling(this);

    public override void Dispose()
    {
        _node?.Dispose();
        Database.Dispose();
        if (!IsReusable)
        {
            return;
        }

        PostgresServer.Shared.Sql(_name, Empty);
        lock (s_lock)
        {
            s_empty.Push(_name);
        }
    }

    private sealed class Sibling(PostgresEngine first) : LedgerEngine
    {
        public override ILedgerStore Open(TimeProvider time) => new PostgresStore(first.Database, first.NewNode());

        public override void Cut() => throw new NotSupportedException();

        public override void Dispose()
        {
        }
    }
}
