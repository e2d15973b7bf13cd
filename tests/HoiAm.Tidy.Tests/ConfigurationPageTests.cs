using System.Text.RegularExpressions;
using HoiAm.Testing;
using HoiAm.Tidy.Tests.Configuration;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>docs/configuration.md is made from the options types. To make it anew: <c>HOIAM_ACCEPT=1 dotnet run --project tests/HoiAm.Tidy.Tests</c>.</summary>
public sealed partial class ConfigurationPageTests
{
    private const string Page = "docs/configuration.md";

    [Fact]
    public void Page_IsTheOneThatTheTypesMake()
    {
        var made = ConfigurationPage.Write().ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("HOIAM_ACCEPT") == "1")
        {
            File.WriteAllText(RepositoryRoot.File(Page), made);
        }

        Assert.Equal(RepositoryFiles.Exists(Page) ? RepositoryFiles.Read(Page) : "", made);
    }

    [Fact]
    public void EveryRow_SaysWhatIsAcceptedAndWhatItMeans() => Expect.None(Row().Matches(ConfigurationPage.Write())
        .Select(m => m.Value).Where(row => row.Split(" | ").Any(cell => cell.Trim(' ', '|').Length == 0 && !row.Contains("NO_COLOR", StringComparison.Ordinal)
            && !row.Contains("HOIAM_", StringComparison.Ordinal))));

    [Fact]
    public void EveryOptionOfServe_IsOnThePage()
    {
        var page = ConfigurationPage.Write();
        var options = Option().Matches(RepositoryFiles.Read("src/HoiAm.Cli/Commands/ServeCommand.cs")).Select(m => m.Groups[1].Value).ToList();

        Assert.NotEmpty(options);
        Expect.None(options.Where(o => !page.Contains($"`{o}`", StringComparison.Ordinal) && !page.Contains($"`{o} ", StringComparison.Ordinal)));
    }

    [Fact]
    public void EveryMemberThatAReaderKnows_IsOnThePage()
    {
        var page = ConfigurationPage.Write();
        string[] readers = ["AccountInput", "HookAuthInput", "ConnectorInput", "VendorsApi", "Catalogue/SendingSettingsInput"];
        var names = readers.SelectMany(r => Member().Matches(RepositoryFiles.Read($"src/HoiAm.Server/Admin/{r}.cs"))).Select(m => m.Groups[1].Value).Distinct();

        // Members of the rows of lists, and the other name that VMG has for its key.
        string[] ofRows = ["id", "typeId", "telco", "route", "isRecording", "variableCount", "oaId", "tempId", "brandname", "message", "codeLength", "digitsOnly", "token"];
        Expect.None(names.Except(ofRows).Where(n => !page.Contains($"`{n}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Ranges_AreThoseOfTheReaders()
    {
        var page = ConfigurationPage.Write();

        Assert.Contains("| `maxConcurrency` | 1 to 256 | `8` |", page, StringComparison.Ordinal);
        Assert.Contains("| `maxRetries` | 0 to 20 | `5` |", page, StringComparison.Ordinal);
        Assert.Contains("| `on` | `default`, `timeout-only`, `non-200` | `default` |", page, StringComparison.Ordinal);
        Assert.Contains("| `presumeExpiredAfter` | `00:01:00` to `30.00:00:00` | `3.00:00:00` |", page, StringComparison.Ordinal);
    }

    [GeneratedRegex("^\\| `.*\\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("(?:Text|Flag)\\(\"(--[a-z-]+)\"")]
    private static partial Regex Option();

    [GeneratedRegex("(?:input|retry|pull|reconcile|upstream|tls|auth|connector|row)(?:\\.(?:Number|Flag|Text|Choice|Duration|Object|Element|Has|IsNull)\\(|, )\"([a-z][A-Za-z]+)\"")]
    private static partial Regex Member();
}
