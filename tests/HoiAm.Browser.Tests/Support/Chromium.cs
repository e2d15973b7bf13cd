using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(HoiAm.Browser.Tests.Support.Chromium))]

namespace HoiAm.Browser.Tests.Support;

/// <summary>Debian's Chromium. Without it the tests that need a browser are skipped, and counted as such.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where the browser is; null when there is none.</summary>
    public static string? Place { get; } = Array.Find(s_places, File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Place is null)
        {
            return;
        }

        // A busy machine makes a test slow, never red.
        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Place, Args = ["--no-sandbox"], Timeout = 120_000 });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A fresh person in front of the dashboard, signed in with a token.</summary>
    internal async Task<IPage> PersonAsync(
        DashboardHub hub, string token = DashboardHub.AdminToken, string locale = "en-GB", int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await StrangerAsync(hub, locale, width, scheme);
        await page.FillAsync("input[name=token]", token);
        await page.ClickAsync("button.primary");

        // Not by the address: whoever asks for that when it is reached already waits for a next page that nobody opens.
        await page.Locator("a[href='/messages']").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    /// <summary>A fresh person at the sign-in page.</summary>
    internal async Task<IPage> StrangerAsync(DashboardHub hub, string locale = "en-GB", int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(_browser is null, "There is no Chromium here: apt-get install chromium.");
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = hub.Url, Locale = locale, ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        return page;
    }
}
