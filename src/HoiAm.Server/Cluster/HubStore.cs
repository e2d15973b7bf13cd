using System.Data.Common;
using HoiAm.Dispatch;
using HoiAm.Ledger.Postgres;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Sqlite;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Hosting;
using HoiAm.Server.Security;

namespace HoiAm.Server.Cluster;

/// <summary>The store that a hub was told to use, and what of it is this node's. Everything here is what a single node with its own store does.</summary>
internal abstract class HubStore : IDisposable
{
    /// <summary>The key that digests and seals are made with.</summary>
    public abstract KeyRing Keys { get; }

    /// <summary>How ids tell the time.</summary>
    public abstract IdLayout Layout { get; }

    /// <summary>Condition on a table's "owner" for rows that this node is to work off; empty where all are.</summary>
    public virtual string Mine => "";

    /// <summary>False while others may be working off what this node has in memory.</summary>
    public virtual bool MayWork => true;

    /// <summary>Nodes that share the limits that hold for the whole hub.</summary>
    public virtual int Nodes => 1;

    /// <summary>A connection for reading beside the writer.</summary>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public abstract DbConnection OpenReader();

    /// <summary>The writer's side.</summary>
    public abstract ILedgerStore OpenWriter(TimeProvider time);

    /// <summary>A sentence when an error means that the store is away.</summary>
    public virtual string? Explain(Exception error) => error is StoreUnavailableException refused ? refused.Message : null;

    /// <summary>The largest id below which no row can appear any more: a cursor must not go beyond it.</summary>
    public virtual long Horizon(DbConnection connection) => long.MaxValue;

    /// <summary>Called in the transaction of a change of configuration, before it: two changes never run at once.</summary>
    public virtual void BeginChange(DbConnection connection)
    {
    }

    /// <summary>Called in the same transaction after the change: other nodes are told when it is committed.</summary>
    public virtual void EndChange(DbConnection connection)
    {
    }

    /// <summary>What forgets whole weeks at once; null where rows are deleted one by one.</summary>
    public virtual PostgresWeeks? Weeks => null;

    /// <summary>What sends, held to this node's lease.</summary>
    public virtual ICallbackSender Bind(ICallbackSender sender) => sender;

    public abstract void Dispose();

    /// <summary>Opens the store; throws <see cref="StartupException"/> with one sentence when that is not possible.</summary>
    public static HubStore Open(HubOptions options, TimeProvider time)
    {
        try
        {
            return options.Postgres is { } connection
                ? PostgresHubStore.Open(connection, options.Data, time)
                : EmbeddedHubStore.Open(options.Data);
        }
        catch (Exception error) when (error is UnusableStoreException or UnusableDatabaseException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(error.Message, error);
        }
    }
}
