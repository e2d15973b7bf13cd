using HoiAm.Testing;

namespace HoiAm.Faults.Cluster;

/// <summary>What must hold between the tables when everything has come to rest, whatever happened before.</summary>
internal static class StoreChecks
{
    private static readonly (string What, string Sql)[] s_checks =
    [
        ("callbacks that wait on disk and are in no list", "SELECT COUNT(*) FROM callback c WHERE c.state = 1 AND NOT EXISTS (SELECT 1 FROM parked p WHERE p.callback = c.id AND p.hook = c.hook AND p.due_at = c.due_at AND p.owner = c.owner)"),
        ("entries of the list of a callback that does not wait", "SELECT COUNT(*) FROM parked p WHERE NOT EXISTS (SELECT 1 FROM callback c WHERE c.id = p.callback AND c.state = 1 AND c.owner = p.owner AND c.due_at = p.due_at)"),
        ("callbacks that wait behind one that is settled", "SELECT COUNT(*) FROM held h JOIN callback c ON c.id = h.behind WHERE c.state NOT IN (0, 1, 2)"),
        ("callbacks of nodes that nobody stands for", "SELECT COUNT(*) FROM callback c WHERE c.state IN (0, 1) AND NOT EXISTS (SELECT 1 FROM node n JOIN node o ON o.number = n.owner WHERE n.number = c.owner AND o.owner = o.number AND o.lease_until > now())"),
        ("references of messages that are not there", "SELECT COUNT(*) FROM reference r WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.message)"),
        ("reports of messages that are not there", "SELECT COUNT(*) FROM report r WHERE r.message <> 0 AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.message)"),
        ("early reports that wait under no key, or keys of none", "SELECT (SELECT COUNT(*) FROM orphan) + (SELECT COUNT(*) FROM orphan_reference)"),
        ("transactions that were left open", "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND usename = 'hub' AND state_change < now() - interval '20 s'"),
    ];

    /// <summary>A sentence for each that does not hold.</summary>
    public static IEnumerable<string> Run(PostgresServer postgres, string database)
    {
        foreach (var (what, sql) in s_checks)
        {
            if (postgres.Sql(database, sql) is var count and not "0")
            {
                yield return $"{count} {what}";
            }
        }
    }
}
