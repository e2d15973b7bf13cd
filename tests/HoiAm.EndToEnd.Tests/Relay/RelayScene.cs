using System.Text;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Relay;

/// <summary>A hub in relay mode before a scripted upstream, with a shop's hook behind it. The account is <c>shop</c>.</summary>
internal sealed class RelayScene : IAsyncDisposable
{
    /// <summary>A caller that waits long, so that a busy machine makes a test slow and never red.</summary>
    public const string Patient = "\"patience\": \"00:00:30\"";

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { Timeout = TimeSpan.FromSeconds(100) };

    private readonly WarmHub? _warm;
    private readonly HubProcess? _process;

    private RelayScene(WarmHub? warm, HubProcess? process, ScriptedUpstream upstream, HookServer shop)
    {
        (_warm, _process, Upstream, Shop) = (warm, process, upstream, shop);
        Admin = new AdminClient(Url);
    }

    /// <summary>The hub's process, where <see cref="StartProcessAsync"/> started one.</summary>
    public HubProcess Hub => _process ?? throw new InvalidOperationException("This scene's hub has no process of its own.");

    /// <summary>Where the hub listens.</summary>
    public string Url => _process?.Url ?? _warm!.Url;

    public ScriptedUpstream Upstream { get; }

    public HookServer Shop { get; }

    public AdminClient Admin { get; }

    public string InboundUrl { get; private set; } = "";

    /// <summary>Starts everything; <paramref name="upstream"/> is more JSON for the account's upstream, <paramref name="account"/> for the account.</summary>
    public static async Task<RelayScene> StartAsync(string upstream = "", string account = "", string? baseUrl = null)
    {
        var scene = new RelayScene(await WarmHub.StartAsync(), null, await ScriptedUpstream.StartAsync(), await HookServer.StartAsync());
        await scene.PrepareAsync(upstream, account, baseUrl);
        return scene;
    }

    /// <summary>The same with a hub that can be killed and whose log can be read.</summary>
    public static async Task<RelayScene> StartProcessAsync(string upstream)
    {
        var scene = new RelayScene(null, await HubProcess.StartAsync(), await ScriptedUpstream.StartAsync(), await HookServer.StartAsync());
        await scene.PrepareAsync(upstream, "", null);
        return scene;
    }

    /// <summary>A kind 2 send with a hook of its own; gives status and body.</summary>
    public Task<Reply> SendSmsAsync(string? requestId = null, string hook = "/hook", string phone = "0901888484") => PostAsync(
        "SendMultipleMessage_V4_post_json/",
        $$"""{"ApiKey":"shop-key","Content":"7 la ma xac minh cua ban","Phone":"{{phone}}","SecretKey":"shop-secret","Brandname":"Verify","SmsType":"2","CallbackUrl":"{{Shop.Url}}{{hook}}"{{(requestId is null ? "" : $",\"RequestId\":\"{requestId}\"")}}}""");

    public Task<Reply> PostAsync(string path, string body, string type = "application/json") =>
        Reply.SendAsync(_http, new HttpRequestMessage(HttpMethod.Post, $"{Url}/MainService.svc/json/{path}") { Content = new StringContent(body, Encoding.UTF8, type) });

    public Task<Reply> GetAsync(string pathAndQuery) =>
        Reply.SendAsync(_http, new HttpRequestMessage(HttpMethod.Get, Raw($"{Url}/MainService.svc/json/{pathAndQuery}")));

    /// <summary>The upstream calls back, with exactly these characters.</summary>
    public Task<Reply> CallbackAsync(string query, string? url = null) =>
        Reply.SendAsync(_http, new HttpRequestMessage(HttpMethod.Get, Raw((url ?? InboundUrl) + "?" + query)));

    public Task<Reply> PostCallbackAsync(string body, string type) =>
        Reply.SendAsync(_http, new HttpRequestMessage(HttpMethod.Post, InboundUrl) { Content = new StringContent(body, Encoding.UTF8, type) });

    /// <summary>The callback of a delivered SMS.</summary>
    public static string Delivered(string smsId, string requestId = "") =>
        $"SMSID={smsId}&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=850.0000&TotalReceiver=1&TotalSent=1&RequestId={requestId}&TypeId=2&telcoid=2&phonenumber=0901888484&switchsmsid=";

    /// <summary>What came to a hook of the shop, once there is as much.</summary>
    public async Task<IReadOnlyList<HookCall>> ShopAsync(string path, int count = 1)
    {
        await Poll.UntilAsync(() => Shop.At(path).Count >= count, $"{count} callbacks at {path}");
        return Shop.At(path);
    }

    public async Task<IReadOnlyList<JsonNode>> UncertainAsync() => await Admin.ListAsync("/uncertain");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        Admin.Dispose();
        await (_process?.DisposeAsync() ?? _warm!.DisposeAsync());
        await Upstream.DisposeAsync();
        await Shop.DisposeAsync();
    }

    private async Task PrepareAsync(string upstream, string account, string? baseUrl)
    {
        var more = upstream.Length == 0 ? "" : ", " + upstream;
        var settings = $$""" "upstream": { "baseUrl": "{{baseUrl ?? Upstream.Url}}", "apiKey": "provider-key", "secretKey": "provider-secret"{{more}} } """;
        await Admin.AccountAsync("shop", Shop.Url + "/default", account.Length == 0 ? settings : settings + ", " + account);
        InboundUrl = $"{Url}/callbacks/esms/{(string)(await Admin.GetAsync("/accounts/shop")).Is(200).Json["inboundKey"]!}";
    }

    private static Uri Raw(string url) => new(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
