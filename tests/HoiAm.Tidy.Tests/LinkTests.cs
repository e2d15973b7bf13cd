using System.Text;
using System.Text.RegularExpressions;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>What the documentation points at is there.</summary>
public sealed partial class LinkTests
{
    private static IEnumerable<string> Pages => RepositoryFiles.All.Where(f => f.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void EveryLinkInsideTheRepository_LeadsSomewhere()
    {
        var dead = new List<string>();
        foreach (var page in Pages)
        {
            foreach (var target in Targets(WithoutCode(RepositoryFiles.Read(page))))
            {
                if (!Resolves(page, target))
                {
                    dead.Add($"{page}: {target}");
                }
            }
        }

        Expect.None(dead);
    }

    // Prose names files in code spans: `src/HoiAm.Ledger/MessageLedger.cs`. A renamed file must not stay in a page.
    [Fact]
    public void EveryFileThatProseNames_IsThere()
    {
        var dead = Pages.SelectMany(page => PathSpan().Matches(RepositoryFiles.Read(page)).Select(m => (Page: page, Path: m.Groups[1].Value)))
            .Where(p => p.Path.IndexOfAny(['*', '…', '{', '<', ' ']) < 0 && !p.Path.Contains("NAME", StringComparison.Ordinal) && !RepositoryFiles.Exists(p.Path.TrimEnd('/')))
            .Select(p => $"{p.Page}: {p.Path}");

        Expect.None(dead);
    }

    [Fact]
    public void EveryPageBelowDocs_IsLinkedFromAnotherPage()
    {
        var linked = Pages.SelectMany(page => Targets(WithoutCode(RepositoryFiles.Read(page))).Where(IsInside).Select(t => FileOf(page, t))).ToHashSet(StringComparer.Ordinal);

        Expect.None(Pages.Where(p => p.StartsWith("docs/", StringComparison.Ordinal) && !linked.Contains(p)));
    }

    [Theory]
    [InlineData("## The path of a report", "the-path-of-a-report")]
    [InlineData("### `error_info`, three forms", "error_info-three-forms")]
    public void Headings_HaveTheAnchorThatForgesGiveThem(string heading, string anchor) => Assert.Equal([anchor], Anchors(heading));

    private static bool Resolves(string page, string target)
    {
        if (!IsInside(target))
        {
            return true;
        }

        var file = FileOf(page, target);
        var hash = target.IndexOf('#', StringComparison.Ordinal);
        return RepositoryFiles.Exists(file) && (hash < 0 || !file.EndsWith(".md", StringComparison.Ordinal) || Anchors(RepositoryFiles.Read(file)).Contains(target[(hash + 1)..]));
    }

    private static bool IsInside(string target) => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal);

    // The file that a target names, as a path from the root.
    private static string FileOf(string page, string target)
    {
        var path = target.Split('#')[0];
        if (path.Length == 0)
        {
            return page;
        }

        var parts = new List<string>(page.Split('/')[..^1]);
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ""))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static IEnumerable<string> Targets(string text) => MarkdownLink().Matches(text).Concat(HtmlLink().Matches(text)).Select(m => m.Groups[1].Value);

    private static HashSet<string> Anchors(string text) => [.. text.Split('\n').Where(l => l.StartsWith('#')).Select(l => Anchor(l.TrimStart('#').Trim()))];

    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var c in heading.ToLowerInvariant())
        {
            anchor.Append(c == ' ' ? "-" : char.IsLetterOrDigit(c) || c is '-' or '_' ? c.ToString() : "");
        }

        return anchor.ToString();
    }

    private static string WithoutCode(string text) => CodeSpan().Replace(FencedBlock().Replace(text, ""), "");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex("(?:src|srcset|href)=\"([^\"]+)\"")]
    private static partial Regex HtmlLink();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FencedBlock();

    [GeneratedRegex("(?<!\\[)`[^`\n]+`(?!\\])")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"`((?:src|tests|docs|eng)/[^`\s]+)`")]
    private static partial Regex PathSpan();
}
