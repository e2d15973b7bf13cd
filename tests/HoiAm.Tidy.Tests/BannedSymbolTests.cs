using System.Reflection;
using System.Xml.Linq;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>
/// The analyzer that refuses banned calls is silent about an id that it cannot resolve. So: every id leads to a member, the analyzer
/// reaches every project, and nobody switches it off.
/// </summary>
public sealed class BannedSymbolTests
{
    private const string Analyzer = "Microsoft.CodeAnalysis.BannedApiAnalyzers";

    public static TheoryData<string> Ids { get; } = [.. RepositoryFiles.Read("BannedSymbols.txt").Split('\n').Where(l => l.Length > 0).Select(l => l.Split(';')[0])];

    [Theory]
    [MemberData(nameof(Ids))]
    public void EveryId_LeadsToAMember(string id) => Assert.NotNull(Resolve(id));

    [Theory]
    [InlineData("P:System.DateTime.UtcNoww")]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.Int16)")]
    [InlineData("T:System.Dates")]
    [InlineData("DateTime.Now")]
    public void IdWithASlip_IsNoticed(string id) => Assert.Null(Resolve(id));

    [Fact]
    public void EveryLine_SaysWhatToDoInstead() =>
        Assert.All(RepositoryFiles.Read("BannedSymbols.txt").Split('\n').Where(l => l.Length > 0), line => Assert.True(line.Split(';') is [_, { Length: > 5 }], line));

    [Fact]
    public void Analyzer_ReachesEveryProjectWithTheList()
    {
        var central = XDocument.Parse(RepositoryFiles.Read("Directory.Packages.props")).Descendants("GlobalPackageReference");

        Assert.Contains(central, e => e.Attribute("Include")!.Value == Analyzer);
        Assert.Contains("<AdditionalFiles Include=\"$(MSBuildThisFileDirectory)BannedSymbols.txt\"", RepositoryFiles.Read("Directory.Build.props"), StringComparison.Ordinal);
        Assert.All(
            RepositoryFiles.All.Where(f => f.EndsWith("packages.lock.json", StringComparison.Ordinal)),
            f => Assert.Contains(Analyzer, RepositoryFiles.Read(f), StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_SwitchesItOff()
    {
        var rule = "RS00" + "30";

        Expect.None(RepositoryFiles.Text.Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith("proj", StringComparison.Ordinal) || f.EndsWith("props", StringComparison.Ordinal) || f.EndsWith(".editorconfig", StringComparison.Ordinal))
            .Where(f => RepositoryFiles.Read(f).Contains(rule, StringComparison.Ordinal)));
    }

    private static MemberInfo? Resolve(string id)
    {
        if (id.Length < 3 || id[1] != ':')
        {
            return null;
        }

        var open = id.IndexOf('(', StringComparison.Ordinal);
        var name = id[2..(open < 0 ? id.Length : open)];
        if (id[0] == 'T')
        {
            return Find(name);
        }

        var dot = name.LastIndexOf('.');
        var type = Find(name[..dot]);
        var member = name[(dot + 1)..];
        if (type is null)
        {
            return null;
        }

        Type?[] parameters = open < 0 ? [] : [.. id[(open + 1)..^1].Split(',').Select(Find)];
        return id[0] switch
        {
            'P' => type.GetProperty(member),
            'F' => type.GetField(member),
            'M' when parameters.All(p => p is not null) => member == "#ctor" ? type.GetConstructor(parameters!) : Method(type, member, parameters),
            _ => null,
        };
    }

    // Reflection would also take a method whose parameters only fit; an id names them exactly.
    private static MethodInfo? Method(Type type, string name, Type?[] parameters) =>
        type.GetMethods().FirstOrDefault(m => m.Name == name && m.GetParameters().Select(p => p.ParameterType).SequenceEqual(parameters));

    private static Type? Find(string name) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(name)).FirstOrDefault(t => t is not null);
}
