using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using HoiAm.Browser.Tests.Support;
using Microsoft.Playwright;

namespace HoiAm.Browser.Tests;

/// <summary>Every page in both themes: for screen readers, on a phone, and as pictures.</summary>
public sealed class LookTests(DashboardHub hub, Chromium browser)
{
    private static readonly AxeRunOptions s_colours = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] } };

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task EveryPage_HasNoSeriousFindingOfAxe(ColorScheme scheme)
    {
        var page = await browser.StrangerAsync(hub, scheme: scheme);
        var findings = new List<string>();
        await CheckAsync(page, "sign-in", scheme, findings);
        await page.Context.DisposeAsync();
        page = await browser.PersonAsync(hub, scheme: scheme);
        foreach (var (name, path) in Pages.Staff)
        {
            await page.GotoAsync(path);
            await CheckAsync(page, name, scheme, findings);
        }

        await page.Context.DisposeAsync();
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [Fact]
    public async Task EveryPage_FitsAPhone()
    {
        var page = await browser.PersonAsync(hub, width: 390, locale: "vi-VN");
        var wide = new List<string>();
        foreach (var (name, path) in Pages.Staff)
        {
            await page.GotoAsync(path);
            var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (overflow > 0)
            {
                wide.Add($"{name} is {overflow} px too wide");
            }
        }

        await page.ClickAsync("details.menu > summary");
        await page.ClickAsync("details.menu a[href='/messages']");
        await Assertions.Expect(page).ToHaveURLAsync(hub.Url + "/messages");
        await page.Context.DisposeAsync();
        Assert.True(wide.Count == 0, string.Join('\n', wide));
    }

    [Fact]
    public async Task NoPage_BreaksItsOwnContentSecurityPolicy()
    {
        var page = await browser.PersonAsync(hub);
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(page.Url + ": " + message.Text);
            }
        };
        foreach (var (_, path) in Pages.Staff)
        {
            await page.GotoAsync(path);
        }

        await page.Context.DisposeAsync();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    // Pictures for the documents: HOIAM_SCREENSHOTS=1 writes them to docs/images; every page in light, the main ones in dark too.
    [Theory]
    [InlineData(ColorScheme.Light, "light")]
    [InlineData(ColorScheme.Dark, "dark")]
    public async Task Pictures_OfEveryPage(ColorScheme scheme, string name)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HOIAM_SCREENSHOTS") == "1", "HOIAM_SCREENSHOTS=1 writes the pictures of docs/images.");
        await hub.FillAsync();
        var folder = Path.Combine(HoiAm.Testing.RepositoryRoot.Path, "docs", "images");
        var page = await browser.PersonAsync(hub, scheme: scheme);
        foreach (var (shown, path) in Pages.Staff.Where(p => scheme == ColorScheme.Light || p.Name is "overview" or "messages" or "message" or "hooks" or "account" or "sandbox"))
        {
            await page.GotoAsync(path);
            await page.WaitForTimeoutAsync(300);
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{shown}-{name}.png"), FullPage = false });
        }

        await page.Context.DisposeAsync();
    }

    private static async Task CheckAsync(IPage page, string name, ColorScheme scheme, List<string> findings)
    {
        // The dark theme has other colours and nothing else: what is in a page is looked at once.
        var result = await page.RunAxe(scheme == ColorScheme.Dark ? s_colours : null);
        foreach (var violation in result.Violations.Where(v => v.Impact is "serious" or "critical"))
        {
            findings.Add($"{name}: {violation.Id} ({violation.Impact}): {violation.Help}: {Nodes(violation)}");
        }
    }

    private static string Nodes(AxeResultItem violation) => string.Join(" | ", violation.Nodes.Take(3).Select(n => n.Html[..Math.Min(n.Html.Length, 160)]));
}
