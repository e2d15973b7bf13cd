namespace HoiAm.EndToEnd.Tests.Guarding;

/// <summary>
/// One customer never sees another, on every route there is. Each route has a decision here; a route that is mapped without one fails the
/// test, so that nobody adds a call and forgets who may see what it answers.
/// </summary>
public sealed class RouteTableTests
{
    private const string Secret = "0907654321";

    // What another customer's own token gets: 404 as if there were nothing, 403 because no customer may, or 200 without a trace of the other.
    private static readonly Dictionary<string, int> s_admin = new(StringComparer.Ordinal)
    {
        ["GET /accounts"] = 403,
        ["GET /accounts/{id}"] = 404,
        ["PUT /accounts/{id}"] = 403,
        ["GET /accounts/{id}/keys"] = 404,
        ["POST /accounts/{id}/keys"] = 404,
        ["DELETE /accounts/{id}/keys/{key}"] = 404,
        ["POST /accounts/{id}/signin-links"] = 403,
        ["GET /accounts/{id}/reconciliation"] = 404,
        ["GET /accounts/{id}/balance"] = 404,
        ["POST /accounts/{id}/balance"] = 403,
        ["GET /accounts/{id}/statement"] = 404,
        ["POST /accounts/{id}/mo"] = 403,
        ["GET /accounts/{id}/sending"] = 404,
        ["PUT /accounts/{id}/sending"] = 403,
        ["GET /vendors"] = 403,
        ["GET /vendors/{id}"] = 403,
        ["PUT /vendors/{id}"] = 403,
        ["GET /vendors/{id}/keys"] = 403,
        ["POST /vendors/{id}/keys"] = 403,
        ["DELETE /vendors/{id}/keys/{key}"] = 403,
        ["GET /vendors/{id}/statement"] = 403,
        ["GET /tokens"] = 403,
        ["POST /tokens"] = 403,
        ["DELETE /tokens/{key}"] = 403,
        ["GET /messages"] = 200,
        ["POST /messages"] = 403,
        ["POST /messages/batch"] = 403,
        ["GET /messages/{smsId}"] = 404,
        ["POST /messages/{smsId}/approve"] = 403,
        ["POST /messages/{smsId}/reject"] = 403,
        ["GET /callbacks"] = 200,
        ["POST /callbacks/{id}/replay"] = 404,
        ["POST /callbacks/replay"] = 202,
        ["GET /replays/{id}"] = 404,
        ["GET /endpoints"] = 200,
        ["GET /endpoints/{id}"] = 404,
        ["POST /endpoints/{id}/pause"] = 404,
        ["POST /endpoints/{id}/resume"] = 404,
        ["POST /endpoints/{id}/test"] = 404,
        ["GET /orphans"] = 403,
        ["POST /orphans/{id}/attach"] = 403,
        ["GET /orphans/{id}/suggestions"] = 403,
        ["GET /uncertain"] = 403,
        ["POST /uncertain/{id}/settle"] = 403,
        ["GET /reconciliations"] = 200,
        ["GET /stats"] = 200,
        ["GET /overview"] = 200,
        ["GET /search"] = 200,
        ["GET /settings"] = 403,
        ["GET /cluster"] = 403,
        ["GET /registrations"] = 200,
        ["POST /registrations/{number}/approve"] = 403,
        ["POST /registrations/{number}/reject"] = 403,
        ["GET /audit"] = 403,
        ["GET /alerts"] = 403,
        ["PUT /alerts"] = 403,
        ["POST /alerts/test"] = 403,
        ["POST /backup"] = 403,
        ["POST /privacy/export"] = 403,
        ["POST /privacy/erase"] = 403,
    };

    // Not the admin API: each has keys of its own and tests of its own (VendorKeyTests, GetCallbackTests, FeedTests), or shows nothing.
    private static readonly HashSet<string> s_other = new(StringComparer.Ordinal)
    {
        "* /api/vendor/v1/sms/callback", "* /api/vendor/{**rest}", "* /ZaloCallback/GetCallback", "GET /api/v1/callbacks", "GET /healthz",
        "GET /readyz", "GET /metrics", "GET /openapi/v1.json", "GET /", "* /admin/{**rest}",
        "* /callbacks/esms/{inboundKey}",
    };

    // What a browser may see before anybody signed in. Every other page sends it to sign in: a token in a header opens none of them.
    private static readonly HashSet<string> s_open = new(StringComparer.Ordinal)
    {
        "GET /signin", "POST /signin", "GET /signin/link", "POST /signin/link", "GET /assets/{**path}", "GET /view",
    };

