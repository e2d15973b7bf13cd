using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;

namespace HoiAm.EsmsApi.Tests;

/// <summary>MultiChannelMessage: Zalo first, SMS when it fails, both under one SMSID; each leg tells its own hook, and only what was sent is paid.</summary>
public sealed class LegsTests(EsmsHub hub)
{
    [Fact]
    public async Task ZaloFails_TheSmsIsSent_AndEachLegTellsItsOwnHook()
    {
        var (zalo, sms) = (hub.NewHook(), hub.NewHook());
        var account = await hub.ShopAsync("legs");
        var answer = await hub.PostAsync("MultiChannelMessage", Body(hub.Phone(), zalo, sms, otp: "zalo:-118"), account);
        var smsId = (string)answer["SMSID"]!;
        var first = await hub.CallbackAsync(zalo);
        var second = await hub.CallbackAsync(sms);
        var status = await hub.FinalAsync(smsId, account);

        Assert.Equal((smsId, "25", "z-1", "0", "1", "0.0000"), (first["SMSID"], first["TypeId"], first["RequestId"], first["SendSuccess"], first["SendFailed"], first["TotalPrice"]));
        Assert.Equal((smsId, "2", "s-1", "1", "0", "850.0000"), (second["SMSID"], second["TypeId"], second["RequestId"], second["SendSuccess"], second["SendFailed"], second["TotalPrice"]));
        Assert.Equal((5, 1, 850m), ((int)status["SendStatus"]!, (int)status["SendSuccess"]!, (decimal)status["TotalPrice"]!));
        Assert.Equal(1_000_000m - 850, await hub.BalanceAsync(account));
        await StatementTests.ReconcilesAsync(hub, account);
        var story = await hub.AdminJsonAsync("/messages/" + smsId);
        Assert.Equal(2, story["callbacks"]!.AsArray().Count);
    }

    [Fact]
    public async Task ZaloSucceeds_NoSmsIsSent_AndWhatWasHeldComesBack()
    {
        var (zalo, sms) = (hub.NewHook(), hub.NewHook());
        var account = await hub.ShopAsync("oneleg", balance: "850");
        var answer = await hub.PostAsync("MultiChannelMessage", Body(hub.Phone(), zalo, sms), account);
        var held = await hub.BalanceAsync(account);
        var callback = await hub.CallbackAsync(zalo);

        Assert.Equal(("100", 0m), ((string)answer["CodeResult"]!, held));
        Assert.Equal(("25", "1", "330.0000"), (callback["TypeId"], callback["SendSuccess"], callback["TotalPrice"]));
        Assert.Equal(850m - 330, await hub.BalanceAsync(account));
        Assert.Empty(hub.At(sms));
        await StatementTests.ReconcilesAsync(hub, account);
    }

    [Fact]
    public async Task BalanceBelowTheDearerLeg_Is103()
    {
        var account = await hub.ShopAsync("toodear", balance: "849.9999");

        Assert.Equal("103", (string)(await hub.PostAsync("MultiChannelMessage", Body(hub.Phone(), hub.NewHook(), hub.NewHook()), account))["CodeResult"]!);
        Assert.Equal(849.9999m, await hub.BalanceAsync(account));
    }

    [Fact]
    public async Task BothLegsFail_AndNothingIsPaid()
    {
        var (zalo, sms) = (hub.NewHook(), hub.NewHook());
        var account = await hub.ShopAsync("bothfail");
        await hub.PostAsync("MultiChannelMessage", Body(hub.Phone(900), zalo, sms), account);
        var first = await hub.CallbackAsync(zalo);
        var second = await hub.CallbackAsync(sms);

        Assert.Equal(("1", "0", "1", "1"), (first["SendFailed"], first["TotalSent"], second["SendFailed"], second["TotalSent"]));
        Assert.Equal(1_000_000m, await hub.BalanceAsync(account));
        await StatementTests.ReconcilesAsync(hub, account);
    }

    [Fact]
    public async Task SecondLegsRequestId_IsUsedFromTheBeginning()
    {
        var account = await hub.ShopAsync("legids");
        await hub.PostAsync("MultiChannelMessage", Body(hub.Phone(903), hub.NewHook(), hub.NewHook()), account);
        var sms = $"\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{hub.Phone()}\"";

        Assert.Equal("124", (string)(await hub.PostAsync("SendMultipleMessage_V4_post_json", sms + ",\"RequestId\":\"s-1\"", account))["CodeResult"]!);
        Assert.Equal("124", (string)(await hub.PostAsync("MultiChannelMessage", Body(hub.Phone(), hub.NewHook(), hub.NewHook(), ids: "n-1|s-1"), account))["CodeResult"]!);
    }

    [Fact]
    public async Task EqualIdsOfBothLegs_AreFine()
    {
        var hook = hub.NewHook();
        var account = await hub.ShopAsync("equalids");
        await hub.PostAsync("MultiChannelMessage", Body(hub.Phone(900), hook, hook, ids: "same|same"), account);
        var callbacks = await hub.CallbacksAsync(hook, 2);

        Assert.Equal(["25 same", "2 same"], callbacks.Select(c => c["TypeId"] + " " + c["RequestId"]));
    }

    [Theory]
    [InlineData("sms", "2")]
    [InlineData("zalo", "25")]
    public async Task OneChannelAlone_IsTaken(string channel, string typeId)
    {
        var hook = hub.NewHook();
        var data = channel == "sms"
            ? $"{{\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"CallbackUrl\":\"{hook}\"}}"
            : $"{{\"OAID\":\"4097311281936189049\",\"TempID\":\"205644\",\"Params\":[\"1\"],\"CallbackUrl\":\"{hook}\"}}";
        await hub.PostAsync("MultiChannelMessage", $"\"Phone\":\"{hub.Phone()}\",\"Channels\":[\"{channel}\"],\"Data\":[{data}]");

        Assert.Equal(typeId, (await hub.CallbackAsync(hook))["TypeId"]);
    }

    [Fact]
    public async Task Approval_ReachesTheLegThatWaits()
    {
        var (zalo, sms) = (hub.NewHook(), hub.NewHook());
        var answer = await hub.PostAsync("MultiChannelMessage", Body(hub.Phone(908), zalo, sms, ids: "|", otp: "zalo:-118"));
        var smsId = (string)answer["SMSID"]!;
        await hub.CallbackAsync(zalo);
        await EsmsHub.UntilAsync(async () => (int)(await hub.StatusAsync(smsId))["SendStatus"]! == 1, "the SMS leg waits for approval");
        await hub.AdminAsync("POST", $"/messages/{smsId}/approve", 200);

        Assert.Equal(("2", "1"), ((await hub.CallbackAsync(sms))["TypeId"], (await hub.CallbackAsync(sms))["SendSuccess"]));
    }

    private static string Body(string phone, string zalo, string sms, string ids = "z-1|s-1", string otp = "686868")
    {
        var id = ids.Split('|');
        return new JsonObject
        {
            ["Phone"] = phone,
            ["Channels"] = new JsonArray("zalo", "sms"),
            ["Data"] = new JsonArray(
                new JsonObject { ["OAID"] = "4097311281936189049", ["TempID"] = "205644", ["Params"] = new JsonArray(otp), ["RequestId"] = id[0], ["CallbackUrl"] = zalo },
                new JsonObject { ["Content"] = "hello", ["Brandname"] = "Baotrixemay", ["SmsType"] = "2", ["RequestId"] = id[1], ["CallbackUrl"] = sms }),
        }.ToJsonString()[1..^1];
    }
}
