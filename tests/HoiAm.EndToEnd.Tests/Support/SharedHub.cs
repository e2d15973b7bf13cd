namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>One hub process and one hook server for the tests that do not disturb each other: each uses ids of its own.</summary>
public sealed class SharedHub : IAsyncLifetime
{
    private HubProcess? _hub;

    internal HubProcess Hub => _hub!;

    internal HookServer Hook { get; private set; } = null!;

    internal AdminClient Admin { get; private set; } = null!;

    internal string Url => Hub.Url;

    public async ValueTask InitializeAsync()
    {
        Hook = await HookServer.StartAsync();
        _hub = await HubProcess.StartAsync();
        Admin = new AdminClient(_hub.Url);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Hub.DisposeAsync();
        await Hook.DisposeAsync();
    }
}

/// <summary>Tests that share <see cref="SharedHub"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SharedHubTests : ICollectionFixture<SharedHub>
{
    public const string Name = "Shared hub";
}

/// <summary>Tests that load the machine or kill processes run by themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneTests
{
    public const string Name = "Alone";
}
