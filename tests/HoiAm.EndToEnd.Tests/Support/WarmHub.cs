using HoiAm.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>
/// The whole hub inside the test, under the real clock: what <see cref="HubProcess"/> is for tests that neither kill the program nor read what
/// it prints. A process of its own computes for a second and a half before it answers, here everything is warm after the first.
/// </summary>
internal sealed class WarmHub : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Hub _hub;

    private WarmHub(TempFolder folder, Hub hub) => (_folder, _hub) = (folder, hub);

    public string Url => _hub.Addresses[0].TrimEnd('/');

    public static async Task<WarmHub> StartAsync(bool sandbox = false)
    {
        var folder = new TempFolder();
        var options = new HubOptions { Urls = "http://127.0.0.1:0", Data = folder.File("data"), AdminToken = HubProcess.AdminToken, Sandbox = sandbox };
        return new WarmHub(folder, await Hub.StartAsync(options, builder => builder.Logging.ClearProviders()));
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Dispose();
    }
}
