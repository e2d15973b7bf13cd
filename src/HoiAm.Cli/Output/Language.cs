using System.CommandLine;
using HoiAm.Protocols.Explaining;

namespace HoiAm.Cli.Output;

/// <summary>In which language callbacks are explained: as told, else as the shell is set, else in English.</summary>
internal static class Language
{
    // POSIX asks for them in this order; the first that is set counts, even when it is C.
    private static readonly string[] s_variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    /// <summary>The language to explain in.</summary>
    public static Option<string> Option { get; } = Make();

    /// <summary>Explains a text in the language of the options.</summary>
    public static Explanation Explain(string text, string? language) =>
        language == "vi" ? CallbackExplainer.Explain(text).InVietnamese() : CallbackExplainer.Explain(text);

    private static Option<string> Make()
    {
        var option = new Option<string>("--lang") { Description = "Language of the explanation, en or vi (by default that of LC_ALL, LC_MESSAGES or LANG)", DefaultValueFactory = _ => OfShell() };
        option.AcceptOnlyFromAmong("en", "vi");
        return option;
    }

    private static string OfShell() =>
        s_variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(v => !string.IsNullOrEmpty(v)) is { } set
            && set.StartsWith("vi", StringComparison.OrdinalIgnoreCase) ? "vi" : "en";
}
