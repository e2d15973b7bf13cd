using System.Text.RegularExpressions;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>SECURITY.md promises nothing without a test: every threat has one, and every test that it names exists.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string s_page = RepositoryFiles.Read("SECURITY.md");

    [Fact]
    public void EveryTestOnThePage_Exists()
    {
        var named = TestName().Matches(s_page).Select(m => m.Groups[1].Value).Distinct().ToList();

        Assert.NotEmpty(named);
        Expect.None(named.Where(name => !TestNames.All.Contains(name)));
    }

    [Fact]
    public void EveryThreat_HasATest()
    {
        var section = s_page[s_page.IndexOf("## What stands against what", StringComparison.Ordinal)..s_page.IndexOf("## What is not protected against", StringComparison.Ordinal)];
        var rows = section.Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal) && !l.StartsWith("| Threat", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(rows);
        Expect.None(rows.Where(row => !TestName().IsMatch(row)));
    }

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();
}
