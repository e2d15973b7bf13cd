using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Reconciling;

/// <summary>A hub under the test's clock whose account <c>shop</c> has a scripted provider behind it.</summary>
internal sealed class Night : IAsyncDisposable
{
    private readonly HookServer _server;
    private readonly string _reconcile;

    private Night(HubInProcess hub, HookServer server, string reconcile)
    {
        Hub = hub;
        _server = server;
        _reconcile = reconcile;
        Provider = new ProviderScript(server);
        Admin = new AdminClient(hub.Url);
    }

    public HubInProcess Hub { get; }

    public ProviderScript Provider { get; }

    public AdminClient Admin { get; private set; }

    public DateTimeOffset Now => Hub.Clock.GetUtcNow();

    public static async Task<Night> StartAsync(string edition, string after = "00:10:00", DateTimeOffset? start = null)
    {
        var hub = await HubInProcess.StartAsync(start);
        var night = new Night(hub, await HookServer.StartAsync(hub.Clock), $$""" "reconcile": { "after": "{{after}}", "edition": "{{edition}}" } """);
        await night.Admin.AccountAsync(
            "shop", null, $$""" "upstream": { "baseUrl": "{{night.Provider.Url}}", "apiKey": "up-key", "secretKey": "up-secret" }, {{night._reconcile}} """);
        return night;
    }

    /// <summary>Registers messages of one kind; the provider knows them as told.</summary>
    public async Task RegisterAsync(IEnumerable<string> ids, ProviderMessage known, string more = "")
    {
        var rows = new List<string>();
        foreach (var id in ids)
        {
            Provider.Messages[id] = known;
            var recipients = more.Length > 0 ? more : """ "recipients": [{ "phone": "0901234567", "price": 850 }] """;
            rows.Add($$"""{ "account": "shop", "smsId": "{{id}}", "typeId": {{known.TypeId}}, {{recipients}} }""");
        }

        foreach (var batch in rows.Chunk(1_000))
        {
            (await Admin.SendAsync("POST", "/messages/batch", string.Join('\n', batch), "application/x-ndjson")).Is(200);
        }
    }

    /// <summary>Lets time pass in steps, with a moment of real time after each for what it sets going.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan step, int pauseMs = 15)
    {
        for (var left = time; left > TimeSpan.Zero; left -= step)
        {
            Hub.Clock.Advance(left < step ? left : step);
            await Poll.PauseAsync(pauseMs);
        }
    }

    /// <summary>Lets time pass until something is true, at most so long.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, TimeSpan most, TimeSpan step, string what, int pauseMs = 15)
    {
        var end = Now + most;
        while (!await condition())
        {
            Assert.True(Now < end, $"{what}: did not happen within {most}.");
            await PassAsync(step, step, pauseMs);
        }
    }

    public async Task<JsonNode> StateAsync() => (await Admin.GetAsync("/accounts/shop/reconciliation")).Is(200).Json;

    public Task<List<JsonNode>> RunsAsync() => Admin.ListAsync("/reconciliations?account=shop");

    public async Task<int> OpenAsync() => (int)(await StateAsync())["waiting"]!;

    public async Task<string> MessageStateAsync(string id) => (string)(await Admin.StoryAsync(id))["message"]!["state"]!;

    public async Task RestartAsync()
    {
        await Hub.RestartAsync();
        Admin.Dispose();
        Admin = new AdminClient(Hub.Url);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Hub.DisposeAsync();
        await _server.DisposeAsync();
    }
}
