using System.Reflection;
using System.Xml.Linq;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>The direction of references (docs/architecture.md): inbound → ledger → outbound, and the nouns below all of them.</summary>
public sealed class LayeringTests
{
    // What a project may name. "*" is the composition root; the command line only starts it.
    private static readonly Dictionary<string, string[]> s_allowed = new(StringComparer.Ordinal)
    {
        ["HoiAm.Model"] = [],
        ["HoiAm.Protocols"] = ["HoiAm.Model"],
        ["HoiAm.Ledger"] = ["HoiAm.Model"],
        ["HoiAm.Ledger.Sqlite"] = ["HoiAm.Ledger"],
        ["HoiAm.Ledger.Postgres"] = ["HoiAm.Ledger"],
        ["HoiAm.Dispatch"] = ["HoiAm.Ledger"],
        ["HoiAm.Sending"] = ["HoiAm.Model", "HoiAm.Protocols"],
        ["HoiAm.Client"] = ["HoiAm.Protocols"],
        ["HoiAm.Receiver"] = ["HoiAm.Model", "HoiAm.Protocols"],
        ["HoiAm.Server"] = ["*"],
        ["HoiAm.Cli"] = ["HoiAm.Server"],
    };

    // Pure layers: no package, no web framework.
    private static readonly string[] s_pure = ["HoiAm.Model", "HoiAm.Protocols", "HoiAm.Ledger", "HoiAm.Dispatch", "HoiAm.Sending"];

    private static IEnumerable<string> Projects => RepositoryFiles.All.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal));

    [Fact]
    public void EveryProject_NamesOnlyWhatItsLayerMay()
    {
        var faults = new List<string>();
        foreach (var file in Projects)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (!s_allowed.TryGetValue(name, out var allowed))
            {
                faults.Add($"{name} has no place among the layers: give it one here and in docs/architecture.md");
                continue;
            }

            faults.AddRange(References(file)
                .Where(r => !allowed.Contains(r) && (allowed is not ["*"] || r == "HoiAm.Cli"))
                .Select(r => $"{name} must not reference {r}"));
        }

        Expect.None(faults);
    }

    [Fact]
    public void PureLayers_HaveNoPackageAndNoWebFramework()
    {
        var faults = new List<string>();
        foreach (var file in Projects.Where(f => s_pure.Contains(Path.GetFileNameWithoutExtension(f))))
        {
            var project = XDocument.Parse(RepositoryFiles.Read(file));
            faults.AddRange(project.Descendants().Where(e => e.Name.LocalName is "PackageReference" or "FrameworkReference").Select(e => $"{file}: {e}"));
            if (project.Root!.Attribute("Sdk")!.Value != "Microsoft.NET.Sdk")
            {
                faults.Add($"{file}: its SDK brings more than the language");
            }
        }

        Expect.None(faults);
    }

    // What the csproj says is what the compiler did: the built assemblies name nothing of the web, and the codecs neither sockets nor a store.
    [Theory]
    [InlineData("HoiAm.Model", "Microsoft.", "System.Net", "System.Data", "HoiAm.")]
    [InlineData("HoiAm.Protocols", "Microsoft.", "System.Net", "System.Data", "HoiAm.Ledger", "HoiAm.Dispatch")]
    // JSON is allowed here: a message's further facts and a fallback leg are kept as a JSON column.
    [InlineData("HoiAm.Ledger", "Microsoft.", "System.Net", "HoiAm.Protocols", "HoiAm.Dispatch")]
    [InlineData("HoiAm.Dispatch", "Microsoft.", "System.Data", "System.Text.Json", "HoiAm.Protocols")]
    [InlineData("HoiAm.Ledger.Sqlite", "Microsoft.AspNetCore", "System.Net", "HoiAm.Protocols", "HoiAm.Dispatch")]
    public void BuiltLayer_NeedsNothingForeign(string name, params string[] foreign)
    {
        var needed = Assembly.Load(name).GetReferencedAssemblies().Select(a => a.Name!);

        // What the compiler itself brings in is nobody's choice.
        Expect.None(needed.Where(n => n != "Microsoft.CSharp" && foreign.Any(f => n.StartsWith(f, StringComparison.Ordinal))));
    }

    // The dashboard is a client of the admin API; only signing in touches credentials itself.
    [Fact]
    public void Dashboard_ReadsNothingPastTheAdminApi()
    {
        string[] past = ["LedgerQueries", "SELECT ", "DbConnection", "HoiAm.Dispatch", "MessageLedger"];
        var faults = RepositoryFiles.All
            .Where(f => f.StartsWith("src/HoiAm.Server/Dashboard/", StringComparison.Ordinal) && !f.Contains("/SigningIn/", StringComparison.Ordinal))
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal))
            .SelectMany(f => past.Where(p => RepositoryFiles.Read(f).Contains(p, StringComparison.Ordinal)).Select(p => $"{f} names {p}"));

        Expect.None(faults);
    }

    [Fact]
    public void Solution_HoldsEveryProjectOfSrcTestsAndSamples()
    {
        var listed = XDocument.Parse(RepositoryFiles.Read("HoiAm.slnx")).Descendants("Project").Select(p => p.Attribute("Path")!.Value).ToHashSet(StringComparer.Ordinal);
        var there = RepositoryFiles.All.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) && (f.StartsWith("src/", StringComparison.Ordinal) || f.StartsWith("tests/", StringComparison.Ordinal) || f.StartsWith("samples/", StringComparison.Ordinal)));

        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> References(string file) => XDocument.Parse(RepositoryFiles.Read(file))
        .Descendants("ProjectReference")
        .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
}
