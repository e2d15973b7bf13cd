using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>docs/dependencies.md says of everything that we did not write why it is here.</summary>
public sealed partial class DependencyPageTests
{
    private static readonly string s_page = RepositoryFiles.Read("docs/dependencies.md");

    [Fact]
    public void EveryPackage_IsOnThePageWithItsVersion()
    {
        var missing = XDocument.Parse(RepositoryFiles.Read("Directory.Packages.props")).Descendants()
            .Where(e => e.Name.LocalName is "PackageVersion" or "GlobalPackageReference")
            .Select(e => $"| `{e.Attribute("Include")!.Value}` | {e.Attribute("Version")!.Value} |")
            .Where(row => !s_page.Contains(row, StringComparison.Ordinal));

        Expect.None(missing);
    }

    [Fact]
    public void EveryPackageOnThePage_IsStillUsed()
    {
        var known = XDocument.Parse(RepositoryFiles.Read("Directory.Packages.props")).Descendants()
            .Select(e => e.Attribute("Include")?.Value).OfType<string>().Concat(Npm().Select(p => p.Name)).ToHashSet(StringComparer.Ordinal);

        Expect.None(VersionedRow().Matches(s_page).Select(m => m.Groups[1].Value).Where(name => !known.Contains(name)));
    }

    [Fact]
    public void EveryNpmPackage_IsOnThePageWithItsVersion() =>
        Expect.None(Npm().Select(p => $"| `{p.Name}` | {p.Version} |").Where(row => !s_page.Contains(row, StringComparison.Ordinal)));

    // Debian packages that ./test and ./bench/compare install.
    [Fact]
    public void EveryDebianPackage_IsOnThePage()
    {
        var scripts = RepositoryFiles.All.Where(f => f == "eng/packages.sh" || (f.StartsWith("bench/", StringComparison.Ordinal) && f.EndsWith("adapter.py", StringComparison.Ordinal)))
            .Select(RepositoryFiles.Read);
        var named = scripts.SelectMany(s => ShellPackage().Matches(s).Select(m => m.Groups[1].Value)
            .Concat(PythonPackages().Matches(s).SelectMany(m => Quoted().Matches(m.Groups[1].Value)).Select(m => m.Groups[1].Value))).Distinct().ToList();

        Assert.NotEmpty(named);
        Expect.None(named.Where(p => !s_page.Contains($"`{p}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void NativeSqlite_IsOnThePage()
    {
        // The one native part that ships with the hub comes in behind the bundle.
        var native = NativePackage().Match(RepositoryFiles.Read("src/HoiAm.Ledger.Sqlite/packages.lock.json"));

        Assert.True(native.Success);
        Assert.Contains($"`{native.Groups[1].Value}` {native.Groups[2].Value}", s_page, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryRow_NamesALicence()
    {
        var rows = s_page.Split('\n').Where(l => VersionedRow().IsMatch(l));

        Assert.All(rows, row => Assert.Matches(@"\| (MIT|Apache-2\.0|BSD-3-Clause|MPL-2\.0|PostgreSQL|Apache-2\.0 or MPL-2\.0) \|", row));
    }

    private static IEnumerable<(string Name, string Version)> Npm()
    {
        foreach (var file in RepositoryFiles.All.Where(f => Path.GetFileName(f) == "package.json"))
        {
            using var document = JsonDocument.Parse(RepositoryFiles.Read(file));
            foreach (var section in new[] { "dependencies", "devDependencies" })
            {
                if (document.RootElement.TryGetProperty(section, out var packages))
                {
                    foreach (var package in packages.EnumerateObject().ToList())
                    {
                        yield return (package.Name, package.Value.GetString()!);
                    }
                }
            }
        }
    }

    [GeneratedRegex(@"^\| `([^`]+)` \| \d[^|]* \|", RegexOptions.Multiline)]
    private static partial Regex VersionedRow();

    [GeneratedRegex(@"missing\+=\(([a-z0-9.-]+)\)")]
    private static partial Regex ShellPackage();

    [GeneratedRegex(@"debian\(\[([^\]]+)\]")]
    private static partial Regex PythonPackages();

    [GeneratedRegex("\"([a-z0-9.-]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("\"(SourceGear\\.sqlite3|SQLitePCLRaw\\.lib\\.e_sqlite3)\": \\{\\s*\"type\": \"Transitive\",\\s*\"resolved\": \"([^\"]+)\"")]
    private static partial Regex NativePackage();
}
