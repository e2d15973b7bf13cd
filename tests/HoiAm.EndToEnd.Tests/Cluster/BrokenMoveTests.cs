using System.Text.Json.Nodes;
using HoiAm.EndToEnd.Tests.Durability;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>A move to PostgreSQL that is killed again and again, and goes on each time behind the last page that was committed.</summary>
public sealed class BrokenMoveTests
{
    private const int Messages = 4_500;

    [Fact]
    public async Task KilledInTheMiddle_TheNextRunsEndWithTheSumsOfAnUndisturbedMove()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        var postgres = PostgresServer.Shared;
        postgres.Sql("postgres", "CREATE DATABASE broken_move");
        postgres.Sql("postgres", "CREATE DATABASE whole_move");
        await using var old = await HubProcess.StartAsync();
        using (var admin = new AdminClient(old.Url))
        {
            await new CrashLoad(old.Url, Messages).RegisterAsync(admin, "http://127.0.0.1:9/none");
        }

        await old.TerminateAsync();

        // Once after a page of the small tables, then within the large ones: each run gets a little further than the one before it.
        string[] broken = ["migrate", "--data", old.Data, "--postgres", postgres.ConnectionString("broken_move"), "--json"];
        foreach (var page in (string[])["in-move:2", "in-move:4", "in-move:2"])
        {
            var (code, stdout, _) = await HubProcess.RunToAsync(page, broken);
            Assert.True(code != 0, "It was not killed: " + stdout);
        }

        var half = int.Parse(postgres.Sql("broken_move", "SELECT COUNT(*) FROM message"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(half, 1, Messages);
        var resumed = await TablesAsync(broken);
        var whole = await TablesAsync(["migrate", "--data", old.Data, "--postgres", postgres.ConnectionString("whole_move"), "--json"]);
        Assert.Equal(whole, resumed);
        Assert.Equal(Messages.ToString(System.Globalization.CultureInfo.InvariantCulture), postgres.Sql("broken_move", "SELECT COUNT(DISTINCT id) FROM message"));
    }

    private static async Task<string> TablesAsync(string[] words)
    {
        var (code, stdout, stderr) = await HubProcess.RunAsync(words);
        Assert.True(code == 0, stderr);
        return JsonNode.Parse(stdout)!["tables"]!.ToJsonString();
    }
}
