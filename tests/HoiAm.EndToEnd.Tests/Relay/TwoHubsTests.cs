using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Relay;

/// <summary>
/// Two hubs, real processes: B is the sandbox eSMS, A stands before it, a shop behind A. Of B's callbacks a third is lost on the way, the
/// others are delayed, repeated and reordered; A is killed while sends are under way, the shop's hook is down for a third of the time, and
/// A asks B about what it does not hear of. HOIAM_RELAY_MESSAGES, HOIAM_RELAY_DROPS (a share, 0 to 1), HOIAM_RELAY_KILLS,
/// HOIAM_RELAY_OUTAGE (seconds) and HOIAM_RELAY_SEED change the run.
/// </summary>
[Collection(AloneTests.Name)]
public sealed class TwoHubsTests(ITestOutputHelper output)
{
    private const int Senders = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(30);
    private static readonly string[] s_endings = ["123", "900", "901", "902", "904", "905", "906"];
    private readonly int _messages = (int)Setting("HOIAM_RELAY_MESSAGES", 120);
    private readonly double _drops = Setting("HOIAM_RELAY_DROPS", 0.3);
    private readonly int _kills = (int)Setting("HOIAM_RELAY_KILLS", 2);
    private readonly double _outage = Setting("HOIAM_RELAY_OUTAGE", 0);
    private readonly int _seed = (int)Setting("HOIAM_RELAY_SEED", 20260407);
    private readonly ConcurrentDictionary<string, string> _sent = new();
    private int _begun;

