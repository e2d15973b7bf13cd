using System.Text.RegularExpressions;
using HoiAm.Server.Dashboard.Words;
using HoiAm.Testing;

namespace HoiAm.Browser.Tests;

/// <summary>Both languages have every text that the pages use, with the same places for values.</summary>
public sealed partial class WordTests
{
    private static readonly string s_folder = Path.Combine(RepositoryRoot.Path, "src", "HoiAm.Server", "Dashboard");

    private static IEnumerable<string> Used => Directory.EnumerateFiles(s_folder, "*", SearchOption.AllDirectories)
        .Where(f => Path.GetExtension(f) is ".razor" or ".cs" && Path.GetFileName(f) != "Vietnamese.cs")
        .SelectMany(f => Word().Matches(File.ReadAllText(f)))
        .Select(m => m.Groups[1].Value)
        .Concat(Labels.States.Values).Concat(Labels.Kinds.Values).Concat(Labels.Sources.Values).Concat(Labels.Troubles.Values)
        .Distinct();

    [Fact]
    public void EveryText_IsThereInVietnamese()
    {
        var missing = Used.Where(u => !Vietnamese.All.ContainsKey(u)).ToList();
        Assert.True(Used.Count() > 200);
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void EveryTranslation_HasItsOriginalsPlaces()
    {
        foreach (var (english, vietnamese) in Vietnamese.All)
        {
            Assert.NotEmpty(vietnamese);
            Assert.Equal(Places(english), Places(vietnamese));
        }
    }

    [Theory]
    [InlineData("2", "Customer-care SMS")]
    [InlineData("25", "ZNS")]
    [InlineData("voice", "Voice call")]
    [InlineData("99", "99")]
    [InlineData("", "")]
    public void KindInAStatement_HasTheNameOfTheOtherPages(string word, string name) => Assert.Equal(name, Labels.KindInStatement(word));

    private static string Places(string text) => string.Join(' ', Place().Matches(text).Select(m => m.Value).Order(StringComparer.Ordinal));

    [GeneratedRegex("""\bT\("((?:[^"\\]|\\.)*)"[,)]""")]
    private static partial Regex Word();

    [GeneratedRegex("\\{[0-9]\\}")]
    private static partial Regex Place();
}
