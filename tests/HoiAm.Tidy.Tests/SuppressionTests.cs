using System.Text.RegularExpressions;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>Warnings are errors and stay so: what is switched off is counted.</summary>
public sealed partial class SuppressionTests
{
    // Written in two parts, so that this file has none.
    private const string Pragma = "#pragma " + "warning disable";

    [Fact]
    public void EveryPragma_IsCounted()
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in RepositoryFiles.CSharp("src/", "tests/", "bench/"))
        {
            var count = RepositoryFiles.Read(file).Split(Pragma).Length - 1;
            if (count > 0)
            {
                found[file] = count;
            }
        }

        Expect.None(AllowList.Compare("suppressions.txt", found));
    }

    [Fact]
    public void EveryPragma_SaysWhyOnItsLine()
    {
        var silent = RepositoryFiles.CSharp("src/", "tests/", "bench/")
            .SelectMany(f => RepositoryFiles.Read(f).Split('\n').Where(l => l.TrimStart().StartsWith(Pragma, StringComparison.Ordinal)).Select(l => (File: f, Line: l)))
            .Where(p => !p.Line.Contains("//", StringComparison.Ordinal))
            .Select(p => $"{p.File}: {p.Line.Trim()}");

        Expect.None(silent);
    }

    [Fact]
    public void NoProject_SwitchesWarningsOff()
    {
        var projects = RepositoryFiles.All.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));

        Expect.None(projects.Where(f => SwitchPattern().IsMatch(RepositoryFiles.Read(f))));
    }

    [Fact]
    public void Warnings_AreErrorsEverywhere() => Assert.Contains("<TreatWarningsAsErrors>true<", RepositoryFiles.Read("Directory.Build.props"), StringComparison.Ordinal);

    [GeneratedRegex("<(NoWarn|TreatWarningsAsErrors|WarningLevel|Nullable|RunAnalyzers)\\b")]
    private static partial Regex SwitchPattern();
}
