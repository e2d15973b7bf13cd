using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using HoiAm.Client;
using HoiAm.Client.Vendor;
using HoiAm.Dispatch.Sending;
using HoiAm.Packages.Tests.Hub;
using HoiAm.Packages.Tests.Support;

namespace HoiAm.Packages.Tests.Samples;

/// <summary>The programs below samples/ against the real hub.</summary>
public sealed class SampleTests(SandboxHub hub)
{
    private const string Secret = "whsec_aG9pYW0gdGVzdCBzZWNyZXQsIG5vdCBpbiB1c2UhISE=";

    private static readonly string s_receivers = RepositoryRoot.File("samples/receivers");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("python3", "py")]
    [InlineData("node", "mjs")]
    [InlineData("php", "php")]
    public async Task Verifier_AgreesWithTheVectors(string program, string extension)
    {
        Assert.SkipUnless(Command.IsInstalled(program), program + " is not on this machine");
        var vectors = RepositoryRoot.File("tests/vectors/signing/signatures.json");
        var output = await Command.RunAsync(
            Path.GetTempPath(), program, [RepositoryRoot.File("tests/HoiAm.Packages.Tests/Samples/vectors." + extension), vectors, s_receivers], ("PYTHONDONTWRITEBYTECODE", "1"));
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(vectors, Stop))!.AsArray().Select(v => (string)v!["verdict"]!);

        Assert.Equal(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("python3", "py")]
    [InlineData("node", "mjs")]
    [InlineData("php", "php")]
    public async Task Receiver_TakesEachSignedCallbackOnce(string program, string extension)
    {
        Assert.SkipUnless(Command.IsInstalled(program), program + " is not on this machine");
        using var folder = new TempFolder();
        using var admin = new AdminClient(hub.Url);
        var account = "receiver-" + extension;
        var address = $"127.0.0.1:{HubProcess.FreePort().ToString(CultureInfo.InvariantCulture)}";
        var states = folder.File("states.ndjson");
        await admin.AccountAsync(account, $"http://{address}/hook?token=a%20b", $"\"signingSecret\": \"{Secret}\"");
        await admin.VendorAsync(account);
        var receiver = await StartAsync(folder, program, extension, address);
        try
        {
            await ReportAsync(hub.Url, admin, account, account + "-1");
            await ReportAsync(hub.Url, admin, account, account + "-2");
            await SettledAsync(admin, account + "-1");
            await SettledAsync(admin, account + "-2");
            Assert.Equal([account + "-1", account + "-2"], (await LinesAsync(states)).Select(l => (string)l["smsId"]!).Order(StringComparer.Ordinal));

            // The same callback again, also after a crash in the middle of a line: known, acknowledged, not written twice.
            await receiver.KillAsync();
            await File.AppendAllTextAsync(states, "{\"id\":\"torn", Stop);
            receiver = await StartAsync(folder, program, extension, address);
            var story = await admin.StoryAsync(account + "-1");
            Assert.InRange((await admin.PostAsync($"/callbacks/{(string)story["callbacks"]![0]!["id"]!}/replay")).Status, 200, 202);
            await Poll.UntilAsync(async () => (int)(await CallbackAsync(admin, account + "-1"))["attemptCount"]! == 2, "The replay");
            await SettledAsync(admin, account + "-1");
            Assert.Equal(2, (await LinesAsync(states)).Count);

            using var http = new HttpClient();
            using var forged = await http.GetAsync(new Uri($"http://{address}/hook?SMSID=forged&SendStatus=5"), Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
            Assert.Equal(2, (await LinesAsync(states)).Count);

            // The same by POST, in both forms of its body, each of them twice.
            foreach (var (id, type, body) in new[] { ("j", "application/json", """{"SMSID":"by-json","SendStatus":"5"}"""), ("f", "application/x-www-form-urlencoded", "SMSID=by-form&SendStatus=5") })
            {
                Assert.Equal(HttpStatusCode.OK, await PostAsync(http, address, id, type, body));
                Assert.Equal(HttpStatusCode.OK, await PostAsync(http, address, id, type, body));
                Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(http, address, id, type, body, "x"));
            }

            Assert.Equal(["by-form", "by-json"], (await LinesAsync(states)).Skip(2).Select(l => (string)l["smsId"]!).Order(StringComparer.Ordinal));
        }
        finally
        {
            await receiver.DisposeAsync();
        }
    }

    // The buyer's code goes out, the callback comes back signed by nobody (the sandbox account has no secret), and the shop shows it.
    [Fact]
    public async Task Shop_SendsACode_AndShowsWhatBecameOfIt()
    {
        using var folder = new TempFolder();
        var url = $"http://127.0.0.1:{HubProcess.FreePort().ToString(CultureInfo.InvariantCulture)}";
        await using var shop = Command.Start(
            folder.Path, "dotnet", [Built("Shop"), "--urls", url], ("Esms__Address", hub.Url), ("Shop__PublicUrl", url), ("Shop__Folder", folder.Path));
        await shop.ListensAsync(url + "/orders/none");
        using var http = new HttpClient { BaseAddress = new Uri(url) };

        async Task<JsonNode> OrderAsync(string id) => JsonNode.Parse(await http.GetStringAsync(new Uri("/orders/" + id, UriKind.Relative), Stop))!;
        using var sent = await http.PostAsync(new Uri("/orders/A1?phone=" + hub.NextPhone(), UriKind.Relative), null, Stop);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        await Poll.UntilAsync(async () => (string?)(await OrderAsync("A1"))["sms"] == "delivered", "The callback at the shop");
        using var again = await http.PostAsync(new Uri("/orders/A1?phone=" + hub.NextPhone(), UriKind.Relative), null, Stop);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var wrong = await http.PostAsync(new Uri("/orders/A1/confirm?code=x", UriKind.Relative), null, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        using var refused = await http.PostAsync(new Uri("/orders/A2?phone=12", UriKind.Relative), null, Stop);
        Assert.Equal("refused", (string?)(await OrderAsync("A2"))["sms"]);

        // The code itself is only in the SMS, which the hub can show.
        var smsId = (string)(await OrderAsync("A1"))["smsId"]!;
        var esms = new EsmsClient(http, EsmsClientOptions.At(new Uri(hub.Url), "sandbox-key", "sandbox-secret"));
        var now = TimeProvider.System.GetUtcNow();
        var page = await esms.GetSentDataAsync(Model.MessageKind.CustomerCareSms, now.AddHours(-1), now.AddHours(1), cancellationToken: Stop);
        var code = page.Value!.Rows.Single(r => r.ReferenceId == smsId).Content.Split(' ')[0];
        using var right = await http.PostAsync(new Uri("/orders/A1/confirm?code=" + code, UriKind.Relative), null, Stop);
        Assert.True((bool)JsonNode.Parse(await right.Content.ReadAsStringAsync(Stop))!["confirmed"]!);
    }

    [Fact]
    public async Task Reconciliation_RecoversWhatNoCallbackTold()
    {
        using var folder = new TempFolder();
        using var http = new HttpClient();
        var esms = new EsmsClient(http, EsmsClientOptions.At(new Uri(hub.Url), "sandbox-key", "sandbox-secret"));
        var unheard = new SendOptions { CallbackUrl = "http://127.0.0.1:9/never" };
        var sms = await esms.SendSmsAsync("Baotrixemay", hub.NextPhone(), "xin chao", null, Stop);
        var failed = await esms.SendSmsAsync("Baotrixemay", "0901234900", "xin chao", null, Stop);
        var zns = await esms.SendZnsAsync("4097311281936189049", "205644", hub.NextPhone(), [new("otp", "1")], unheard, Stop);
        var silent = await esms.SendSmsAsync("Baotrixemay", "0901234903", "xin chao", null, Stop);
        await Poll.UntilAsync(async () => (await esms.QueryZnsStatusAsync(zns.SmsId, Model.MessageKind.Zns, Stop)).Value?.IsFinal == true, "Delivery");
        await Poll.UntilAsync(async () => (await esms.GetSendStatusAsync(failed.SmsId, Stop)).Value?.SendStatus == 5, "The failure");
        await Poll.UntilAsync(async () => (await esms.GetSendStatusAsync(sms.SmsId, Stop)).Value?.SendStatus == 5, "Delivery");
        await File.WriteAllTextAsync(folder.File("open.csv"), $"{sms.SmsId},2\n{failed.SmsId},2\n{zns.SmsId},25\n{silent.SmsId},2\n", Stop);
        var output = await Command.RunAsync(folder.Path, "dotnet", [Built("Reconciliation"), "open.csv", "settled.csv"], ("ESMS_BASE", hub.Url));

        Assert.Contains("4 asked, 3 recovered, 1 still open, 0 without an answer", output, StringComparison.Ordinal);
        Assert.Equal($"{silent.SmsId},2\n", await File.ReadAllTextAsync(folder.File("open.csv"), Stop));
        Assert.Equal(
            new[] { $"{failed.SmsId},Failed,0,1,0.0000", $"{sms.SmsId},Delivered,1,0,850.0000", $"{zns.SmsId},Delivered,1,0,330.0000" }.Order(StringComparer.Ordinal),
            (await File.ReadAllLinesAsync(folder.File("settled.csv"), Stop)).Order(StringComparer.Ordinal));
    }

    // Built along with this project, into its own folder beside this one's.
    private static string Built(string name)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, name, own.Name, name + ".dll");
    }

    private static async Task<Command> StartAsync(TempFolder folder, string program, string extension, string address)
    {
        var file = Path.Combine(s_receivers, "receiver." + extension);
        string[] words = program == "php" ? ["-S", address, file] : [file];
        var receiver = Command.Start(
            folder.Path, program, words, ("SIGNING_SECRET", Secret), ("PORT", address.Split(':')[1]), ("STATES", folder.File("states.ndjson")), ("PYTHONDONTWRITEBYTECODE", "1"));
        await receiver.ListensAsync($"http://{address}/");
        return receiver;
    }

    private static async Task ReportAsync(string url, AdminClient admin, string account, string smsId)
    {
        await admin.MessageAsync(account, account, smsId, "0901234567");
        using var http = new HttpClient();
        var vendor = new VendorReportClient(http, new VendorReportClientOptions { Address = new Uri(url), ApiKey = account + "-vendor-key" });
        var reply = await vendor.ReportAsync(new VendorReportMessage { Msisdn = "0901234567", RequestId = smsId, ReferentId = smsId, Status = 2 }, Stop);
        Assert.True(reply.IsAccepted, reply.ToString());
    }

    private static async Task<JsonNode> CallbackAsync(AdminClient admin, string smsId) => (await admin.StoryAsync(smsId))["callbacks"]![0]!;

    private static Task SettledAsync(AdminClient admin, string smsId) => Poll.UntilAsync(
        async () => (await admin.StoryAsync(smsId))["callbacks"] is JsonArray { Count: 1 } callbacks && (string?)callbacks[0]!["state"] == "delivered", "The callback of " + smsId);

    // A torn tail is cut off with the next write, not before.
    private static async Task<List<JsonNode>> LinesAsync(string states) => [.. (await File.ReadAllTextAsync(states, Stop)).Split('\n')[..^1].Select(l => JsonNode.Parse(l)!)];

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, string address, string id, string type, string body, string behind = "")
    {
        var seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var key = Convert.FromBase64String(Secret["whsec_".Length..]);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{address}/hook");
        request.Content = new StringContent(body + behind, System.Text.Encoding.UTF8, type);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Sign([key], id, seconds, System.Text.Encoding.UTF8.GetBytes(body)));
        using var answer = await http.SendAsync(request, Stop);
        return answer.StatusCode;
    }
}
