using System.Globalization;
using System.Text.Json.Nodes;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Operating;

/// <summary>Several nodes on one PostgreSQL watch the same counters; one of them speaks.</summary>
public sealed class AlertsOfNodesTests
{
    [Fact]
    public async Task WhatIsSetOnOneNode_IsWatchedByBoth_AndToldOnce()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        using var postgres = PostgresServer.Start();
        postgres.Sql("postgres", "CREATE DATABASE hub");
        await using var ops = await HookServer.StartAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => HubProcess.StartAsync(null, "--postgres", postgres.ConnectionString("hub"))));
        try
        {
            using var admin = new AdminClient(nodes[0].Url);
            using var other = new AdminClient(nodes[1].Url);
            using var vendor = new VendorClient(nodes[1].Url, "v-vendor-key");
            await admin.VendorAsync("v");
            (await admin.PutAsync("/alerts", $$"""{ "urls": ["{{ops.Url}}/ops"], "orphanPercent": 50 }""")).Is(200);
            await Poll.UntilAsync(async () => (await other.PostAsync("/alerts/test")).Status == 202, "The settings on the other node");
            await Poll.UntilAsync(async () => (await vendor.ReportAsync("0901234567", "nobody", 2)).Status == 200, "The vendor on the other node");
            for (var i = 0; i < 30; i++)
            {
                (await vendor.ReportAsync("0901234567", "nobody-" + i.ToString(CultureInfo.InvariantCulture), 2)).Is(200);
            }

            await Poll.UntilAsync(() => Types(ops).Contains("orphans.high"), "The alert");
            (await admin.PostAsync("/backup")).IsProblem(409, says: "PostgreSQL");
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.TerminateAsync();
                await node.DisposeAsync();
            }
        }

        Assert.Equal(["orphans.high", "test"], Types(ops).Order(StringComparer.Ordinal));
    }

    private static List<string> Types(HookServer ops) => [.. ops.At("/ops").Select(c => (string)JsonNode.Parse(c.Body)!["type"]!)];
}
