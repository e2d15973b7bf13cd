using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>A protocol is one folder, found by name: whoever knows one knows where to look in the others.</summary>
public sealed class ProtocolFolderTests
{
    private const string Root = "src/HoiAm.Protocols/";

    private static IEnumerable<IGrouping<string, string>> Folders => RepositoryFiles.CSharp(Root).GroupBy(f => f[Root.Length..].Split('/')[0], StringComparer.Ordinal);

    // A folder with a reader is a wire format; the others (codes, text, explanations) serve them.
    private static IEnumerable<IGrouping<string, string>> WireFormats => Folders.Where(f => f.Any(file => file.EndsWith("Reader.cs", StringComparison.Ordinal)));

    [Fact]
    public void EveryProtocol_ReadsAndWrites() =>
        Assert.All(WireFormats, folder => Assert.Contains(folder, file => Path.GetFileName(file).Contains("Writer", StringComparison.Ordinal) || Path.GetFileName(file).Contains("Response", StringComparison.Ordinal)));

    [Fact]
    public void EveryFolder_HasItsTwinAmongTheTests()
    {
        var twins = RepositoryFiles.CSharp("tests/").Where(f => f.EndsWith("Tests.cs", StringComparison.Ordinal)).Select(f => f.Split('/')[^2]).ToHashSet(StringComparer.Ordinal);

        Expect.None(Folders.Select(f => f.Key).Where(name => !twins.Contains(name)));
    }

    [Fact]
    public void EveryProtocol_HasItsPage()
    {
        var pages = string.Join('\n', RepositoryFiles.All.Where(f => f.StartsWith("docs/", StringComparison.Ordinal) && f.EndsWith(".md", StringComparison.Ordinal)).Select(RepositoryFiles.Read));

        Expect.None(WireFormats.Select(f => f.Key).Where(name => !pages.Contains(Root + name, StringComparison.Ordinal)));
    }

    [Fact]
    public void EveryFile_IsInTheNamespaceOfItsFolder()
    {
        // HoiAm.Sending is one vocabulary (drafts, rules, catalogue) that its users take as a whole; its folders only sort the files.
        var astray = RepositoryFiles.CSharp("src/").Where(f => f.Split('/').Length > 3 && !f.StartsWith("src/HoiAm.Sending/", StringComparison.Ordinal))
            .Where(f => !RepositoryFiles.Read(f).Contains($"namespace {string.Join('.', f.Split('/')[1..^1])};", StringComparison.Ordinal));

        Expect.None(astray);
    }

    // Codecs know bytes, not hosts: no clock, no randomness, no tasks, no files.
    [Theory]
    [InlineData("TimeProvider")]
    [InlineData("System.IO")]
    [InlineData("async ")]
    [InlineData("Task<")]
    [InlineData("HttpContext")]
    [InlineData("File.")]
    public void NoCodec_ReachesOutside(string word) =>
        Expect.None(RepositoryFiles.CSharp(Root).Where(f => CSharpText.CodeOnly(RepositoryFiles.Read(f)).Contains(word, StringComparison.Ordinal)));
}
