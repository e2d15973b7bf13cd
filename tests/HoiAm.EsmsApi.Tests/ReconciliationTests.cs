using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using HoiAm.EsmsApi.Tests.Support;

namespace HoiAm.EsmsApi.Tests;

/// <summary>Thirty clients at once, all kinds mixed: afterwards balance, counts, statuses and callbacks reconcile exactly.</summary>
public sealed class ReconciliationTests(EsmsHub hub)
{
    private const int Clients = 30;
    private const int BalanceThatRunsOut = 120_000;
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(20);
    private static readonly int[] s_suffixes = [123, 456, 900, 901, 902, 904, 905, 906];

    [Fact]
    public async Task EverythingAddsUp()
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("crowd", balance: BalanceThatRunsOut.ToString(CultureInfo.InvariantCulture), more: $"\"callbackUrl\":\"{hook}\"");
        var accepted = new ConcurrentDictionary<string, int>();
        var codes = new ConcurrentDictionary<string, int>();
        var watch = Stopwatch.StartNew();
        var slowest = 0L;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            for (var i = 0; watch.Elapsed < s_duration && i < 200; i++)
            {
                var suffix = s_suffixes[(client + i) % s_suffixes.Length];
                var (path, body, callbacks) = Send((client + i) % 6, suffix, $"{client}-{i / 2}");
                var begun = watch.ElapsedMilliseconds;
                var answer = await hub.PostAsync(path, body, account);
                Max(ref slowest, watch.ElapsedMilliseconds - begun);
                var code = (string)answer["CodeResult"]!;
                codes.AddOrUpdate(code, 1, (_, n) => n + 1);
                if (code == "100")
                {
                    Assert.True(accepted.TryAdd((string)answer["SMSID"]!, callbacks), "An SMSID was given twice.");
                }

                Assert.True(await hub.BalanceAsync(account) >= 0, "The balance is below zero.");
            }
        }));

        // Money ran out, ids were repeated, and yet every accepted message ends and tells so as often as it has legs that ended.
        Assert.Equal(["100", "103", "124"], codes.Keys.Order());
        foreach (var (smsId, _) in accepted)
        {
            await hub.FinalAsync(smsId, account);
        }

        await hub.CallbacksAsync(hook, accepted.Values.Sum());
        var received = hub.At(hook);
        foreach (var (smsId, callbacks) in accepted)
        {
            Assert.Equal(callbacks, received.Count(r => r["SMSID"] == smsId));
        }

        Assert.Equal(accepted.Values.Sum(), received.Count);
        var told = received.Sum(r => decimal.Parse(r["TotalPrice"]!, CultureInfo.InvariantCulture));
        Assert.Equal(BalanceThatRunsOut - told, await hub.BalanceAsync(account));
        await StatementTests.ReconcilesAsync(hub, account);
        Assert.True(slowest < 20_000, $"An answer took {slowest} ms.");
    }

    // Path, body, and how many callbacks the message causes when it ends.
    private (string Path, string Body, int Callbacks) Send(int kind, int suffix, string requestId)
    {
        var phone = hub.Phone(suffix);
        var zns = "\"OAID\":\"4097311281936189049\",\"TempID\":\"205644\"";
        var common = $"\"RequestId\":\"{requestId}\"";
        var zaloFails = suffix is 900 or 901 or 902;
        return kind switch
        {
            0 => ("SendMultipleMessage_V4_post_json", $"\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":2,\"Phone\":\"{phone}\",{common}", 1),
            1 => ("SendMultipleMessage_V4_post_json", $"\"Content\":\"x\",\"SmsType\":8,\"Phone\":\"{phone}\",{common}", 1),
            2 => ("Send_Multiple_Sms_OTT", $"\"Content\":\"x\",\"Brandname\":\"BAT DONG SAN GIA TOT\",\"SmsType\":23,\"Phones\":[\"{phone}\"],{common}", 1),
            3 => ("SendZaloMessage_V6", $"\"Phone\":\"{phone}\",\"TempData\":{{\"otp\":\"1\"}},{zns},{common}", 1),
            4 => ("SendZaloFollowerMessage_V4_post_json", $"\"OAID\":\"4097311281936189049\",\"User_id\":\"1{phone}\",\"Content\":\"x\",{common}", 1),
            _ => ("MultiChannelMessage", $"\"Phone\":\"{phone}\",\"Channels\":[\"zalo\",\"sms\"],\"Data\":[{{{zns},\"Params\":[\"1\"],{common}}},{{\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":2,{common}}}]", zaloFails ? 2 : 1),
        };
    }

    private static void Max(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen)
            {
                return;
            }
        }
    }
}
