using System.Globalization;
using HoiAm.EsmsApi.Tests.Support;

namespace HoiAm.EsmsApi.Tests;

/// <summary>Money: what goes in, what a statement says, and that both are the same to the last fraction.</summary>
public sealed class StatementTests(EsmsHub hub)
{
    [Fact]
    public async Task Adjustment_NeedsAReason_AndNeverGoesBelowZero()
    {
        await hub.ShopAsync("adjusts", balance: "100");

        await hub.AdminAsync("POST", "/accounts/adjusts/balance", 400, """{"amount":5}""");
        await hub.AdminAsync("POST", "/accounts/adjusts/balance", 400, """{"amount":0,"reason":"x"}""");
        await hub.AdminAsync("POST", "/accounts/adjusts/balance", 400, """{"amount":0.00001,"reason":"x"}""");
        await hub.AdminAsync("POST", "/accounts/adjusts/balance", 409, """{"amount":-100.0001,"reason":"x"}""");
        Assert.Equal("""{"balance":0.5}""", await hub.AdminAsync("POST", "/accounts/adjusts/balance", 200, """{"amount":-99.5,"reason":"x"}"""));
        await ReconcilesAsync(hub, "adjusts");
    }

    [Fact]
    public async Task PriceOfAReport_IsBookedAsADifference()
    {
        // 903: no report of the carriers, so that the vendor's own decides.
        var account = await hub.ShopAsync("overridden", balance: "2000");
        var answer = await hub.PostAsync("SendMultipleMessage_V4_post_json", $"\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{hub.Phone(903)}\"", account);
        var smsId = (string)answer["SMSID"]!;
        var phone = (string)(await hub.GetAsync("GetSmsReceiverStatus_get", "RefId=" + smsId, account))["ReceiverList"]![0]!["Phone"]!;
        await ReportAsync(smsId, phone, ",\"price\":900.25");

        Assert.Equal(900.25m, (decimal)(await hub.FinalAsync(smsId, account))["TotalPrice"]!);
        Assert.Equal(2000m - 900.25m, await hub.BalanceAsync(account));
        await ReconcilesAsync(hub, account);
    }

    [Fact]
    public async Task PriceBeyondTheBalance_TakesWhatIsThere()
    {
        var account = await hub.ShopAsync("drained", balance: "1000");
        var answer = await hub.PostAsync("SendMultipleMessage_V4_post_json", $"\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{hub.Phone(903)}\"", account);
        var smsId = (string)answer["SMSID"]!;
        var phone = (string)(await hub.GetAsync("GetSmsReceiverStatus_get", "RefId=" + smsId, account))["ReceiverList"]![0]!["Phone"]!;
        await ReportAsync(smsId, phone, ",\"price\":5000");

        Assert.Equal(1000m, (decimal)(await hub.FinalAsync(smsId, account))["TotalPrice"]!);
        Assert.Equal(0m, await hub.BalanceAsync(account));
        await ReconcilesAsync(hub, account);
    }

    [Fact]
    public async Task Segments_AreCountedAndPaid()
    {
        var account = await hub.ShopAsync("segments");
        var unicode = new string('ế', 71);
        var answer = await hub.PostAsync("SendMultipleMessage_V4_post_json", $"\"Content\":\"{unicode}\",\"IsUnicode\":\"1\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{hub.Phone()}\"", account);

        Assert.Equal(1700m, (decimal)(await hub.FinalAsync((string)answer["SMSID"]!, account))["TotalPrice"]!);
        Assert.Contains("segments,2", string.Join('\n', (await LinesAsync(hub, "/accounts/segments", "lines")).Select(l => $"segments,{l[7]}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CarrierPrice_WinsOverThePriceForAll()
    {
        var account = await hub.ShopAsync("carrierprice");
        await hub.AdminAsync("PUT", "/accounts/carrierprice/prices/2", 200, """{"telcos":{"2":700}}""");
        var answer = await hub.PostAsync("SendMultipleMessage_V4_post_json", $"\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{hub.Phone()}\"", account);

        Assert.Equal(700m, (decimal)(await hub.FinalAsync((string)answer["SMSID"]!, account))["TotalPrice"]!);
        await ReconcilesAsync(hub, account);
    }

    [Fact]
    public async Task Statement_NeedsAMonth()
    {
        await hub.ShopAsync("monthly");

        await hub.AdminAsync("GET", "/accounts/monthly/statement", 400);
        await hub.AdminAsync("GET", "/accounts/monthly/statement?month=2026-13", 400);
        Assert.EndsWith("total,,,,0,0,0.0000,0.0000,0.0000,0.0000\r\n", await hub.AdminAsync("GET", "/accounts/monthly/statement?month=2020-01", 200), StringComparison.Ordinal);
        Assert.StartsWith("account,vendor,type,", await hub.AdminAsync("GET", "/vendors/sandbox/statement?month=2020-01", 200), StringComparison.Ordinal);
    }

    /// <summary>Balance, the sum of the lines, and the statement's total are one figure.</summary>
    internal static async Task ReconcilesAsync(EsmsHub hub, string account)
    {
        var lines = await LinesAsync(hub, "/accounts/" + account, "lines");
        var total = (await LinesAsync(hub, "/accounts/" + account, "groups"))[^1];
        var balance = await hub.BalanceAsync(account);

        Assert.Equal(balance, lines.Sum(l => decimal.Parse(l[^1], CultureInfo.InvariantCulture)));
        Assert.Equal(balance, decimal.Parse(total[^1], CultureInfo.InvariantCulture));
        Assert.Equal(lines.Count, int.Parse(total[4], CultureInfo.InvariantCulture));
    }

    /// <summary>Rows of this month's statement without its header.</summary>
    internal static async Task<List<string[]>> LinesAsync(EsmsHub hub, string owner, string detail)
    {
        var month = TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM", CultureInfo.InvariantCulture);
        var text = await hub.AdminAsync("GET", $"{owner}/statement?month={month}&detail={detail}", 200);
        return [.. text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(','))];
    }

    private async Task ReportAsync(string smsId, string phone, string more)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, hub.Url + "/api/vendor/v1/sms/callback")
        {
            Content = new StringContent($"{{\"msisdn\":\"{phone}\",\"referentId\":\"{smsId}\",\"status\":2{more}}}", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("API-KEY", "sandbox-vendor");
        using var response = await client.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
    }
}
