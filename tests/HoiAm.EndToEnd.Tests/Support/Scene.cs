using System.Globalization;
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

    public static async Task<Scene> StartAsync(string account = "", Func<HoiAm.Server.Hosting.HubOptions, HoiAm.Server.Hosting.HubOptions>? change = null)
    {
        var hub = await HubInProcess.StartAsync(change: change);
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

    /// <summary>
    /// Lets time pass until the message's only callback is no longer pending; gives it. The clock goes from one due time to the next and
    /// stands still while anything is under way, so that what is recorded is exact. A silent hook is waited for by moving past its time-out.
    /// </summary>
    public async Task<JsonNode> SettledAsync(string smsId, TimeSpan? silentFor = null)
    {
        for (var rounds = 0; rounds < 1_000; rounds++)
        {
            var callback = await CallbackAsync(smsId);
            if ((string?)callback["state"] != "pending")
            {
                return callback;
            }

            var (attempts, calls) = ((int)callback["attemptCount"]!, Hook.Count);
            if (calls > attempts)
            {
                Hub.Clock.Advance(silentFor ?? TimeSpan.Zero);
                await Poll.UntilAsync(async () => (int)(await CallbackAsync(smsId))["attemptCount"]! > attempts, "The record of a try");
                continue;
            }

            var due = callback["dueAt"] is { } text ? DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture) : Hub.Clock.GetUtcNow();
            var ahead = due - Hub.Clock.GetUtcNow();
            Hub.Clock.Advance(ahead > TimeSpan.Zero ? ahead : TimeSpan.FromMilliseconds(10));
            for (var pause = 0; pause < 100 && Hook.Count == calls && (int)(await CallbackAsync(smsId))["attemptCount"]! == attempts; pause++)
            {
                await Poll.PauseAsync(2);
            }
        }

        throw new TimeoutException("The callback stays pending.");
    }

    private async Task<JsonNode> CallbackAsync(string smsId) => Assert.Single((await Admin.StoryAsync(smsId))["callbacks"]!.AsArray())!;

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Vendor.Dispose();
        await Hub.DisposeAsync();
        await Hook.DisposeAsync();
    }
}
