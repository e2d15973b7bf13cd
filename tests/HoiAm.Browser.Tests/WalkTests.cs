using System.Text.RegularExpressions;
using HoiAm.Browser.Tests.Support;
using Microsoft.Playwright;

namespace HoiAm.Browser.Tests;

/// <summary>What an operator and a customer do, in a browser.</summary>
public sealed partial class WalkTests(DashboardHub hub, Chromium browser)
{
    [Fact]
    public async Task TestMessage_IsWatchedUntilDelivered_FoundByItsNumber_AndReplayedAfterItsHookBroke()
    {
        var page = await browser.PersonAsync(hub);
        hub.HookStatus = 500;
        try
        {
            // Send; the page shows by itself how it goes on.
            await page.GotoAsync("/sandbox");
            await page.FillAsync("input[name=receiver]", "0909 111 222");
            await page.FillAsync("input[name=callbackUrl]", hub.HookUrl + "/walk");
            await page.ClickAsync("main button.primary");
            await Expect(page.Locator("#sent .badge").First).ToHaveTextAsync("delivered");

            // From the number to its story: one search, in a spelling that is not the stored one.
            await page.FillAsync(".find input", "+84 909.111.222");
            await page.PressAsync(".find input", "Enter");
            await Assertions.Expect(page).ToHaveURLAsync(StoryUrl());
            await Expect(page.Locator("h1")).ToContainTextAsync("0909111222");

            // The hook is broken: the story says so without a reload.
            await Expect(page.Locator("#steps")).ToContainTextAsync("Customer did not hear");
            await Expect(page.Locator("#events")).ToContainTextAsync("HTTP 500");

            // From the broken hook to everything replayed: hooks, hook, replay.
            hub.HookStatus = 200;
            var story = page.Url;
            await page.ClickAsync("nav.wide a[href='/hooks']");
            await page.ClickAsync("a.row:has-text('/hook/walk')");
            await page.ClickAsync("button:has-text('Replay everything')");
            await Expect(page.Locator("#progress")).ToContainTextAsync("All of them are on their way");
            await page.GotoAsync(story);
            await Expect(page.Locator("#steps")).ToContainTextAsync("Customer heard");
            await Expect(page.Locator("#events")).ToContainTextAsync("HTTP 200");
        }
        finally
        {
            hub.HookStatus = 200;
            await page.Context.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("customerCareSms", "", "delivered")]
    [InlineData("promoSms", "", "delivered")]
    [InlineData("fixedPriceSms", "900", "failed")]
    [InlineData("viber", "901", "rejected")]
    [InlineData("zns", "902", "expired")]
    [InlineData("znsPriority", "900", "failed")]
    [InlineData("znsByUid", "", "delivered")]
    [InlineData("zaloFollower", "", "delivered")]
    [InlineData("znsJourney", "904", "delivered")]
    public async Task EveryKind_CanBeTriedFromTheSandboxPage(string kind, string outcome, string ends)
    {
        var page = await browser.PersonAsync(hub);
        await page.GotoAsync("/sandbox");
        await page.SelectOptionAsync("select[name=kind]", kind);
        await page.SelectOptionAsync("select[name=outcome]", outcome);
        await page.ClickAsync("main button.primary");
        await Expect(page.Locator("#sent .badge").First).ToHaveTextAsync(ends);
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task MessageThatWaits_IsApprovedOnThePage()
    {
        var smsId = await hub.SendAsync("0909333908", "walk-approval");
        var page = await browser.PersonAsync(hub, "browser-support");
        await page.GotoAsync("/approvals");
        await page.ClickAsync($"form[action='/messages/{smsId}/approve'] button");
        await Expect(page.Locator(".notice.good")).ToHaveTextAsync("Approved.");
        await page.GotoAsync("/messages/" + smsId);
        await Expect(page.Locator("#facts .badge")).ToHaveTextAsync("delivered");
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task Orphan_IsAttachedToTheSuggestedMessage()
    {
        await hub.AdminAsync(
            "POST", "/messages", 201, """{"account":"shop","smsId":"walk-near","typeId":2,"vendor":"carrier","recipients":[{"phone":"0913777001"}]}""");
        await hub.ReportAsync("carrier-key", "0913777001", "WALK-NEAR-TYPO", 2);
        var page = await browser.PersonAsync(hub, "browser-support");
        await page.GotoAsync("/orphans");
        var orphan = page.Locator(".panel", new() { HasText = "WALK-NEAR-TYPO" }).First;
        await Expect(orphan).ToContainTextAsync("the same number");
        await orphan.Locator("button:has-text('Attach')").First.ClickAsync();
        await Expect(page.Locator(".notice.good")).ToContainTextAsync("Attached");
        Assert.Equal("delivered", (string?)(await hub.AdminAsync("GET", "/messages/walk-near", 200))["message"]!["state"]);
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task Alerts_AreSetOnThePage_AndShownAsTheyWereSaved()
    {
        var page = await browser.PersonAsync(hub);
        try
        {
            await page.GotoAsync("/alerts");
            await FillAlertsAsync(page, hub.HookUrl + "/ops", "carrier = 00:45:00");
            await page.FillAsync("input[name=secret]", "a-secret-of-sixteen-and-more");
            await page.ClickAsync("form.panel button.primary");
            await Expect(page.Locator(".notice.good")).ToHaveTextAsync("Saved.");

            await page.ReloadAsync();
            await ExpectAlertsAsync(page, hub.HookUrl + "/ops", "carrier = 00:45:00");
            await Expect(page.Locator("input[name=secret]")).ToHaveValueAsync("");
            await Expect(page.Locator("input[name=secret]")).ToHaveAttributeAsync("placeholder", "set; empty keeps it");
            var set = await hub.AdminAsync("GET", "/alerts", 200);
            Assert.Equal(("02:00:00", 77, true), ((string?)set["noReportsAfter"], (int)set["backlog"]!, (bool)set["signed"]!));

            // With an address a test can be sent; emptied fields are not watched any more.
            await page.ClickAsync("button:has-text('Send a test')");
            await Expect(page.Locator(".notice.good")).ToHaveTextAsync("A test is on its way.");
            await page.FillAsync("input[name=backlog]", "");
            await page.FillAsync("textarea[name=vendors]", "");
            await page.ClickAsync("form.panel button.primary");
            await Expect(page.Locator(".notice.good")).ToHaveTextAsync("Saved.");
            await Expect(page.Locator("input[name=backlog]")).ToHaveValueAsync("");
            Assert.Null((await hub.AdminAsync("GET", "/alerts", 200))["backlog"]);
        }
        finally
        {
            await hub.AdminAsync("PUT", "/alerts", 200, """{"urls":[],"secret":null,"every":null,"noReportsAfter":null,"vendors":null,"orphanPercent":20,"backlog":50000}""");
            await page.Context.DisposeAsync();
        }
    }

    [Fact]
    public async Task AlertsThatCannotBeUsed_AreMarkedWhereTheyAreWrong_AndStayTyped()
    {
        var before = (await hub.AdminAsync("GET", "/alerts", 200)).ToJsonString();
        var page = await browser.PersonAsync(hub);
        await page.GotoAsync("/alerts");
        await FillAlertsAsync(page, hub.HookUrl + "/ops\nftp://elsewhere.example/", "nobody = 00:45:00");
        await page.FillAsync("input[name=orphanPercent]", "some");
        await page.FillAsync("input[name=secret]", "too-short");
        await page.ClickAsync("form.panel button.primary");

        await Expect(page.Locator(".notice.bad")).ToHaveTextAsync("Nothing was saved: what is marked below cannot be used.");
        await Expect(Fault(page, "urls")).ToContainTextAsync("2: ");
        await Expect(Fault(page, "vendors")).ToHaveTextAsync("nobody: is no vendor of this hub");
        await Expect(Fault(page, "orphanPercent")).ToHaveTextAsync("must be a whole number from 1 to 100");
        await Expect(Fault(page, "secret")).ToContainTextAsync("16");
        await Expect(Fault(page, "backlog")).ToHaveCountAsync(0);
        await ExpectAlertsAsync(page, hub.HookUrl + "/ops\nftp://elsewhere.example/", "nobody = 00:45:00", percent: "some");
        await Expect(page.Locator("input[name=secret]")).ToHaveValueAsync("");
        Assert.DoesNotContain("too-short", await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(before, (await hub.AdminAsync("GET", "/alerts", 200)).ToJsonString());
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task SecretOfAlerts_IsRemovedByItsBox_WhichIsThereOnlyWithASecret()
    {
        var page = await browser.PersonAsync(hub);
        try
        {
            await page.GotoAsync("/alerts");
            await Expect(page.Locator("input[name=removeSecret]")).ToHaveCountAsync(0);
            await page.FillAsync("input[name=secret]", "a-secret-of-sixteen-and-more");
            await page.ClickAsync("form.panel button.primary");
            await Expect(page.Locator(".notice.good")).ToHaveTextAsync("Saved.");
            Assert.True((bool)(await hub.AdminAsync("GET", "/alerts", 200))["signed"]!);

            await page.CheckAsync("input[name=removeSecret]");
            await page.ClickAsync("form.panel button.primary");
            await Expect(page.Locator("input[name=removeSecret]")).ToHaveCountAsync(0);
            Assert.False((bool)(await hub.AdminAsync("GET", "/alerts", 200))["signed"]!);
        }
        finally
        {
            await hub.AdminAsync("PUT", "/alerts", 200, """{"secret":null}""");
            await page.Context.DisposeAsync();
        }
    }

    [Fact]
    public async Task AccountThatIsRefused_StaysTyped_AndEachFieldSaysWhy()
    {
        await hub.AdminAsync("PUT", "/accounts/walk-forms", 201, """{"apiKey":"walk-forms-key","secretKey":"walk-forms-secret"}""");
        var before = (await hub.AdminAsync("GET", "/accounts/walk-forms", 200)).ToJsonString();
        var page = await browser.PersonAsync(hub);

        // To make: an id that is taken, then a hook that cannot be used.
        await page.GotoAsync("/accounts");
        await page.FillAsync("input[name=id]", "walk-forms");
        await page.FillAsync("input[name=callbackUrl]", "ftp://elsewhere.example/");
        await page.ClickAsync("form.panel button.primary");
        await Expect(Fault(page, "id")).ToHaveTextAsync("There is one with this id already.");
        await Expect(page.Locator("input[name=callbackUrl]")).ToHaveValueAsync("ftp://elsewhere.example/");
        await page.FillAsync("input[name=id]", "walk-forms-2");
        await page.ClickAsync("form.panel button.primary");
        await Expect(page.Locator(".notice.bad")).ToHaveTextAsync("Nothing was saved: what is marked below cannot be used.");
        await Expect(Fault(page, "callbackUrl")).ToContainTextAsync("cannot be used");
        await Expect(Fault(page, "id")).ToHaveCountAsync(0);
        await Expect(page.Locator("input[name=id]")).ToHaveValueAsync("walk-forms-2");
        await hub.AdminAsync("GET", "/accounts/walk-forms-2", 404);

        // To change; the browser's own check is off, as a browser without one would send it.
        await page.GotoAsync("/accounts/walk-forms");
        await page.FillAsync("input[name=callbackUrl]", "ftp://elsewhere.example/");
        await page.SelectOptionAsync("select[name=profile]", "plain");
        await page.FillAsync("input[name=maxRetries]", "99");
        await page.FillAsync("input[name=maxConcurrency]", "7");
        await page.UncheckAsync("input[name=enabled]");
        await page.EvaluateAsync("document.querySelector('form.panel').noValidate = true");
        await page.ClickAsync("form.panel button.primary");
        await Expect(page.Locator(".notice.bad")).ToHaveTextAsync("Nothing was saved: what is marked below cannot be used.");
        await Expect(Fault(page, "callbackUrl")).ToContainTextAsync("cannot be used");
        await Expect(Fault(page, "maxRetries")).ToHaveTextAsync("must be a whole number from 0 to 20");
        await Expect(Fault(page, "maxConcurrency")).ToHaveCountAsync(0);
        await Expect(page.Locator("input[name=callbackUrl]")).ToHaveValueAsync("ftp://elsewhere.example/");
        await Expect(page.Locator("select[name=profile]")).ToHaveValueAsync("plain");
        await Expect(page.Locator("input[name=maxRetries]")).ToHaveValueAsync("99");
        await Expect(page.Locator("input[name=maxConcurrency]")).ToHaveValueAsync("7");
        await Expect(page.Locator("input[name=enabled]")).Not.ToBeCheckedAsync();
        Assert.Equal(before, (await hub.AdminAsync("GET", "/accounts/walk-forms", 200)).ToJsonString());
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task VendorThatIsRefused_StaysTyped_AndTheFieldSaysWhy()
    {
        await hub.AdminAsync("PUT", "/vendors/walk-forms", 201, """{"apiKey":"walk-forms-vendor-key"}""");
        var before = (await hub.AdminAsync("GET", "/vendors/walk-forms", 200)).ToJsonString();
        var page = await browser.PersonAsync(hub);
        await page.GotoAsync("/vendors");
        await page.FillAsync("input[name=id]", "walk-forms");
        await page.ClickAsync("form.panel button.primary");
        await Expect(Fault(page, "id")).ToHaveTextAsync("There is one with this id already.");
        await Expect(page.Locator("input[name=id]")).ToHaveValueAsync("walk-forms");

        await page.GotoAsync("/vendors/walk-forms");
        await page.FillAsync("textarea[name=statusMap]", "2 = delivered\n3 = arrived");
        await page.CheckAsync("input[name=strict]");
        await page.UncheckAsync("input[name=enabled]");
        await page.ClickAsync("form.panel button.primary");
        await Expect(page.Locator(".notice.bad")).ToHaveTextAsync("Nothing was saved: what is marked below cannot be used.");
        await Expect(Fault(page, "statusMap")).ToContainTextAsync("'arrived' for 3 is not known");
        await Expect(page.Locator("textarea[name=statusMap]")).ToHaveValueAsync("2 = delivered\n3 = arrived");
        await Expect(page.Locator("input[name=strict]")).ToBeCheckedAsync();
        await Expect(page.Locator("input[name=enabled]")).Not.ToBeCheckedAsync();
        Assert.Equal(before, (await hub.AdminAsync("GET", "/vendors/walk-forms", 200)).ToJsonString());
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task TokenThatIsRefused_StaysTyped_AndTheRoleSaysWhy()
    {
        var page = await browser.PersonAsync(hub);
        await page.GotoAsync("/tokens");
        await page.FillAsync("input[name=name]", "walk-forms token");
        await page.FillAsync("input[name=role]", "owner");
        await page.ClickAsync("form[action='/tokens'] button");
        await Expect(Fault(page, "role")).ToContainTextAsync("must be admin");
        await Expect(page.Locator("input[name=name]")).ToHaveValueAsync("walk-forms token");
        await Expect(page.Locator("#made-token")).ToHaveCountAsync(0);

        await page.FillAsync("input[name=role]", "readonly");
        await page.ClickAsync("form[action='/tokens'] button");
        await Expect(page.Locator("#made-token")).ToBeVisibleAsync();
        await Expect(page.Locator("input[name=name]")).ToHaveValueAsync("");
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task ReadOnlyStaff_SeesNoNumberAndNoButtonThatActs()
    {
        var page = await browser.PersonAsync(hub, "browser-readonly");
        foreach (var (_, path) in Pages.Staff.Where(p => p.Name != "tokens"))
        {
            await page.GotoAsync(path);
            var html = await page.ContentAsync();
            Assert.DoesNotMatch(WholeNumber(), html);
            var actions = await page.Locator("main form[method=post]").EvaluateAllAsync<string[]>("forms => forms.map(f => f.getAttribute('action'))");
            Assert.All(actions.Where(a => a is not ("/decode" or "/sandbox/send")), a => Assert.Fail($"{path} offers {a}"));
        }

        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task Vietnamese_IsOnEveryPage_AndCanBeSwitched()
    {
        var page = await browser.PersonAsync(hub, locale: "vi-VN");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "vi");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Tổng quan");
        await page.GotoAsync("/messages/shop-1");
        await Expect(page.Locator("#events")).ToContainTextAsync("Báo cáo nhà cung cấp");
        await page.ClickAsync("a[lang=en]");
        await Expect(page.Locator("#events")).ToContainTextAsync("Vendor report");
        Assert.EndsWith("/messages/shop-1", page.Url, StringComparison.Ordinal);
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task Keyboard_ReachesTheSearchAndTheContent()
    {
        var page = await browser.PersonAsync(hub);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("shop-order-1");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(hub.Url + "/messages/shop-1");
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task CustomerByLink_SeesOnlyItsOwn_AndTheLinkWorksOnce()
    {
        var path = (string)(await hub.AdminAsync("POST", "/accounts/shop/signin-links", 201))["path"]!;
        var foreign = await hub.SendAsync("0909555123", "walk-foreign");
        var page = await browser.StrangerAsync(hub);
        await page.GotoAsync(path);
        await page.ClickAsync("button.primary");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Overview of shop");
        await page.FillAsync(".find input", "0909555123");
        await page.PressAsync(".find input", "Enter");
        await Expect(page.Locator("main")).ToContainTextAsync("No message found");
        Assert.Equal(404, (await page.GotoAsync("/messages/" + foreign))!.Status);
        await page.GotoAsync("/accounts/shop");
        await page.FillAsync("input[name=name]", "second shop");
        await page.ClickAsync("button:has-text('Make a new key')");
        await Expect(page.Locator("#made-key")).ToBeVisibleAsync();

        var second = await browser.StrangerAsync(hub);
        await second.GotoAsync(path);
        await second.ClickAsync("button.primary");
        await Expect(second.Locator(".notice.bad")).ToContainTextAsync("used before");
        await page.Context.DisposeAsync();
        await second.Context.DisposeAsync();
    }

    private static async Task FillAlertsAsync(IPage page, string urls, string vendors)
    {
        await page.FillAsync("textarea[name=urls]", urls);
        await page.FillAsync("textarea[name=vendors]", vendors);
        await page.FillAsync("input[name=every]", "00:20:00");
        await page.FillAsync("input[name=noReportsAfter]", "02:00:00");
        await page.FillAsync("input[name=orphanPercent]", "33");
        await page.FillAsync("input[name=backlog]", "77");
    }

    private static async Task ExpectAlertsAsync(IPage page, string urls, string vendors, string percent = "33")
    {
        await Expect(page.Locator("textarea[name=urls]")).ToHaveValueAsync(urls);
        await Expect(page.Locator("textarea[name=vendors]")).ToHaveValueAsync(vendors);
        await Expect(page.Locator("input[name=every]")).ToHaveValueAsync("00:20:00");
        await Expect(page.Locator("input[name=noReportsAfter]")).ToHaveValueAsync("02:00:00");
        await Expect(page.Locator("input[name=orphanPercent]")).ToHaveValueAsync(percent);
        await Expect(page.Locator("input[name=backlog]")).ToHaveValueAsync("77");
    }

    private static ILocator Fault(IPage page, string field) => page.Locator($"label.field:has([name={field}]) .fault");

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [GeneratedRegex("/messages/[0-9a-f-]{30,}$")]
    private static partial Regex StoryUrl();

    // The seeded numbers, in the spellings that are shown or received.
    [GeneratedRegex("(0|84|\\+84)9(12345678|12345679|09111222|13777001)")]
    private static partial Regex WholeNumber();
}
