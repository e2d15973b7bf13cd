using System.Diagnostics;
using System.Globalization;
using HoiAm.EndToEnd.Tests.Durability;
using HoiAm.Testing;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>What <c>deploy/</c> holds, with the programs that it is for.</summary>
public sealed class DeployTests
{
    private const int Messages = 150;
    private static readonly string s_deploy = Path.Combine(RepositoryRoot.Path, "deploy");

    [Fact]
    public async Task NodeKilledBehindNginx_TheVendorSeesNothingOfIt()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        Assert.SkipUnless(File.Exists("/usr/sbin/nginx"), "nginx is not installed (Debian: apt-get install nginx).");
        var postgres = PostgresServer.Shared;
        postgres.Sql("postgres", "CREATE DATABASE behind_nginx");
        await using var hook = await HookServer.StartAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(
            _ => HubProcess.StartAsync(null, "--postgres", postgres.ConnectionString("behind_nginx"), "--trusted-proxies", "127.0.0.1")));
        try
        {
            using var folder = new TempFolder();
            var port = HubProcess.FreePort();
            using var nginx = StartNginx(folder, port, nodes);
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
            using var admin = new AdminClient(url);
            await Poll.UntilAsync(async () => await AnswersAsync(admin), "nginx", stepMs: 50);

            // At one node: the others know of a new account a moment later.
            using (var first = new AdminClient(nodes[0].Url))
            {
                await new CrashLoad(url, Messages).RegisterAsync(first, hook.Url + "/crash");
            }

            using var vendor = new VendorClient(url, "crash-vendor-key");
            await CrashLoad.KnownAsync(nodes.Select(n => n.Url));

            // One after the other and several at once, so that the death finds requests under way and connections that are kept.
            var answers = new List<int>();
            for (var i = 0; i < Messages; i += 5)
            {
                var replies = Enumerable.Range(i, 5).Select(n => vendor.ReportAsync("0901" + n.ToString("D6", CultureInfo.InvariantCulture), CrashLoad.Id(n), 2)).ToList();
                if (i == 50)
                {
                    await nodes[1].KillAsync();
                }

                answers.AddRange((await Task.WhenAll(replies)).Select(r => r.Status));
            }

            Assert.Equal(Enumerable.Repeat(200, Messages), answers);
            await Poll.UntilAsync(
                () => hook.Calls.Select(c => c.Parameter("SMSID")).Distinct().Count() == Messages, "A callback for every message", TimeSpan.FromMinutes(1), stepMs: 100);
            Assert.Equal(403, (await vendor.SendAsync("GET", "/metrics", null, null)).Status);
            nginx.Kill(entireProcessTree: true);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    [Fact]
    public void SystemdUnit_IsUnderstood()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd is not installed.");
        using var folder = new TempFolder();
        var text = File.ReadAllText(Path.Combine(s_deploy, "systemd", "hoiam@.service"));
        Assert.Contains("ExecStart=/opt/hoiam/hoiam serve", text, StringComparison.Ordinal);

        // The program need not be installed for the unit to be read.
        var unit = folder.File("hoiam@1.service");
        File.WriteAllText(unit, text.Replace("/opt/hoiam/hoiam", "/bin/true", StringComparison.Ordinal));
        using var verify = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", unit]) { RedirectStandardError = true })!;
        var said = verify.StandardError.ReadToEnd();
        verify.WaitForExit();
        Assert.True(verify.ExitCode == 0 && !said.Contains(unit, StringComparison.Ordinal), said);
    }

    private static async Task<bool> AnswersAsync(AdminClient admin)
    {
        try
        {
            return (await admin.GetAsync("/accounts")).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Process StartNginx(TempFolder folder, int port, HubProcess[] nodes)
    {
        var server = File.ReadAllText(Path.Combine(s_deploy, "nginx.conf"));
        for (var i = 0; i < nodes.Length; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"hub{i + 1}:8620");
            Assert.Contains(name, server, StringComparison.Ordinal);
            server = server.Replace(name, new Uri(nodes[i].Url).Authority, StringComparison.Ordinal);
        }

        server = server.Replace("listen 80;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{port};"), StringComparison.Ordinal);
        var temporary = string.Concat(
            ((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(kind => $"{kind}_temp_path {folder.File(kind)};\n"));
        var configuration = folder.File("nginx.conf");
        File.WriteAllText(
            configuration,
            $"{(Environment.IsPrivilegedProcess ? "user root;" : "")}\npid {folder.File("pid")};\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{server}\n}}\n");
        return Process.Start(new ProcessStartInfo(
            "/usr/sbin/nginx", ["-c", configuration, "-e", folder.File("log"), "-g", "daemon off;"]))!;
    }
}
