using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Privacy;

/// <summary>What is kept about a number can be shown, and taken out so that nothing in the store leads back to it.</summary>
public sealed class ErasureTests
{
    private const string Phone = "0907654321";

    [Fact]
    public async Task ErasedNumber_IsNowhereInTheStore()
    {
        await using var scene = await SceneAsync();
        var export = (await scene.Admin.PostAsync("/privacy/export", """{ "phone": "84907654321" }""")).Is(200).Json;
        Assert.Equal(2, export["items"]!.AsArray().Count);
        Assert.Contains("switched off", export["items"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Single(export["orphans"]!.AsArray());
        Assert.NotEmpty(StoreScan.Find(scene.Hub.Data, "907654321"));

        var answer = (await scene.Admin.PostAsync("/privacy/erase", """{ "phone": "+84 907.654.321" }""")).Is(200).Json;
        Assert.True((bool)answer["complete"]!);
        Assert.Equal((2, 2, 1), ((int)answer["erased"]!["messages"]!, (int)answer["erased"]!["recipients"]!, (int)answer["erased"]!["orphans"]!));
        Assert.Empty(StoreScan.Find(scene.Hub.Data, "907654321", "907.654.321", "907 654 321"));

        // The others of the same message stay, and so does what happened.
        var many = await scene.Admin.StoryAsync("many");
        Assert.Contains("0901234567", many.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains((string)answer["mark"]!, many.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("failed", (string)(await scene.Admin.StoryAsync("one"))["message"]!["state"]!);
        Assert.Empty(await scene.Admin.ListAsync("/messages?phone=" + Phone));
        Assert.Empty((await scene.Admin.PostAsync("/privacy/export", $$"""{ "phone": "{{Phone}}" }""")).Is(200).Json["items"]!.AsArray());

        var audit = (await scene.Admin.GetAsync("/audit")).Is(200).Text;
        Assert.Contains("privacy.erase", audit, StringComparison.Ordinal);
        Assert.Contains("privacy.export", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsUnderWay_IsLeftAndCounted()
    {
        await using var scene = await Scene.StartAsync();
        await scene.Admin.MessageAsync("shop", "v", "open", Phone);
        var answer = (await scene.Admin.PostAsync("/privacy/erase", $$"""{ "phone": "{{Phone}}" }""")).Is(200).Json;
        Assert.Equal((0, 1, false), ((int)answer["erased"]!["messages"]!, (int)answer["pending"]!, (bool)answer["complete"]!));

        // Its report still finds it, and its callback goes out with the number that was promised.
        (await scene.Admin.PutAsync("/accounts/shop", $$"""{ "callbackUrl": "{{scene.Hook.Url}}/open" }""")).Is(200);
        (await scene.Vendor.ReportAsync(Phone, "open", 2)).Is(200);
        Assert.Equal(1, (int)(await scene.Admin.PostAsync("/privacy/erase", $$"""{ "phone": "{{Phone}}" }""")).Is(200).Json["pending"]!);
        await scene.SettledAsync("open");
        Assert.Contains("907654321", Assert.Single(scene.Hook.For("open")).Target, StringComparison.Ordinal);
        Assert.True((bool)(await scene.Admin.PostAsync("/privacy/erase", $$"""{ "phone": "{{Phone}}" }""")).Is(200).Json["complete"]!);
        Assert.Empty(StoreScan.Find(scene.Hub.Data, "907654321"));
    }

    [Fact]
    public async Task OnlyAdministrators_MayAsk()
    {
        await using var scene = await Scene.StartAsync();
        foreach (var role in new[] { "support", "readonly", "account:shop" })
        {
            (await scene.Admin.PostAsync("/tokens", new JsonObject { ["token"] = "privacy-" + role, ["role"] = role }.ToJsonString())).Is(201);
            using var client = new AdminClient(scene.Hub.Url, "privacy-" + role);
            (await client.PostAsync("/privacy/erase", $$"""{ "phone": "{{Phone}}" }""")).IsProblem(403);
            (await client.PostAsync("/privacy/export", $$"""{ "phone": "{{Phone}}" }""")).IsProblem(403);
        }

        (await scene.Admin.PostAsync("/privacy/erase", """{ "phone": "nobody" }""")).IsProblem(400, "phone");
        (await scene.Admin.PostAsync("/privacy/erase", "{}")).IsProblem(400, "phone");
    }

    [Fact]
    public async Task CommandLine_ExportsAndErases()
    {
        await using var scene = await SceneAsync();
        string[] to = ["--url", scene.Hub.Url, "--token", HubProcess.AdminToken];
        var (code, exported, _) = await HubProcess.RunAsync(["privacy", "export", "+84 907 654 321", .. to]);
        Assert.Equal(0, code);
        Assert.Equal(2, JsonNode.Parse(exported)!["items"]!.AsArray().Count);
        var (erased, said, _) = await HubProcess.RunAsync(["privacy", "erase", "0907654321", .. to]);
        Assert.Equal((0, true), (erased, said.StartsWith("taken out of 2 messages", StringComparison.Ordinal)));
        var (wrong, _, why) = await HubProcess.RunAsync(["privacy", "erase", "nobody", .. to]);
        Assert.Equal((1, true), (wrong, why.Contains("phone must be", StringComparison.Ordinal)));
        Assert.Empty(StoreScan.Find(scene.Hub.Data, "907654321"));
    }

    private static async Task<Scene> SceneAsync()
    {
        var scene = await Scene.StartAsync();
        scene.Hook.Script("/one", _ => new HookAnswer(200, "noted 84 907 654 321"));
        await scene.Admin.MessageAsync(
            "shop", "v", "one", "84907654321", $"\"requestId\": \"order-{Phone}\", \"callbackUrl\": \"{scene.Hook.Url}/one?tel=%2B84907654321&x=0907.654.321\"");
        (await scene.Vendor.PostAsync("""{ "msisdn": "+84907654321", "referentId": "one", "status": -2, "errorInfo": "907654321 is switched off" }""")).Is(200);
        await scene.SettledAsync("one");
        (await scene.Admin.PostAsync(
            "/messages", $$"""{ "account": "shop", "vendor": "v", "smsId": "many", "typeId": 2, "recipients": [{ "phone": "{{Phone}}" }, { "phone": "0901234567" }] }""")).Is(201);
        (await scene.Vendor.ReportAsync(Phone, "many", 2)).Is(200);
        (await scene.Vendor.ReportAsync("0901234567", "many", 2)).Is(200);
        (await scene.Vendor.ReportAsync(Phone, "nobody-knows", 2)).Is(200);
        return scene;
    }
}
