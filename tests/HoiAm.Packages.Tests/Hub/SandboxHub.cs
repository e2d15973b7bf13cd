using HoiAm.Packages.Tests.Hub;

[assembly: AssemblyFixture(typeof(SandboxHub))]

namespace HoiAm.Packages.Tests.Hub;

/// <summary>The real program with its sandbox, one for all tests: each uses numbers and hooks of its own.</summary>
public sealed class SandboxHub : IAsyncLifetime
{
    private HubProcess? _hub;
    private int _number;

    /// <summary>Where it listens.</summary>
    public string Url => _hub!.Url;

    /// <summary>A number that is delivered, used by nobody else.</summary>
    public string NextPhone() => "09012" + Interlocked.Increment(ref _number).ToString("D5", System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _hub = await HubProcess.StartAsync(null, "--sandbox");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _hub!.DisposeAsync();
}
