using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Relay;

/// <summary>
/// Two hubs, real processes: B is the sandbox eSMS, A stands before it, a shop behind A. Between B and A callbacks are delayed, repeated
/// and reordered, A is killed now and then, and the shop's hook is down for a third of the time. HOIAM_RELAY_MESSAGES and HOIAM_RELAY_DROPS
/// (a share, 0 to 1) change the run; what is dropped needs reconciliation.
/// </summary>
[Collection(AloneTests.Name)]
public sealed class TwoHubsTests(ITestOutputHelper output)
{
    private const int Seed = 20260407;
    private static readonly string[] s_endings = ["123", "900", "901", "902", "904", "905", "906"];
    private readonly int _messages = (int)Setting("HOIAM_RELAY_MESSAGES", 200);
    private readonly double _drops = Setting("HOIAM_RELAY_DROPS", 0);

    [Fact]
    public async Task WhateverHappensBetween_TheShopKnowsWhatTheUpstreamKnows()
    {
        await using var b = await HubProcess.StartAsync(null, "--sandbox");
        var portOfA = HubProcess.FreePort();
        await using var proxy = await ChaosProxy.StartAsync($"http://127.0.0.1:{portOfA}", _drops, Seed);
        using var folder = new TempFolder();
        await using var a = await HubProcess.StartWithAsync(
            ["serve", "--urls", $"http://127.0.0.1:{portOfA}", "--data", folder.File("a"), "--admin-token", HubProcess.AdminToken, "--public-url", proxy.Url]);
        await using var shop = await HookServer.StartAsync();
        shop.Script("/dlr", call => call.Number / 20 % 3 == 1 ? new HookAnswer(503) : HookAnswer.Ok);
        using var admin = new AdminClient(a.Url);
        await admin.AccountAsync(
            "shop",
            shop.Url + "/dlr",
            $$""" "upstream": { "baseUrl": "{{b.Url}}", "apiKey": "sandbox-key", "secretKey": "sandbox-secret", "patience": "00:00:10" }, "retry": { "maxRetries": 20, "delays": ["00:00:00.3"] } """);

        var smsIds = await SendAllAsync(a);
        Assert.Equal(_messages, smsIds.Distinct().Count());
        await Poll.UntilAsync(async () => await PendingAsync(b) == 0, "B has told everything", TimeSpan.FromMinutes(3), stepMs: 300);
        await proxy.DrainAsync();
        await Poll.UntilAsync(() => Known(shop).Count >= _messages - proxy.Dropped, "The shop knows every message", TimeSpan.FromMinutes(3), stepMs: 200);

        var truth = await TruthAsync(b, smsIds);
        var known = Known(shop);
        foreach (var (smsId, outcome) in known)
        {
            Assert.Equal(truth[smsId], outcome);
        }

        Assert.Equal(_messages - proxy.Dropped, known.Count);
        Assert.All(shop.Calls.GroupBy(c => c.Parameter("SMSID")), calls => Assert.Single(calls.Select(c => (c.CallbackId, c.Target)).Distinct()));
        Assert.Empty(await admin.ListAsync("/uncertain"));
        Assert.Empty(await admin.ListAsync("/orphans"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_messages} messages, {shop.Count} calls at the shop, {proxy.Dropped} callbacks dropped"));
    }

    // A client that does it right: one RequestId a message, and the same one again until there is a clear answer.
    private async Task<List<string>> SendAllAsync(HubProcess a)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        var smsIds = new List<string>();
        var random = new Random(Seed);
        for (var i = 0; i < _messages; i++)
        {
            if (i % (_messages / 4) == _messages / 8)
            {
                await a.KillAsync();
                Assert.True(await a.StartAgainAsync());
            }

            smsIds.Add(await SendAsync(http, a, i, s_endings[random.Next(s_endings.Length)]));
        }

        return smsIds;
    }

    private static async Task<string> SendAsync(HttpClient http, HubProcess a, int number, string ending)
    {
        var phone = string.Create(CultureInfo.InvariantCulture, $"090{number:D4}{ending}");
        var common = $"\"ApiKey\":\"shop-key\",\"SecretKey\":\"shop-secret\",\"RequestId\":\"req-{number}\"";
        var (path, body) = (number % 3) switch
        {
            0 => ("SendMultipleMessage_V4_post_json/", $$"""{{{common}},"Phone":"{{phone}}","Content":"xin chao {{number}}","Brandname":"Baotrixemay","SmsType":"2"}"""),
            1 => ("SendZaloMessage_V6/", $$"""{{{common}},"Phone":"{{phone}}","OAID":"4097311281936189049","TempID":"205644","TempData":{"otp":"{{number}}"} }"""),
            _ => ("Send_Multiple_Sms_OTT/", $$"""{{{common}},"Phones":["{{phone}}"],"Content":"xin chao","Brandname":"BAT DONG SAN GIA TOT","SmsType":"23"}"""),
        };
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                using var answer = await http.PostAsync(new Uri($"{a.Url}/MainService.svc/json/{path}"), new StringContent(body));
                var said = await answer.Content.ReadFromJsonAsync<JsonNode>();
                if ((string?)said!["CodeResult"] is "100")
                {
                    return (string)said["SMSID"]!;
                }

                Assert.Contains((string?)said["CodeResult"], (string?[])["503", "504", null]);
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                // Killed in between: the same RequestId once more.
            }

            await Poll.PauseAsync(100);
        }

        throw new TimeoutException($"Message {number} was never accepted.");
    }

    private static async Task<int> PendingAsync(HubProcess b)
    {
        using var admin = new AdminClient(b.Url);
        var callbacks = await admin.ListAsync("/callbacks?state=pending");
        var messages = await admin.ListAsync("/messages?account=sandbox");
        return callbacks.Count + messages.Count(m => (int)m["sendStatus"]! is not (4 or 5));
    }

    private static async Task<Dictionary<string, string>> TruthAsync(HubProcess b, List<string> smsIds)
    {
        using var admin = new AdminClient(b.Url);
        var truth = new Dictionary<string, string>();
        foreach (var message in (await admin.ListAsync("/messages?account=sandbox")).Where(m => smsIds.Contains((string)m["smsId"]!)))
        {
            var price = ((decimal)message["totalPrice"]!).ToString("0.0000", CultureInfo.InvariantCulture);
            truth.Add((string)message["smsId"]!, $"{message["sendStatus"]}/{message["sendSuccess"]}/{message["sendFailed"]}/{price}");
        }

        return truth;
    }

    private static Dictionary<string, string> Known(HookServer shop) => shop.Calls.GroupBy(c => c.Parameter("SMSID")!).ToDictionary(
        g => g.Key, g => $"{g.Last().Parameter("SendStatus")}/{g.Last().Parameter("SendSuccess")}/{g.Last().Parameter("SendFailed")}/{g.Last().Parameter("TotalPrice")}");

    private static double Setting(string name, double fallback) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : fallback;
}
