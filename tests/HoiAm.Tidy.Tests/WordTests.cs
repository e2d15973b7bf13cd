using System.Text.RegularExpressions;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>What has no place in a public repository: paths of one machine, addresses of a package feed, how the work was organised.</summary>
public sealed partial class WordTests
{
    // In parts, so that this file does not find itself.
    private static readonly string[] s_paths = ["/wo" + "rk/", "/tmp/" + "bash", "/ho" + "me/", "/ro" + "ot/", "/Use" + "rs/", "C:\\" + "Users"];

    private static readonly string[] s_feeds = ["api.nu" + "get.org", "registry.npm" + "js.org", "py" + "pi.org", "pkgs.dev." + "azure", "art" + "ifactory"];

    // These contain a banned word and mean something else.
    private static readonly string[] s_meantOtherwise = ["User-Agent", "UserAgent", "userAgent", "user agent", "http.Agent", "https.Agent", "agent,", "const agent", "Framework helpers"];

    [Fact]
    public void NoFile_NamesAMachinesPath() => Expect.None(Hits(s_paths));

    [Fact]
    public void NoFile_NamesAPackageFeed() => Expect.None(Hits(s_feeds));

    [Fact]
    public void NoLockFile_NamesWhereItsPackagesCameFrom()
    {
        var locks = RepositoryFiles.All.Where(f => Path.GetFileName(f) is "package-lock.json" or "packages.lock.json");

        Expect.None(locks.Where(f => RepositoryFiles.Read(f).Contains("\"resolved\": \"http", StringComparison.Ordinal)));
        Assert.DoesNotContain(RepositoryFiles.All, f => Path.GetFileName(f).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void NoFile_SpeaksOfHowTheWorkWasOrganised()
    {
        var hits = new List<string>();
        foreach (var file in RepositoryFiles.Text.Where(IsOurs))
        {
            foreach (var line in RepositoryFiles.Read(file).Split('\n'))
            {
                var rest = s_meantOtherwise.Aggregate(line, (text, phrase) => text.Replace(phrase, "", StringComparison.Ordinal));
                if (OrganisationWords().IsMatch(rest))
                {
                    hits.Add($"{file}: {line.Trim()}");
                }
            }
        }

        Expect.None(hits);
    }

    [Theory]
    [InlineData("as the help" + "er said", true)]
    [InlineData("merged from the work" + "tree", true)]
    [InlineData("JsonHelperFactory", false)]
    [InlineData("the customer's own view", false)]
    public void OrganisationWords_AreFoundAsWordsOnly(string line, bool found) => Assert.Equal(found, OrganisationWords().IsMatch(line));

    private static List<string> Hits(string[] phrases) => [.. RepositoryFiles.Text.Where(IsOurs)
        .SelectMany(f => RepositoryFiles.Read(f).Split('\n').Select(line => (File: f, Line: line)))
        .Where(l => phrases.Any(p => l.Line.Contains(p, StringComparison.OrdinalIgnoreCase)))
        .Select(l => $"{l.File}: {l.Line.Trim()}")];

    // The licence and the documented bytes are other people's words.
    private static bool IsOurs(string file) => file != "LICENSE" && !file.StartsWith("tests/vectors/", StringComparison.Ordinal)
        && Path.GetFileName(file) is not ("package-lock.json" or "packages.lock.json" or "WordTests.cs");

    [GeneratedRegex(@"\b(help" + @"ers?|(sub-?)?age" + @"nts?|work" + @"trees?|chat" + @"gpt|co" + @"pilot|cla" + @"ude|L" + @"LMs?|co-authored-by|TODO|FIXME|HACK|XXX)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OrganisationWords();
}
