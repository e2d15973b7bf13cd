using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;

namespace HoiAm.EsmsApi.Tests;

/// <summary>
/// Thirty clients at once, every send call mixed, one account that can pay and one that soon cannot: afterwards balance, counts, statuses
/// and callbacks reconcile exactly. By default for some seconds; HOIAM_RECONCILE_SECONDS=60 in the environment runs the full minute.
/// </summary>
public sealed class ReconciliationTests(EsmsHub hub, ITestOutputHelper output)
{
    private const int Clients = 30;
    private const int Rich = 500_000_000;
    private const int Poor = 60_000;
    private static readonly int[] s_suffixes = [123, 456, 900, 901, 902, 904, 905, 906];

    private readonly ConcurrentDictionary<string, int> _codes = new();
    private readonly ConcurrentBag<long> _latencies = [];

    [Fact]
    public async Task EverythingAddsUp()
    {
        var duration = TimeSpan.FromSeconds(
            int.TryParse(Environment.GetEnvironmentVariable("HOIAM_RECONCILE_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 6);
        var parties = new List<Party>();
        foreach (var (name, balance) in ((string, int)[])[("crowdrich", Rich), ("crowdpoor", Poor)])
        {
            var hook = hub.NewHook();
            await hub.ShopAsync(name, balance: balance.ToString(CultureInfo.InvariantCulture), more: $"\"callbackUrl\":\"{hook}\",\"maxConcurrency\":64");
            parties.Add(new Party(name, hook, balance, new ConcurrentDictionary<string, CrowdExpectation>()));
        }

        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => SendAsync(client, parties, watch, duration)));
        var sent = watch.Elapsed;

        // Money ran out, ids were repeated, a row of each bulk call was malformed; nothing else was refused.
        Assert.Equal(["100", "103", "108", "124"], _codes.Keys.Order(StringComparer.Ordinal));
        foreach (var party in parties)
        {
            await ReconcileAsync(party);
        }

        var sorted = _latencies.Order().ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted.Count} calls in {sent.TotalSeconds:F1} s; {string.Join(", ", _codes.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}: {c.Value}"))}; {parties.Sum(p => p.Accepted.Values.Sum(e => e.Receivers))} receivers, {parties.Sum(p => p.Accepted.Values.Sum(e => e.Callbacks))} callbacks; answers p50 {sorted[sorted.Count / 2]} ms, p99 {sorted[sorted.Count * 99 / 100]} ms; reconciled after {watch.Elapsed.TotalSeconds:F1} s"));
        Assert.True(sorted[^1] < 20_000, $"An answer took {sorted[^1]} ms.");
    }

    private async Task SendAsync(int client, List<Party> parties, Stopwatch watch, TimeSpan duration)
    {
        for (var i = 0; watch.Elapsed < duration || i < CrowdCall.Kinds; i++)
        {
            var party = parties[(client + i) % 5 == 0 ? 1 : 0];
            var call = new CrowdCall(s_suffixes[((client * 7) + (i / CrowdCall.Kinds) + i) % s_suffixes.Length], $"{client}-{i - (i % 3 / 2)}");
            var begun = watch.ElapsedMilliseconds;
            foreach (var (code, smsId, expected) in await call.MakeAsync(hub, party.Account, client + i))
            {
                _codes.AddOrUpdate(code, 1, (_, n) => n + 1);
                if (code == "100")
                {
                    Assert.True(party.Accepted.TryAdd(smsId!, expected), "An SMSID was given twice.");
                }
            }

            _latencies.Add(watch.ElapsedMilliseconds - begun);
            if (i % 5 == 0)
            {
                Assert.True(await hub.BalanceAsync(party.Account) >= 0, "The balance is below zero.");
            }
        }
    }

    private async Task ReconcileAsync(Party party)
    {
        // Every accepted message tells so as often as it has legs that ended, and never once more.
        var wanted = party.Accepted.Values.Sum(e => e.Callbacks);
        await hub.CallbacksAsync(party.Hook, wanted);
        var told = hub.At(party.Hook).GroupBy(r => r["SMSID"] ?? r["ReferenceId"]!).ToDictionary(g => g.Key, g => g.ToList());
        Assert.Equal(party.Accepted.ToDictionary(a => a.Key, a => a.Value.Callbacks), told.ToDictionary(t => t.Key, t => t.Value.Count));

        // What the last callback says is what the status calls say, receiver by receiver.
        await Parallel.ForEachAsync(party.Accepted, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (message, _) =>
            AssertStatus(told[message.Key][^1], await hub.StatusAsync(message.Key, party.Account), message.Value));

        // Money: what the callbacks say was paid is what is missing, to the last fraction, and so say the ledger's lines.
        var paid = told.Values.SelectMany(c => c).Sum(c => decimal.Parse((c["TotalPrice"] ?? c["Price"])!, CultureInfo.InvariantCulture));
        Assert.Equal(party.Balance - paid, await hub.BalanceAsync(party.Account));
        await StatementTests.ReconcilesAsync(hub, party.Account);

        // Counts: as many receivers of each kind as were accepted. A second leg is a row of its own kind.
        foreach (var kind in (int[])[1, 2, 8, 23, 24, 25, 26, 27])
        {
            var firsts = party.Accepted.Values.Where(e => e.TypeId == kind).Sum(e => e.Receivers);
            var seconds = kind == 2 ? party.Accepted.Values.Count(e => e.Callbacks == 2) : 0;
            var list = await hub.PostAsync(
                "GetSmsSentData_V2", $"\"From\":\"2020-01-01\",\"To\":\"2099-01-01\",\"Page\":1,\"PageSize\":1,\"SmsType\":{kind}", party.Account);
            Assert.Equal((kind, firsts + seconds), (kind, (int)list["CountTotal"]!));
        }
    }

    private static void AssertStatus(Received told, JsonNode status, CrowdExpectation expected)
    {
        if (expected.TypeId == 0)
        {
            Assert.Equal((told["SentResult"], told["SendStatus"]), ((string)status["SendSuccess"]!.ToString(), status["SendStatus"]!.ToString()));
            return;
        }

        Assert.Equal(expected.Receivers, int.Parse(told["TotalReceiver"]!, CultureInfo.InvariantCulture));
        Assert.Equal(expected.Receivers, int.Parse(told["SendSuccess"]!, CultureInfo.InvariantCulture) + int.Parse(told["SendFailed"]!, CultureInfo.InvariantCulture));
        foreach (var name in (string[])["SendStatus", "SendSuccess", "SendFailed", "TotalReceiver", "TotalSent"])
        {
            Assert.Equal((told["SMSID"], name, told[name]), (told["SMSID"], name, status[name]!.ToString()));
        }

        Assert.Equal(decimal.Parse(told["TotalPrice"]!, CultureInfo.InvariantCulture), (decimal)status["TotalPrice"]!);
    }

    private sealed record Party(string Account, string Hook, decimal Balance, ConcurrentDictionary<string, CrowdExpectation> Accepted);
}
