namespace HoiAm.Server.Dashboard.Words;

/// <summary>The Vietnamese of the dashboard, by the English text.</summary>
internal static partial class Vietnamese
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public static string Of(string english) => All.TryGetValue(english, out var text) ? text : english;
}
