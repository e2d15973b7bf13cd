using System.Net;
using System.Text.RegularExpressions;
using HoiAm.Browser.Tests.Support;

namespace HoiAm.Browser.Tests;

/// <summary>Who gets in, what ends a session, and what no stranger can make a browser do. Plain HTTP: no browser is needed.</summary>
public sealed partial class SessionTests(DashboardHub hub)
{
    [Fact]
    public async Task Stranger_IsLedToTheSignInPage_FromEveryAddress()
    {
        using var person = new Person(hub.Url);
        foreach (var (_, path) in Pages.Staff)
        {
            using var answer = await person.GetAsync(path);
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.StartsWith("/signin", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EveryPage_HasTheStrictHeaders_AndNothingInline()
    {
        using var person = await Person.SignedInAsync(hub.Url, DashboardHub.AdminToken);
        foreach (var (_, path) in Pages.Staff)
        {
            using var answer = await person.GetAsync(path);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {(int)answer.StatusCode}");
            Assert.Contains("script-src 'self'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotMatch("<script(?! src=\"/assets/)|<style|\\sstyle=\"|\\son[a-z]+=\"|https?://(?!127\\.0\\.0\\.1|shop\\.example)[a-z]", html);
        }
    }

    [Fact]
    public async Task EveryForm_IsRefusedWithoutItsToken_AndFromAnotherSite()
    {
        using var person = await Person.SignedInAsync(hub.Url, DashboardHub.AdminToken);
        var actions = new HashSet<string>(StringComparer.Ordinal) { "/signout" };
        foreach (var (_, path) in Pages.Staff)
        {
            using var answer = await person.GetAsync(path);
            foreach (var match in PostForm().Matches(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Cast<Match>())
            {
                actions.Add(match.Groups[1].Value);
            }
        }

        Assert.True(actions.Count > 12, string.Join(' ', actions));
        foreach (var action in actions)
        {
            using var without = await person.PostAsync(action, []);
            Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode);
            using var wrong = await person.PostAsync(action, new() { ["csrf"] = new string('0', 32) });
            Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
            if (action != "/signout")
            {
                using var elsewhere = await person.PostAsync(action, new() { ["csrf"] = person.Csrf }, origin: "https://evil.example");
                Assert.Equal(HttpStatusCode.Forbidden, elsewhere.StatusCode);
            }
        }
    }

    [Fact]
    public async Task DeletedToken_EndsItsSessionsAtOnce()
    {
        var made = await hub.AdminAsync("POST", "/tokens", 201, """{"name":"short stay","role":"support","token":"browser-short-stay"}""");
        using var person = await Person.SignedInAsync(hub.Url, "browser-short-stay");
        using (var before = await person.GetAsync("/messages"))
        {
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        await hub.AdminAsync("DELETE", $"/tokens/{made["id"]}", 204);
        using var after = await person.GetAsync("/messages");
        Assert.Equal(HttpStatusCode.SeeOther, after.StatusCode);
    }

    [Fact]
    public async Task CookieOfTheSession_IsNotForScripts_AndStaysOnThisSite()
    {
        using var person = await Person.SignedInAsync(hub.Url, DashboardHub.AdminToken);
        Assert.Contains("httponly", person.SessionCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", person.SessionCookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("browser-admin", person.SessionCookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForgedCookie_OpensNothing()
    {
        using var person = new Person(hub.Url);
        person.SetCookie("hoiam", Convert.ToBase64String(new byte[120]));
        using var answer = await person.GetAsync("/");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    public async Task SigningIn_LeadsNowhereElse(string next)
    {
        using var person = await Person.SignedInAsync(hub.Url, DashboardHub.AdminToken, next);
        Assert.Equal("/", person.WentTo);
    }

    [Theory]
    [InlineData("/messages/sandbox-only")]
    [InlineData("/accounts/sandbox")]
    [InlineData("/vendors")]
    [InlineData("/vendors/carrier")]
    [InlineData("/orphans")]
    [InlineData("/approvals")]
    [InlineData("/accounts")]
    [InlineData("/tokens")]
    [InlineData("/settings")]
    [InlineData("/audit")]
    [InlineData("/sandbox")]
    public async Task Customer_SeesNoPageThatIsNotItsOwn(string path)
    {
        using var person = await Person.WithKeysAsync(hub.Url, "shop-api-key", "shop-secret-key");
        using var answer = await person.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Customer_FindsNothingOfOthersOnItsOwnPages()
    {
        var foreign = await hub.SendAsync("0909666123", "session-foreign");
        await hub.AdminAsync(
            "POST", "/messages", 201, """{"account":"shop","smsId":"session-own","typeId":2,"vendor":"carrier","recipients":[{"phone":"0909666123"}]}""");
        await DashboardHub.UntilAsync(
            async () => (string?)(await hub.AdminAsync("GET", "/messages/" + foreign, 200))["message"]!["state"] == "delivered", "the foreign message");
        using var person = await Person.WithKeysAsync(hub.Url, "shop-api-key", "shop-secret-key");
        foreach (var hook in (await hub.AdminAsync("GET", "/endpoints?account=sandbox", 200))["items"]!.AsArray())
        {
            using var answer = await person.GetAsync($"/hooks/{hook!["id"]}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        foreach (var (_, path) in Pages.Customer)
        {
            using var answer = await person.GetAsync(path);
            var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain(foreign, html, StringComparison.Ordinal);
            Assert.DoesNotContain("sandbox/inbox", html, StringComparison.Ordinal);
            Assert.DoesNotContain(">carrier<", html, StringComparison.Ordinal);
        }

        using var csv = await person.GetAsync("/messages.csv?within=all");
        var text = await csv.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("session-own", text, StringComparison.Ordinal);
        Assert.DoesNotContain(foreign, text, StringComparison.Ordinal);

        // A number that both have is one message to the customer, so the search lands on it.
        using var search = await person.GetAsync("/messages?q=0909666123");
        Assert.Equal("/messages/session-own", search.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task CsvForReadOnlyStaff_HasNoWholeNumber()
    {
        using var person = await Person.SignedInAsync(hub.Url, "browser-readonly");
        using var csv = await person.GetAsync("/messages.csv?within=all");
        var text = await csv.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("shop-1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("0912345678", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongToken_IsRefusedInWords_AndKeptOutAfterTooMany()
    {
        using var person = new Person(hub.Url);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 70 && !statuses.Contains(HttpStatusCode.TooManyRequests); i++)
        {
            using var answer = await person.SignInAsync(new() { ["token"] = "not-a-token-at-all" });
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, statuses[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);

        // Who has the right one gets in all the same.
        using var right = await person.SignInAsync(new() { ["token"] = DashboardHub.AdminToken });
        Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
    }

    [Fact]
    public async Task SigningIn_IsInTheAuditLogWithTheName()
    {
        using var person = await Person.SignedInAsync(hub.Url, "browser-support");
        var entries = (await hub.AdminAsync("GET", "/audit?limit=200", 200))["items"]!.AsArray();
        Assert.Contains(entries, e => (string?)e!["action"] == "signin.token" && (string?)e["who"] == "Minh (support)");
    }

    [GeneratedRegex("<form[^>]*method=\"post\"[^>]*action=\"([^\"]+)\"")]
    private static partial Regex PostForm();
}