    [Fact]
    public async Task EveryRoute_HidesOneCustomerFromAnother()
    {
        await using var hub = await HubInProcess.StartAsync();
        var ids = await SetUpAsync(hub);
        using var stranger = new AdminClient(hub.Url, "route-token-mine");
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(hub.Url) };
        var undecided = new List<string>();
        foreach (var route in hub.Routes.Where(r => !s_other.Contains(r) && !s_open.Contains(r)))
        {
            var (method, pattern) = (route[..route.IndexOf(' ', StringComparison.Ordinal)], route[(route.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            if (!pattern.StartsWith("/admin/v1", StringComparison.Ordinal))
            {
                await IsClosedAsync(browser, method, Fill(pattern, ids));
                continue;
            }

            if (Decision(method, pattern) is not { } expected)
            {
                undecided.Add(route);
                continue;
            }

            var path = Fill(pattern["/admin/v1".Length..], ids);
            var reply = await stranger.SendAsync(method, path, method == "GET" ? null : "{}");
            Assert.True(reply.Status == expected, $"{method} {path}: {reply.Status} {reply.Text}");
            Assert.DoesNotContain(Secret[1..], reply.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("theirs-hook", reply.Text, StringComparison.Ordinal);
        }

        Assert.True(undecided.Count == 0, "Routes without a decision about who may see them: " + string.Join(", ", undecided));
    }

    private static async Task IsClosedAsync(HttpClient browser, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer route-token-mine");
        using var answer = await browser.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var isClosed = (int)answer.StatusCode is >= 400 and < 500 || answer.Headers.Location?.OriginalString.StartsWith("/signin", StringComparison.Ordinal) == true;
        Assert.True(isClosed, $"{method} {path}: {(int)answer.StatusCode} {answer.Headers.Location}");
        Assert.DoesNotContain(Secret[1..], text, StringComparison.Ordinal);
    }

    // The four sections of the catalogue share one decision: hidden when read, refused when written.
    private static int? Decision(string method, string pattern)
    {
        var rest = pattern["/admin/v1".Length..];
        foreach (var section in new[] { "brandnames", "oas", "templates", "prices" })
        {
            if (rest.StartsWith("/accounts/{id}/" + section, StringComparison.Ordinal))
            {
                return method == "GET" ? 404 : 403;
            }
        }

        return s_admin.TryGetValue($"{method} {rest}", out var status) ? status : null;
    }

    private static string Fill(string pattern, Dictionary<string, string> ids)
    {
        var owner = pattern.Split('/')[1];
        return pattern
            .Replace("{id}", ids.GetValueOrDefault(owner, "theirs"), StringComparison.Ordinal)
            .Replace("{smsId}", ids["messages"], StringComparison.Ordinal)
            .Replace("{number}", "1", StringComparison.Ordinal)
            .Replace("{key}", "first", StringComparison.Ordinal)
            .Replace("{oa}", "1", StringComparison.Ordinal)
            .Replace("{**rest}", "x", StringComparison.Ordinal) + (pattern.EndsWith("statement", StringComparison.Ordinal) ? "?month=2026-01" : "")
            + (pattern.EndsWith("/search", StringComparison.Ordinal) ? "?q=theirs-1" : "");
    }

    private static async Task<Dictionary<string, string>> SetUpAsync(HubInProcess hub)
    {
        using var admin = new AdminClient(hub.Url);
        using var vendor = new VendorClient(hub.Url, "v-vendor-key");
        await admin.VendorAsync("v");
        await admin.AccountAsync("mine", "http://127.0.0.1:9/mine-hook");
        await admin.AccountAsync("theirs", "http://127.0.0.1:9/theirs-hook");
        await admin.MessageAsync("theirs", "v", "theirs-1", Secret, "\"requestId\": \"shared-request\"");
        (await vendor.ReportAsync(Secret, "theirs-1", 2)).Is(200);
        (await vendor.ReportAsync(Secret, "theirs-orphan", 2)).Is(200);
        (await admin.PostAsync("/tokens", """{ "token": "route-token-mine", "role": "account:mine" }""")).Is(201);
        var replay = (await admin.PostAsync("/callbacks/replay", """{ "account": "theirs", "state": "exhausted" }""")).Is(202).Json;
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["accounts"] = "theirs",
            ["vendors"] = "v",
            ["messages"] = "theirs-1",
            ["callbacks"] = (string)Assert.Single(await admin.ListAsync("/callbacks?account=theirs"))["id"]!,
            ["endpoints"] = (string)Assert.Single(await admin.ListAsync("/endpoints?account=theirs"))["id"]!,
            ["orphans"] = (string)Assert.Single(await admin.ListAsync("/orphans"))["id"]!,
            ["replays"] = (string)replay["replayId"]!,
        };
    }
}