    [Fact]
    public async Task WhateverHappensBetween_TheShopKnowsWhatTheUpstreamKnows()
    {
        await using var b = await HubProcess.StartAsync(null, "--sandbox");
        var portOfA = HubProcess.FreePort();
        await using var proxy = await ChaosProxy.StartAsync($"http://127.0.0.1:{portOfA}", _drops, _seed);
        using var folder = new TempFolder();
        await using var a = await HubProcess.StartWithAsync(
            ["serve", "--urls", $"http://127.0.0.1:{portOfA}", "--data", folder.File("a"), "--admin-token", HubProcess.AdminToken, "--public-url", proxy.Url]);
        await using var shop = await HookServer.StartAsync();
        var watch = Stopwatch.StartNew();
        shop.Script("/dlr", call => IsDown(call.Number, watch.Elapsed) ? new HookAnswer(503) : HookAnswer.Ok);
        using var admin = new AdminClient(a.Url);
        await admin.AccountAsync(
            "shop",
            shop.Url + "/dlr",
            $$""" "upstream": { "baseUrl": "{{b.Url}}", "apiKey": "sandbox-key", "secretKey": "sandbox-secret", "patience": "00:00:10" }, "reconcile": { "after": "00:00:02", "edition": "2024" }, "retry": { "maxRetries": 20, "delays": ["00:00:00.3"] } """);

        await Task.WhenAll(SendAllAsync(a), KillAsync(a));
        var sendingTook = watch.Elapsed;
        await Poll.UntilAsync(async () => await IsOverAsync(b), "B has told everything", s_patience, stepMs: 500);
        await proxy.DrainAsync();
        var toldTook = watch.Elapsed;
        var truth = await TruthAsync(b);
        Assert.Equal(_messages, truth.Count);
        var settled = await SettleAsync(admin, truth);
        await Poll.UntilAsync(() => Told(shop).Count >= _messages, "The shop knows every message", s_patience, stepMs: 200);
        await Poll.UntilAsync(async () => await IsOverAsync(a), "A has told everything", s_patience, stepMs: 200);

        foreach (var (smsId, calls) in Told(shop))
        {
            Assert.Equal(truth[smsId].Outcome, Outcome(calls[^1]));
            Assert.Single(calls.Select(c => (c.CallbackId, c.Target)).Distinct());
        }

        Assert.All(_sent, s => Assert.Equal(truth[s.Value].RequestId, s.Key));
        Assert.Empty(await admin.ListAsync("/uncertain"));
        Assert.Empty(await admin.ListAsync("/orphans"));
        var recovered = (await admin.ListAsync("/reconciliations?account=shop")).Sum(r => (int)r["recovered"]!);
        Assert.True(_drops == 0 || recovered > 0, "Nothing was recovered by asking.");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_messages} messages, seed {_seed}: {proxy.Dropped} of {proxy.Seen} callbacks dropped, {_kills} kills, {recovered} recovered by asking, {settled} settled by hand, {shop.Count} calls at the shop; sent in {sendingTook.TotalSeconds:0} s, told by B after {toldTook.TotalSeconds:0} s, over after {watch.Elapsed.TotalSeconds:0} s"));
    }

    // Ten calls of thirty, or so many seconds of three times as many: long enough then for the hook's breaker to open.
    private bool IsDown(int call, TimeSpan elapsed) => _outage > 0 ? (long)(elapsed.TotalSeconds / _outage) % 3 == 1 : call / 10 % 3 == 1;

    private async Task SendAllAsync(HubProcess a)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        var random = new Random(_seed);
        var endings = Enumerable.Range(0, _messages).Select(_ => s_endings[random.Next(s_endings.Length)]).ToList();
        await Parallel.ForEachAsync(Enumerable.Range(0, _messages), new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (number, _) =>
        {
            Interlocked.Increment(ref _begun);
            await SendAsync(http, a, number, endings[number]);
        });
    }

    // Kills fall where a share of the messages has been begun, while others are under way.
    private async Task KillAsync(HubProcess a)
    {
        for (var kill = 0; kill < _kills; kill++)
        {
            var at = (int)((kill + 0.5) * _messages / _kills);
            await Poll.UntilAsync(() => Volatile.Read(ref _begun) >= at, "The next kill", s_patience);
            await a.KillAsync();
            Assert.True(await a.StartAgainAsync());
        }
    }

    // A client that does it right: one RequestId a message, and the same one again until there is a clear answer.
    private async Task SendAsync(HttpClient http, HubProcess a, int number, string ending)
    {
        var phone = string.Create(CultureInfo.InvariantCulture, $"090{number:D4}{ending}");
        var common = $"\"ApiKey\":\"shop-key\",\"SecretKey\":\"shop-secret\",\"RequestId\":\"req-{number}\"";
        var (path, body) = (number % 3) switch
        {
            0 => ("SendMultipleMessage_V4_post_json/", $$"""{{{common}},"Phone":"{{phone}}","Content":"xin chao {{number}}","Brandname":"Baotrixemay","SmsType":"2"}"""),
            1 => ("SendZaloMessage_V6/", $$"""{{{common}},"Phone":"{{phone}}","OAID":"4097311281936189049","TempID":"205644","TempData":{"otp":"{{number}}"} }"""),
            _ => ("Send_Multiple_Sms_OTT/", $$"""{{{common}},"Phones":["{{phone}}"],"Content":"xin chao","Brandname":"BAT DONG SAN GIA TOT","SmsType":"23"}"""),
        };
        for (var attempt = 0; attempt < 300; attempt++)
        {
            try
            {
                using var answer = await http.PostAsync(new Uri($"{a.Url}/MainService.svc/json/{path}"), new StringContent(body));
                var said = await answer.Content.ReadFromJsonAsync<JsonNode>();
                switch ((string?)said!["CodeResult"])
                {
                    case "100":
                        _sent[$"req-{number}"] = (string)said["SMSID"]!;
                        return;
                    case "124":
                        // An earlier try had arrived, whose answer the kill took away: the callback will bear the RequestId.
                        return;
                    case var code:
                        Assert.Contains(code, (string?[])["503", "504", null]);
                        break;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or System.Net.Sockets.SocketException)
            {
                // Killed in between: the same RequestId once more.
            }

            await Poll.PauseAsync(100);
        }

        throw new TimeoutException($"Message {number} was never accepted.");
    }

    // B accepted, A was killed before it stored that, and the callback that would have told is one of those that were lost: nobody but a
    // person can know the SMSID. The documented way is to look it up and settle; reconciliation then finds out how it ended.
    private static async Task<int> SettleAsync(AdminClient admin, Dictionary<string, (string RequestId, string Outcome)> truth)
    {
        var uncertain = await admin.ListAsync("/uncertain");
        foreach (var row in uncertain)
        {
            var requestId = (string)row["sends"]![0]!["requestId"]!;
            var smsId = truth.Single(t => t.Value.RequestId == requestId).Key;
            (await admin.PostAsync($"/uncertain/{(string)row["id"]!}/settle", $$"""{"outcome":"sent","smsId":"{{smsId}}"}""")).Is(200);
        }

        return uncertain.Count;
    }

    // The first page is looked at before everything is.
    private static async Task<bool> IsOverAsync(HubProcess hub)
    {
        using var admin = new AdminClient(hub.Url);
        return (await admin.GetAsync("/callbacks?state=pending&limit=1")).Is(200).Json["items"]!.AsArray().Count == 0
            && (await admin.ListAsync("/messages")).All(m => (int)m["sendStatus"]! is 4 or 5);
    }

    private static async Task<Dictionary<string, (string RequestId, string Outcome)>> TruthAsync(HubProcess b)
    {
        using var admin = new AdminClient(b.Url);
        return (await admin.ListAsync("/messages?account=sandbox")).ToDictionary(
            m => (string)m["smsId"]!,
            m => ((string)m["requestId"]!, string.Create(CultureInfo.InvariantCulture, $"{m["sendStatus"]}/{m["sendSuccess"]}/{m["sendFailed"]}/{(decimal)m["totalPrice"]!:0.0000}")));
    }

    private static string Outcome(HookCall call) =>
        $"{call.Parameter("SendStatus")}/{call.Parameter("SendSuccess")}/{call.Parameter("SendFailed")}/{call.Parameter("TotalPrice")}";

    private static Dictionary<string, List<HookCall>> Told(HookServer shop) =>
        shop.Calls.GroupBy(c => c.Parameter("SMSID")!).ToDictionary(g => g.Key, g => g.ToList());

    private static double Setting(string name, double fallback) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : fallback;
}
