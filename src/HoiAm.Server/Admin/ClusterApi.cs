using HoiAm.Server.Cluster;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Admin;

/// <summary><c>GET /admin/v1/cluster</c>: the store, the nodes that share it, and whether it would survive the loss of its machine.</summary>
internal sealed class ClusterApi(HubStore store, LedgerQueries queries)
{
    public void Map(AdminRoutes routes) => routes.Get("/cluster", _ => Task.FromResult(Answers.Ok(Show())));

    private object Show()
    {
        if (store is not PostgresHubStore shared)
        {
            return new { store = "embedded", nodes = Array.Empty<object>(), limitsSharedBy = 1, synchronousStandby = (bool?)null };
        }

        using var connection = queries.Open();
        var nodes = connection.Query(
            """
            SELECT number, owner, name, version, started_at, CASE WHEN lease_until > clock_timestamp() THEN 1 ELSE 0 END
            FROM node ORDER BY number
            """,
            r => new
            {
                number = r.GetInt32(0),
                name = r.GetString(2),
                version = r.GetString(3),
                startedAt = Answers.Time(r.GetInt64(4)),
                alive = r.GetInt32(1) == r.GetInt32(0) && r.GetInt32(5) != 0,
                takenOverBy = r.GetInt32(1) == r.GetInt32(0) ? (int?)null : r.GetInt32(1),
                isThis = r.GetInt32(0) == shared.Node.Number,
            });
        return new { store = "postgres", nodes, limitsSharedBy = shared.Nodes, synchronousStandby = (bool?)PostgresHubStore.HasSynchronousStandby(connection) };
    }
}
