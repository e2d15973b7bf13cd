using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;

namespace HoiAm.EsmsApi.Tests;

/// <summary>What the simulated carriers do with each number, seen where a customer sees it: callback, status, balance (contract section 3).</summary>
public sealed class CarrierTests(EsmsHub hub)
{
    private const string Zns = "\"OAID\":\"4097311281936189049\",\"TempID\":\"205644\"";

    [Theory]
    [InlineData(123, "5", "1", "0", "1", "850.0000")]
    [InlineData(900, "5", "0", "1", "1", "0.0000")]
    [InlineData(901, "4", "0", "1", "0", "0.0000")]
    [InlineData(902, "5", "0", "1", "1", "0.0000")]
    [InlineData(904, "5", "1", "0", "1", "850.0000")]
    [InlineData(905, "5", "1", "0", "1", "850.0000")]
    [InlineData(906, "5", "1", "0", "1", "850.0000")]
    public async Task SmsNumber_ChoosesTheOutcome(int suffix, string status, string success, string failed, string sent, string price)
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("sms" + suffix);
        var smsId = await SmsAsync(hub.Phone(suffix), hook, account);

        var callback = await hub.CallbackAsync(hook);
        var state = await hub.FinalAsync(smsId, account);

        Assert.Equal(
            (status, success, failed, sent, price), (callback["SendStatus"]!, callback["SendSuccess"]!, callback["SendFailed"]!, callback["TotalSent"]!, callback["TotalPrice"]!));
        Assert.Equal(status, state["SendStatus"]!.ToString());
        Assert.Equal(1_000_000m - decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture), await hub.BalanceAsync(account));
        Assert.Single(hub.At(hook));
    }

    [Theory]
    [InlineData(900, "-114", "1", "0", "0.0000")]
    [InlineData(902, "1001", "1", "1", "0.0000")]
    [InlineData(123, "0", "0", "1", "330.0000")]
    public async Task ZaloNumber_ChoosesZalosResult(int suffix, string error, string failed, string sent, string price)
    {
        var hook = hub.NewHook();
        var answer = await hub.PostAsync("SendZaloMessage_V6", $"\"Phone\":\"{hub.Phone(suffix)}\",\"TempData\":{{\"otp\":\"1\"}},\"CallbackUrl\":\"{hook}\",{Zns}");
        var callback = await hub.CallbackAsync(hook);
        var status = await hub.PostAsync("QueryZnsStatus", $"\"SmsId\":\"{answer["SMSID"]}\",\"SmsType\":\"25\"");

        var info = JsonNode.Parse((string)JsonNode.Parse(callback["error_info"]!)!)!;
        Assert.Equal((error, failed, sent, price), (info["error"]!.ToString(), callback["SendFailed"]!, callback["TotalSent"]!, callback["TotalPrice"]!));
        Assert.Equal((error, "1"), ((string)status["Data"]!["ErrorInfo"]!, (string)status["Data"]!["FinalStatus"]!));
        Assert.Equal(callback["partnerids"], (string)status["Data"]!["ZaloMsgId"]!);
    }

    [Theory]
    [InlineData("zalo:-133", "-133")]
    [InlineData("zalo:-118", "-118")]
    public async Task TemplateValue_ChoosesTheCode(string value, string error)
    {
        var hook = hub.NewHook();
        await hub.PostAsync("SendZaloMessage_V6", $"\"Phone\":\"{hub.Phone()}\",\"TempData\":{{\"otp\":\"{value}\"}},\"CallbackUrl\":\"{hook}\",{Zns}");
        var callback = await hub.CallbackAsync(hook);

        Assert.Equal(error, JsonNode.Parse((string)JsonNode.Parse(callback["error_info"]!)!)!["error"]!.ToString());
    }

    [Fact]
    public async Task Number903_NeverReports_AndTheMoneyStaysDebited()
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("silent");
        var smsId = await SmsAsync(hub.Phone(903), hook, account);
        var marker = await SmsAsync(hub.Phone(), hub.NewHook(), account);
        await hub.FinalAsync(marker, account);

        Assert.Equal(2, (int)(await hub.StatusAsync(smsId, account))["SendStatus"]!);
        Assert.Equal(1_000_000m - 1700, await hub.BalanceAsync(account));
        Assert.Empty(hub.At(hook));
    }

    [Fact]
    public async Task Number906_IsReportedBeforeItsMessageExists()
    {
        var hook = hub.NewHook();
        var smsId = await SmsAsync(hub.Phone(906), hook, "sandbox");

        // At once, not within the second that the carriers take otherwise.
        Assert.Equal((5, 1), ((int)(await hub.StatusAsync(smsId))["SendStatus"]!, (int)(await hub.StatusAsync(smsId))["SendSuccess"]!));
        await hub.CallbackAsync(hook);
        var story = await hub.AdminJsonAsync("/messages/" + smsId);
        Assert.Equal("advanced", (string)story["reports"]![0]!["effect"]!);
        Assert.True(DateTimeOffset.Parse((string)story["reports"]![0]!["at"]!, System.Globalization.CultureInfo.InvariantCulture)
            <= DateTimeOffset.Parse((string)story["message"]!["createdAt"]!, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("approve", "5", "1")]
    [InlineData("reject", "4", "0")]
    public async Task Number908_WaitsForAnAdministrator(string decision, string status, string success)
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("waits" + decision);
        var smsId = await SmsAsync(hub.Phone(908), hook, account);
        await EsmsHub.UntilAsync(async () => (int)(await hub.StatusAsync(smsId, account))["SendStatus"]! == 1, "it waits for approval");
        await hub.AdminAsync("POST", $"/messages/{smsId}/{decision}", 200);
        var callback = await hub.CallbackAsync(hook);

        Assert.Equal((status, success), (callback["SendStatus"], callback["SendSuccess"]));
        Assert.Equal(decision == "approve" ? 999_150m : 1_000_000m, await hub.BalanceAsync(account));
        await hub.AdminAsync("POST", $"/messages/{smsId}/{decision}", 409);
    }

    [Theory]
    [InlineData("approve", "5")]
    [InlineData("reject", "4")]
    public async Task KindThatNeedsApproval_IsNotHandedOverBefore(string decision, string status)
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("approval" + decision, sending: "\"approvalKinds\":[\"2\"]");
        var smsId = await SmsAsync(hub.Phone(), hook, account);
        var other = await hub.PostAsync("SendMultipleMessage_V4_post_json", $"\"Content\":\"x\",\"Phone\":\"{hub.Phone()}\",\"SmsType\":\"8\"", account);
        await hub.FinalAsync((string)other["SMSID"]!, account);

        Assert.Equal(1, (int)(await hub.StatusAsync(smsId, account))["SendStatus"]!);
        Assert.Empty((await hub.AdminJsonAsync("/messages/" + smsId))["reports"]!.AsArray());
        await hub.AdminAsync("POST", $"/messages/{smsId}/{decision}", 200);
        Assert.Equal(status, (await hub.CallbackAsync(hook))["SendStatus"]);
    }

    [Fact]
    public async Task Promotion_HasOneCallbackForAllReceivers()
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("promo");
        var phones = Enumerable.Range(0, 40).Select(i => $"\"{hub.Phone(i < 10 ? 900 : i < 15 ? 901 : 100 + i)}\"");
        await hub.PostAsync("SendMultipleSMSBrandname_json", $"\"Content\":\"[QC] x\",\"SmsType\":1,\"Brandname\":\"Baotrixemay\",\"CallbackUrl\":\"{hook}\",\"Phones\":[{string.Join(',', phones)}]", account);
        var callback = await hub.CallbackAsync(hook);

        Assert.Equal(
            ("5", "25", "15", "40", "35", "10000.0000"),
            (callback["SendStatus"], callback["SendSuccess"], callback["SendFailed"], callback["TotalReceiver"], callback["TotalSent"], callback["TotalPrice"]));
        Assert.Equal(1_000_000m - 10_000m, await hub.BalanceAsync(account));
    }

    [Fact]
    public async Task SandboxFlag_AnswersAndLeavesNoTrace()
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("pretends");
        var answer = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms(hub.Phone(), hook) + ",\"IsSandBox\":1", account);
        var marker = await SmsAsync(hub.Phone(), hub.NewHook(), account);
        await hub.FinalAsync(marker, account);

        Assert.Equal("100", (string)answer["CodeResult"]!);
        Assert.Equal("105", (string)(await hub.StatusAsync((string)answer["SMSID"]!, account))["CodeResponse"]!);
        Assert.Equal(1_000_000m - 850, await hub.BalanceAsync(account));
        Assert.Empty(hub.At(hook));
    }

    [Fact]
    public async Task SandboxFlag_SendsCallbacks_WhenTheAccountWantsThem()
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("pretendsaloud", sending: "\"sandboxCallbacks\":true");
        await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms(hub.Phone(), hook) + ",\"Sandbox\":\"1\",\"RequestId\":\"p\"", account);
        var callback = await hub.CallbackAsync(hook);
        var real = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms(hub.Phone(), hook) + ",\"RequestId\":\"p\"", account);

        Assert.Equal(("5", "1", "0.0000", "p"), (callback["SendStatus"], callback["SendSuccess"], callback["TotalPrice"], callback["RequestId"]));
        Assert.Equal("100", (string)real["CodeResult"]!);
        Assert.Equal(1_000_000m - 850, await hub.BalanceAsync(account));
    }

    [Fact]
    public async Task Inbox_ShowsTheCallbackInTheTerminal()
    {
        // Without a CallbackUrl the sandbox's own inbox is the hook.
        var phone = hub.Phone();
        var answer = await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms(phone, null));
        var smsId = (string)answer["SMSID"]!;
        await EsmsHub.UntilAsync(() => hub.Console.Contains($"{smsId} was delivered.", StringComparison.Ordinal), "the inbox prints it");
        var inbox = await hub.AdminJsonAsync("/sandbox/inbox");

        Assert.Contains(inbox["items"]!.AsArray(), i => ((string)i!["text"]!).Contains("SMSID=" + smsId, StringComparison.Ordinal));
        Assert.Contains("curl http://", hub.Console, StringComparison.Ordinal);
    }

    private static string Sms(string phone, string? hook) =>
        $"\"Content\":\"hello\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{phone}\"" + (hook is null ? "" : $",\"CallbackUrl\":\"{hook}\"");

    private async Task<string> SmsAsync(string phone, string hook, string account) =>
        (string)(await hub.PostAsync("SendMultipleMessage_V4_post_json", Sms(phone, hook), account))["SMSID"]!;
}
