namespace HoiAm.Browser.Tests.Support;

/// <summary>Every page that the seeded hub has, by a name that is good for a file.</summary>
internal static class Pages
{
    public static IReadOnlyList<(string Name, string Path)> Staff { get; } =
    [
        ("overview", "/"), ("messages", "/messages?within=all"), ("message", "/messages/shop-1"), ("callbacks", "/callbacks"), ("hooks", "/hooks"),
        ("hook", "/hooks/ep_1"), ("orphans", "/orphans"), ("approvals", "/approvals"), ("accounts", "/accounts"), ("account", "/accounts/shop"), ("vendors", "/vendors"),
        ("vendor", "/vendors/carrier"), ("statements", "/statements"), ("tokens", "/tokens"), ("alerts", "/alerts"), ("settings", "/settings"), ("audit", "/audit"),
        ("sandbox", "/sandbox"), ("decoder", "/decode"),
    ];

    public static IReadOnlyList<(string Name, string Path)> Customer { get; } =
    [
        ("overview", "/"), ("messages", "/messages?within=all"), ("message", "/messages/shop-1"), ("callbacks", "/callbacks"), ("hooks", "/hooks"),
        ("account", "/accounts/shop"), ("statements", "/statements"), ("decoder", "/decode"),
    ];
}
