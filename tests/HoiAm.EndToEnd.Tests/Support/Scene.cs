using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>A hub under the test's clock with one account <c>shop</c>, one vendor <c>v</c> and a hook server on the same clock.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private Scene(HubInProcess hub, HookServer hook)
    {
        Hub = hub;
        Hook = hook;
        Admin = new AdminClient(hub.Url);
        Vendor = new VendorClient(hub.Url, "v-vendor-key");
    }

    public HubInProcess Hub { get; }

    public HookServer Hook { get; }

    public AdminClient Admin { get; }

    public VendorClient Vendor { get; }

    public static async Task<Scene> StartAsync(string account = "")
    {
        var hub = await HubInProcess.StartAsync();
        var scene = new Scene(hub, await HookServer.StartAsync(hub.Clock));
        await scene.Admin.AccountAsync("shop", null, account);
        await scene.Admin.VendorAsync("v");
        return scene;
    }

    /// <summary>Registers a message with a hook at this path, and reports it delivered.</summary>
    public async Task ReportAsync(string smsId, string path)
    {
        await Admin.MessageAsync("shop", "v", smsId, "0901234567", $"\"callbackUrl\": \"{Hook.Url}{path}\"");
        (await Vendor.ReportAsync("0901234567", smsId, 2)).Is(200);
    }

    /// <summary>Lets time pass until the message's only callback is no longer pending; gives it.</summary>
    public async Task<JsonNode> SettledAsync(string smsId)
    {
        var end = Hub.Clock.GetUtcNow() + TimeSpan.FromHours(3);
        while (true)
        {
            var callback = Assert.Single((await Admin.StoryAsync(smsId))["callbacks"]!.AsArray())!;
            if ((string?)callback["state"] != "pending")
            {
                return callback;
            }

            Assert.True(Hub.Clock.GetUtcNow() < end, "The callback stays pending: " + callback.ToJsonString());
            Hub.Clock.Advance(TimeSpan.FromSeconds(1));
            await Poll.PauseAsync(2);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Vendor.Dispose();
        await Hub.DisposeAsync();
        await Hook.DisposeAsync();
    }
}
