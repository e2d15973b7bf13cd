using System.Text.RegularExpressions;

namespace HoiAm.Tidy.Tests.Support;

/// <summary>Every test of the repository as <c>Class.Method</c>, read from the sources: other test projects are not built with this one.</summary>
internal static partial class TestNames
{
    public static IReadOnlySet<string> All { get; } = Read();

    private static HashSet<string> Read()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in RepositoryFiles.CSharp("tests/"))
        {
            var code = CSharpText.CodeOnly(RepositoryFiles.Read(file));
            var type = ClassPattern().Match(code);
            foreach (Match method in TestPattern().Matches(code))
            {
                names.Add($"{type.Groups[1].Value}.{method.Groups[1].Value}");
            }
        }

        return names;
    }

    [GeneratedRegex(@"\bclass\s+(\w+)")]
    private static partial Regex ClassPattern();

    // A method counts only with its attribute: a name that is never run holds nothing.
    [GeneratedRegex(@"\[(?:Fact|Theory|\w+Fact|\w+Theory)\b[^\]]*\](?:\s*\[(?:[^\[\]]|\[[^\]]*\])*\])*\s*public\s+(?:async\s+|static\s+|virtual\s+)*(?:void|Task|ValueTask)\s+(\w+)\s*\(")]
    private static partial Regex TestPattern();
}
