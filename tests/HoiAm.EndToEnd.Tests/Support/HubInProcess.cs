using HoiAm.Server.Hosting;
using HoiAm.Testing;
using Microsoft.Extensions.Logging;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>The whole hub inside the test, under a clock that only the test moves.</summary>
internal sealed class HubInProcess : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Hub _hub;

    private HubInProcess(TempFolder folder, Hub hub, ManualTimeProvider clock) => (_folder, _hub, Clock) = (folder, hub, clock);

    public ManualTimeProvider Clock { get; }

    public string Url => _hub.Addresses[0];

    /// <summary>Every route that is mapped.</summary>
    public IReadOnlyList<string> Routes => _hub.Routes;

    /// <summary>The data folder.</summary>
    public string Data => _folder.File("data");

    public static async Task<HubInProcess> StartAsync(DateTimeOffset? start = null, Func<HubOptions, HubOptions>? change = null)
    {
        var folder = new TempFolder();
        var clock = new ManualTimeProvider(start);
        var options = new HubOptions { Urls = "http://127.0.0.1:0", Data = folder.File("data"), AdminToken = HubProcess.AdminToken };
        var hub = await Hub.StartAsync(change?.Invoke(options) ?? options, builder => builder.Logging.ClearProviders(), clock);
        return new HubInProcess(folder, hub, clock);
    }

    public async ValueTask DisposeAsync()
    {
        // The stop has time limits of its own, which run on this clock too.
        var ending = _hub.DisposeAsync().AsTask();
        while (!ending.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(ending, Poll.PauseAsync(20));
        }

        await ending;
        _folder.Dispose();
    }
}
