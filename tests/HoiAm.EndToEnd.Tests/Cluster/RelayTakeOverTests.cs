using System.Text;
using HoiAm.EndToEnd.Tests.Relay;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>Sends that are being passed on by several nodes when one of them dies.</summary>
public sealed class RelayTakeOverTests
{
    [Fact]
    public async Task NodeKilledWhilePassingOn_OnlyItsSendsAreUncertain()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        var postgres = PostgresServer.Shared;
        postgres.Sql("postgres", "CREATE DATABASE passing");
        var connection = postgres.ConnectionString("passing");
        await using var upstream = await ScriptedUpstream.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Before = () => gate.Task;
        await using var dies = await HubProcess.StartAsync(null, "--postgres", connection);
        await using var lives = await HubProcess.StartAsync(null, "--postgres", connection);
        using var admin = new AdminClient(lives.Url);
        await admin.AccountAsync(
            "shop",
            null,
            $$""" "upstream": { "baseUrl": "{{upstream.Url}}", "apiKey": "provider-key", "secretKey": "provider-secret", {{RelayScene.Patient}} } """);
        using var http = new HttpClient();
        using (var other = new AdminClient(dies.Url))
        {
            await Poll.UntilAsync(async () => (await other.GetAsync("/accounts/shop")).Status == 200, "The account on the other node", stepMs: 50);
        }

        var lost = SendAsync(http, dies, "of-the-dead");
        var kept = SendAsync(http, lives, "of-the-living");
        await Poll.UntilAsync(() => upstream.Calls.Count == 2, "Both sends at the provider");
        await dies.KillAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => lost);

        // One more start must not take the other's work for something left behind.
        await using var third = await HubProcess.StartAsync(null, "--postgres", connection);
        await Poll.UntilAsync(async () => (await admin.ListAsync("/uncertain")).Count > 0, "The dead node's send", stepMs: 100);
        Assert.Equal("0\n1", postgres.Sql("passing", "SELECT state FROM relay ORDER BY state"));
        gate.SetResult();
        Assert.Equal("100", (string?)(await kept).Is(200).Json["CodeResult"]);
        Assert.Equal("of-the-dead", postgres.Sql("passing", "SELECT k.request_id FROM relay r JOIN relay_key k ON k.relay = r.id WHERE r.state = 1"));
    }

    private static Task<Reply> SendAsync(HttpClient http, HubProcess node, string requestId) => Reply.SendAsync(
        http,
        new HttpRequestMessage(HttpMethod.Post, node.Url + "/MainService.svc/json/SendMultipleMessage_V4_post_json/")
        {
            Content = new StringContent(
                $$"""{"ApiKey":"shop-key","Content":"7 la ma xac minh cua ban","Phone":"0901888484","SecretKey":"shop-secret","Brandname":"Verify","SmsType":"2","RequestId":"{{requestId}}"}""",
                Encoding.UTF8,
                "application/json"),
        });
}
