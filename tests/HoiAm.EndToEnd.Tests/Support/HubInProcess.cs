using HoiAm.Server.Hosting;
using HoiAm.Testing;
using Microsoft.Extensions.Logging;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>The whole hub inside the test, under a clock that only the test moves.</summary>
internal sealed class HubInProcess : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Func<HubOptions, HubOptions>? _change;
    private Hub _hub;

    private HubInProcess(TempFolder folder, Hub hub, ManualTimeProvider clock, Func<HubOptions, HubOptions>? change) =>
        (_folder, _hub, Clock, _change) = (folder, hub, clock, change);

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
        return new HubInProcess(folder, await OpenAsync(folder, clock, change), clock, change);
    }

    /// <summary>Stops it in good order and starts it again on the same data, at another port.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _hub = await OpenAsync(_folder, Clock, _change);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private static Task<Hub> OpenAsync(TempFolder folder, ManualTimeProvider clock, Func<HubOptions, HubOptions>? change)
    {
        var options = new HubOptions { Urls = "http://127.0.0.1:0", Data = folder.File("data"), AdminToken = HubProcess.AdminToken };
        return Hub.StartAsync(change?.Invoke(options) ?? options, builder => builder.Logging.ClearProviders(), clock);
    }

    private async Task StopAsync()
    {
        // The stop has time limits of its own, which run on this clock too.
        var ending = _hub.DisposeAsync().AsTask();
        while (!ending.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(ending, Poll.PauseAsync(20));
        }

        await ending;
    }
}
