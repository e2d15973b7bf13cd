namespace HoiAm.Faults;

/// <summary>Numbers from the environment by which a short run becomes a long one.</summary>
internal static class TestSettings
{
    /// <summary>A number above 0; anything else is <paramref name="fallback"/>.</summary>
    public static int Read(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : fallback;
}
