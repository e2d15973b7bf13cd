using System.Text.Json.Nodes;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>From the embedded store to PostgreSQL: nothing that a customer, a vendor or an operator can see changes.</summary>
public sealed class MoveTests
{
    [Fact]
    public async Task EmbeddedStoreMoved_GoesOnWhereItStood()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        var postgres = PostgresServer.Shared;
        postgres.Sql("postgres", "CREATE DATABASE moved");
        var to = postgres.ConnectionString("moved");
        await using var hook = await HookServer.StartAsync();
        var isDown = true;
        hook.Script("/down", _ => new HookAnswer(Volatile.Read(ref isDown) ? 500 : 200));
        await using var old = await HubProcess.StartAsync();
        JsonNode before, alerts;
        string cursor;
        using (var admin = new AdminClient(old.Url))
        {
            await admin.AccountAsync("shop", hook.Url + "/up", """ "retry": { "maxRetries": 20, "delays": ["00:00:02"] } """);
            await admin.VendorAsync("v");
            await admin.MessageAsync("shop", "v", "done", "0901000001");
            await admin.MessageAsync("shop", "v", "open", "0901000002", $$""" "callbackUrl": "{{hook.Url}}/down" """);
            using var vendor = new VendorClient(old.Url, "v-vendor-key");
            await vendor.ReportAsync("0901000001", "done", 2);
            await vendor.ReportAsync("0901000002", "open", 2);
            await vendor.ReportAsync("0901000003", "early", 2);
            await Poll.UntilAsync(async () => (string?)(await admin.StoryAsync("done"))["callbacks"]![0]!["state"] == "delivered", "The delivery");
            await Poll.UntilAsync(() => hook.At("/down").Count > 0, "A try that fails");
            before = await admin.StoryAsync("done");
            alerts = (await admin.PutAsync(
                "/alerts",
                $$"""
                { "urls": ["{{hook.Url}}/ops"], "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3", "every": "00:20:00", "noReportsAfter": "03:00:00",
                  "vendors": { "v": "02:00:00" }, "orphanPercent": null, "backlog": 777 }
                """)).Is(200).Json;
            using var pull = new PullClient(old.Url, "shop-key", "shop-secret");
            cursor = (string)(await pull.FeedAsync()).Is(200).Json["next"]!;
        }

        await old.TerminateAsync();
        var (code, stdout, stderr) = await HubProcess.RunAsync("migrate", "--data", old.Data, "--postgres", to, "--json");
        Assert.True(code == 0, stderr);
        var tables = JsonNode.Parse(stdout)!["tables"]!.AsArray().ToDictionary(t => (string)t!["name"]!, t => (long)t!["rows"]!);
        Assert.Equal((2L, 2L, 2L, 1L), (tables["message"], tables["report"], tables["callback"], tables["orphan"]));

        // Asked for again it finds nothing to do, and compares.
        Assert.Equal(0, (await HubProcess.RunAsync("migrate", "--data", old.Data, "--postgres", to, "--json")).ExitCode);

        await using var node = await HubProcess.StartAsync(null, "--postgres", to);
        using var now = new AdminClient(node.Url);
        Assert.Equal(before.ToJsonString(), (await now.StoryAsync("done")).ToJsonString());
        Volatile.Write(ref isDown, false);
        await Poll.UntilAsync(async () => (string?)(await now.StoryAsync("open"))["callbacks"]![0]!["state"] == "delivered", "The open callback", stepMs: 100);
        Assert.Single(hook.At("/down").Select(c => c.CallbackId).Distinct());

        // The same keys, an early report that still waits for its message, and a cursor that goes on.
        await now.MessageAsync("shop", "v", "early", "0901000003");
        await Poll.UntilAsync(() => hook.Calls.Any(c => c.Parameter("SMSID") == "early"), "The early report's callback");
        using var feed = new PullClient(node.Url, "shop-key", "shop-secret");
        await Poll.UntilAsync(
            async () => (await feed.FeedAsync("?after=" + cursor)).Is(200).Json["items"]!.AsArray().Select(i => (string?)i!["smsId"]).SequenceEqual(["early"]),
            "Only what came after the cursor",
            stepMs: 100);
        await IsWatchedAsync(now, hook, alerts);
    }

    // The operator is told of the same at the same address, signed by the same secret.
    private static async Task IsWatchedAsync(AdminClient now, HookServer hook, JsonNode alerts)
    {
        Assert.Equal(("03:00:00", 777, true), ((string)alerts["noReportsAfter"]!, (int)alerts["backlog"]!, (bool)alerts["signed"]!));
        Assert.Equal(alerts.ToJsonString(), (await now.GetAsync("/alerts")).Is(200).Json.ToJsonString());
        (await now.PostAsync("/alerts/test")).Is(202);
        await Poll.UntilAsync(() => hook.At("/ops").Count > 0, "The test alert", stepMs: 100);
        var call = hook.At("/ops")[0];
        Assert.Equal(call.SignatureBy("0123456789abcdef01234567"u8), call.Headers["webhook-signature"]);
    }
}
